package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertRelativelyClose;
import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.ChosenClipper;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import java.io.File;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** {@code inner(AGC(G) + c W)}: weight decay after clipping and inside of momentum. */
class WeightDecayTest {

  private static final double THRESHOLD = 0.05;
  private static final double DECAY = 0.03;

  @RegisterExtension final ChosenClipper clippers = new ChosenClipper();

  private static AgcOptions<AgcSettings> settings() {
    return AgcSettings.builder().clippingThreshold(THRESHOLD).weightDecay(DECAY);
  }

  private static AgcGradientNormalization agc(IUpdater inner) {
    return new AgcGradientNormalization(inner, settings().build());
  }

  private static MultiLayerNetwork bound(MultiLayerNetwork net) {
    net.setListeners(new AgcListener());
    return net;
  }

  /** SGD with Nesterov momentum as a loop, which is plain SGD without momentum. */
  private static final class HandWritten {
    private final double learningRate;
    private final double momentum;
    private final Map<String, double[]> velocities = new HashMap<>();

    HandWritten(double learningRate, double momentum) {
      this.learningRate = learningRate;
      this.momentum = momentum;
    }

    double[] step(String name, INDArray weights, INDArray meanGradient) {
      boolean matrix = name.endsWith("W");
      double[] clipped =
          Oracle.clip(weights, meanGradient, THRESHOLD, 1e-3, matrix ? new int[] {1} : new int[0]);
      double[] values = Oracle.values(weights);
      double[] velocity = velocities.computeIfAbsent(name, key -> new double[values.length]);
      for (int i = 0; i < values.length; i++) {
        double gradient = clipped[i] + (matrix ? DECAY * values[i] : 0);
        velocity[i] = momentum * velocity[i] + gradient;
        values[i] -= learningRate * (gradient + momentum * velocity[i]);
      }
      return values;
    }
  }

  static Stream<Arguments> updatersAndClippers() {
    return Stream.of("host", "java", "nd4j")
        .flatMap(
            clipper ->
                Stream.of(
                    Arguments.of(clipper, new Sgd(0.5), new HandWritten(0.5, 0)),
                    Arguments.of(clipper, new Nesterovs(0.3, 0.9), new HandWritten(0.3, 0.9))));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("updatersAndClippers")
  void sameAsAHandWrittenLoop(String clipper, IUpdater inner, HandWritten loop) {
    clippers.choose(clipper);
    for (Model net : List.of(Networks.dense(agc(inner)), Networks.denseGraph(agc(inner)))) {
      net.setListeners(new AgcListener());
      loop.velocities.clear();
      for (int step = 0; step < 6; step++) {
        MultiDataSet data = Networks.denseData(8, step);
        Map<String, INDArray> gradients = NetworkCheck.meanGradients(net, data);
        Map<String, double[]> expected = new HashMap<>();
        NetworkCheck.paramTable(net)
            .forEach(
                (name, weights) ->
                    expected.put(name, loop.step(name, weights, gradients.get(name))));
        NetworkCheck.fit(net, data);
        NetworkCheck.paramTable(net)
            .forEach(
                (name, weights) ->
                    assertThat(Oracle.values(weights))
                        .as(name)
                        .containsExactly(expected.get(name), within(1e-12)));
      }
      NetworkCheck.assertClippedSome(net);
    }
  }

  /** The parameters that a step with a gradient of zero changes: what is decayed. */
  private static Set<String> decayed(Model net) {
    Map<String, INDArray> before = NetworkCheck.copies(net.paramTable(false));
    NetworkCheck.computeGradient(net, Networks.denseData(8, 1));
    net.gradient().gradient().assign(0);
    NetworkCheck.update(net, 0);
    Set<String> changed = new TreeSet<>();
    net.paramTable(false)
        .forEach(
            (name, weights) -> {
              if (!weights.equals(before.get(name))) {
                assertRelativelyClose(
                    weights, Oracle.values(before.get(name).mul(1 - DECAY)), 1e-12);
                changed.add(name);
              }
            });
    return changed;
  }

  private static MultiLayerNetwork network(
      AgcGradientNormalization updater, org.deeplearning4j.nn.conf.layers.Layer... layers) {
    NeuralNetConfiguration.ListBuilder list = Networks.builder(updater).list();
    for (org.deeplearning4j.nn.conf.layers.Layer layer : layers) {
      list.layer(layer);
    }
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            list.layer(Networks.output(3)).setInputType(InputType.feedForward(4)).build());
    net.init();
    net.params().addi(0.01); // so that biases, too, could be seen to decay
    Agc.attach(net);
    return net;
  }

