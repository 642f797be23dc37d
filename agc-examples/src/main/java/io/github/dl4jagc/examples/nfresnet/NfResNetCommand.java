package io.github.dl4jagc.examples.nfresnet;

import io.github.dl4jagc.examples.support.Arguments;
import io.github.dl4jagc.examples.support.Converters;
import io.github.dl4jagc.examples.support.OutputFolder;
import io.github.dl4jagc.examples.support.Progress;
import io.github.dl4jagc.examples.support.Text;
import io.github.dl4jagc.examples.support.TextTable;
import io.github.dl4jagc.models.NfResNet;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The example {@code nfresnet}: the question of the AGC paper at a scale that two processor cores
 * can answer. Networks with batch normalisation, without any, and without any but with AGC are
 * trained at several batch sizes with the learning rate scaled along.
 */
@Command(
    name = "nfresnet",
    description = {
      "Trains residual networks with batch normalisation, without normalisation (NF-ResNet), and"
          + " without but with AGC, at several batch sizes and with a learning rate that is linear"
          + " in the batch size.",
      "Prints tables, and writes report.html, charts and runs.csv. A run that was interrupted goes"
          + " on with --resume."
    },
    subcommands = SignalPropagationCommand.class,
    sortOptions = false)
public final class NfResNetCommand implements Callable<Integer> {

  /** The folder of the results where none is named. */
  static final String OUTPUT = "nfresnet-output";

  private static final double SECONDS_BETWEEN_CHECKPOINTS = 15;

  @Spec private CommandSpec spec;
  private Arguments arguments;

  @Option(
      names = "--batch-sizes",
      paramLabel = "<count>",
      split = ",",
      converter = Converters.WholeNumber.class,
      description = "Minibatch sizes.%n  Default: 64,256,1024")
  private List<Integer> batchSizes;

  @Option(
      names = "--thresholds",
      paramLabel = "<threshold>",
      split = ",",
      converter = Converters.Positive.class,
      description = "Clipping thresholds, finite and > 0.%n  Default: 0.01,0.04,0.16")
  private List<Double> thresholds;

  @Option(
      names = "--seeds",
      paramLabel = "<count>",
      converter = Converters.WholeNumber.class,
      description = "Runs of each kind, at least 1.%n  Default: 3")
  private Integer seeds;

  @Option(
      names = "--epochs",
      paramLabel = "<count>",
      converter = Converters.WholeNumber.class,
      description = "Passes over the training images, at least 1.%n  Default: 20")
  private Integer epochs;

  @Option(
      names = "--warm-up",
      paramLabel = "<epochs>",
      defaultValue = "1",
      converter = Converters.WholeNumber.class,
      description = "The first epochs, in which the learning rate rises.%n  Default: 1")
  private int warmUp;

  @Option(
      names = "--learning-rate",
      paramLabel = "<rate>",
      defaultValue = "0.4",
      converter = Converters.Positive.class,
      description =
          "Peak learning rate for a batch size of 256; it is linear in the batch size.%n"
              + "  Default: 0.4")
  private double learningRate;

  @Option(
      names = "--width",
      paramLabel = "<channels>",
      converter = Converters.WholeNumber.class,
      description = "Channels of the first of three stages, at least 2.%n  Default: 16")
  private Integer width;

  @Option(
      names = "--blocks",
      paramLabel = "<count>",
      defaultValue = "1",
      converter = Converters.WholeNumber.class,
      description = "Residual blocks in each stage.%n  Default: 1")
  private int blocks;

  @Option(
      names = "--ablation",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Whether to train with different layers excluded from AGC, at the largest batch size and"
              + " the smallest threshold.%n  Default: true")
  private boolean ablation;

  @Option(
      names = "--data",
      paramLabel = "<name or folder>",
      defaultValue = "digits",
      description =
          "digits (bundled), mnist, fashion-mnist, cifar10, or a folder that has a folder of images"
              + " for each class.%n  Default: digits")
  private String data;

  @Option(
      names = "--data-folder",
      paramLabel = "<folder>",
      description =
          "Where the unpacked files of mnist or fashion-mnist are (train-images-idx3-ubyte and so"
              + " on). DL4J downloads mnist and cifar10 where it has them not.")
  private Path dataFolder;

