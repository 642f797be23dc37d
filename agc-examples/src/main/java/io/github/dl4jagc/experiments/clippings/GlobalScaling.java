package io.github.dl4jagc.experiments.clippings;

import java.util.Arrays;

/** One number for all parameters, by the norm of all gradients together. */
abstract class GlobalScaling extends TensorScaling {

  /** The largest norm that is left alone, where this iteration has such a norm. */
  abstract double bound(double norm);

  @Override
  double[] factors(double[] gradients, double[] weights) {
    double norm = Math.sqrt(Arrays.stream(gradients).map(each -> each * each).sum());
    double bound = bound(norm);
    double[] factors = new double[gradients.length];
    Arrays.fill(factors, norm > bound ? bound / norm : 1);
    return factors;
  }
}
