package io.github.dl4jagc.internal;

import io.github.dl4jagc.NonFiniteGradients;

/**
 * The decision about one unit, in double precision and in one place, whoever computes the norms:
 *
 * <pre>{@code
 * bound = threshold * max(||W||, eps)
 * scale = ||G|| > bound ? bound / ||G|| : 1
 * }</pre>
 *
 * Brock et al. 2021, arXiv 2102.06171, equation 3. The comparison is strict: a gradient that is
 * exactly at the bound is left as it is. Immutable.
 */
public final class ClippingRule {

  /** Instead of a factor: the unit's gradient is to be overwritten with zeros. */
  public static final double SET_TO_ZERO = -1;

  private final double threshold;
  private final double epsilon;
  private final double gradientDivisor;
  private final NonFiniteGradients nonFinite;

  /**
   * @param threshold the clipping threshold, finite and greater than zero
   * @param epsilon the floor of the weight norm, finite and not negative
   * @param gradientDivisor what the gradients will still be divided by: the minibatch size where
   *     they are sums over a minibatch, else 1
   * @param nonFinite what to do with units whose gradient norm is NaN or infinite
   */
  public ClippingRule(
      double threshold, double epsilon, double gradientDivisor, NonFiniteGradients nonFinite) {
    this.threshold = threshold;
    this.epsilon = epsilon;
    this.gradientDivisor = gradientDivisor;
    this.nonFinite = nonFinite;
  }

  /**
   * The largest gradient norm, as it is before the division, that is left alone beside a weight
   * norm.
   */
  public double bound(double weightNorm) {
    return threshold * Math.max(weightNorm, epsilon) * gradientDivisor;
  }

  /** What the gradients will still be divided by, else 1. */
  public double gradientDivisor() {
    return gradientDivisor;
  }

  /** The clipping threshold. */
  public double threshold() {
    return threshold;
  }

  /** The floor of the weight norm. */
  public double epsilon() {
    return epsilon;
  }

  /** What to do with units whose gradient norm is NaN or infinite. */
  public NonFiniteGradients nonFinite() {
    return nonFinite;
  }

  /**
   * The factor for one unit's gradient; counts the unit in {@code tally}.
   *
   * <p>A unit whose <em>weights</em> are not finite has no bound and is not clipped.
   *
   * @return a factor in [0, 1], 1 if the gradient is to be left alone; {@link #SET_TO_ZERO} if it
   *     is not finite and the policy is to zero it, which no factor can do
   */
  public double scale(double weightNorm, double gradientNorm, ClipTally tally) {
    tally.units++;
    if (!Double.isFinite(gradientNorm)) {
      tally.nonFiniteUnits++;
      return nonFinite == NonFiniteGradients.ZERO ? SET_TO_ZERO : 1;
    }
    double floored = Math.max(weightNorm, epsilon);
    if (gradientNorm > 0) {
      tally.largestRatio = Math.max(tally.largestRatio, gradientNorm / gradientDivisor / floored);
    }
    double bound = bound(weightNorm);
    if (!(gradientNorm > bound)) {
      return 1;
    }
    double scale = bound / gradientNorm;
    tally.clippedUnits++;
    tally.smallestScale = Math.min(tally.smallestScale, scale);
    return scale;
  }
}
