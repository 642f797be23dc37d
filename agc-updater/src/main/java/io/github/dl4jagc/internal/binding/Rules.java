package io.github.dl4jagc.internal.binding;

import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.ClippingForm;
import io.github.dl4jagc.NonFiniteGradients;
import io.github.dl4jagc.internal.clip.ClippingRule;

/** The arithmetic that some settings ask for, in each {@link ClippingForm}, at one iteration. */
public final class Rules {

  private final AgcSettings settings;
  private final int iteration;
  private final int epoch;

  /**
   * @param settings what is asked for
   * @param iteration the iteration, from 0
   * @param epoch the epoch, from 0
   */
  public Rules(AgcSettings settings, int iteration, int epoch) {
    this.settings = settings;
    this.iteration = iteration;
    this.epoch = epoch;
  }

  /** {@return the iteration, from 0} */
  public int iteration() {
    return iteration;
  }

  /** {@return the epoch, from 0} */
  public int epoch() {
    return epoch;
  }

  /**
   * For gradients, by their ratio to the weights.
   *
   * @param gradientDivisor what the gradients will still be divided by
   */
  public ClippingRule ofGradients(double gradientDivisor) {
    return changing(
        new ClippingRule(
            settings.clippingThreshold(iteration, epoch),
            settings.epsilon(),
            gradientDivisor,
            settings.nonFiniteGradients()));
  }

  /**
   * Whether gradients are clipped first where updates are bounded: there is a threshold for them
   * too, or what is not finite is not to reach the updater's state.
   */
  public boolean gradientsComeFirst() {
    return !observeOnly()
        && (settings.hasClippingThreshold()
            || settings.nonFiniteGradients() != NonFiniteGradients.PASS_THROUGH);
  }

  /**
   * For gradients, by what they change the weights by.
   *
   * @param gain what the gradients will be multiplied by, all in all; 0: they change nothing
   */
  public ClippingRule ofSteps(double gain) {
    return ofUpdateRatio(ClippingForm.STEP, 1 / gain);
  }

  /** For updates. */
  public ClippingRule ofUpdates() {
    return ofUpdateRatio(ClippingForm.UPDATE, 1);
  }

  private ClippingRule ofUpdateRatio(ClippingForm form, double gradientDivisor) {
    return changing(
        ClippingRule.ofUpdateRatio(
            form,
            settings.updateRatio(iteration, epoch),
            settings.epsilon(),
            settings.biasEpsilon(),
            gradientDivisor,
            settings.nonFiniteGradients()));
  }

  private ClippingRule changing(ClippingRule rule) {
    return observeOnly() ? rule.withObserveOnly() : rule;
  }

  private boolean observeOnly() {
    return settings.observeOnly() || iteration < settings.startIteration();
  }
}
