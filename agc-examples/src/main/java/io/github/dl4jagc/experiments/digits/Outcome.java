package io.github.dl4jagc.experiments.digits;

import io.github.dl4jagc.AgcReport;

/** What came out of one training run. */
final class Outcome {

  /** The loss of giving every digit the same probability. */
  static final double GUESSING_LOSS = Math.log(Digits.CLASSES);

  private final Run run;
  private final int steps;
  private final double accuracy;
  private final double trainingLoss;
  private final AgcReport report;

  /**
   * @param run what the run was given
   * @param steps the updates that were made
   * @param accuracy share of the test digits that are recognised, in [0, 1]; NaN if the run
   *     diverged
   * @param trainingLoss mean loss of the last epoch's minibatches
   * @param report what AGC clipped; empty without AGC
   */
  Outcome(Run run, int steps, double accuracy, double trainingLoss, AgcReport report) {
    this.run = run;
    this.steps = steps;
    this.accuracy = accuracy;
    this.trainingLoss = trainingLoss;
    this.report = report;
  }

  Run run() {
    return run;
  }

  int steps() {
    return steps;
  }

  /** Whether a loss, a parameter or an output became NaN or infinite. */
  boolean hasDiverged() {
    return Double.isNaN(accuracy);
  }

  /** Whether the run stayed finite, but its training loss is no lower than that of guessing. */
  boolean isGuessing() {
    return !hasDiverged() && trainingLoss >= GUESSING_LOSS;
  }

  double accuracy() {
    return accuracy;
  }

  double trainingLoss() {
    return trainingLoss;
  }

  AgcReport report() {
    return report;
  }
}
