package io.github.dl4jagc.examples.digits;

import java.util.ArrayList;
import java.util.List;

/** The grid of training runs, and what all of them have in common. */
final class Experiment {

  private final List<Double> learningRates;
  private final List<Double> thresholds;
  private final int epochs;
  private final int batchSize;
  private final long seed;
  private final boolean excludeOutputLayer;

  Experiment(
      List<Double> learningRates,
      List<Double> thresholds,
      int epochs,
      int batchSize,
      long seed,
      boolean excludeOutputLayer) {
    this.learningRates = List.copyOf(learningRates);
    this.thresholds = List.copyOf(thresholds);
    this.epochs = epochs;
    this.batchSize = batchSize;
    this.seed = seed;
    this.excludeOutputLayer = excludeOutputLayer;
  }

  /** Every run of the grid: for each learning rate the plain one, then one for each threshold. */
  List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    for (double learningRate : learningRates) {
      runs.add(Run.plain(learningRate));
      for (double threshold : thresholds) {
        runs.add(Run.agc(learningRate, threshold));
      }
    }
    return runs;
  }

  /** The learning rates, in the order in which they are shown. */
  List<Double> learningRates() {
    return learningRates;
  }

  /** The clipping thresholds, in the order in which they are shown. */
  List<Double> thresholds() {
    return thresholds;
  }

  /** Passes over the training part. */
  int epochs() {
    return epochs;
  }

  /** Examples in a minibatch. */
  int batchSize() {
    return batchSize;
  }

  /** The seed of the split, of the order of the minibatches and of the initial weights. */
  long seed() {
    return seed;
  }

  /** Whether AGC leaves the output layer alone. */
  boolean excludesOutputLayer() {
    return excludeOutputLayer;
  }

  /** Updates in a run that does not diverge. */
  int steps() {
    int stepsPerEpoch = (Digits.TRAINING_SIZE + batchSize - 1) / batchSize;
    return epochs * stepsPerEpoch;
  }
}
