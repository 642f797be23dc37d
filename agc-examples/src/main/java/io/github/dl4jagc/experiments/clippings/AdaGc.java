package io.github.dl4jagc.experiments.clippings;

import java.util.Arrays;

/**
 * Each parameter's norm is bounded by a factor times the running mean of its bounded norms (Wang et
 * al. 2025, arXiv 2502.11034: 1.05 and 0.98); in the first 100 iterations all are bounded together,
 * by 1, and the smallest norm of each is where its running mean begins.
 */
final class AdaGc extends TensorScaling {

  private static final double DECAY = 0.98;
  private static final int WARM_UP = 100;

  private final double factor;
  private double[] means;
  private int iterations;

  AdaGc(double factor) {
    this.factor = factor;
  }

  @Override
  double[] factors(double[] gradients, double[] weights) {
    if (means == null) {
      means = new double[gradients.length];
      Arrays.fill(means, Double.POSITIVE_INFINITY);
    }
    double[] factors = new double[gradients.length];
    double all = Math.sqrt(Arrays.stream(gradients).map(each -> each * each).sum());
    boolean warmUp = iterations++ < WARM_UP;
    for (int i = 0; i < factors.length; i++) {
      double bound = warmUp ? gradients[i] / Math.max(all, 1) : factor * means[i];
      factors[i] = gradients[i] > bound ? bound / gradients[i] : 1;
      double bounded = factors[i] * gradients[i];
      means[i] = warmUp ? Math.min(means[i], bounded) : DECAY * means[i] + (1 - DECAY) * bounded;
    }
    return factors;
  }
}
