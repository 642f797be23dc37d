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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

class NfResNetTest {

  private static NfResNet.Builder small() {
    return NfResNet.builder().small(4, 2).inputShape(1, 8, 8).classes(3);
  }

  private static DataSet data(int examples) {
    Nd4j.getRandom().setSeed(11);
    INDArray labels = Nd4j.create(DataType.FLOAT, examples, 3);
    for (int i = 0; i < examples; i++) {
      labels.putScalar(i, i % 3, 1);
    }
    return new DataSet(Nd4j.randn(DataType.FLOAT, examples, 1, 8, 8), labels);
  }

  /**
   * A ResNet has a shift and a scale for each channel of each convolution, an NF-ResNet a bias and
   * a gain: the counts are those of torchvision's resnet50 to resnet152, and of timm's resnet26 and
   * resnet200, and one more for the scale of each residual block.
   */
  @ParameterizedTest
  @CsvSource({
    "26, 15995176, 8",
    "50, 25557032, 16",
    "101, 44549160, 33",
    "152, 60192808, 50",
    "200, 64673832, 66",
  })
  void parametersAreThoseOfTheResNetAndAScaleForEachBlock(int depth, long resNet, long blocks) {
    ComputationGraphConfiguration configuration = NfResNet.builder().depth(depth).build().conf();
    long parameters =
        configuration.getVertices().values().stream()
            .filter(LayerVertex.class::isInstance)
            .map(vertex -> ((LayerVertex) vertex).getLayerConf().getLayer())
            .mapToLong(layer -> layer.initializer().numParams(layer))
            .sum();
    assertThat(parameters).isEqualTo(resNet + blocks);
  }

  @Test
  void parametersOfASmallNetworkByHand() {
    int stem = conv(1, 4, 3);
    int stage1 = 2 * (2 * conv(4, 4, 3) + 1);
    int stage2 = conv(4, 8, 1) + conv(4, 8, 3) + conv(8, 8, 3) + 1 + 2 * conv(8, 8, 3) + 1;
    int stage3 = conv(8, 16, 1) + conv(8, 16, 3) + conv(16, 16, 3) + 1 + 2 * conv(16, 16, 3) + 1;
    int output = 16 * 3 + 3;
    assertThat(small().build().init().numParams())
        .isEqualTo(stem + stage1 + stage2 + stage3 + output);
  }

  /** Weights, biases and gains of a convolution. */
  private static int conv(int in, int out, int kernel) {
    return out * in * kernel * kernel + 2 * out;
  }

  @Test
  void expectedVariancesGrowAndAreResetByTransitions() {
    Map<String, Double> variances = small().alpha(0.5).build().expectedVariances();
    assertThat(variances.keySet())
        .containsExactly(
            "stage1-block1",
            "stage1-block2",
            "stage2-block1",
            "stage2-block2",
            "stage3-block1",
            "stage3-block2");
    assertThat(variances.values()).containsExactly(1.25, 1.5, 1.25, 1.5, 1.25, 1.5);
  }

  /** By hand: {@code beta * gamma * x * sigmoid(x)}, and not {@code gamma * g(beta * x)}. */
  @Test
  void residualBranchesAreGivenBetaTimesTheActivation() {
    ComputationGraph network = small().alpha(0.5).activation(Activation.SWISH).build().init();
    network.paramTable().forEach(NfResNetTest::openScales);
    Map<String, INDArray> outputs = network.feedForward(data(2).getFeatures(), false);
    double gamma = ScaledActivation.gamma(Activation.SWISH.getActivationFunction());
    String input = "stem";
    Map<String, Double> inputVariances = new LinkedHashMap<>();
    inputVariances.put("stage1-block1", 1.0);
    inputVariances.put("stage1-block2", 1.25);
    inputVariances.put("stage2-block1", 1.5);
    inputVariances.put("stage2-block2", 1.25);
    for (Map.Entry<String, Double> block : inputVariances.entrySet()) {
      double[] x = values(outputs.get(input));
      double[] expected = new double[x.length];
      for (int k = 0; k < x.length; k++) {
        double silu = x[k] / (1 + Math.exp(-x[k]));
        expected[k] = gamma * silu / Math.sqrt(block.getValue());
      }
      assertThat(values(outputs.get(block.getKey() + "-activation1")))
          .as(block.getKey())
          .containsExactly(expected, within(1e-5));
      input = block.getKey();
    }
  }

  private static IActivation activation(ComputationGraphConfiguration configuration, String name) {
    return ((PreActivation) layer(configuration, name)).getActivationFn();
  }

