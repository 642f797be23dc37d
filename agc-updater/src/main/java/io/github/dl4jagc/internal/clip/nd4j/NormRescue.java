package io.github.dl4jagc.internal.clip.nd4j;

import io.github.dl4jagc.internal.clip.ClippingRule;
import io.github.dl4jagc.internal.clip.NormRange;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Norms of DOUBLE arrays whose squares left the range of DOUBLE: computed anew of the array times a
 * power of two. Rare, so it may allocate. Norms of other types are computed in DOUBLE, which holds
 * all their squares.
 */
final class NormRescue {

  private final TargetGroup group;
  private final double[] norms;

  /** The smallest norm that squares do not make inexact. */
  private final double smallest;

  private NormRescue(TargetGroup group, double[] norms) {
    this.group = group;
    this.norms = norms;
    this.smallest = NormRange.smallestExactNorm(DataType.DOUBLE, group.unitSize());
  }

  /**
   * Makes all norms of a group exact as far as they matter to a rule.
   *
   * @param norms those of the group among others, changed in place; made positive
   * @param weightsAt where those of its weights begin
   * @param gradientsAt where those of its gradients begin
   * @return the rule that they are for now: {@code rule}, or its {@link ClippingRule#shrunk()}, as
   *     the norm of finite elements may be larger than a double can hold
   */
  static ClippingRule rescue(
      TargetGroup group, double[] norms, int weightsAt, int gradientsAt, ClippingRule rule) {
    for (int unit = 0; unit < group.units(); unit++) {
      norms[weightsAt + unit] = Math.abs(norms[weightsAt + unit]);
      norms[gradientsAt + unit] = Math.abs(norms[gradientsAt + unit]);
    }
    if (group.unitSize() == 1) {
      return rule; // no squares
    }
    NormRescue rescue = new NormRescue(group, norms);
    // What is below half of the floor, or cannot be clipped, need not be known any better.
    double[] bigWeights = rescue.rescue(group.weights, weightsAt, rule.epsilon() / 2);
    double[] bigGradients =
        rescue.rescue(
            group.gradient, gradientsAt, rescue.isAllTiny(gradientsAt) ? 0 : rule.bound(0) / 2);
    if (bigWeights == null && bigGradients == null) {
      return rule;
    }
    rescue.shrink(weightsAt, bigWeights);
    rescue.shrink(gradientsAt, bigGradients);
    return rule.shrunk();
  }

  /** Then the largest ratio would be one of norms that are not exact. */
  private boolean isAllTiny(int from) {
    for (int unit = 0; unit < group.units(); unit++) {
      if (!(norms[from + unit] < smallest)) {
        return false;
      }
    }
    return true;
  }

  /**
   * @param irrelevant norms up to this need not be exact
   * @return norms times {@code 2^DOWN} if one of finite elements is beyond the range, else null
   */
  private double[] rescue(INDArray array, int from, double irrelevant) {
    if (array.dataType() != DataType.DOUBLE) {
      return null;
    }
    boolean underflow = false;
    boolean overflow = false;
    for (int unit = 0; unit < group.units(); unit++) {
      underflow |= norms[from + unit] < smallest && irrelevant <= smallest;
      overflow |= !(norms[from + unit] <= Double.MAX_VALUE);
    }
    if (underflow) {
      double[] raised = normsTimes(array, NormRange.UP);
      for (int unit = 0; unit < raised.length; unit++) {
        if (norms[from + unit] < smallest) {
          norms[from + unit] = Math.scalb(raised[unit], -NormRange.UP);
        }
      }
    }
    if (!overflow) {
      return null;
    }
    double[] lowered = normsTimes(array, NormRange.DOWN);
    boolean beyond = false;
    for (int unit = 0; unit < lowered.length; unit++) {
      if (!(norms[from + unit] <= Double.MAX_VALUE)) {
        norms[from + unit] = Math.scalb(lowered[unit], -NormRange.DOWN);
        beyond |= Double.isFinite(lowered[unit]) && Double.isInfinite(norms[from + unit]);
      }
    }
    return beyond ? lowered : null;
  }

  private void shrink(int from, double[] lowered) {
    for (int unit = 0; unit < group.units(); unit++) {
      norms[from + unit] =
          Double.isInfinite(norms[from + unit]) && lowered != null
              ? Math.scalb(lowered[unit], ClippingRule.SHRINKING - NormRange.DOWN)
              : Math.scalb(norms[from + unit], ClippingRule.SHRINKING);
    }
  }

  private double[] normsTimes(INDArray array, int exponent) {
    try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      INDArray rows = array.dup('c').reshape('c', group.units(), group.unitSize());
      rows.muli(Math.scalb(1.0, exponent));
      INDArray result = Nd4j.create(DataType.DOUBLE, group.units());
      Nd4j.exec(new DoubleNorm2(rows, result, 1));
      return result.data().asDouble();
    }
  }
}
