package io.github.dl4jagc.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.Agc;
import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class StandardizedConvolutionTest {

  private static final int CHANNELS = 2;
  private static final int SIDE = 6;
  private static final int CLASSES = 3;

  static StandardizedConvolution.Builder conv(int... kernel) {
    return (StandardizedConvolution.Builder)
        new StandardizedConvolution.Builder(kernel)
            .name("conv")
            .nOut(4)
            .activation(Activation.TANH);
  }

  static MultiLayerConfiguration configuration(
      DataType type, IUpdater updater, CNN2DFormat format, Layer convolution) {
    return new NeuralNetConfiguration.Builder()
        .seed(5)
        .dataType(type)
        .updater(updater)
        .list(
            convolution,
            new GlobalPoolingLayer(PoolingType.AVG),
            new OutputLayer.Builder(LossFunction.MCXENT)
                .name("output")
                .activation(Activation.SOFTMAX)
                .nOut(CLASSES)
                .build())
        .setInputType(InputType.convolutional(SIDE, SIDE, CHANNELS, format))
        .build();
  }

  static MultiLayerNetwork network(DataType type, IUpdater updater, Layer convolution) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(configuration(type, updater, CNN2DFormat.NCHW, convolution));
    network.init();
    shake(network, convolution);
    return network;
  }

  /** Gains that differ from 1 and biases that differ from 0, so that neither can hide. */
  private static void shake(MultiLayerNetwork network, Layer convolution) {
    if (convolution instanceof StandardizedConvolution) {
      INDArray gain = network.getParam("0_g");
      gain.assign(Nd4j.linspace(gain.dataType(), 0.5, 0.4, gain.length()));
    }
    INDArray bias = network.getParam("0_b");
    if (bias != null) {
      bias.assign(Nd4j.linspace(bias.dataType(), -0.3, 0.2, bias.length()));
    }
  }

  private static INDArray gaussian(DataType type, long seed, long... shape) {
    Random random = new Random(seed);
    INDArray array = Nd4j.create(type, shape);
    for (long i = 0; i < array.length(); i++) {
      array.putScalar(i, random.nextGaussian());
    }
    return array;
  }

  static DataSet data(DataType type, int examples) {
    INDArray labels = Nd4j.create(type, examples, CLASSES);
    for (int i = 0; i < examples; i++) {
      labels.putScalar(i, i % CLASSES, 1);
    }
    return new DataSet(gaussian(type, 3, examples, CHANNELS, SIDE, SIDE), labels);
  }

  static Stream<Arguments> shapes() {
    return Stream.of(
        Arguments.of("3x3", conv(3, 3)),
        Arguments.of("1x1", conv(1, 1)),
        Arguments.of("2x3", conv(2, 3)),
        Arguments.of("same", conv(3, 3).convolutionMode(ConvolutionMode.Same)),
        Arguments.of("stride", conv(3, 3).stride(2, 1)),
        Arguments.of("padding", conv(3, 3).padding(2, 1)),
        Arguments.of("dilation", conv(2, 2).dilation(2, 3)),
        Arguments.of(
            "same, stride, dilation",
            conv(3, 3).convolutionMode(ConvolutionMode.Same).stride(2, 2).dilation(2, 2)),
        Arguments.of("no bias", conv(3, 3).hasBias(false)),
        Arguments.of("L2", conv(3, 3).l2(0.1).l2Bias(0.2)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("shapes")
  void gradientsAreThoseOfTheScore(String name, ConvolutionLayer.Builder convolution) {
    MultiLayerNetwork network = network(DataType.DOUBLE, new NoOp(), (Layer) convolution.build());
    DataSet data = data(DataType.DOUBLE, 3);
    GradientCheck.assertPasses(network, data.getFeatures(), data.getLabels(), 1e-5);
  }

  @Test
  void gradientsAreThoseOfTheScoreWithChannelsLast() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            configuration(
                DataType.DOUBLE, new NoOp(), CNN2DFormat.NHWC, (Layer) conv(3, 3).build()));
    network.init();
    INDArray images = gaussian(DataType.DOUBLE, 3, 3, SIDE, SIDE, CHANNELS);
    GradientCheck.assertPasses(network, images, data(DataType.DOUBLE, 3).getLabels(), 1e-5);
  }

  @Test
  void gradientsAreThoseOfTheScoreOfAFilterBelowTheFloor() {
    MultiLayerNetwork network = network(DataType.DOUBLE, new NoOp(), (Layer) conv(3, 3).build());
    // The first filter has a norm of some 1e-3 about its mean, less than the floor of 1e-2; numbers
    // of this size need a smaller step.
    INDArray first = network.getParam("0_W").slice(0);
    first.assign(gaussian(DataType.DOUBLE, 8, 2, 3, 3).muli(3e-4).addi(0.5));
    DataSet data = data(DataType.DOUBLE, 3);
    GradientCheck.assertPasses(
        new GradientCheckUtil.MLNConfig()
            .net(network)
            .input(data.getFeatures())
            .labels(data.getLabels())
            .epsilon(1e-7)
            .minAbsoluteError(1e-7)
            .maxRelError(1e-4));
  }

  /** y[n, o, i, j] = b[o] + sum of filter[o, c, p, q] * x[n, c, i * s + p * d - pad, ...]. */
  private static double[][][][] oracle(
      INDArray x, INDArray w, INDArray gain, INDArray bias, int stride, int pad, int dilation) {
    int nOut = (int) w.size(0);
    int nIn = (int) w.size(1);
    int kernel = (int) w.size(2);
    int fanIn = nIn * kernel * kernel;
    int size = (int) x.size(2);
    int outSize = (size + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
    double[][][][] y = new double[(int) x.size(0)][nOut][outSize][outSize];
    for (int o = 0; o < nOut; o++) {
      double mean = 0;
      for (int k = 0; k < fanIn; k++) {
        mean += w.slice(o).getDouble(k) / fanIn;
      }
      double variance = 0;
      for (int k = 0; k < fanIn; k++) {
        variance += Math.pow(w.slice(o).getDouble(k) - mean, 2) / fanIn;
      }
      double factor = gain.getDouble(o) / Math.sqrt(Math.max(variance * fanIn, 1e-4));
      for (int n = 0; n < y.length; n++) {
        for (int i = 0; i < outSize; i++) {
          for (int j = 0; j < outSize; j++) {
            double sum = bias.getDouble(o);
            for (int c = 0; c < nIn; c++) {
              for (int p = 0; p < kernel; p++) {
                for (int q = 0; q < kernel; q++) {
                  int row = i * stride + p * dilation - pad;
                  int column = j * stride + q * dilation - pad;
                  if (row >= 0 && row < size && column >= 0 && column < size) {
                    sum +=
                        factor * (w.getDouble(o, c, p, q) - mean) * x.getDouble(n, c, row, column);
                  }
                }
              }
            }
            y[n][o][i][j] = sum;
          }
        }
      }
    }
    return y;
  }

  static Stream<Arguments> geometries() {
    return Stream.of(DataType.FLOAT, DataType.DOUBLE)
        .flatMap(
            type ->
                Stream.of(
                    Arguments.of(type, 1, 0, 1),
                    Arguments.of(type, 2, 1, 1),
                    Arguments.of(type, 1, 2, 2),
                    Arguments.of(type, 3, 1, 1)));
  }

  @ParameterizedTest
  @MethodSource("geometries")
  void outputsAreThoseOfPlainLoops(DataType type, int stride, int pad, int dilation) {
    MultiLayerNetwork network =
        network(
            type,
            new NoOp(),
            (Layer)
                conv(3, 3)
                    .stride(stride, stride)
                    .padding(pad, pad)
                    .dilation(dilation, dilation)
                    .activation(Activation.IDENTITY)
                    .build());
    // A mean that is large against the deviation is what standardisation is to get rid of.
    network.getParam("0_W").addi(1);
    INDArray x = data(type, 2).getFeatures();

    INDArray actual = network.feedForward(x, false).get(1);

    double[][][][] expected =
        oracle(
            x,
            network.getParam("0_W"),
            network.getParam("0_g"),
            network.getParam("0_b"),
            stride,
            pad,
            dilation);
    assertThat(actual.shape()).containsExactly(2, 4, expected[0][0].length, expected[0][0].length);
    double tolerance = type == DataType.DOUBLE ? 1e-12 : 1e-4;
    for (int n = 0; n < expected.length; n++) {
      for (int o = 0; o < expected[n].length; o++) {
        for (int i = 0; i < expected[n][o].length; i++) {
          for (int j = 0; j < expected[n][o].length; j++) {
            assertThat(actual.getDouble(n, o, i, j))
                .isCloseTo(expected[n][o][i][j], within(tolerance));
          }
        }
      }
    }
  }

  /** Scaling or shifting a filter's weights changes nothing that is visible outside. */
  @Test
  void scaleAndMeanOfAFilterDoNotMatter() {
    MultiLayerNetwork network = network(DataType.DOUBLE, new NoOp(), (Layer) conv(3, 3).build());
    INDArray x = data(DataType.DOUBLE, 2).getFeatures();
    INDArray before = network.output(x).dup();
    network.getParam("0_W").muli(7).addi(2);
    assertThat(network.output(x).sub(before).amaxNumber().doubleValue()).isLessThan(1e-12);
  }

  @Test
  void filterOfEqualWeightsGivesItsBias() {
    MultiLayerNetwork network =
        network(
            DataType.FLOAT, new NoOp(), (Layer) conv(3, 3).activation(Activation.IDENTITY).build());
    network.getParam("0_W").assign(0.5);
    INDArray y = network.feedForward(data(DataType.FLOAT, 1).getFeatures(), false).get(1);
    assertThat(y.getDouble(0, 1, 2, 2)).isCloseTo(-0.1, within(1e-4));
    network.fit(data(DataType.FLOAT, 2));
    assertThat(network.params().isNaN().any()).isFalse();
  }

  @Test
  void trainingUsesTheWeightsOfTheMoment() {
    MultiLayerNetwork network = network(DataType.DOUBLE, new Sgd(0.5), (Layer) conv(3, 3).build());
    DataSet data = data(DataType.DOUBLE, 6);
    double before = network.score(data);
    for (int i = 0; i < 20; i++) {
      network.fit(data);
    }
    assertThat(network.score(data)).isLessThan(0.9 * before);
    // A copy, which has nothing left over from earlier passes, sees the same network.
    MultiLayerNetwork copy = network.clone();
    assertThat(copy.output(data.getFeatures())).isEqualTo(network.output(data.getFeatures()));
  }

  @Test
  void configurationSurvivesJson() {
    MultiLayerConfiguration configuration =
        configuration(
            DataType.FLOAT,
            new Sgd(1),
            CNN2DFormat.NCHW,
            (Layer) conv(3, 2).stride(2, 1).dilation(1, 2).hasBias(false).build());
    MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(configuration.toJson());
    assertThat(read).isEqualTo(configuration);
    assertThat(read.getConf(0).getLayer()).isInstanceOf(StandardizedConvolution.class);
  }

  @Test
  void savedNetworkGoesOnWhereItWas(@TempDir Path folder) throws Exception {
    MultiLayerNetwork network = network(DataType.FLOAT, new Sgd(0.1), (Layer) conv(3, 3).build());
    DataSet data = data(DataType.FLOAT, 4);
    network.fit(data);
    File file = folder.resolve("net.zip").toFile();
    ModelSerializer.writeModel(network, file, true);
    MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(file);
    network.fit(data);
    restored.fit(data);
    assertThat(restored.params()).isEqualTo(network.params());
  }

  @Test
  void dropoutAndDropConnectTrain() {
    MultiLayerNetwork network =
        network(
            DataType.FLOAT,
            new Sgd(0.1),
            (Layer) conv(3, 3).dropOut(new Dropout(0.8)).weightNoise(new DropConnect(0.8)).build());
    INDArray before = network.params().dup();
    network.fit(data(DataType.FLOAT, 4));
    assertThat(network.params().isNaN().any()).isFalse();
    assertThat(network.params()).isNotEqualTo(before);
  }

  @Test
  void agcClipsFiltersAndTheGainAsAWhole() {
    MultiLayerNetwork network =
        network(
            DataType.FLOAT,
            new AgcGradientNormalization(new Sgd(0.1), 1e-6),
            (Layer) conv(3, 3).build());
    AgcListener listener = Agc.attach(network);
    network.fit(data(DataType.FLOAT, 4));
    AgcReport report = AgcReport.of(network);
    assertThat(report.row("conv", "W").orElseThrow().latest().units()).isEqualTo(4);
    assertThat(report.row("conv", "g").orElseThrow().latest().units()).isEqualTo(1);
    assertThat(report.row("conv", "b").orElseThrow().latest().units()).isEqualTo(1);
    assertThat(report.row("conv", "g").orElseThrow().latest().clippedUnits()).isEqualTo(1);
  }

  @Test
  void halfPrecisionGivesProbabilities() {
    MultiLayerNetwork network = network(DataType.HALF, new Sgd(0.1), (Layer) conv(3, 3).build());
    INDArray y = network.output(data(DataType.HALF, 2).getFeatures());
    for (float sum : y.castTo(DataType.FLOAT).sum(1).toFloatVector()) {
      assertThat(sum).isCloseTo(1f, within(0.02f));
    }
  }

  @Test
  void filterOfASingleWeightIsRefused() {
    StandardizedConvolution convolution = (StandardizedConvolution) conv(1, 1).nIn(1).build();
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list(
                    convolution,
                    new GlobalPoolingLayer(PoolingType.AVG),
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(CLASSES)
                        .build())
                .setInputType(InputType.convolutional(SIDE, SIDE, 1))
                .build());
    assertThatThrownBy(network::init)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("'conv'", "more than one weight", "got 1");
  }

  @Test
  void weightsAreRegularizedAndGainsAreNot() {
    StandardizedConvolution convolution =
        (StandardizedConvolution) conv(3, 3).l2(0.1).l2Bias(0.2).build();
    assertThat(convolution.getRegularizationByParam("W")).hasSize(1);
    assertThat(convolution.getRegularizationByParam("b")).hasSize(1);
    assertThat(convolution.getRegularizationByParam("g")).isNull();
    assertThat(convolution.initializer().paramKeys(convolution)).isEqualTo(List.of("W", "b", "g"));
  }
}