  private static Layer layer(ComputationGraphConfiguration configuration, String name) {
    return ((LayerVertex) configuration.getVertices().get(name)).getLayerConf().getLayer();
  }

  @Test
  void gradientsAreThoseOfTheScore() {
    ComputationGraphConfiguration configuration =
        NfResNet.builder()
            .small(2, 1)
            .inputShape(1, 4, 4)
            .classes(3)
            .updater(new NoOp())
            .activation(Activation.TANH)
            .zeroOutputLayer(false)
            .build()
            .conf();
    configuration.setDataType(DataType.DOUBLE);
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    network.paramTable().forEach(NfResNetTest::openScales);
    Nd4j.getRandom().setSeed(4);
    GradientCheck.assertPasses(
        new GradientCheckUtil.GraphConfig()
            .net(network)
            .inputs(new INDArray[] {Nd4j.randn(DataType.DOUBLE, 3, 1, 4, 4)})
            .labels(new INDArray[] {Nd4j.eye(3).castTo(DataType.DOUBLE)})
            .subset(true)
            .maxPerParam(8)
            .maxRelError(1e-4));
  }

  /** Scales of 0 would hide everything that is in a branch. */
  private static void openScales(String name, INDArray values) {
    if (name.endsWith("_scale")) {
      values.assign(0.7);
    }
  }

  /** DL4J's own activation layer writes over the input of a shortcut where there are none. */
  @ParameterizedTest
  @EnumSource(
      value = WorkspaceMode.class,
      names = {"NONE", "ENABLED"})
  void outputsAreTheSameInTrainingAndOutside(WorkspaceMode mode) {
    ComputationGraphConfiguration configuration = small().zeroOutputLayer(false).build().conf();
    configuration.setInferenceWorkspaceMode(mode);
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    network.paramTable().forEach(NfResNetTest::openScales);
    INDArray images = data(4).getFeatures();
    INDArray training = network.feedForward(images, true).get("output");
    assertThat(network.outputSingle(images)).isEqualTo(training);
    assertThat(network.feedForward(images, false).get("output")).isEqualTo(training);
  }

  @Test
  void batchNormalisationIsAllThatTheNetworkToCompareWithHasElse() {
    ComputationGraph network = new ComputationGraph(small().seed(5).build().batchNormConf());
    network.init();
    assertThat(network.getConfiguration().getVertices().keySet())
        .contains("stem", "stage1-block1-activation1-norm", "stage2-block1-shortcut", "output")
        .noneMatch(name -> name.endsWith("-scale") || name.endsWith("-drop"));
    int stem = 4 * 9;
    int stage1 = 4 * (4 * 4 * 9);
    int stage2 = 4 * 8 + 4 * 8 * 9 + 3 * (8 * 8 * 9);
    int stage3 = 8 * 16 + 8 * 16 * 9 + 3 * (16 * 16 * 9);
    // Before each ReLU: those of the blocks have the channels of their input, then of their output.
    int normalized = (4 + 4) + (4 + 4) + (4 + 8) + (8 + 8) + (8 + 16) + (16 + 16) + 16;
    int output = 16 * 3 + 3;
    assertThat(network.numParams())
        .isEqualTo(stem + stage1 + stage2 + stage3 + 4 * normalized + output);
    network.fit(data(6));
    assertThat(network.score()).isFinite();
  }

  @Test
  void withSkipInitEachBlockIsItsShortcutAtFirst() {
    ComputationGraph network = small().build().init();
    Map<String, INDArray> outputs = network.feedForward(data(4).getFeatures(), false);
    assertThat(outputs.get("stage1-block2")).isEqualTo(outputs.get("stem"));
    assertThat(outputs.get("stage3-block2")).isEqualTo(outputs.get("stage3-block1-shortcut"));
  }

  @Test
  void zeroOutputLayerStartsWithEqualProbabilities() {
    DataSet data = data(4);
    for (double p : small().build().init().outputSingle(data.getFeatures()).toDoubleMatrix()[0]) {
      assertThat(p).isCloseTo(1 / 3.0, within(1e-6));
    }
    INDArray weights = small().zeroOutputLayer(false).build().init().getParam("output_W");
    assertThat(weights.stdNumber().doubleValue()).isBetween(0.005, 0.015);
  }

