package io.github.dl4jagc.internal.clip;

import static io.github.dl4jagc.internal.check.Troubleshooting.ARRAYS_THAT_CANNOT_BE_CLIPPED;

import io.github.dl4jagc.internal.units.Units;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One parameter as the arithmetic sees it: its weights, its gradient, its units and what is counted
 * of them.
 */
public final class ClipTarget {

  /** The weights, only read. */
  public final INDArray weights;

  /** The gradient, clipped in place. */
  public final INDArray gradient;

  /** The units of both. */
  public final Units units;

  private final boolean bias;

  /** What the latest call has counted. */
  public final ClipCounter counter = new ClipCounter();

  /**
   * @param weights the weights, of any order and stride; only read
   * @param gradient the gradient, of the same shape; clipped in place
   * @param units the units of both
   */
  public ClipTarget(INDArray weights, INDArray gradient, Units units) {
    this(weights, gradient, units, false);
  }

  /**
   * @param weights the weights, of any order and stride; only read
   * @param gradient the gradient, of the same shape; clipped in place
   * @param units the units of both
   * @param bias whether they are a bias or a gain, for which a rule may have another floor
   */
  public ClipTarget(INDArray weights, INDArray gradient, Units units, boolean bias) {
    this.weights = weights;
    this.gradient = gradient;
    this.units = units;
    this.bias = bias;
  }

  /** The rule as it is for this target. */
  public ClippingRule own(ClippingRule rule) {
    return bias ? rule.ofBiases() : rule;
  }

  /** Whether every rule is the same for both targets. */
  public boolean hasRuleOf(ClipTarget other) {
    return bias == other.bias;
  }

  /**
   * @throws IllegalStateException if an array has been closed
   */
  public void requireOpen() {
    if (weights.wasClosed() || gradient.wasClosed()) {
      throw ARRAYS_THAT_CANNOT_BE_CLIPPED.state("AGC cannot clip arrays that have been closed");
    }
  }
}
