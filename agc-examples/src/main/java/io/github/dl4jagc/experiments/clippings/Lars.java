package io.github.dl4jagc.experiments.clippings;

import java.util.Arrays;

/**
 * Each parameter's gradient gets the norm of the parameter times a trust coefficient, before the
 * momentum (You, Gitman, Ginsburg 2017, arXiv 1708.03888: 0.001); parameters that are zero, and
 * gradients that are, are left alone.
 */
final class Lars extends TensorScaling {

  private final double trust;

  Lars(double trust) {
    this.trust = trust;
  }

  @Override
  double[] factors(double[] gradients, double[] weights) {
    double[] factors = new double[gradients.length];
    Arrays.setAll(
        factors, i -> gradients[i] > 0 && weights[i] > 0 ? trust * weights[i] / gradients[i] : 1);
    return factors;
  }
}