  @Option(
      names = "--image-size",
      paramLabel = "<pixels>",
      defaultValue = "32",
      converter = Converters.WholeNumber.class,
      description = "Height and width that the images of a folder are scaled to.%n  Default: 32")
  private int imageSize;

  @Option(
      names = "--training-images",
      paramLabel = "<count>",
      converter = Converters.WholeNumber.class,
      description = "Trains on so many images at most.%n  Default: all")
  private Integer trainingImages;

  @Option(
      names = "--output",
      paramLabel = "<folder>",
      defaultValue = OUTPUT,
      description = "Where the results go.%n  Default: " + OUTPUT)
  private Path output;

  @Option(
      names = "--resume",
      description = "Goes on with the experiment in the output folder, after an interruption.")
  private boolean resume;

  @Option(
      names = "--quick",
      description =
          "A small grid that takes a minute or two and shows how it works: batch sizes 64 and 512,"
              + " threshold 0.01, 1 seed, 2 epochs, 8 channels, unless given.")
  private boolean quick;

  /** For picocli, which creates it. */
  public NfResNetCommand() {}

  /**
   * Trains every run of the grid and shows the results.
   *
   * @return the exit code
   */
  @Override
  public Integer call() throws IOException {
    arguments = new Arguments(spec);
    Experiment experiment = experiment();
    try (OutputFolder folder =
        arguments.openOutput(
            output,
            ReportPage.FILE,
            ReportPage.ACCURACY,
            ReportPage.ABLATION,
            StoredOptions.FILE,
            Results.RUNS,
            Results.CLIPPING,
            Checkpoint.FILE)) {
      return run(experiment, folder);
    }
  }

  private int run(Experiment experiment, OutputFolder folder) throws IOException {
    Map<String, String> options = experiment.options();
    options.put("--data", data);
    options.put("--training-images", trainingImages == null ? "all" : trainingImages.toString());
    options.put("--image-size", String.valueOf(imageSize));
    ImageData images = images();
    requireTrainable(experiment, images);
    Results results = new Results(folder, experiment);
    begin(folder, options, results);
    try {
      train(experiment, images, folder, results);
      show(experiment, images, folder, options, results);
    } catch (IOException e) {
      throw new IOException(e.getMessage() + "; when that is mended, go on with --resume", e);
    }
    return spec.exitCodeOnSuccess();
  }

  private void requireTrainable(Experiment experiment, ImageData images) {
    for (int batchSize : experiment.batchSizes()) {
      if (batchSize > images.trainingSize()) {
        throw arguments.invalid(
            "--batch-sizes",
            "must be at most " + images.trainingSize() + ", the training images, got " + batchSize);
      }
      long steps = experiment.steps(batchSize, images.trainingSize());
      if (steps > Integer.MAX_VALUE) {
        throw arguments.invalid(
            "--epochs",
            String.format(
                "must make at most %d updates, got %d at batch size %d",
                Integer.MAX_VALUE, steps, batchSize));
      }
      double peak = experiment.peakLearningRate(batchSize);
      if (!(peak > 0) || Double.isInfinite(peak)) {
        throw arguments.invalid(
            "--learning-rate",
            "must be finite and > 0 for each batch size, got " + peak + " for " + batchSize);
      }
    }
  }

  private void show(
      Experiment experiment,
      ImageData images,
      OutputFolder folder,
      Map<String, String> options,
      Results results)
      throws IOException {
    Summary summary = new Summary(experiment, results.all());
    PrintWriter out = spec.commandLine().getOut();
    out.println("Test accuracy in percent:");
    out.println();
    out.println(TextTable.of(summary.gridHeaders(), summary.grid()));
    if (ablation) {
      out.println(
          "Layers left alone by AGC "
              + Text.number(experiment.ablationThreshold().orElseThrow())
              + " at batch size "
              + experiment.largestBatch()
              + ":");
      out.println();
      out.println(TextTable.of(summary.ablationHeaders(), summary.ablation()));
    }
    summary.legend(images).forEach(out::println);
    out.println();
    ReportPage.write(folder, experiment, summary, images, options);
    out.println("Report: " + folder.file(ReportPage.FILE));
    out.println("Runs:   " + folder.file(Results.RUNS));
  }

