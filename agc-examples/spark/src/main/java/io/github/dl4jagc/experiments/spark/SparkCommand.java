package io.github.dl4jagc.experiments.spark;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.experiments.Version;
import io.github.dl4jagc.experiments.support.Converters;
import io.github.dl4jagc.experiments.support.Text;
import io.github.dl4jagc.experiments.tasks.Data;
import io.github.dl4jagc.experiments.tasks.Digits;
import io.github.dl4jagc.spark.AgcSparkListener;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.optimize.solvers.accumulation.encoding.threshold.AdaptiveThresholdAlgorithm;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.deeplearning4j.spark.impl.repartitioner.EqualRepartitioner;
import org.deeplearning4j.spark.parameterserver.training.SharedTrainingMaster;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.parameterserver.distributed.conf.VoidConfiguration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The program {@code spark}: trains on real handwritten digits (<i>Optical Recognition of
 * Handwritten Digits</i>, E. Alpaydin, C. Kaynak, 1998, UCI Machine Learning Repository, CC BY 4.0)
 * with AGC on Spark, and shows for each epoch the accuracy, what the workers clipped and the time.
 */
@Command(
    name = "spark",
    description = {
      "Trains a network without normalisation on 1797 real handwritten digits, with Nesterovs and"
          + " adaptive gradient clipping (AGC), on Spark: on this machine, or on a cluster.",
      "Prints accuracy, clipped share and time of each epoch, and saves the model."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    showDefaultValues = true)
final class SparkCommand implements Callable<Integer> {

  private static final double MOMENTUM = 0.9;
  private static final String MASTER =
      "local|local\\[(\\*|[1-9]\\d*)(, ?[1-9]\\d*)?]|spark://\\S+:\\d+|yarn|k8s://\\S+";
  private static final String THIS_MACHINE = "127.0.0.1";

  @Spec private CommandSpec spec;

  @Option(
      names = "--master",
      paramLabel = "<url>",
      description =
          "Spark's master: local[2], spark://host:7077, yarn, k8s://...%n"
              + "  Default: that of spark-submit, else local[2]")
  private String master;

  @Option(
      names = "--mode",
      paramLabel = "<mode>",
      defaultValue = "averaging",
      description =
          "averaging: workers train on their own, then the weights are averaged."
              + " shared: workers send each other their updates.")
  private Mode mode;

  @Option(
      names = "--network",
      paramLabel = "<name>",
      defaultValue = "digits-graph",
      description =
          "digits-mln: plain convolutions, a MultiLayerNetwork."
              + " digits-graph: residual blocks, a ComputationGraph."
              + " nf-resnet: a normalizer-free residual network, a ComputationGraph.")
  private Network network;

  @Option(
      names = "--workers",
      paramLabel = "<count>",
      defaultValue = "2",
      converter = Converters.WholeNumber.class,
      description = "Parts that the data of a round are split into; one per executor is usual.")
  private int workers;

  @Option(
      names = "--averaging-frequency",
      paramLabel = "<count>",
      defaultValue = "5",
      converter = Converters.WholeNumber.class,
      description = "Minibatches that a worker trains between two averagings (mode averaging).")
  private int averagingFrequency;

  @Option(
      names = "--batch-size",
      paramLabel = "<count>",
      defaultValue = "32",
      converter = Converters.WholeNumber.class,
      description = "Digits in a worker's minibatch, from 1 to " + Digits.TRAINING_SIZE + ".")
  private int batchSize;

  @Option(
      names = "--epochs",
      paramLabel = "<count>",
      defaultValue = "6",
      converter = Converters.WholeNumber.class,
      description = "Passes over the training digits, at least 1.")
  private int epochs;

  @Option(
      names = "--learning-rate",
      paramLabel = "<rate>",
      defaultValue = "0.3",
      converter = Converters.Positive.class,
      description = "Learning rate, finite and > 0.")
  private double learningRate;

  @Option(
      names = "--threshold",
      paramLabel = "<threshold>",
      defaultValue = "0.02",
      converter = Converters.Positive.class,
      description = "Clipping threshold of AGC, finite and > 0.")
  private double threshold;

  @Option(
      names = "--encoding-threshold",
      paramLabel = "<size>",
      defaultValue = "0.001",
      converter = Converters.Positive.class,
      description =
          "Elements of an update that are sent at first are at least as large; DL4J adapts it"
              + " (mode shared).")
  private double encodingThreshold;

  @Option(
      names = "--controller-port",
      paramLabel = "<port>",
      defaultValue = "0",
      description = "UDP port of the driver's parameter server; 0 for a free one (mode shared).")
  private int controllerPort;

  @Option(
      names = "--network-mask",
      paramLabel = "<mask>",
      description =
          "The network by which executors reach each other, such as 10.0.0.0/16 (mode shared on"
              + " several machines).")
  private String networkMask;

  @Option(
      names = "--executor-timeout",
      paramLabel = "<seconds>",
      defaultValue = "60",
      converter = Converters.WholeNumber.class,
      description = "How long a cluster may be without any executor before the program gives up.")
  private int executorTimeout;

  @Option(
      names = "--seed",
      paramLabel = "<number>",
      defaultValue = "42",
      description = "Seed of the split, the order of the minibatches and the initial weights.")
  private long seed;

  @Option(
      names = "--output",
      paramLabel = "<folder>",
      defaultValue = "agc-output",
      description = "Where model.zip goes: a folder, or a URL that Hadoop can write to.")
  private String output;

  /** For picocli, which creates it. */
  SparkCommand() {}

  /**
   * Trains, shows and saves.
   *
   * @return the exit code
   */
  @Override
  public Integer call() {
    requireDataForEachWorker();
    if (controllerPort < 0 || controllerPort > 65535) {
      throw invalid("--controller-port", "must be from 0 to 65535, got '" + controllerPort + "'");
    }
    if (master != null && !master.matches(MASTER)) {
      throw invalid(
          "--master",
          "must be local, local[n], spark://host:port, yarn or k8s://url, got '" + master + "'");
    }
    try (JavaSparkContext sc = connect()) {
      return train(sc);
    } catch (TrainingFailure e) {
      spec.commandLine().getErr().println(e.getMessage());
      return spec.exitCodeOnExecutionException();
    }
  }

  private void requireDataForEachWorker() {
    if (batchSize > Digits.TRAINING_SIZE) {
      throw invalid(
          "--batch-size",
          "must be at most " + Digits.TRAINING_SIZE + ", the training digits, got " + batchSize);
    }
    int minibatches = Digits.TRAINING_SIZE / batchSize;
    if (workers > minibatches) {
      throw invalid(
          "--workers",
          "must be at most "
              + minibatches
              + ", the full minibatches of "
              + batchSize
              + " in "
              + Digits.TRAINING_SIZE
              + " training digits, got '"
              + workers
              + "'; write a smaller --batch-size");
    }
  }

  private ParameterException invalid(String option, String message) {
    return new ParameterException(
        spec.commandLine(), "Invalid value for option '" + option + "': " + message);
  }

  private JavaSparkContext connect() {
    SparkConf conf = SparkSettings.of(Optional.ofNullable(master));
    try {
      JavaSparkContext sc = new JavaSparkContext(conf);
      if (!sc.sc().isStopped()) { // it may have given up meanwhile
        return sc;
      }
    } catch (Exception e) { // SparkContext throws checked ones too, without saying so
      throw new TrainingFailure(cannotStart(conf) + ": ", e);
    }
    throw new TrainingFailure(
        cannotStart(conf) + ": it does not answer; is it running, and is the address its own?",
        null);
  }

  private static String cannotStart(SparkConf conf) {
    return "Cannot start Spark with master '" + conf.get("spark.master") + "'";
  }

  private int train(JavaSparkContext sc) {
    PrintWriter out = spec.commandLine().getOut();
    Path modelFile = openOutput(sc);
    AgcSparkListener listener = AgcSparkListener.register(sc);
    TrainingMaster<?, ?> trainingMaster = trainingMaster(sc);
    Data digits = Digits.load(seed);
    SparkNetwork trained =
        SparkNetwork.of(sc, network.create(updater(), seed), trainingMaster, listener);

    out.printf(
        Locale.ROOT,
        "Spark %s, %s, %d workers, %s, %s%n%n",
        sc.version(),
        sc.master(),
        workers,
        network,
        mode == Mode.AVERAGING ? "averaging every " + averagingFrequency : "shared updates");
    out.printf("%5s %9s %9s %9s%n", "epoch", "accuracy", "clipped", "seconds");
    try (ExecutorWatch watch = ExecutorWatch.start(sc, mode, Duration.ofSeconds(executorTimeout))) {
      for (int epoch = 1; epoch <= epochs; epoch++) {
        AgcReport before = listener.report();
        long start = System.nanoTime();
        fit(trained, sc, fullMinibatches(digits, epoch), watch);
        double seconds = (System.nanoTime() - start) / 1e9;
        out.printf(
            Locale.ROOT,
            "%5d %9s %9s %9.1f%n",
            epoch,
            Text.percent(trained.accuracy(digits.test())),
            Text.percent(listener.report().since(before).total().clippedShare()),
            seconds);
      }
    }
    out.println();
    out.println(listener.report());
    out.printf(
        Locale.ROOT,
        "AGC took %.2f s of %.1f s in the workers' tasks (%.2f%%), in %d minibatches.%n",
        seconds(listener.report().clippingTime()),
        seconds(listener.workerTime()),
        100 * seconds(listener.report().clippingTime()) / seconds(listener.workerTime()),
        listener.report().total().iterations());
    return save(sc, trained, modelFile);
  }

  /** An incomplete last minibatch is left out: DL4J would stick it to another one and cut anew. */
  private List<DataSet> fullMinibatches(Data digits, int epoch) {
    return digits.minibatches(batchSize, seed + epoch).subList(0, Digits.TRAINING_SIZE / batchSize);
  }

  private void fit(
      SparkNetwork trained, JavaSparkContext sc, List<DataSet> minibatches, ExecutorWatch watch) {
    RuntimeException failure = null;
    try {
      trained.fit(sc.parallelize(minibatches, workers));
    } catch (Exception e) { // Scala throws checked ones too, without saying so
      failure = new TrainingFailure("Training failed: ", e);
    }
    if (watch.complaint().isPresent()) {
      throw new TrainingFailure("Training failed: " + watch.complaint().get(), null);
    }
    if (failure != null) {
      throw failure;
    }
  }

  private IUpdater updater() {
    return AgcGradientNormalization.builder(new Nesterovs(learningRate, MOMENTUM))
        .clippingThreshold(threshold)
        .excludeOutputLayer(true)
        .build();
  }

  private TrainingMaster<?, ?> trainingMaster(JavaSparkContext sc) {
    if (mode == Mode.AVERAGING) {
      return new ParameterAveragingTrainingMaster.Builder(workers, batchSize)
          .batchSizePerWorker(batchSize)
          .averagingFrequency(averagingFrequency)
          .saveUpdater(true) // else momentum starts anew after each averaging
          .rddTrainingApproach(RDDTrainingApproach.Direct)
          .rngSeed(seed)
          .build();
    }
    String driver = sc.isLocal() ? THIS_MACHINE : sc.getConf().get("spark.driver.host");
    if (networkMask == null && !driver.equals(THIS_MACHINE) && !driver.equals("localhost")) {
      throw new ParameterException(
          spec.commandLine(),
          "Missing option '--network-mask': with --mode shared on several machines, executors"
              + " choose their address by it; write for example --network-mask 10.0.0.0/16");
    }
    VoidConfiguration udp =
        VoidConfiguration.builder()
            .controllerAddress(driver)
            .networkMask(networkMask)
            .portSupplier(new FreePort(controllerPort))
            .build();
    return new SharedTrainingMaster.Builder(
            udp, workers, new AdaptiveThresholdAlgorithm(encodingThreshold), batchSize)
        .batchSizePerWorker(batchSize)
        .workersPerNode(1) // more than one can deadlock in DL4J's ParallelWrapper
        .repartitioner(new EqualRepartitioner())
        .rddTrainingApproach(RDDTrainingApproach.Direct)
        .build();
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  /** Creates the folder: better to know before the training than after that it cannot be. */
  private Path openOutput(JavaSparkContext sc) {
    try {
      Path folder = new Path(output);
      FileSystem files = folder.getFileSystem(sc.hadoopConfiguration());
      if (!files.mkdirs(folder)) {
        throw new IOException("it cannot be created");
      }
      return files.makeQualified(new Path(folder, "model.zip"));
    } catch (IOException | IllegalArgumentException e) {
      throw invalid(
          "--output",
          "must be a folder that can be written to, got '" + output + "' (" + e.getMessage() + ")");
    }
  }

  private int save(JavaSparkContext sc, SparkNetwork trained, Path file) {
    try {
      FileSystem files = file.getFileSystem(sc.hadoopConfiguration());
      files.setWriteChecksum(false); // no .crc file beside the model
      try (OutputStream stream = files.create(file, true)) {
        ModelSerializer.writeModel(trained.model(), stream, true);
      }
    } catch (IOException e) {
      spec.commandLine().getErr().println("Cannot write the model: " + e);
      return spec.exitCodeOnExecutionException();
    }
    spec.commandLine().getOut().println("Model: " + file.toUri().getPath());
    return spec.exitCodeOnSuccess();
  }
}
