package io.github.dl4jagc.experiments.digits;

import io.github.dl4jagc.experiments.support.Accuracies;
import io.github.dl4jagc.experiments.support.LineChart;
import io.github.dl4jagc.experiments.support.Text;
import io.github.dl4jagc.experiments.support.TextTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** All results side by side: one row for each learning rate and threshold, over all seeds. */
final class Summary {

  /** A run that recognises more than this share of the test digits has learned something. */
  private static final double LEARNED = 0.5;

  private static final String NOTHING = "-";

  private static final List<String> HEADERS =
      List.of(
          "learning\nrate",
          "AGC\nthreshold",
          "test accuracy\nin %",
          "lowest and\nhighest",
          "training\nloss",
          "no better\nthan guessing",
          "clipped\nunits");

  /** As wide as rows get, for a table whose rows are printed one by one. */
  private static final List<String> WIDEST =
      List.of(
          "1.0E-10", "0.00001", "99.9 ± 99.9 (1 diverged)", "99.9 to 100.0", "99.999", "0", "0");

  private final Experiment experiment;
  private final int testSize;
  private final List<Outcome> outcomes = new ArrayList<>();

  /**
   * @param experiment the grid
   * @param testSize the number of test digits
   */
  Summary(Experiment experiment, int testSize) {
    this.experiment = experiment;
    this.testSize = testSize;
  }

  /** Adds an outcome. */
  void add(Outcome outcome) {
    outcomes.add(outcome);
  }

  /** Every run, in the order in which they were added. */
  List<Outcome> outcomes() {
    return outcomes;
  }

  private List<Outcome> of(Setting setting) {
    return outcomes.stream()
        .filter(outcome -> outcome.run().setting() == setting)
        .collect(Collectors.toList());
  }

  private Accuracies accuracies(Setting setting) {
    return new Accuracies(of(setting).stream().map(Outcome::accuracy).collect(Collectors.toList()));
  }

  /** Whether all seeds of a setting are there. */
  boolean isComplete(Setting setting) {
    return of(setting).size() == experiment.seeds().size();
  }

  /** The table as text, to be printed row by row. */
  TextTable table() {
    return new TextTable(HEADERS, List.of(WIDEST));
  }

  /** The column headers. */
  List<String> headers() {
    return HEADERS;
  }

  /** The cells of all rows. */
  List<List<String>> rows() {
    return experiment.settings().stream().map(this::row).collect(Collectors.toList());
  }

  /** The cells of one row. */
  List<String> row(Setting setting) {
    Accuracies accuracies = accuracies(setting);
    List<Outcome> runs = of(setting);
    long guessing = runs.stream().filter(Outcome::isGuessing).count();
    return List.of(
        Text.number(setting.learningRate()),
        setting.threshold().isPresent() ? Text.number(setting.threshold().getAsDouble()) : "plain",
        accuracies.toString(),
        accuracies.isEmpty()
            ? NOTHING
            : Text.inPercent(accuracies.lowest()) + " to " + Text.inPercent(accuracies.highest()),
        accuracies.isEmpty() ? NOTHING : Text.decimals(loss(runs)),
        guessing == 0 ? NOTHING : guessing + " of " + runs.size(),
        setting.threshold().isPresent() ? Text.percent(clippedShare(runs)) : NOTHING);
  }

  private static double loss(List<Outcome> runs) {
    return runs.stream()
        .filter(outcome -> !outcome.hasDiverged())
        .mapToDouble(Outcome::trainingLoss)
        .average()
        .orElseThrow();
  }

  private static double clippedShare(List<Outcome> runs) {
    return runs.stream()
        .mapToDouble(outcome -> outcome.report().total().clippedShare())
        .average()
        .orElseThrow();
  }

