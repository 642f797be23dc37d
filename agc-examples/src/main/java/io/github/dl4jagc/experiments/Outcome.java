package io.github.dl4jagc.experiments;

import java.util.Locale;

/** What came out of a run. */
final class Outcome {

  /** The names of what {@link #csv()} has. */
  static final String HEADER =
      Run.HEADER + ",steps,accuracy,test_loss,training_loss,clipped_share,seconds";

  private static final int FIELDS = HEADER.split(",").length;

  final Run run;

  /** Updates that were made. */
  final int steps;

  /** Share of the test examples that are told right; mean losses. NaN if the run diverged. */
  final double accuracy;

  final double testLoss;
  final double trainingLoss;

  /** Of all units in all steps, in [0, 1]; NaN without AGC. */
  final double clippedShare;

  final double seconds;

  Outcome(
      Run run,
      int steps,
      double accuracy,
      double testLoss,
      double trainingLoss,
      double clippedShare,
      double seconds) {
    this.run = run;
    this.steps = steps;
    this.accuracy = accuracy;
    this.testLoss = testLoss;
    this.trainingLoss = trainingLoss;
    this.clippedShare = clippedShare;
    this.seconds = seconds;
  }

  /** The outcome of a {@link #csv()}; an IllegalArgumentException if there is none. */
  static Outcome of(String line) {
    String[] fields = line.split(",", -1);
    if (fields.length != FIELDS) {
      throw new IllegalArgumentException("not " + FIELDS + " fields");
    }
    Outcome outcome =
        new Outcome(
            Run.of(fields),
            Integer.parseInt(fields[Run.FIELDS]),
            Double.parseDouble(fields[Run.FIELDS + 1]),
            Double.parseDouble(fields[Run.FIELDS + 2]),
            Double.parseDouble(fields[Run.FIELDS + 3]),
            Double.parseDouble(fields[Run.FIELDS + 4]),
            Double.parseDouble(fields[Run.FIELDS + 5]));
    if (!outcome.csv().equals(line)) {
      throw new IllegalArgumentException("not what this program writes");
    }
    return outcome;
  }

  /** One line of a file of results. */
  String csv() {
    return run.csv()
        + String.format(
            Locale.ROOT,
            ",%d,%.4f,%.4f,%.4f,%.4f,%.2f",
            steps,
            accuracy,
            testLoss,
            trainingLoss,
            clippedShare,
            seconds);
  }

  /** Whether a loss, a parameter or an output became NaN or infinite. */
  boolean hasDiverged() {
    return Double.isNaN(accuracy);
  }
}
