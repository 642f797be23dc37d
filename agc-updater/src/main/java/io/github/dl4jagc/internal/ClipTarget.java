package io.github.dl4jagc.internal;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One parameter as the arithmetic sees it: its weights, its gradient, its units and its figures.
 */
final class ClipTarget {

  final INDArray weights;
  final INDArray gradient;
  final Units units;

  /** The figures of each call are added to it. */
  final ClipTally tally;

  /**
   * @param weights the weights, of any order and stride; only read
   * @param gradient the gradient, of the same shape; clipped in place
   * @param units the units of both
   * @param tally where to count
   */
  ClipTarget(INDArray weights, INDArray gradient, Units units, ClipTally tally) {
    this.weights = weights;
    this.gradient = gradient;
    this.units = units;
    this.tally = tally;
  }
}
