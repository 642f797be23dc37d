package io.github.dl4jagc.models;

import static io.github.dl4jagc.models.StandardizedConvolutionTest.configuration;
import static io.github.dl4jagc.models.StandardizedConvolutionTest.conv;
import static io.github.dl4jagc.models.StandardizedConvolutionTest.data;
import static io.github.dl4jagc.models.StandardizedConvolutionTest.network;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

/** The two options that published implementations differ in: epsilon and scale. */
class StandardizedConvolutionOptionsTest {

  /** Weights so small that the epsilon is a large part of their variance. */
  @Test
  void gradientsAreThoseOfTheScoreWithEpsilonAndScale() {
    Layer convolution = conv(3, 3).epsilon(0.01).scale(1.7).build();
    MultiLayerNetwork network = network(DataType.DOUBLE, new NoOp(), convolution);
    network.getParam("0_W").muli(0.3);
    DataSet data = data(DataType.DOUBLE, 3);
    GradientCheck.assertPasses(network, data.getFeatures(), data.getLabels(), 1e-5);
  }

  /** By hand: {@code scale * gain * (W - mean) / sqrt((var + epsilon) * fanIn)}. */
  @Test
  void epsilonIsAddedToTheVarianceAndScaleIsAFactor() {
    MultiLayerNetwork network =
        network(
            DataType.DOUBLE,
            new NoOp(),
            (Layer) conv(1, 1).epsilon(0.75).scale(1.5).activation(Activation.IDENTITY).build());
    network.getParam("0_W").slice(1).assign(Nd4j.createFromArray(1.0, 2.0).reshape(2, 1, 1));
    network.getParam("0_g").putScalar(1, 0.8);
    network.getParam("0_b").putScalar(1, 0.1);
    INDArray x = data(DataType.DOUBLE, 1).getFeatures();
    double difference = x.getDouble(0, 1, 3, 4) - x.getDouble(0, 0, 3, 4);
    // Weights 1 and 2 have variance 1/4, with epsilon 1, and fanIn is 2.
    double expected = 0.1 + 1.5 * 0.8 * 0.5 * difference / Math.sqrt(2);
    assertThat(network.feedForward(x, false).get(1).getDouble(0, 1, 3, 4))
        .isCloseTo(expected, within(1e-14));
  }

  @Test
  void layersOfEarlierVersionsHaveNeitherEpsilonNorScale() throws Exception {
    String json =
        configuration(DataType.FLOAT, new Sgd(1), CNN2DFormat.NCHW, conv(3, 3).build()).toJson();
    String earlier = json.replaceAll("\"(epsilon|scale)\" : [0-9.]+,\\s*", "");
    assertThat(json).contains("\"epsilon\" : 0.0", "\"scale\" : 1.0");
    assertThat(earlier).doesNotContain("\"epsilon\"", "\"scale\"");
    assertThat(MultiLayerConfiguration.fromJson(earlier))
        .isEqualTo(MultiLayerConfiguration.fromJson(json));
  }

  @Test
  void epsilonAndScaleSurviveJsonAndCopies() {
    StandardizedConvolution convolution = conv(3, 3).epsilon(1e-5).scale(1.7).build();
    MultiLayerConfiguration read =
        MultiLayerConfiguration.fromJson(
            configuration(DataType.FLOAT, new Sgd(1), CNN2DFormat.NCHW, convolution).toJson());
    StandardizedConvolution layer = (StandardizedConvolution) read.getConf(0).getLayer();
    assertThat(layer.clone().epsilon()).isEqualTo(1e-5);
    assertThat(layer.clone().scale()).isEqualTo(1.7);
    assertThat(convolution)
        .isEqualTo(convolution.clone())
        .hasSameHashCodeAs(convolution.clone())
        .isNotEqualTo(conv(3, 3).epsilon(1e-5).build())
        .isNotEqualTo(conv(3, 3).scale(1.7).build());
  }

  @Test
  void epsilonAndScaleMustBePositive() {
    assertThatThrownBy(() -> conv(3, 3).epsilon(0))
        .hasMessageStartingWith("epsilon must be finite and > 0, got 0.0 (see ");
    assertThatThrownBy(() -> conv(3, 3).scale(Double.NaN))
        .hasMessageStartingWith("scale must be finite and > 0, got NaN (see ");
  }
}