  @Test
  void agcTrainsItAndKnowsEveryUnit() {
    AgcGradientNormalization updater =
        AgcGradientNormalization.builder(new Sgd(0.1))
            .clippingThreshold(0.02)
            .excludeOutputLayer(true)
            .build();
    ComputationGraph network = small().updater(updater).build().init();
    AgcListener listener = Agc.attach(network);
    DataSet data = data(12);
    double before = network.score(data);
    for (int i = 0; i < 60; i++) {
      network.fit(data);
    }
    assertThat(network.score(data)).isLessThan(0.9 * before);
    AgcReport report = AgcReport.of(network);
    assertThat(report.row("stage2-block1-conv1", "W").orElseThrow().latest().units()).isEqualTo(8);
    assertThat(report.row("stage2-block1-conv1", "g").orElseThrow().latest().units()).isEqualTo(1);
    assertThat(report.row("stage2-block1-scale", "scale").orElseThrow().latest().units())
        .isEqualTo(1);
  }

  /** Why there is an updater of the scales: with AGC they hardly leave 0. */
  @Test
  void scalesMoveFreelyWithAnUpdaterOfTheirOwn() {
    double clipped = largestScaleAfterTraining(small());
    double free = largestScaleAfterTraining(small().scaleUpdater(new Sgd(0.1)));
    assertThat(clipped).isGreaterThan(0).isLessThanOrEqualTo(0.1 * 20 * 0.01 * 1e-3 * 1.001);
    assertThat(free).isGreaterThan(100 * clipped);
  }

  private static double largestScaleAfterTraining(NfResNet.Builder builder) {
    ComputationGraph network =
        builder
            .updater(new AgcGradientNormalization(new Sgd(0.1), 0.01))
            .zeroOutputLayer(false)
            .build()
            .init();
    Agc.attach(network);
    DataSet data = data(12);
    for (int i = 0; i < 20; i++) {
      network.fit(data);
    }
    return network.paramTable().entrySet().stream()
        .filter(parameter -> parameter.getKey().endsWith("_scale"))
        .mapToDouble(parameter -> Math.abs(parameter.getValue().getDouble(0)))
        .max()
        .orElseThrow();
  }

