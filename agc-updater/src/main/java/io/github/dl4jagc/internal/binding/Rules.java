package io.github.dl4jagc.internal.binding;

import static io.github.dl4jagc.internal.check.Troubleshooting.UPDATE_RATIO;

import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.ClippingForm;
import io.github.dl4jagc.NonFiniteGradients;
import io.github.dl4jagc.internal.clip.ClippingRule;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** The arithmetic that some settings ask for, in each {@link ClippingForm}, at one iteration. */
public final class Rules {

  private final AgcSettings settings;
  final int iteration;
  final int epoch;
  private final double gradientDivisor;
  private final boolean observeOnly;

  /**
   * @param gradientDivisor what gradients will be divided by before the updater gets them
   */
  public Rules(AgcSettings settings, int iteration, int epoch, double gradientDivisor) {
    this.settings = settings;
    this.iteration = iteration;
    this.epoch = epoch;
    this.gradientDivisor = gradientDivisor;
    this.observeOnly = settings.observeOnly() || iteration < settings.startIteration();
  }

  /**
   * What an updater multiplies a gradient by, all later steps that momentum carries it into
   * included, if it is linear in the gradient: {@code learningRate / (1 - momentum)}. A bound on
   * the gradient is then one on the update, as docs/update-ratio.md proves. NaN of any other
   * updater, those that extend {@code Sgd} and {@code Nesterovs} included, and without a ratio.
   */
  double gain(IUpdater updater) {
    boolean linear = updater.getClass() == Sgd.class || updater.getClass() == Nesterovs.class;
    if (!linear || !settings.hasUpdateRatio()) {
      return Double.NaN;
    }
    double rate = updater.getLearningRate(iteration, epoch);
    if (!Double.isFinite(rate)) {
      throw UPDATE_RATIO.state(
          "updateRatio needs a learning rate that is finite, got {} at iteration {}, epoch {} from"
              + " {}",
          rate,
          iteration,
          epoch,
          updater);
    }
    double momentum =
        updater instanceof Nesterovs ? ((Nesterovs) updater).currentMomentum(iteration, epoch) : 0;
    if (!(momentum >= 0 && momentum < 1)) {
      throw UPDATE_RATIO.state(
          "updateRatio needs a momentum in [0, 1), got {} at iteration {}, epoch {} from {}: with 1"
              + " a velocity never decays, and no bound on the gradient bounds it",
          momentum,
          iteration,
          epoch,
          updater);
    }
    return Math.abs(rate) / (1 - momentum);
  }

  /** What weights are multiplied by before gradients get them, which will be divided. */
  double weightDecay() {
    return settings.weightDecay() * gradientDivisor;
  }

  /**
   * What gradients are clipped by before the rule that counts, by a threshold, or lest what is not
   * finite reach a state; {@code null} if by nothing.
   */
  ClippingRule first(double gain) {
    NonFiniteGradients policy = // else the rule that counts has it
        Double.isNaN(gain) ? settings.nonFiniteGradients() : NonFiniteGradients.PASS_THROUGH;
    boolean asked = settings.hasClippingThreshold() || policy != NonFiniteGradients.PASS_THROUGH;
    return settings.hasUpdateRatio() && asked && !observeOnly ? ofGradients(policy) : null;
  }

  /** What gradients are clipped by and counted; {@code null} if updates are, by another rule. */
  ClippingRule ofGradients(double gain) {
    if (!settings.hasUpdateRatio()) {
      return ofGradients(settings.nonFiniteGradients());
    }
    return Double.isNaN(gain) ? null : ofUpdateRatio(ClippingForm.STEP, gradientDivisor / gain);
  }

  private ClippingRule ofGradients(NonFiniteGradients policy) {
    return changing(
        new ClippingRule(
            settings.clippingThreshold(iteration, epoch),
            settings.epsilon(),
            gradientDivisor,
            policy));
  }

  ClippingRule ofUpdates() {
    return ofUpdateRatio(ClippingForm.UPDATE, 1);
  }

  private ClippingRule ofUpdateRatio(ClippingForm form, double divisor) {
    return changing(
        ClippingRule.ofUpdateRatio(
            form,
            settings.updateRatio(iteration, epoch),
            settings.weightEpsilon(),
            settings.biasEpsilon(),
            divisor,
            settings.nonFiniteGradients()));
  }

  private ClippingRule changing(ClippingRule rule) {
    return observeOnly ? rule.withObserveOnly() : rule;
  }
}
