package io.github.dl4jagc.examples.digits;

import io.github.dl4jagc.examples.support.Text;
import io.github.dl4jagc.examples.support.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * All results side by side: one row for each learning rate and threshold, with the plain run of
 * that learning rate and the AGC run. Every run of the grid is in it.
 */
final class Summary {

  private static final String NOTHING = "-";

  /** In two lines each. */
  private static final List<String> HEADERS =
      List.of(
          "learning\nrate",
          "plain\naccuracy",
          "plain\nloss",
          "plain\ndiverged",
          "AGC\nthreshold",
          "AGC\naccuracy",
          "AGC\nloss",
          "AGC\ndiverged",
          "clipped\nunits");

  private final Experiment experiment;
  private final int testSize;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * @param experiment the grid
   * @param outcomes its outcomes, in the order of {@link Experiment#runs()}
   * @param testSize the number of test digits
   */
  Summary(Experiment experiment, List<Outcome> outcomes, int testSize) {
    this.experiment = experiment;
    this.testSize = testSize;
    Outcome plain = null;
    for (Outcome outcome : outcomes) {
      if (outcome.run().threshold().isEmpty()) {
        plain = outcome;
      } else {
        rows.add(row(plain, outcome));
      }
    }
  }

  private static List<String> row(Outcome plain, Outcome agc) {
    return List.of(
        Text.number(agc.run().learningRate()),
        accuracy(plain),
        loss(plain),
        diverged(plain),
        Text.number(agc.run().threshold().orElseThrow()),
        accuracy(agc),
        loss(agc),
        diverged(agc),
        Text.percent(agc.report().total().clippedShare()));
  }

  private static String accuracy(Outcome outcome) {
    return outcome.hasDiverged() ? NOTHING : Text.percent(outcome.accuracy());
  }

  private static String loss(Outcome outcome) {
    return outcome.hasDiverged() ? NOTHING : Text.decimals(outcome.trainingLoss());
  }

  private static String diverged(Outcome outcome) {
    if (outcome.hasDiverged()) {
      return "at step " + outcome.steps();
    }
    return outcome.isGuessing() ? "no, guessing" : "no";
  }

  /** The column headers. */
  List<String> headers() {
    return HEADERS.stream().map(header -> header.replace("\n", " ")).collect(Collectors.toList());
  }

  /** The cells, row by row. */
  List<List<String>> rows() {
    return rows;
  }

  /** What the columns mean, one sentence or two each. */
  List<String> legend() {
    return List.of(
        String.format(
            Locale.ROOT,
            "accuracy: share of the %d test digits that are recognised after the last epoch;"
                + " guessing gives about 10%%.",
            testSize),
        "loss: mean training loss of the last epoch; guessing gives ln 10 = "
            + Text.decimals(Outcome.GUESSING_LOSS)
            + ".",
        String.format(
            Locale.ROOT,
            "diverged: the loss or a parameter became NaN or infinite; the run was stopped at that"
                + " step (of %d) and has no accuracy. \"no, guessing\": it stayed finite, but its"
                + " loss is no lower than that of guessing.",
            experiment.steps()),
        "clipped units: share of the units (filters, columns, biases) that AGC scaled down, over"
            + " all steps"
            + (experiment.excludesOutputLayer() ? "; the output layer is excluded." : "."),
        "All runs have the same split, initial weights and order of minibatches. Results near the"
            + " edge of stability also depend on the number of threads and on the native"
            + " libraries.");
  }

  /** The table as text, right-aligned, under a header of two lines. */
  String toText() {
    return TextTable.of(HEADERS, rows);
  }
}
