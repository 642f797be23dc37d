package io.github.dl4jagc.experiments.digits;

import io.github.dl4jagc.experiments.support.Arguments;
import io.github.dl4jagc.experiments.support.Converters;
import io.github.dl4jagc.experiments.support.Environment;
import io.github.dl4jagc.experiments.support.OutputFolder;
import io.github.dl4jagc.experiments.support.ParallelRuns;
import io.github.dl4jagc.experiments.support.Progress;
import io.github.dl4jagc.experiments.support.TextTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The example {@code digits}: trains a residual network without normalisation on real handwritten
 * digits (<i>Optical Recognition of Handwritten Digits</i>, E. Alpaydin, C. Kaynak, 1998, UCI
 * Machine Learning Repository, CC BY 4.0; its test part, as distributed with scikit-learn), with
 * plain Nesterovs and with AGC around the same Nesterovs, at several learning rates, and shows
 * every result in a table, a chart and a page.
 */
@Command(
    name = "digits",
    description = {
      "Trains a residual network without normalisation on 1797 real handwritten digits, with plain"
          + " Nesterovs and with AGC around it, at learning rates from safe to far too large.",
      "Prints a table, and writes report.html and accuracy.svg."
    },
    sortOptions = false,
    showDefaultValues = true)
public final class DigitsCommand implements Callable<Integer> {

  private static final String REPORT = "report.html";
  private static final String CHART = "accuracy.svg";

  @Spec private CommandSpec spec;

  @Option(
      names = "--learning-rates",
      paramLabel = "<rate>",
      split = ",",
      defaultValue = "0.01,0.1,1",
      converter = Converters.Positive.class,
      description = "Learning rates, finite and > 0.")
  private List<Double> learningRates;

  @Option(
      names = "--thresholds",
      paramLabel = "<threshold>",
      split = ",",
      defaultValue = "0.01,0.1",
      converter = Converters.Positive.class,
      description = "Clipping thresholds, finite and > 0.")
  private List<Double> thresholds;

  @Option(
      names = "--seeds",
      paramLabel = "<count>",
      defaultValue = "3",
      converter = Converters.WholeNumber.class,
      description = "Runs of each learning rate and threshold, at least 1.")
  private int seeds;

  @Option(
      names = "--epochs",
      paramLabel = "<count>",
      defaultValue = "3",
      converter = Converters.WholeNumber.class,
      description = "Passes over the training digits, at least 1.")
  private int epochs;

  @Option(
      names = "--batch-size",
      paramLabel = "<count>",
      defaultValue = "32",
      converter = BatchSize.class,
      description = "Digits in a minibatch, from 1 to " + Digits.TRAINING_SIZE + ".")
  private int batchSize;

  @Option(
      names = "--seed",
      paramLabel = "<number>",
      defaultValue = "42",
      description =
          "Seed of the split, and the first of the seeds of the initial weights and of the order of"
              + " the minibatches.")
  private long seed;

  @Option(
      names = "--exclude-output-layer",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Whether AGC leaves the output layer alone, as the paper does.%n  Default: true")
  private boolean excludeOutputLayer;

  @Option(
      names = "--output",
      paramLabel = "<folder>",
      defaultValue = "agc-output",
      description = "Where the report and the chart go; both are overwritten.")
  private Path output;

  /** For picocli, which creates it. */
  public DigitsCommand() {}

  /**
   * Trains every run of the grid and shows the results.
   *
   * @return the exit code
   */
  @Override
  public Integer call() throws IOException {
    Arguments arguments = new Arguments(spec);
    arguments.requireDifferent("--learning-rates", learningRates);
    arguments.requireDifferent("--thresholds", thresholds);
    try (OutputFolder folder = arguments.openOutput(output, REPORT, CHART)) {
      return run(folder);
    }
  }

  private int run(OutputFolder folder) throws IOException {
    Experiment experiment =
        new Experiment(
            learningRates, thresholds, seed, seeds, epochs, batchSize, excludeOutputLayer);
    Digits digits = Digits.load(seed);
    Summary summary = new Summary(experiment, digits.testSize());
    train(experiment, digits, summary);
    PrintWriter out = spec.commandLine().getOut();
    out.println();
    out.println(summary.claim());
    out.println();
    summary.legend().forEach(out::println);
    out.println();
    write(folder, summary);
    return spec.exitCodeOnSuccess();
  }

  /** Prints each row of the table as soon as its runs are done. */
  private void train(Experiment experiment, Digits digits, Summary summary) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    List<Run> runs = experiment.runs();
    Trainer trainer = new Trainer(experiment, digits);
    TextTable table = summary.table();
    out.println(table.header());
    try (Progress progress =
        new Progress(
            spec.commandLine().getErr(), "digits", (long) runs.size() * experiment.steps())) {
      ParallelRuns.make(
          runs,
          ParallelRuns.atATime(),
          run -> {
            try (Progress.Run shown = progress.begin(run.toString(), experiment.steps())) {
              return trainer.train(run, digitsOfStep -> shown.step(1));
            }
          },
          outcome -> {
            summary.add(outcome);
            Setting setting = outcome.run().setting();
            if (summary.isComplete(setting)) {
              progress.println(out, table.row(summary.row(setting)));
            }
          });
    }
  }

  /** The table is out by now, so a failure here costs the files only. */
  private void write(OutputFolder folder, Summary summary) throws IOException {
    Map<String, String> environment = Environment.describe();
    environment.put("runs at a time", String.valueOf(ParallelRuns.atATime()));
    folder.write(CHART, summary.chart().file());
    folder.write(REPORT, ReportPage.html(summary, options(), environment));
    spec.commandLine().getOut().println("Report: " + folder.file(REPORT));
    spec.commandLine().getOut().println("Chart:  " + folder.file(CHART));
  }

  /** The options in effect, as they would be written. */
  private Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("--learning-rates", Arguments.join(learningRates));
    options.put("--thresholds", Arguments.join(thresholds));
    options.put("--epochs", String.valueOf(epochs));
    options.put("--batch-size", String.valueOf(batchSize));
    options.put("--seeds", String.valueOf(seeds));
    options.put("--seed", String.valueOf(seed));
    options.put("--exclude-output-layer", String.valueOf(excludeOutputLayer));
    options.put("--output", output.toString());
    return options;
  }

  /** A whole number of at least 1 and at most the size of the training part. */
  public static final class BatchSize implements ITypeConverter<Integer> {

    /** For picocli. */
    public BatchSize() {}

    @Override
    public Integer convert(String text) {
      return Converters.wholeNumber(
          text,
          1,
          Digits.TRAINING_SIZE,
          "must be a whole number from 1 to " + Digits.TRAINING_SIZE + ", the training digits");
    }
  }
}