  /**
   * By hand: {@code W -= learningRate * (gradient + coefficient * W)}, the second term for weights
   * alone. DL4J's own way of setting the coefficient for a whole network would apply it twice.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void weightDecayTakesTheCoefficientOnceAndFromWeightsAlone(boolean batchNorm) {
    double learningRate = 0.5;
    double coefficient = 0.1;
    NfResNet description =
        small()
            .updater(new Sgd(learningRate))
            .weightDecay(coefficient)
            .zeroOutputLayer(false)
            .dropout(0.1)
            .build();
    ComputationGraph network =
        new ComputationGraph(batchNorm ? description.batchNormConf() : description.conf());
    network.init();
    network.paramTable().forEach(NfResNetTest::openScales);
    DataSet data = data(6);
    Map<String, double[]> gradients = new HashMap<>();
    // The gradient of that very iteration: dropout makes each one another.
    network.setListeners(
        new BaseTrainingListener() {
          @Override
          public void onGradientCalculation(Model model) {
            model
                .gradient()
                .gradientForVariable()
                .forEach((name, sum) -> gradients.put(name, values(sum.div(6))));
          }
        });
    for (int step = 0; step < 3; step++) {
      Map<String, double[]> expected = new HashMap<>();
      network.paramTable().forEach((name, w) -> expected.put(name, values(w)));
      // These are given values, not gradients.
      expected.keySet().removeIf(name -> name.matches(".*_(mean|var|log10stdev)"));
      network.fit(data);
      expected.forEach(
          (name, w) -> {
            double decay = name.endsWith("_W") ? coefficient : 0;
            for (int i = 0; i < w.length; i++) {
              w[i] -= learningRate * (gradients.get(name)[i] + decay * w[i]);
            }
            assertThat(values(network.getParam(name))).as(name).containsExactly(w, within(1e-6));
          });
    }
  }

  private static double[] values(INDArray array) {
    return array.castTo(DataType.DOUBLE).dup('c').data().asDouble();
  }

  @Test
  void configurationSurvivesJson() {
    ComputationGraphConfiguration configuration =
        small()
            .updater(new AgcGradientNormalization(new Sgd(0.1)))
            .stochasticDepth(0.3)
            .dropout(0.2)
            .weightDecay(1e-4)
            .alpha(0.3)
            .build()
            .conf();
    ComputationGraphConfiguration read =
        ComputationGraphConfiguration.fromJson(configuration.toJson());
    assertThat(read).isEqualTo(configuration);
    // equals of DL4J's layers may not look into what it does not know.
    assertThat(((SkipInit) layer(read, "stage1-block1-scale")).alpha()).isEqualTo(0.3);
    assertThat(layer(read, "stage3-block2-drop").getIDropout())
        .hasToString("StochasticDepth(0.25)");
    assertThat(activation(read, "stage1-block2-activation1"))
        .isEqualTo(activation(configuration, "stage1-block2-activation1"));
    assertThat(((ScaledActivation) activation(read, "stage1-block2-activation1")).outputScale())
        .isCloseTo(1.71286 / Math.sqrt(1.09), within(1e-5));
  }

  @Test
  void savedNetworkGoesOnWhereItWas(@TempDir Path folder) throws Exception {
    ComputationGraph network =
        small().updater(new AgcGradientNormalization(new Sgd(0.1))).build().init();
    Agc.attach(network);
    network.paramTable().forEach(NfResNetTest::openScales);
    network.fit(data(6));
    File file = folder.resolve("net.zip").toFile();
    ModelSerializer.writeModel(network, file, true);
    ComputationGraph restored = ModelSerializer.restoreComputationGraph(file);
    Agc.attach(restored);
    network.fit(data(6));
    restored.fit(data(6));
    assertThat(restored.params()).isEqualTo(network.params());
  }

  @Test
  void stochasticDepthDropsWholeExamplesInTrainingOnly() {
    StochasticDepth depth = new StochasticDepth(0.25);
    INDArray input = Nd4j.ones(DataType.FLOAT, 4000, 2, 3);
    Nd4j.getRandom().setSeed(3);
    INDArray dropped =
        depth.applyDropout(input, input.ulike(), 0, 0, LayerWorkspaceMgr.noWorkspaces());
    INDArray first = dropped.slice(0, 1).slice(0, 1);
    double kept = 1 / 0.75;
    int zeros = 0;
    for (int example = 0; example < 4000; example++) {
      double value = dropped.getDouble(example, 0, 0);
      zeros += value == 0 ? 1 : 0;
      assertThat(value == 0 || Math.abs(value - kept) < 1e-6).isTrue();
      assertThat(dropped.getDouble(example, 1, 2)).isEqualTo(value);
    }
    assertThat(first.length()).isEqualTo(4000);
    // Four standard deviations of a binomial distribution.
    assertThat(zeros).isBetween(1000 - 110, 1000 + 110);

    INDArray gradient = Nd4j.ones(DataType.FLOAT, 4000, 2, 3);
    assertThat(depth.backprop(gradient, gradient, 0, 0)).isEqualTo(dropped);
    assertThatThrownBy(() -> depth.backprop(gradient, gradient, 0, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("forward pass");

    ComputationGraph network = small().stochasticDepth(0.9).build().init();
    network.fit(data(6));
    INDArray images = data(6).getFeatures();
    assertThat(network.outputSingle(images)).isEqualTo(network.outputSingle(images));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 18, 51})
  void unknownDepthsAreRefused(int depth) {
    assertThatThrownBy(() -> NfResNet.builder().depth(depth))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("depth", "[26, 50, 101, 152, 200]", "got " + depth);
  }

  @Test
  void theNarrowestNetworkIsOneThatTrains() {
    ComputationGraph network =
        NfResNet.builder().small(2, 1).inputShape(1, 8, 8).classes(3).build().init();
    network.fit(data(4));
    assertThat(network.score()).isFinite();
  }

  @Test
  void wrongOptionsAreRefused() {
    NfResNet.Builder builder = NfResNet.builder();
    assertThatThrownBy(() -> builder.small(1, 1))
        .hasMessageStartingWith("width must be from 2 to 536870911, got 1 (see ");
    assertThatThrownBy(() -> builder.small(8, -1))
        .hasMessageStartingWith("blocksPerStage must be from 1 to 2147483647, got -1 (see ");
    assertThatThrownBy(() -> builder.inputShape(3, 0, 224)).hasMessageContaining("[3, 0, 224]");
    assertThatThrownBy(() -> builder.classes(1))
        .hasMessageStartingWith("classes must be at least 2, got 1 (see ");
    assertThatThrownBy(() -> builder.alpha(Double.NaN)).hasMessageContaining("got NaN");
    assertThatThrownBy(() -> builder.dropout(1))
        .hasMessageStartingWith("dropout must be in [0, 1), got 1.0 (see ");
    assertThatThrownBy(() -> builder.stochasticDepth(-0.1)).hasMessageContaining("got -0.1");
    assertThatThrownBy(() -> builder.weightDecay(-1)).hasMessageContaining("got -1.0");
    assertThatThrownBy(() -> builder.updater(null)).hasMessageContaining("updater");
    assertThatThrownBy(() -> new SkipInit.Builder(0)).hasMessageContaining("got 0.0");
    assertThatThrownBy(() -> new StochasticDepth(1)).hasMessageContaining("got 1.0");
  }
}
