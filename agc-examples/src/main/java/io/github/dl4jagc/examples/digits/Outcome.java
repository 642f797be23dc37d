package io.github.dl4jagc.examples.digits;

import io.github.dl4jagc.AgcReport;

/** What came out of one training run. */
final class Outcome {

  /** The loss of giving every digit the same probability. */
  static final double GUESSING_LOSS = Math.log(Digits.CLASSES);

  private final Run run;
  private final int steps;
  private final boolean diverged;
  private final double accuracy;
  private final double trainingLoss;
  private final AgcReport report;

  private Outcome(
      Run run,
      int steps,
      boolean diverged,
      double accuracy,
      double trainingLoss,
      AgcReport report) {
    this.run = run;
    this.steps = steps;
    this.diverged = diverged;
    this.accuracy = accuracy;
    this.trainingLoss = trainingLoss;
    this.report = report;
  }

  /**
   * A run that stayed finite to its end.
   *
   * @param steps the updates that were made
   * @param accuracy share of the test digits that are recognised, in [0, 1]
   * @param trainingLoss mean loss of the last epoch's minibatches
   * @param report what AGC clipped; empty without AGC
   */
  static Outcome finished(
      Run run, int steps, double accuracy, double trainingLoss, AgcReport report) {
    return new Outcome(run, steps, false, accuracy, trainingLoss, report);
  }

  /**
   * A run that was stopped because a loss or a parameter was NaN or infinite.
   *
   * @param steps the updates that were made, the last one included
   * @param report what AGC clipped; empty without AGC
   */
  static Outcome diverged(Run run, int steps, AgcReport report) {
    return new Outcome(run, steps, true, Double.NaN, Double.NaN, report);
  }

  /** What the run was given. */
  Run run() {
    return run;
  }

  /** The updates that were made. */
  int steps() {
    return steps;
  }

  /** Whether a loss or a parameter became NaN or infinite; the run was stopped there. */
  boolean hasDiverged() {
    return diverged;
  }

  /** Whether the run stayed finite, but its training loss is no lower than that of guessing. */
  boolean isGuessing() {
    return trainingLoss >= GUESSING_LOSS;
  }

  /** Share of the test digits that are recognised, in [0, 1]; NaN of a run that diverged. */
  double accuracy() {
    return accuracy;
  }

  /** Mean loss of the last epoch's minibatches; NaN of a run that diverged. */
  double trainingLoss() {
    return trainingLoss;
  }

  /** What AGC clipped; empty without AGC. */
  AgcReport report() {
    return report;
  }
}
