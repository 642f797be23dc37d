package io.github.dl4jagc.internal.binding;

import static io.github.dl4jagc.internal.check.Troubleshooting.UPDATE_RATIO;

import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Updaters whose updates are linear in the gradients, so that a bound on the gradient is one on the
 * update: gradient descent, with momentum or without. Their own classes alone, as one that extends
 * them may do anything.
 */
final class LinearUpdaters {

  private LinearUpdaters() {}

  /**
   * What an updater multiplies a gradient by, all later steps that momentum carries it into
   * included: {@code learningRate / (1 - momentum)}.
   *
   * <p>That {@code gain * ||G|| <= s * ||W||} keeps velocity and update within {@code s * ||W||} is
   * proved in docs/update-ratio.md.
   *
   * @return a number that is not negative; NaN if the updater is another one
   * @throws IllegalStateException if the learning rate is not finite or the momentum not in [0, 1)
   */
  static double gain(IUpdater updater, int iteration, int epoch) {
    if (updater.getClass() != Sgd.class && updater.getClass() != Nesterovs.class) {
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
}
