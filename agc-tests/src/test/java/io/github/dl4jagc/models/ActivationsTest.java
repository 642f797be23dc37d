package io.github.dl4jagc.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Activation functions, and the factors that keep their variance at 1. */
class ActivationsTest {

  private static INDArray row(double... values) {
    return Nd4j.createFromArray(values).reshape(1, values.length);
  }

  /** Values and slopes of {@code x * P(x)}, computed with 30 digits. */
  @ParameterizedTest
  @CsvSource({
    "-5, -1.4332578593959695063e-06, -7.1469460017922947423e-06",
    "-1.5, -0.10021080190328710002, -0.1274691922299795166",
    "-0.75179, -0.16997120747940211438, 6.5789701582561651959e-07",
    "0, 0, 0.5",
    "0.3, 0.18537342665668579689, 0.73232776682710987171",
    "1, 0.84134474606854292578, 1.0833154705876864021",
    "4, 3.9998733150326675201, 1.0005036496612265129",
  })
  void geluIsThatOfTheErrorFunction(double x, double value, double slope) {
    ExactGelu gelu = new ExactGelu();
    assertThat(gelu.getActivation(row(x), true).getDouble(0)).isCloseTo(value, within(1e-14));
    INDArray epsilon = row(2);
    assertThat(gelu.backprop(row(x), epsilon).getFirst().getDouble(0))
        .isCloseTo(2 * slope, within(1e-14));
    assertThat(epsilon.getDouble(0)).isEqualTo(2);
    INDArray single = Nd4j.createFromArray((float) x).reshape(1, 1);
    assertThat(gelu.getActivation(single, false).getDouble(0)).isCloseTo(value, within(1e-6));
  }

  /** As DL4J's layers expect: the input's array takes the output. */
  @Test
  void geluWorksInPlace() {
    INDArray in = row(-1, 0, 2);
    assertThat(new ExactGelu().getActivation(in, true)).isSameAs(in);
    assertThat(in.getDouble(1)).isZero();
  }

  @Test
  void geluSurvivesJson() {
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .list(new DenseLayer.Builder().nIn(2).nOut(2).activation(new ExactGelu()).build())
            .build();
    BaseLayer read =
        (BaseLayer) MultiLayerConfiguration.fromJson(configuration.toJson()).getConf(0).getLayer();
    assertThat(read.getActivationFn()).isEqualTo(new ExactGelu()).hasToString("ExactGelu");
  }

  static Stream<IActivation> functionsWithPublishedGammas() {
    return PublishedGamma.values().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("functionsWithPublishedGammas")
  void publishedGammasAreEstimatesOfTheIntegratedOnes(IActivation function) {
    double exact = ScaledActivation.gamma(function);
    assertThat(ScaledActivation.publishedGamma(function)).isCloseTo(exact, within(9.5e-4 * exact));
  }

  @Test
  void publishedGammasAreThoseOfTheAuthors() {
    assertThat(functionsWithPublishedGammas()).hasSize(12);
    assertThat(ScaledActivation.publishedGamma(Activation.RELU.getActivationFunction()))
        .isEqualTo(1.7139588594436646);
    assertThat(ScaledActivation.publishedGamma(Activation.SWISH.getActivationFunction()))
        .isEqualTo(1.7881293296813965);
    assertThat(ScaledActivation.publishedGamma(new ExactGelu())).isEqualTo(1.7015043497085571);
  }

  static Stream<IActivation> functionsWithout() {
    return Stream.of(
        Activation.GELU.getActivationFunction(),
        Activation.MISH.getActivationFunction(),
        new ActivationLReLU(0.2));
  }

  @ParameterizedTest
  @MethodSource("functionsWithout")
  void functionsWithoutAPublishedGammaAreRefused(IActivation function) {
    assertThatThrownBy(() -> ScaledActivation.publishedGamma(function))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("got " + function, "new ExactGelu()", "publishedGamma(false)");
  }

  @Test
  void gammaKeepsTheVarianceOfAStandardNormalInput() {
    Nd4j.getRandom().setSeed(7);
    INDArray x = Nd4j.randn(DataType.DOUBLE, 1, 400_000);
    for (IActivation function : PublishedGamma.values().keySet()) {
      INDArray y =
          new ScaledActivation(function, 1, ScaledActivation.gamma(function))
              .getActivation(x.dup(), false);
      assertThat(y.varNumber().doubleValue()).as("%s", function).isCloseTo(1, within(0.02));
    }
  }

  @Test
  void gammaOfReluIsExact() {
    assertThat(ScaledActivation.gamma(Activation.RELU.getActivationFunction()))
        .isCloseTo(Math.sqrt(2 / (1 - 1 / Math.PI)), within(1e-6))
        .isCloseTo(1.71286, within(5e-6)); // as its documentation says
  }

  @Test
  void gammaOfAConstantIsRefused() {
    IActivation always = new ActivationReLU(0.0, null, null);
    assertThatThrownBy(() -> ScaledActivation.gamma(always))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("must vary", "variance 0.0");
  }

  @Test
  void scaledActivationScalesBeforeAndAfter() {
    ScaledActivation activation = new ScaledActivation(new ActivationTanH(), 0.5, 3);
    INDArray x = Nd4j.createFromArray(-2.0, 0.0, 1.0).reshape(1, 3);
    assertThat(activation.getActivation(x.dup(), true).getDouble(2))
        .isCloseTo(3 * Math.tanh(0.5), within(1e-12));
    INDArray epsilon = Nd4j.createFromArray(1.0, 1.0, 2.0).reshape(1, 3);
    INDArray gradient = activation.backprop(x.dup(), epsilon).getFirst();
    double tanh = Math.tanh(0.5);
    assertThat(gradient.getDouble(2)).isCloseTo(2 * 3 * 0.5 * (1 - tanh * tanh), within(1e-12));
    assertThat(epsilon.getDouble(2)).isEqualTo(2);
  }
}
