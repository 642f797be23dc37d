package io.github.dl4jagc.internal.clip;

import io.github.dl4jagc.ClippingForm;
import io.github.dl4jagc.NonFiniteGradients;

/**
 * The decision about one unit, in double precision and in one place, whoever computes the norms:
 *
 * <pre>{@code
 * bound = threshold * max(||W||, epsilon)
 * scale = ||G|| > bound ? bound / ||G|| : 1
 * }</pre>
 *
 * Brock et al. 2021, arXiv 2102.06171, equation 3. The comparison is strict: a gradient that is
 * exactly at the bound is left as it is. {@code G} may as well be an update, what an updater made
 * of the gradient: the arithmetic is the same. Immutable.
 */
public final class ClippingRule {

  private final ClippingForm form;
  private final double threshold;
  private final double epsilon;
  private final double gradientDivisor;
  private final NonFiniteGradients nonFiniteGradients;
  private final boolean observeOnly;
  private final ClippingRule ofBiases;

  /**
   * The paper's rule, which changes gradients.
   *
   * @param threshold the clipping threshold, greater than zero; infinite: nothing is clipped
   * @param epsilon the floor of the weight norm, finite and not negative
   * @param gradientDivisor what the gradients will still be divided by: the minibatch size where
   *     they are sums over a minibatch, else 1
   * @param nonFiniteGradients what to do with units whose norms are not finite
   */
  public ClippingRule(
      double threshold,
      double epsilon,
      double gradientDivisor,
      NonFiniteGradients nonFiniteGradients) {
    this(
        ClippingForm.GRADIENT,
        threshold,
        epsilon,
        epsilon,
        gradientDivisor,
        nonFiniteGradients,
        false);
  }

  private ClippingRule(
      ClippingForm form,
      double threshold,
      double epsilon,
      double biasEpsilon,
      double gradientDivisor,
      NonFiniteGradients nonFiniteGradients,
      boolean observeOnly) {
    this.form = form;
    this.threshold = threshold;
    this.epsilon = epsilon;
    this.gradientDivisor = gradientDivisor;
    this.nonFiniteGradients = nonFiniteGradients;
    this.observeOnly = observeOnly;
    this.ofBiases =
        epsilon == biasEpsilon
            ? this
            : new ClippingRule(
                form,
                threshold,
                biasEpsilon,
                biasEpsilon,
                gradientDivisor,
                nonFiniteGradients,
                observeOnly);
  }

  /**
   * A rule that bounds what a step changes a unit by.
   *
   * @param form {@link ClippingForm#STEP} for gradients, {@link ClippingForm#UPDATE} for updates
   * @param updateRatio the bound, greater than zero
   * @param epsilon the floor of the norm of weights, finite and not negative
   * @param biasEpsilon the floor of the norm of biases and gains, finite and not negative
   * @param gradientDivisor what the gradients will still be divided by, all in all: one over what
   *     the updater multiplies them by, times the minibatch size where they are sums; infinite
   *     where they change nothing
   * @param nonFiniteGradients what to do with units whose norms are not finite
   */
  public static ClippingRule ofUpdateRatio(
      ClippingForm form,
      double updateRatio,
      double epsilon,
      double biasEpsilon,
      double gradientDivisor,
      NonFiniteGradients nonFiniteGradients) {
    return new ClippingRule(
        form, updateRatio, epsilon, biasEpsilon, gradientDivisor, nonFiniteGradients, false);
  }

  /** The same rule for who only wants to know: it gives the same scales, and changes nothing. */
  public ClippingRule withObserveOnly() {
    return new ClippingRule(
        form, threshold, epsilon, ofBiases.epsilon, gradientDivisor, nonFiniteGradients, true);
  }

  /** The same rule with the floor that biases and gains have. */
  ClippingRule ofBiases() {
    return ofBiases;
  }

  /** What is compared with the threshold. */
  public ClippingForm form() {
    return form;
  }

  /** Whether gradients stay as they are, whatever their scales are. */
  public boolean observeOnly() {
    return observeOnly;
  }

  /**
   * The factor for a unit's gradient.
   *
   * @param weightNorm the norm of the unit's weights
   * @param gradientNorm the norm of the unit's gradient
   * @return a factor in [0, 1], 1 if the gradient is to be left alone, as one of zeros is whatever
   *     its weights are; NaN if a norm is NaN or infinite: such a unit has no scale, and {@link
   *     #nonFiniteGradients()} says what is done with it
   */
  public double scale(double weightNorm, double gradientNorm) {
    if (gradientNorm == 0) {
      return 1;
    }
    if (!Double.isFinite(weightNorm) || !Double.isFinite(gradientNorm)) {
      return Double.NaN;
    }
    double bound = bound(weightNorm);
    return gradientNorm > bound ? bound / gradientNorm : 1;
  }

  /** Whether the gradient of a unit with such a scale is to be multiplied by it. */
  public boolean isToBeScaled(double scale) {
    return scale < 1 && !observeOnly;
  }

  /** Whether the gradient of a unit with such a scale is to become zero. */
  public boolean isToBeZeroed(double scale) {
    return Double.isNaN(scale) && nonFiniteGradients == NonFiniteGradients.ZERO && !observeOnly;
  }

  /**
   * The largest gradient norm, as it is before the division, that is left alone beside a weight
   * norm.
   */
  public double bound(double weightNorm) {
    return threshold * Math.max(weightNorm, epsilon) * gradientDivisor;
  }

  /**
   * What is compared with the threshold.
   *
   * @return {@code ||G|| / max(||W||, epsilon)}, finite; NaN if {@code max(||W||, epsilon)} is 0 or
   *     a norm is not finite
   */
  public double ratio(double weightNorm, double gradientNorm) {
    double floored = Math.max(weightNorm, epsilon);
    if (!(floored > 0) || !Double.isFinite(gradientNorm)) {
      return Double.NaN;
    }
    return Math.min(gradientNorm / (gradientDivisor * floored), Double.MAX_VALUE);
  }

  /** The floor of the weight norm. */
  public double epsilon() {
    return epsilon;
  }

  /** The clipping threshold, or the update ratio that is the bound. */
  public double threshold() {
    return threshold;
  }

  /** What to do with units whose norms are not finite. */
  public NonFiniteGradients nonFiniteGradients() {
    return nonFiniteGradients;
  }
}
