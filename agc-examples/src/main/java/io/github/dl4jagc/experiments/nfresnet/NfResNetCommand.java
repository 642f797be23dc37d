package io.github.dl4jagc.experiments.nfresnet;

import io.github.dl4jagc.experiments.support.Arguments;
import io.github.dl4jagc.experiments.support.Converters;
import io.github.dl4jagc.experiments.support.OutputFolder;
import io.github.dl4jagc.experiments.support.ParallelRuns;
import io.github.dl4jagc.experiments.support.Progress;
import io.github.dl4jagc.experiments.support.Text;
import io.github.dl4jagc.experiments.support.TextTable;
import io.github.dl4jagc.models.NfResNet;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
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

  private static final String OUTPUT = "nfresnet-output";

  private static final double SECONDS_BETWEEN_CHECKPOINTS = 15;

  @Spec private CommandSpec spec;
  private Arguments arguments;

  @Option(
      names = "--networks",
      paramLabel = "<network>",
      split = ",",
      defaultValue = "batch-norm,nf,nf-agc",
      description =
          "batch-norm, nf (without normalisation), nf-agc, plain (the network of batch-norm merely"
              + " without it), plain-agc.%n  Default: batch-norm,nf,nf-agc")
  private List<Run.Network> networks;

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
      names = "--scales",
      paramLabel = "<scales>",
      split = ",",
      defaultValue = "clipped,free",
      description =
          "What AGC does with the learned scales of the residual branches of nf-agc, which start at"
              + " 0: clipped, free or both.%n  Default: clipped,free")
  private List<Run.Scales> scales;

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
      names = "--updater",
      paramLabel = "<updater>",
      defaultValue = "nesterovs",
      description = "nesterovs or rmsprop.%n  Default: nesterovs")
  private InnerUpdater updater;

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
      names = "--stem-stride",
      paramLabel = "<pixels>",
      defaultValue = "1",
      converter = Converters.WholeNumber.class,
      description =
          "Stride of the first convolution. A quarter of the work with 2, as the residual blocks"
              + " see maps of half the height and width.%n  Default: 1")
  private int stemStride;

  @Option(
      names = "--ablation",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Whether to train with different layers excluded from AGC, at the largest batch size and"
              + " the smallest threshold.%n  Default: true")
  private boolean ablation;

  @Mixin private DataOptions data;

  @Option(
      names = "--output",
      paramLabel = "<folder>",
      defaultValue = OUTPUT,
      scope = ScopeType.INHERIT,
      description = "Where the results go.%n  Default: " + OUTPUT)
  private Path output;

  @Option(
      names = "--resume",
      description = "Goes on with the experiment in the output folder, after an interruption.")
  private boolean resume;

  @Option(
      names = "--show",
      description =
          "Shows what the output folder has so far, and trains nothing. The other options are those"
              + " of the experiment.")
  private boolean show;

  @Option(
      names = "--parallel",
      paramLabel = "<count>",
      converter = Converters.WholeNumber.class,
      description =
          "Runs at the same time, each on one native thread.%n"
              + "  Default: as many as there are processors")
  private Integer parallel;

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
            Results.CLIPPING)) {
      return run(experiment, folder);
    }
  }

  /** Where the results go, also those of the subcommands. */
  Path output() {
    return output;
  }

  private int run(Experiment experiment, OutputFolder folder) throws IOException {
    Map<String, String> options = experiment.options();
    ImageData images = data.read(arguments);
    options.putAll(data.values());
    requireTrainable(experiment, images);
    Results results = new Results(folder, experiment);
    begin(folder, experiment, options, results);
    try {
      if (!show) {
        train(experiment, images, folder, results);
      }
      show(experiment, images, folder, options, results);
    } catch (IOException e) {
      throw new IOException(e.getMessage() + "; when that is mended, go on with --resume", e);
    }
    return spec.exitCodeOnSuccess();
  }

  private void requireTrainable(Experiment experiment, ImageData images) {
    for (int batchSize : experiment.grid().batchSizes()) {
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
    int made = results.all().size();
    int runs = experiment.grid().runs().size();
    if (made < runs) {
      out.println("So far " + made + " of " + runs + " runs; go on with --resume.");
      out.println();
    }
    out.println("Test accuracy in percent:");
    out.println();
    out.println(TextTable.of(summary.gridHeaders(), summary.grid()));
    if (experiment.grid().ablationThreshold().isPresent()) {
      out.println(
          "Layers left alone by AGC "
              + Text.number(experiment.grid().ablationThreshold().orElseThrow())
              + " at batch size "
              + experiment.grid().largestBatch()
              + ":");
      out.println();
      out.println(TextTable.of(summary.ablationHeaders(), summary.ablation()));
    }
    summary.legend(images).forEach(out::println);
    if (quick) {
      out.println(
          experiment.epochs()
              + " epoch(s) show how the program works, and are too few to compare: AGC bounds every"
              + " step, so that it is behind at first, and what it is for shows later."
              + " docs/nfresnet.md has the comparison.");
    }
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
    arguments.requireDifferent("--networks", networks);
    arguments.requireDifferent("--scales", scales);
    try {
      NfResNet.builder().small(allChannels, blocks);
    } catch (IllegalArgumentException e) {
      throw arguments.invalid("--width", e.getMessage());
    }
    double smallest = allThresholds.stream().min(Double::compare).orElseThrow();
    Grid grid =
        new Grid(
            networks,
            sizes,
            allThresholds,
            scales,
            given(seeds, quick ? 1 : 3),
            ablation ? OptionalDouble.of(smallest) : OptionalDouble.empty());
    return new Experiment(
        grid, allEpochs, warmUp, updater, learningRate, allChannels, blocks, stemStride);
  }

  private static <T> T given(T value, T otherwise) {
    return value == null ? otherwise : value;
  }

  /** Reads earlier results, or makes sure that there are none which would be lost. */
  private void begin(
      OutputFolder folder, Experiment experiment, Map<String, String> options, Results results)
      throws IOException {
    StoredOptions stored = new StoredOptions(folder);
    if (!resume && !show) {
      if (Results.areIn(folder)) {
        throw arguments.invalid(
            "--output",
            folder.file("").toAbsolutePath()
                + " has the results of an experiment; go on with it by --resume, or name another"
                + " folder");
      }
      stored.write(options);
      for (Run run : experiment.grid().runs()) {
        new Checkpoint(folder, run, 0).delete();
      }
      return;
    }
    String option = resume ? "--resume" : "--show";
    if (!stored.exist()) {
      throw arguments.invalid(
          option, "there is no experiment in " + folder.file("").toAbsolutePath());
    }
    try {
      stored.requireSame(options);
      if (Results.areIn(folder)) {
        results.load();
      }
    } catch (IOException e) {
      throw arguments.invalid(option, e.getMessage());
    }
  }

  private void train(Experiment experiment, ImageData images, OutputFolder folder, Results results)
      throws IOException {
    List<Run> open = new ArrayList<>(experiment.grid().runs());
    open.removeIf(results::has);
    long workPerRun = (long) experiment.epochs() * images.trainingSize();
    try (Progress progress =
        new Progress(spec.commandLine().getErr(), "nfresnet", open.size() * workPerRun)) {
      Trainer trainer = new Trainer(experiment, images);
      ParallelRuns.make(
          open,
          given(parallel, ParallelRuns.atATime()),
          run -> {
            try (Progress.Run shown = progress.begin(run.toString(), workPerRun)) {
              Checkpoint checkpoint = new Checkpoint(folder, run, SECONDS_BETWEEN_CHECKPOINTS);
              // At once: what is done is not made again after an interruption.
              results.add(trainer.train(run, checkpoint, shown::step));
              checkpoint.delete();
              return run;
            }
          },
          run -> {});
    }
  }
}