  @Test
  void weightsAreDecayedAndNothingElseIs() {
    assertThat(
            decayed(
                network(
                    agc(new Sgd(1)),
                    new DenseLayer.Builder().nOut(6).hasLayerNorm(true).build(),
                    new AutoEncoder.Builder().nOut(5).build(),
                    new FrozenLayerWithBackprop(new DenseLayer.Builder().nOut(5).build()),
                    new DenseLayer.Builder().nOut(5).updater(new Sgd(1)).build())))
        .containsExactly("0_W", "1_W", "4_W");
  }

  @Test
  void updatesThatAreNoGradientsAreNotDecayed() {
    MultiLayerNetwork net =
        network(
            agc(new Sgd(1)), new DenseLayer.Builder().nOut(6).build(), new BatchNormalization());
    assertThat(decayed(net)).containsExactly("0_W", "2_W");
  }

  @Test
  void whatIsExcludedFromClippingIsDecayed() {
    for (AgcOptions<AgcSettings> settings :
        List.of(
            settings().excludeLayers("layer0"),
            settings().excludeOutputLayer(true),
            settings().excludeOutputWeights(true),
            settings().excludeKinds(ParameterKind.values()),
            settings().observeOnly(true),
            settings().startIteration(9))) {
      MultiLayerNetwork net =
          network(
              new AgcGradientNormalization(new Sgd(1), settings.build()),
              new DenseLayer.Builder().nOut(6).build());
      assertThat(decayed(net)).as("%s", settings.build()).containsExactly("0_W", "1_W");
    }
  }