  /** What holds in every seed: up to which learning rate a network learns. */
  String claim() {
    String rates =
        experiment.candidates().stream()
            .map(candidate -> Setting.name(candidate) + ": " + largestRate(candidate))
            .collect(Collectors.joining("; "));
    return "Largest learning rate at which more than half of the test digits are recognised in"
        + " every one of "
        + experiment.seeds().size()
        + " seed(s): "
        + rates
        + ".";
  }

  private String largestRate(OptionalDouble candidate) {
    return experiment.settings().stream()
        .filter(setting -> setting.threshold().equals(candidate))
        .filter(setting -> accuracies(setting).inEverySeed() > LEARNED)
        .max(Comparator.comparingDouble(Setting::learningRate))
        .map(
            setting ->
                String.format(
                    "%s (at least %s)",
                    Text.number(setting.learningRate()),
                    Text.percent(accuracies(setting).inEverySeed())))
        .orElse("none of these");
  }

  /** What the columns mean, one sentence or two each. */
  List<String> legend() {
    return List.of(
        String.format(
            Locale.ROOT,
            "Test accuracy: percent of the %d test digits that are recognised after the last epoch;"
                + " mean and standard deviation over %d seed(s), then the lowest and the highest."
                + " Guessing gives about 10%%.",
            testSize,
            experiment.seeds().size()),
        "Training loss: mean of the last epoch. Guessing gives ln 10 = "
            + Text.decimals(Outcome.GUESSING_LOSS)
            + "; runs whose loss is no lower are counted as no better than guessing.",
        "Diverged: a loss, a parameter or an output became NaN or infinite. Such runs are counted,"
            + " and not part of the mean.",
        "Clipped units: share of the units (filters, columns, biases) that AGC scaled down, over"
            + " all steps. "
            + (experiment.excludesOutputLayer()
                ? "AGC leaves the output layer alone, as the paper does; --no-exclude-output-layer"
                    + " clips it too."
                : "AGC clips the output layer too."),
        "Seeds choose the initial weights and the order of the minibatches; the split is the same"
            + " in all runs. Each run is made on one thread, so a run can be repeated on this"
            + " machine; results near the edge of stability also depend on processor and native"
            + " libraries.");
  }

  /** The headers of {@link #everyRun()}. */
  List<String> everyRunHeaders() {
    return List.of(
        "learning\nrate",
        "AGC\nthreshold",
        "seed",
        "accuracy\nin %",
        "training\nloss",
        "diverged",
        "clipped\nunits");
  }

  /** One row for each run. */
  List<List<String>> everyRun() {
    List<List<String>> rows = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      List<String> row = new ArrayList<>(row(outcome.run().setting()).subList(0, 2));
      boolean diverged = outcome.hasDiverged();
      row.add(String.valueOf(outcome.run().seed()));
      row.add(diverged ? NOTHING : Text.inPercent(outcome.accuracy()));
      row.add(diverged ? NOTHING : Text.decimals(outcome.trainingLoss()));
      row.add(diverged ? "at step " + outcome.steps() : "no");
      row.add(
          outcome.run().setting().threshold().isPresent()
              ? Text.percent(outcome.report().total().clippedShare())
              : NOTHING);
      rows.add(row);
    }
    return rows;
  }

  /** Accuracy over the learning rate: a line without AGC, and one for each threshold. */
  LineChart chart() {
    LineChart chart =
        LineChart.overLogarithms(
                "Residual network without normalisation on 8x8 digits",
                "learning rate",
                "test accuracy in %: mean, lowest and highest seed",
                experiment.learningRates())
            .upTo(100);
    for (OptionalDouble candidate : experiment.candidates()) {
      chart.add(
          Setting.name(candidate),
          experiment.settings().stream()
              .filter(setting -> setting.threshold().equals(candidate))
              .sorted(Comparator.comparingDouble(Setting::learningRate))
              .flatMap(setting -> accuracies(setting).at(setting.learningRate()).stream())
              .collect(Collectors.toList()));
    }
    return chart;
  }
}
