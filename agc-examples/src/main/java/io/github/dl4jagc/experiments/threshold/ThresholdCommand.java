package io.github.dl4jagc.experiments.threshold;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.experiments.digits.Digits;
import io.github.dl4jagc.experiments.digits.ResidualNetwork;
import io.github.dl4jagc.experiments.support.Arguments;
import io.github.dl4jagc.experiments.support.Converters;
import io.github.dl4jagc.experiments.support.Epoch;
import io.github.dl4jagc.experiments.support.OutputFolder;
import io.github.dl4jagc.experiments.support.ParallelRuns;
import io.github.dl4jagc.experiments.support.TestAccuracy;
import io.github.dl4jagc.experiments.support.Text;
import io.github.dl4jagc.experiments.support.TextTable;
import io.github.dl4jagc.report.AgcReportWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.learning.config.Nesterovs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Trains a residual network on the digits and shows what thresholds would clip of its gradients:
 * the steps of docs/choosing-the-threshold.md.
 */
@Command(
    name = "threshold",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = {
      "Chooses a clipping threshold for a residual network on 8x8 digits.",
      "",
      "Without --threshold nothing is clipped: the run shows what share of the units other"
          + " thresholds would have clipped. With it the network is trained, once for each seed."
    })
public final class ThresholdCommand implements Callable<Integer> {

  private static final String FIGURES = "figures.csv";
  private static final String PAGE = "ratios.html";
  private static final double MOMENTUM = 0.9;
  private static final int BATCH_SIZE = 32;

  /** Thresholds that clipped shares are shown for. */
  private static final double[] THRESHOLDS = {0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64};

  /** Shares that thresholds are shown for. */
  private static final double[] SHARES = {0.9, 0.75, 0.5, 0.25, 0.1, 0.01};

  @Spec private CommandSpec spec;

  @Option(
      names = "--learning-rate",
      paramLabel = "<rate>",
      defaultValue = "0.01",
      converter = Converters.Positive.class,
      description = "Learning rate of Nesterovs, finite and > 0.")
  private double learningRate;

  @Option(
      names = "--threshold",
      paramLabel = "<threshold>",
      converter = Converters.Positive.class,
      description = "Clipping threshold, finite and > 0. Without it nothing is clipped.")
  private Double threshold;

  @Option(
      names = "--seeds",
      paramLabel = "<count>",
      defaultValue = "1",
      converter = Converters.WholeNumber.class,
      description = "Runs, each with a seed of its own, at least 1.")
  private int seeds;

  @Option(
      names = "--epochs",
      paramLabel = "<count>",
      defaultValue = "3",
      converter = Converters.WholeNumber.class,
      description = "Passes over the training digits, at least 1.")
  private int epochs;

  @Option(
      names = "--output",
      paramLabel = "<folder>",
      defaultValue = "agc-output/threshold",
      description = "Where the figures and the page of the first seed go; both are overwritten.")
  private Path output;

  /** For picocli, which creates it. */
  public ThresholdCommand() {}

  /**
   * Trains and shows.
   *
   * @return the exit code
   */
  @Override
  public Integer call() throws IOException {
    try (OutputFolder folder = new Arguments(spec).openOutput(output, FIGURES, PAGE)) {
      Files.deleteIfExists(folder.file(FIGURES));
      AgcReportWriter figures = AgcReportWriter.csv(folder.file(FIGURES));
      PrintWriter out = spec.commandLine().getOut();
      List<AgcReport> reports = new ArrayList<>();
      List<Integer> each = IntStream.range(0, seeds).boxed().collect(Collectors.toList());
      Digits digits = Digits.load(0);
      ParallelRuns.make(
          each,
          ParallelRuns.atATime(),
          seed -> train(seed, digits, seed == 0 ? figures : null),
          outcome -> {
            out.println(outcome);
            reports.add(outcome.report);
          });
      AgcReport first = reports.get(0);
      out.println();
      out.println("Seed 0:");
      out.println(first);
      out.print(shares(first));
      out.println();
      out.print(thresholds(first));
      out.println();
      out.println("Page: " + figures.writePage(folder.file(PAGE)));
    }
    return spec.exitCodeOnSuccess();
  }

  private AgcSettings settings() {
    AgcSettings.Builder settings = AgcSettings.builder().excludeOutputLayer(true);
    return threshold == null
        ? settings.observeOnly(true).build()
        : settings.clippingThreshold(threshold).build();
  }

  /**
   * @param figures where they go; {@code null}: nowhere
   */
  private Outcome train(int seed, Digits digits, AgcReportWriter figures) {
    ComputationGraph network =
        ResidualNetwork.create(
            new AgcGradientNormalization(new Nesterovs(learningRate, MOMENTUM), settings()), seed);
    network.setListeners(figures == null ? new AgcListener() : new AgcListener(1, figures));
    Epoch.trainAll(
        network, epochs, seed, order -> digits.minibatches(BATCH_SIZE, order), examples -> {});
    double accuracy = TestAccuracy.of(network, List.of(digits.test()));
    return new Outcome(seed, accuracy, AgcReport.of(network), threshold == null);
  }

  private static AgcReport.Statistics weights(AgcReport report) {
    return report.total(AgcReport.Row::isWeight);
  }

  private static AgcReport.Statistics others(AgcReport report) {
    return report.total(row -> !row.isWeight());
  }

  /** What each threshold would have clipped. */
  private static String shares(AgcReport report) {
    List<List<String>> rows = new ArrayList<>();
    for (double each : THRESHOLDS) {
      rows.add(
          List.of(
              Text.number(each),
              Text.percent(weights(report).clippedShareAt(each).estimate()),
              Text.percent(others(report).clippedShareAt(each).estimate())));
    }
    return TextTable.of(
        List.of("this\nthreshold", "would clip\nof weights", "of biases\nand gains"), rows);
  }

  /** What would have clipped each share. */
  private static String thresholds(AgcReport report) {
    List<List<String>> rows = new ArrayList<>();
    for (double share : SHARES) {
      rows.add(
          List.of(
              Text.percent(share),
              String.format(Locale.ROOT, "%.2g", weights(report).thresholdFor(share))));
    }
    return TextTable.of(List.of("to clip of the\nweights' units", "takes a\nthreshold of"), rows);
  }

  /** What came of one run. */
  private static final class Outcome {
    final int seed;
    final double accuracy;
    final AgcReport report;
    final boolean observed;

    Outcome(int seed, double accuracy, AgcReport report, boolean observed) {
      this.seed = seed;
      this.accuracy = accuracy;
      this.report = report;
      this.observed = observed;
    }

    @Override
    public String toString() {
      return "seed "
          + seed
          + ": "
          + (Double.isNaN(accuracy)
              ? "diverged"
              : Text.percent(accuracy) + " of the test digits recognised")
          + (observed
              ? ""
              : ", "
                  + Text.percent(weights(report).clippedShare())
                  + " of the weights' units clipped");
    }
  }
}