  @Test
  void itIsNoTermOfTheScore() {
    MultiLayerNetwork decayed = bound(Networks.dense(agc(new Sgd(0.1))));
    MultiLayerNetwork plain = Networks.dense(new Sgd(0.1));
    NetworkCheck.fit(decayed, Networks.denseData(8, 1));
    NetworkCheck.fit(plain, Networks.denseData(8, 1));
    assertThat(decayed.score()).isEqualTo(plain.score());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void agcApplyDecaysTheSumOverTheMinibatchAsFitDecaysTheMean(boolean miniBatch) {
    MultiLayerNetwork functional =
        Networks.dense(Networks.builder(new Nesterovs(0.3, 0.9)).miniBatch(miniBatch));
    MultiLayerNetwork updater =
        bound(Networks.dense(Networks.builder(agc(new Nesterovs(0.3, 0.9))).miniBatch(miniBatch)));
    for (int step = 0; step < 5; step++) {
      MultiDataSet data = Networks.denseData(8, step);
      NetworkCheck.fit(updater, data);
      NetworkCheck.computeGradient(functional, data);
      Agc.apply(functional, settings().build());
      NetworkCheck.update(functional, step);
      assertRelativelyClose(functional.params(), Oracle.values(updater.params()), 1e-10);
    }
    assertThat(AgcReport.of(functional).total().clippedUnits()).isPositive();
  }

  @Test
  void eachCallOfAgcApplyHasItsOwnDecay() {
    MultiLayerNetwork net = Networks.dense(new Sgd(1));
    NetworkCheck.computeGradient(net, Networks.denseData(8, 1));
    INDArray gradient = net.gradient().getGradientFor("0_W");
    for (double decay : new double[] {0.5, 0, 0.25}) {
      net.gradient().gradient().assign(0);
      Agc.apply(net, AgcSettings.builder().weightDecay(decay).build());
      assertRelativelyClose(gradient, Oracle.values(net.getParam("0_W").mul(8 * decay)), 1e-12);
    }
  }

  private static SameDiff graph(AgcGradientNormalization updater) {
    SameDiff sd = SameDiff.create();
    SDVariable in = sd.placeHolder("in", DataType.DOUBLE, -1, 4);
    SDVariable label = sd.placeHolder("label", DataType.DOUBLE, -1, 3);
    SDVariable weights = sd.var("weights", Networks.gaussian(1, 4, 5));
    SDVariable transposed = sd.var("transposed", Networks.gaussian(2, 3, 5));
    SDVariable bias = sd.var("bias", Networks.gaussian(3, 3));
    SDVariable logits =
        sd.mmul(sd.math().tanh(in.mmul(weights)), transposed, false, true, false).add(bias);
    sd.loss().softmaxCrossEntropy("loss", label, logits, null);
    sd.setLossVariables("loss");
    sd.setTrainingConfig(
        TrainingConfig.builder()
            .updater(updater)
            .dataSetFeatureMapping("in")
            .dataSetLabelMapping("label")
            .build());
    sd.setListeners(new AgcSameDiffListener());
    return sd;
  }

  private static final Map<String, int[]> UNITS =
      Map.of("weights", new int[] {1}, "transposed", new int[] {0}, "bias", new int[0]);

  private static DataSet graphData(long seed) {
    return new DataSet(Networks.gaussian(seed, 8, 4), Networks.oneHot(seed, 8, 3));
  }

  private static Map<String, INDArray> variables(SameDiff sd) {
    Map<String, INDArray> copies = new HashMap<>();
    UNITS.keySet().forEach(name -> copies.put(name, sd.getVariable(name).getArr().dup()));
    return copies;
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "java", "nd4j"})
  void variablesThatAreWeightsAreDecayed(String clipper) {
    clippers.choose(clipper);
    SameDiff sd =
        graph(
            new AgcGradientNormalization(
                new Sgd(1), settings().excludeLayers("transposed").build()));
    for (int step = 0; step < 3; step++) {
      DataSet data = graphData(step);
      Map<String, INDArray> before = variables(sd);
      Map<String, INDArray> gradients =
          sd.calculateGradients(
              Map.of("in", data.getFeatures(), "label", data.getLabels()), UNITS.keySet());
      sd.fit(data);
      UNITS.forEach(
          (name, units) -> {
            double[] expected =
                name.equals("transposed")
                    ? Oracle.values(gradients.get(name))
                    : Oracle.clip(before.get(name), gradients.get(name), THRESHOLD, 1e-3, units);
            double[] weights = Oracle.values(before.get(name));
            for (int i = 0; i < expected.length; i++) {
              expected[i] += name.equals("bias") ? 0 : DECAY * weights[i];
            }
            assertThat(Oracle.values(before.get(name).sub(sd.getVariable(name).getArr())))
                .as(name)
                .containsExactly(expected, within(1e-12));
          });
    }
  }

  @Test
  void goesOnBitForBitAfterSaveAndLoad(@TempDir Path folder) throws Exception {
    MultiLayerNetwork whole = bound(Networks.dense(agc(new Nesterovs(0.3, 0.9))));
    SameDiff wholeGraph = graph(agc(new Adam(0.05)));
    for (int step = 0; step < 3; step++) {
      NetworkCheck.fit(whole, Networks.denseData(8, step));
      wholeGraph.fit(graphData(step));
    }
    File file = folder.resolve("net.zip").toFile();
    ModelSerializer.writeModel(whole, file, true);
    MultiLayerNetwork restored = bound(ModelSerializer.restoreMultiLayerNetwork(file, true));
    File graphFile = folder.resolve("graph.fb").toFile();
    wholeGraph.save(graphFile, true);
    SameDiff loaded = SameDiff.load(graphFile, true);
    loaded.setListeners(new AgcSameDiffListener());
    for (int step = 3; step < 6; step++) {
      NetworkCheck.fit(whole, Networks.denseData(8, step));
      NetworkCheck.fit(restored, Networks.denseData(8, step));
      wholeGraph.fit(graphData(step));
      loaded.fit(graphData(step));
    }
    assertSameValues(restored.params(), whole.params());
    Map<String, INDArray> expected = variables(wholeGraph);
    variables(loaded).forEach((name, values) -> assertSameValues(values, expected.get(name)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e-9, Double.NaN, Double.POSITIVE_INFINITY})
  void badDecaysAreRefused(double decay) {
    assertThatThrownBy(() -> AgcSettings.builder().weightDecay(decay))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("weightDecay must be finite and >= 0, got " + decay);
  }
}
