package io.github.dl4jagc.experiments.digits;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** The grid of training runs, and what all of them have in common. */
final class Experiment {

  private final List<Double> learningRates;
  private final List<Double> thresholds;
  private final List<Long> seeds;
  private final List<Setting> settings;
  private final int epochs;
  private final int batchSize;
  private final boolean excludeOutputLayer;

  /**
   * @param learningRates in the order in which they are shown
   * @param thresholds clipping thresholds, in the order in which they are shown
   * @param seed the first one
   * @param seeds how many there are
   * @param epochs passes over the training part
   * @param batchSize digits in a minibatch
   * @param excludeOutputLayer whether AGC leaves the output layer alone
   */
  Experiment(
      List<Double> learningRates,
      List<Double> thresholds,
      long seed,
      int seeds,
      int epochs,
      int batchSize,
      boolean excludeOutputLayer) {
    this.learningRates = List.copyOf(learningRates);
    this.thresholds = List.copyOf(thresholds);
    this.seeds = LongStream.range(0, seeds).mapToObj(i -> seed + i).collect(Collectors.toList());
    this.settings =
        learningRates.stream()
            .flatMap(rate -> candidates().stream().map(candidate -> new Setting(rate, candidate)))
            .collect(Collectors.toList());
    this.epochs = epochs;
    this.batchSize = batchSize;
    this.excludeOutputLayer = excludeOutputLayer;
  }

  /** No threshold, then all thresholds: the lines of the chart. */
  List<OptionalDouble> candidates() {
    List<OptionalDouble> candidates = new ArrayList<>(List.of(OptionalDouble.empty()));
    thresholds.forEach(threshold -> candidates.add(OptionalDouble.of(threshold)));
    return candidates;
  }

  /** The rows of the table: for each learning rate the plain one, then one for each threshold. */
  List<Setting> settings() {
    return settings;
  }

  /** Every run of the grid: each setting with each seed. */
  List<Run> runs() {
    return settings.stream()
        .flatMap(setting -> seeds.stream().map(seed -> new Run(setting, seed)))
        .collect(Collectors.toList());
  }

  /** The learning rates, in the order in which they are shown. */
  List<Double> learningRates() {
    return learningRates;
  }

  /** The seeds of the initial weights and of the order of the minibatches. */
  List<Long> seeds() {
    return seeds;
  }

  /** Passes over the training part. */
  int epochs() {
    return epochs;
  }

  /** Digits in a minibatch. */
  int batchSize() {
    return batchSize;
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