  private Experiment experiment() {
    List<Double> allThresholds =
        given(thresholds, quick ? List.of(0.01) : List.of(0.01, 0.04, 0.16));
    List<Integer> sizes = given(batchSizes, quick ? List.of(64, 512) : List.of(64, 256, 1024));
    arguments.requireDifferent("--thresholds", allThresholds);
    arguments.requireDifferent("--batch-sizes", sizes);
    int allEpochs = given(epochs, quick ? 2 : 20);
    if (warmUp > allEpochs) {
      throw arguments.invalid(
          "--warm-up", "must be at most the " + allEpochs + " epoch(s), got " + warmUp);
    }
    int allChannels = given(width, quick ? 8 : 16);
    try {
      NfResNet.builder().small(allChannels, blocks);
    } catch (IllegalArgumentException e) {
      throw arguments.invalid("--width", e.getMessage());
    }
    double smallest = allThresholds.stream().min(Double::compare).orElseThrow();
    return new Experiment(
        sizes,
        allThresholds,
        given(seeds, quick ? 1 : 3),
        allEpochs,
        warmUp,
        learningRate,
        allChannels,
        blocks,
        ablation ? OptionalDouble.of(smallest) : OptionalDouble.empty());
  }

  private static <T> T given(T value, T otherwise) {
    return value == null ? otherwise : value;
  }

  /** Reads earlier results, or makes sure that there are none which would be lost. */
  private void begin(OutputFolder folder, Map<String, String> options, Results results)
      throws IOException {
    StoredOptions stored = new StoredOptions(folder);
    if (!resume) {
      if (Results.areIn(folder)) {
        throw arguments.invalid(
            "--output",
            folder.file("").toAbsolutePath()
                + " has the results of an experiment; go on with it by --resume, or name another"
                + " folder");
      }
      stored.write(options);
      new Checkpoint(folder, 0).delete();
      return;
    }
    if (!stored.exist()) {
      throw arguments.invalid(
          "--resume", "there is no experiment in " + folder.file("").toAbsolutePath());
    }
    try {
      stored.requireSame(options);
      if (Results.areIn(folder)) {
        results.load();
      }
    } catch (IOException e) {
      throw arguments.invalid("--resume", e.getMessage());
    }
  }

  private ImageData images() {
    int limit = given(trainingImages, Integer.MAX_VALUE);
    try {
      switch (data) {
        case "digits":
          return ImageData.digits(limit);
        case "mnist":
        case "fashion-mnist":
          return ImageData.mnist(data, dataFolder, limit);
        case "cifar10":
          return ImageData.cifar10(limit);
        default:
          if (!Files.isDirectory(Path.of(data))) {
            throw arguments.invalid(
                "--data",
                "must be digits, mnist, fashion-mnist, cifar10 or a folder, got '" + data + "'");
          }
          return ImageData.folder(Path.of(data), imageSize, limit);
      }
    } catch (IOException e) {
      throw arguments.invalid("--data", "cannot read '" + data + "': " + e.getMessage());
    }
  }

  private void train(Experiment experiment, ImageData images, OutputFolder folder, Results results)
      throws IOException {
    List<Run> open = new ArrayList<>(experiment.runs());
    open.removeIf(results::has);
    long workPerRun = (long) experiment.epochs() * images.trainingSize();
    Checkpoint checkpoint = new Checkpoint(folder, SECONDS_BETWEEN_CHECKPOINTS);
    try (Progress progress =
        new Progress(spec.commandLine().getErr(), "nfresnet", open.size() * workPerRun)) {
      Trainer trainer = new Trainer(experiment, images, checkpoint, progress::step);
      long done = 0;
      for (Run run : open) {
        progress.startRun(run.toString());
        results.add(trainer.train(run));
        checkpoint.delete();
        done += workPerRun;
        progress.finishRun(done);
      }
    }
  }
}
