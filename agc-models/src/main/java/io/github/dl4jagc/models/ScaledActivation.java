package io.github.dl4jagc.models;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;

import io.github.dl4jagc.internal.check.Checks;
import java.util.Objects;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.BaseActivationFunction;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * An activation function {@code g} between two constant factors: {@code y = outputScale *
 * g(inputScale * x)}. With {@code outputScale = gamma(g)} a standard normal input gives an output
 * of variance 1.
 *
 * @serial exclude
 */
public final class ScaledActivation extends BaseActivationFunction {

  private static final long serialVersionUID = 1L;

  private final IActivation function;
  private final double inputScale;
  private final double outputScale;

  /**
   * An activation function between two factors.
   *
   * @param function {@code g}, without parameters of its own
   * @param inputScale finite and &gt; 0
   * @param outputScale finite and &gt; 0
   * @throws IllegalArgumentException if a factor is out of range
   */
  public ScaledActivation(
      @JsonProperty("function") IActivation function,
      @JsonProperty("inputScale") double inputScale,
      @JsonProperty("outputScale") double outputScale) {
    this.function = Objects.requireNonNull(function, "function must not be null");
    this.inputScale = Checks.positive(inputScale, "inputScale");
    this.outputScale = Checks.positive(outputScale, "outputScale");
  }

  /**
   * The factor that gives an activation function's output variance 1: {@code 1 / sqrt(Var(g(x)))}
   * for {@code x} from a standard normal distribution (Brock, De, Smith, arXiv 2101.08692, section
   * 4.1), by numerical integration. For ReLU it is {@code sqrt(2 / (1 - 1 / pi))}, about 1.71286.
   *
   * @param function {@code g}, which must not be constant
   * @return the factor, correct to 1e-6 of its value for a function that is smooth but for kinks at
   *     0
   * @throws IllegalArgumentException if the function's output does not vary
   */
  public static double gamma(IActivation function) {
    int intervals = 40_000;
    double end = 10;
    INDArray x = Nd4j.linspace(DataType.DOUBLE, -end, 2 * end / intervals, intervals + 1);
    double[] points = x.toDoubleVector();
    double[] values = function.getActivation(x.reshape(1, x.length()), false).data().asDouble();
    double mass = 0;
    double mean = 0;
    double square = 0;
    for (int i = 0; i < points.length; i++) {
      double weight = Math.exp(-points[i] * points[i] / 2);
      mass += weight;
      mean += weight * values[i];
      square += weight * values[i] * values[i];
    }
    mean /= mass;
    double variance = square / mass - mean * mean;
    if (!(variance > 0)) {
      throw BAD_ARGUMENT.argument(
          "The output of {} on standard normal input must vary, got variance {}",
          function,
          variance);
    }
    return 1 / Math.sqrt(variance);
  }

  /**
   * The factor of an activation function that was published with the paper, and that published
   * weights belong to: an estimate of {@link #gamma}, up to 9e-4 of its value off. For ReLU it is
   * 1.7139588594436646.
   *
   * @param function ELU, {@link ExactGelu}, identity, leaky ReLU (0.01), ReLU, ReLU6, SELU,
   *     sigmoid, softplus, softsign, Swish or tanh
   * @return the factor
   * @throws IllegalArgumentException for any other function
   */
  public static double publishedGamma(IActivation function) {
    return PublishedGamma.of(function);
  }

  /** The function without its factors. */
  IActivation function() {
    return function;
  }

  /** What the function's input is multiplied with. */
  double inputScale() {
    return inputScale;
  }

  /** What the function's output is multiplied with. */
  double outputScale() {
    return outputScale;
  }

  @Override
  public INDArray getActivation(INDArray in, boolean training) {
    scale(in, inputScale);
    return scale(function.getActivation(in, training), outputScale);
  }

  @Override
  public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
    assertShape(in, epsilon);
    INDArray gradient = function.backprop(scale(in, inputScale), epsilon).getFirst();
    double slope = inputScale * outputScale;
    // The identity hands back the array that belongs to the layer above.
    return new Pair<>(gradient == epsilon ? epsilon.mul(slope) : scale(gradient, slope), null);
  }

  private static INDArray scale(INDArray array, double factor) {
    return factor == 1 ? array : array.muli(factor);
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof ScaledActivation)) {
      return false;
    }
    ScaledActivation that = (ScaledActivation) other;
    return function.equals(that.function)
        && inputScale == that.inputScale
        && outputScale == that.outputScale;
  }

  @Override
  public int hashCode() {
    return Objects.hash(function, inputScale, outputScale);
  }

  @Override
  public String toString() {
    return "ScaledActivation(" + outputScale + " * " + function + "(" + inputScale + " * x))";
  }
}
