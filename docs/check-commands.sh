#!/usr/bin/env bash
# Runs the commands of the README, CONTRIBUTING and docs, each once, in a clone of what is committed, and prints what each took.
# Without an argument the short ones; --long: the long ones too; --list: runs nothing, and shows all. A part of a command as an
# argument chooses those that have it: docs/check-commands.sh -Pspark. What is installed goes into your local repository.
#
# The table: when, about how long on 2 idle cores, and the command as it stands on the pages. "elsewhere" is what needs something that
# not everybody has, which is named in place of the time. DocumentedCommandsTest compares it with the pages.
set -eu
cd "$(dirname "$0")/.."

commands() {
  cat <<'END'
short     | 20 s    | mvn -q install -DskipTests -pl agc-updater -am
short     | 25 s    | mvn -q install -DskipTests -pl agc-report -am
short     | 25 s    | mvn -q install -DskipTests -pl agc-models -am
short     | 35 s    | mvn -q install -DskipTests -pl agc-spark -am
first     | 15 s    | mvn -q -Djavacpp.platform.host compile exec:java
short     | 70 s    | mvn -q -pl agc-examples -am compile exec:java
short     | 20 s    | mvn -q -pl agc-examples -am compile exec:java -Dexec.mainClass=io.github.dl4jagc.examples.ObserveAndChoose
short     | 15 s    | mvn -q -pl agc-examples -am compile exec:java -Dexec.args="nfresnet signal-propagation"
short     | 30 s    | mvn -q -Pspark -pl agc-examples/spark -am compile
short     | 40 s    | mvn -q -Pspark-jar -pl agc-examples/spark -am package -DskipTests
short     | 60 s    | mvn test -pl agc-tests -am -Dtest='Clip*Test' -Dsurefire.failIfNoSpecifiedTests=false
short     | 10 s    | mvn spotless:apply
long      | 5 min   | mvn verify
long      | 5 min   | mvn -q verify
long      | 3 min   | mvn -Pcluster -pl agc-examples/spark -am verify
long      | 5 min   | mvn -q -pl agc-examples -am compile exec:java -Dexec.args="digits --updaters nesterovs --seeds 5 --learning-rates 1 --clippings agc:0.044/no-output,agc:0.022/no-output,agc:0.011/no-output,agc:0.0055/no-output"
long      | 50 min  | mvn -q -pl agc-examples -am compile exec:java -Dexec.args="nfresnet"
long      | 60 min  | mvn -q -pl agc-examples -am compile exec:java -Dexec.args="nfresnet --resume --output FOLDER --networks fashion-batch-norm,fashion-nf"
long      | 10 min  | mvn -q -pl agc-examples -am compile exec:java -Dexec.args="nfresnet --resume --output FOLDER --networks fashion-nf --updaters rmsprop --batch-sizes 256 --learning-rates 0.04 --clippings none,agc:0.001/no-output/no-scales,agc:0.005/no-output/no-scales,agc:0.02/no-output/no-scales"
long      | 10 min  | mvn -q -pl agc-examples -am compile exec:java -Dexec.args="nfresnet --resume --output FOLDER --networks fashion-plain --batch-sizes 1024 --learning-rates 0.1,0.4,1.6 --clippings none,agc:0.01/no-output"
long      | 3 min   | mvn -q -pl agc-examples -am compile exec:java -Dexec.args="nfresnet --resume --output FOLDER --networks fashion-nf --batch-sizes 1024 --learning-rates 1.6 --clippings agc:0.01/no-output/no-scales"
long      | 15 min  | mvn -q -Pbench -pl agc-tests -am test-compile
long      | 3 min   | mvn -q -Pbench -pl agc-tests -am test-compile -Dbench.main=io.github.dl4jagc.bench.ConvolutionSteps
long      | 5 min   | OMP_NUM_THREADS=1 mvn -q -Pbench -pl agc-tests -am test-compile -Dbench.main=io.github.dl4jagc.bench.NormalizationSteps
long      | 5 min   | OMP_NUM_THREADS=1 mvn -q -Pbench -pl agc-tests -am test-compile -Dbench.main=io.github.dl4jagc.experiments.VerdictTrial -Dbench.arguments="dense10,tabular,digits nesterovs,adam ratio:0.0115,agc:0.01/no-output,agc:0.16/no-output 0.003,0.03,0.3,3"
long      | 15 min  | OMP_NUM_THREADS=1 mvn -q -Pbench -pl agc-tests -am test-compile -Dbench.main=io.github.dl4jagc.experiments.VerdictTrial -Dbench.arguments="fashion-nf nesterovs agc:0.01/no-output/no-scales,agc:0.04/no-output/no-scales,agc:0.16/no-output/no-scales 0.4 64,256,1024"
long      | 70 min  | OMP_NUM_THREADS=1 mvn -q -Pbench -pl agc-tests -am test-compile -Dbench.main=io.github.dl4jagc.experiments.VerdictTrial -Dbench.arguments="fashion,zeros"
long      | 40 min  | OMP_NUM_THREADS=1 mvn -Pmutation -Dmutation.package=clip -pl agc-tests -am process-test-classes
long      | 10 min  | .ci/compatibility
long      | 8 min   | docs/check-fresh-machine.sh
long      | 2 min   | mvn -Prelease -Dgpg.skip -DskipTests verify
hours     | hours   | mvn -q -pl agc-examples -am compile exec:java -Dexec.args="update-ratio --parts ratios --resume"
elsewhere | JDK 25  | mvn verify -pl '!agc-spark,!agc-examples/spark'
elsewhere | Gradle  | gradle run
long      | 5 min   | OMP_NUM_THREADS=2 mvn -q -Pbench -pl agc-tests -am test-compile -Dbench.main=io.github.dl4jagc.bench.TrainingStep -Dbench.arguments="RESNET50 LSTM EMBEDDING MLP"
elsewhere | peers   | venv/bin/python agc-tests/src/peers/clip_times.py COMPOSER_CHECKOUT TIMM_CHECKOUT --results times.json
elsewhere | JMH     | OMP_NUM_THREADS=1 java -cp ... org.openjdk.jmh.Main ClipBenchmark -p parameters=RESNET50,LSTM4,TINY1000,EMBEDDING,SHORT,STRIDED,STRIDED_WIDE -p candidate=AGC_ND4J,PORT -f 1 -wi 1 -i 2 -w 1 -r 1
elsewhere | DL4J    | mvn -Ddl4j.groupId=org.eclipse.deeplearning4j -Ddl4j.version=1.0.0-rewrite verify
elsewhere | GPU     | mvn -Pcuda -q -pl agc-examples -am compile exec:java
elsewhere | GPU     | mvn -q -Pcuda -pl agc-examples -am compile exec:java
elsewhere | GPU     | mvn -Pcuda,my-snapshots -Dcuda.version=12.3 -Dnd4j.version=1.0.0-SNAPSHOT -Ddl4j.version=1.0.0-SNAPSHOT -q -pl agc-examples -am compile exec:java
elsewhere | GPU     | mvn -Pcuda -pl agc-tests -am test -Dtest=GpuTest -Dsurefire.failIfNoSpecifiedTests=false
elsewhere | GPU     | mvn -q -Pcuda,bench -pl agc-tests -am test-compile
elsewhere | cluster | spark-submit --master spark://host:7077 agc-examples/spark/target/agc-examples-spark-0.3.0-program.jar --workers 2
elsewhere | cluster | spark-submit --master yarn --num-executors 2 agc-examples/spark/target/agc-examples-spark-0.3.0-program.jar --workers 2 --output hdfs:///agc
elsewhere | cluster | spark-submit --master k8s://https://host:6443 --deploy-mode cluster --conf spark.executor.instances=2 --conf spark.kubernetes.container.image=IMAGE local:///opt/agc-examples-spark-0.3.0-program.jar --workers 2 --output s3a://bucket/agc
elsewhere | key     | mvn -Prelease verify
elsewhere | account | mvn -Prelease deploy
elsewhere | account | mvn deploy -DaltDeploymentRepository=..
END
}

when=short
words=
case ${1:-} in
  --list) commands; exit ;;
  --long) when='short\|first\|long' ;;
  '') when='short\|first' ;;
  *) when='short\|first\|long\|hours'; words=$1 ;;
esac

source=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone -q "$source" "$work/checkout"

# The first program is a project of its own: the files are those of its page.
block() { awk -v kind="$1" '$0 == "```" kind { inside = 1; next } /^```/ { if (inside) exit } inside' docs/first-program.md; }
mkdir -p "$work/first/src/main/java"
block xml >"$work/first/pom.xml"
block java >"$work/first/src/main/java/Example.java"

status=0
while IFS='|' read -r kind _ command; do
  kind=${kind// /}
  command=${command# }
  case $command in *"$words"*) ;; *) continue ;; esac
  folder=$work/checkout
  if [ "$kind" = first ]; then folder=$work/first; fi
  start=$SECONDS
  if (cd "$folder" && bash -c "$command") >"$work/log.txt" 2>&1 </dev/null; then
    echo "$((SECONDS - start)) s: $command"
  else
    tail -40 "$work/log.txt"
    echo "FAILED after $((SECONDS - start)) s: $command"
    status=1
  fi
done < <(commands | grep -- "^\($when\) ")
exit $status
