package io.github.dl4jagc.experiments.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.experiments.spark.SparkProgram;
import io.github.dl4jagc.experiments.tasks.Data;
import io.github.dl4jagc.experiments.tasks.Digits;
import io.github.dl4jagc.experiments.tasks.TestResult;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.common.primitives.Pair;

/**
 * The packed program on a real cluster: a master, two workers, and executors in JVMs of their own.
 * Workers are lost in the last tests, hence the order.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterIT {

  private static final Path FOLDER =
      Path.of(System.getProperty("spark.home.directory")).resolveSibling("cluster");
  private static final Pattern EPOCH =
      Pattern.compile("^ +(\\d+) +([\\d.]+)% +([\\d.]+)% +([\\d.]+)$", Pattern.MULTILINE);
  private static final Pattern MINIBATCHES = Pattern.compile("in (\\d+) minibatches");

  private static StandaloneCluster cluster;

  @BeforeAll
  static void startCluster() throws IOException {
    Files.createDirectories(FOLDER);
    cluster = new StandaloneCluster(FOLDER);
    cluster.addWorker();
    cluster.addWorker();
  }

  @AfterAll
  static void stopCluster() throws InterruptedException {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static StandaloneCluster.Submitted program(String name, String... options)
      throws IOException {
    String[] all = new String[options.length + 2];
    System.arraycopy(options, 0, all, 0, options.length);
    all[options.length] = "--output";
    all[options.length + 1] = FOLDER.resolve(name).toString();
    return cluster.submit(name, SparkProgram.class.getName(), List.of(), all);
  }

  /** In percent, epoch for epoch. */
  private static List<Double> accuracies(String output) {
    return EPOCH
        .matcher(output)
        .results()
        .map(epoch -> Double.valueOf(epoch.group(2)))
        .collect(Collectors.toList());
  }

  private static double lastAccuracy(String output) {
    List<Double> accuracies = accuracies(output);
    assertThat(accuracies).as(output).isNotEmpty();
    return accuracies.get(accuracies.size() - 1);
  }

  private static int minibatches(String output) {
    Matcher matcher = MINIBATCHES.matcher(output);
    assertThat(matcher.find()).as(output).isTrue();
    return Integer.parseInt(matcher.group(1));
  }

  /** Of 44 full minibatches DL4J trains 40 an epoch in 4 rounds of 2 workers and 5 minibatches. */
  @ParameterizedTest
  @CsvSource({"averaging, digits-graph, 0.3, 3, 120", "shared, digits-graph, 0.1, 4, 176"})
  @Order(1)
  void trainsOnTwoExecutorsAndReportsWhatBothClipped(
      String mode, String network, String learningRate, String epochs, int minibatches)
      throws Exception {
    StandaloneCluster.Submitted job =
        program(
            mode,
            "--mode",
            mode,
            "--network",
            network,
            "--learning-rate",
            learningRate,
            "--epochs",
            epochs);
    assertThat(job.exitCode()).as(job.output()).isZero();
    // Guessing gives 10 %. The best, as shared training goes up and down from epoch to epoch.
    assertThat(Collections.max(accuracies(job.output()))).isGreaterThan(40);
    assertThat(minibatches(job.output())).isEqualTo(minibatches);
    assertThat(job.output())
        .contains("all that AGC clips", "left alone: output layer", "Model: ")
        .containsPattern("stem/W +16 \\| +\\d");
    assertThat(executorsThatWorkedFor(job)).isEqualTo(2);
  }

  private static long executorsThatWorkedFor(StandaloneCluster.Submitted job) throws IOException {
    Matcher app = Pattern.compile("app-\\d+-\\d+").matcher(job.output());
    assertThat(app.find()).isTrue();
    long executors = 0;
    for (String worker : List.of("worker1", "worker2")) {
      Path work = FOLDER.resolve(worker).resolve(app.group());
      try (Stream<Path> logs = Files.exists(work) ? Files.walk(work) : Stream.empty()) {
        for (Path log : logs.filter(file -> file.endsWith("stderr")).collect(Collectors.toList())) {
          executors += Files.readString(log).contains("Finished task") ? 1 : 0;
        }
      }
    }
    return executors;
  }

  @Test
  @Order(2)
  void sharedUpdatesCrossFromOneProcessToTheOther() throws Exception {
    StandaloneCluster.Submitted job =
        cluster.submit(
            "crossing", SharedUpdatesProgram.class.getName(), List.of(jarOfThisPackage()));
    assertThat(job.exitCode()).as(job.output()).isZero();
    List<String[]> lines =
        job.output()
            .lines()
            .filter(line -> line.startsWith(SharedUpdatesProgram.MARK))
            .map(line -> line.split(" "))
            .collect(Collectors.toList());
    assertThat(lines).as(job.output()).hasSize(3);
    // process, features of its own data, features whose weights have changed
    assertThat(lines.stream().map(line -> line[1]).distinct()).hasSize(3);
    assertThat(lines.stream().map(line -> line[2]).collect(Collectors.toSet()))
        .isEqualTo(Set.of("none", "0,1,2,3", "4,5,6,7"));
    assertThat(lines).allSatisfy(line -> assertThat(line[3]).isEqualTo("0,1,2,3,4,5,6,7"));
  }

  private static Path jarOfThisPackage() throws IOException, URISyntaxException {
    Path classes =
        Path.of(ClusterIT.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path jar = FOLDER.resolve("tests.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(file);
        Stream<Path> found = Files.walk(classes)) {
      for (Path source :
          found
              .filter(path -> path.toString().contains("SharedUpdatesProgram"))
              .collect(Collectors.toList())) {
        entries.putNextEntry(new JarEntry(classes.relativize(source).toString()));
        Files.copy(source, entries);
        entries.closeEntry();
      }
    }
    return jar;
  }

  @Test
  @Order(3)
  void lostExecutorIsReplacedAndNothingIsCountedTwice() throws Exception {
    StandaloneCluster.Submitted job = program("lost-executor", "--epochs", "3");
    job.awaitLine(" +1 .*%.*");
    List<Pair<Process, ProcessHandle>> executors = cluster.executors();
    assertThat(executors).hasSize(2);
    executors.get(0).getSecond().destroyForcibly();
    assertThat(job.exitCode()).as(job.output()).isZero();
    assertThat(job.output()).contains("Lost executor");
    assertThat(lastAccuracy(job.output())).isGreaterThan(60);
    assertThat(minibatches(job.output())).isEqualTo(120);
    assertThat(accuracyOfSavedModel("lost-executor"))
        .isEqualTo(lastAccuracy(job.output()) / 100, within(0.002));
  }

  /** The saved model works, and can be trained further. */
  private static double accuracyOfSavedModel(String name) throws IOException {
    ComputationGraph network =
        ModelSerializer.restoreComputationGraph(
            FOLDER.resolve(name).resolve("model.zip").toFile(), true);
    Data digits = Digits.load(42);
    double accuracy = TestResult.of(network, digits.test()).accuracy();
    network.setListeners(new AgcListener());
    network.fit(digits.minibatches(32, 1).get(0));
    assertThat(Double.isFinite(network.score())).isTrue();
    return accuracy;
  }

  @Test
  @Order(4)
  void sharedTrainingThatLosesAnExecutorEndsAndSaysWhy() throws Exception {
    StandaloneCluster.Submitted job =
        program("shared-lost", "--mode", "shared", "--network", "digits-mln", "--epochs", "50");
    job.awaitLine(" +1 .*%.*");
    cluster.executors().get(0).getSecond().destroyForcibly();
    assertThat(job.exitCode()).as(job.output()).isEqualTo(1);
    assertThat(job.output())
        .containsPattern("Training failed: executor \\d+ was lost")
        .contains("DL4J's shared training does not survive that")
        .doesNotContain("Model: ");
  }

  @Test
  @Order(5)
  void workerLostForGoodLeavesTheWorkToTheOther() throws Exception {
    StandaloneCluster.Submitted job = program("lost-worker", "--epochs", "3");
    job.awaitLine(" +1 .*%.*");
    Pair<Process, ProcessHandle> lost = cluster.executors().get(0);
    lost.getFirst().destroyForcibly();
    lost.getSecond().destroyForcibly();
    assertThat(job.exitCode()).as(job.output()).isZero();
    assertThat(job.output()).contains("Lost executor");
    assertThat(minibatches(job.output())).isEqualTo(120);
  }

  @Test
  @Order(6)
  void jobWithoutAnyWorkerLeftEndsAndSaysWhy() throws Exception {
    StandaloneCluster.Submitted job =
        program("no-worker", "--epochs", "50", "--executor-timeout", "5");
    job.awaitLine(" +1 .*%.*");
    for (Pair<Process, ProcessHandle> left : cluster.executors()) {
      left.getFirst().destroyForcibly();
      left.getSecond().destroyForcibly();
    }
    assertThat(job.exitCode()).as(job.output()).isEqualTo(1);
    assertThat(job.output())
        .contains("Training failed: the cluster has had no executor for 5 s")
        .doesNotContain("Model: ");
  }
}
