package io.github.dl4jagc.experiments.nfresnet;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** What came out of one training run. */
final class Outcome implements Serializable {

  private static final long serialVersionUID = 2L;

  private final Run run;
  private final int steps;
  private final double accuracy;
  private final double trainingLoss;
  private final double seconds;
  private final double clippedShare;
  private final ArrayList<Map<String, Double>> clippedByEpoch;

  /**
   * @param run what the run was given
   * @param steps the updates that were made
   * @param accuracy share of the test images that are recognised, in [0, 1]; NaN if it diverged
   * @param trainingLoss mean loss of the last epoch's minibatches; NaN if it diverged
   * @param seconds time of training and testing
   * @param clippedShare of all units in all steps, in [0, 1]; 0 without AGC
   * @param clippedByEpoch share of the units that were clipped, by stage, for each epoch
   */
  Outcome(
      Run run,
      int steps,
      double accuracy,
      double trainingLoss,
      double seconds,
      double clippedShare,
      List<Map<String, Double>> clippedByEpoch) {
    this.run = run;
    this.steps = steps;
    this.accuracy = accuracy;
    this.trainingLoss = trainingLoss;
    this.seconds = seconds;
    this.clippedShare = clippedShare;
    this.clippedByEpoch = new ArrayList<>(clippedByEpoch);
  }

  Run run() {
    return run;
  }

  /** Whether a loss, a parameter or an output became NaN or infinite. */
  boolean hasDiverged() {
    return Double.isNaN(accuracy);
  }

  int steps() {
    return steps;
  }

  double accuracy() {
    return accuracy;
  }

  double trainingLoss() {
    return trainingLoss;
  }

  double seconds() {
    return seconds;
  }

  double clippedShare() {
    return clippedShare;
  }

  List<Map<String, Double>> clippedByEpoch() {
    return Collections.unmodifiableList(clippedByEpoch);
  }
}
