package io.github.dl4jagc.models;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.BaseActivationFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * GELU as it is defined: {@code y = x * P(x)} with the standard normal distribution function {@code
 * P(x) = (1 + erf(x / sqrt(2))) / 2}, and the derivative {@code P(x) + x * p(x)} with its density.
 *
 * <p>DL4J's {@code Activation.GELU} (1.0.0-M2.1) is {@code x * sigmoid(1.702 * x)}, which is up to
 * 0.02 off, and its {@code ActivationGELU(true)} another function altogether.
 *
 * <p>Hendrycks, Gimpel: <i>Gaussian error linear units (GELUs)</i>, arXiv 1606.08415.
 *
 * @serial exclude
 */
public final class ExactGelu extends BaseActivationFunction {

  private static final long serialVersionUID = 1L;

  /** The function, which has no settings. */
  public ExactGelu() {}

  @Override
  public INDArray getActivation(INDArray in, boolean training) {
    return in.muli(distribution(in));
  }

  @Override
  public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
    assertShape(in, epsilon);
    INDArray density = Transforms.exp(in.mul(in).divi(-2), false).divi(Math.sqrt(2 * Math.PI));
    INDArray slope = density.muli(in).addi(distribution(in));
    return new Pair<>(slope.muli(epsilon), null);
  }

  private static INDArray distribution(INDArray x) {
    INDArray scaled = x.div(Math.sqrt(2));
    return Nd4j.getExecutioner().exec(new Erf(scaled, scaled)).addi(1).divi(2);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExactGelu;
  }

  @Override
  public int hashCode() {
    return ExactGelu.class.hashCode();
  }

  @Override
  public String toString() {
    return "ExactGelu";
  }
}
