package io.github.dl4jagc.internal.clip;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.Axpy;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Adds weights, times a coefficient, to their gradients: {@code G += c W}, so that the decay passes
 * through the updater like the gradient. One operation for each array, made once.
 */
public final class CoupledDecay {

  private final List<INDArray> weights = new ArrayList<>();
  private final List<INDArray> gradients = new ArrayList<>();
  private final List<Op> operations = new ArrayList<>();

  /** That {@link #operations} were made for. */
  private double coefficient;

  /**
   * Takes an array in.
   *
   * @param weight the weights, of any order; only read
   * @param gradient their gradient, of the same shape; changed in place
   */
  public void include(INDArray weight, INDArray gradient) {
    weights.add(weight);
    gradients.add(gradient);
  }

  /**
   * Adds the weights of all arrays.
   *
   * @param newCoefficient what they are multiplied by; 0 does nothing
   */
  public void add(double newCoefficient) {
    if (newCoefficient == 0) {
      return;
    }
    if (newCoefficient != coefficient) {
      operations.clear();
      for (int i = 0; i < weights.size(); i++) {
        INDArray gradient = gradients.get(i);
        operations.add(new Axpy(weights.get(i), gradient, gradient, newCoefficient));
      }
      coefficient = newCoefficient;
    }
    operations.forEach(Nd4j::exec);
  }
}
