package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertRelativelyClose;
import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** The loops of docs/own-loops.md. */
class OwnLoopsTest {

  private static final double THRESHOLD = 0.05;

  private static final AgcSettings SETTINGS =
      AgcSettings.builder().clippingThreshold(THRESHOLD).weightDecay(0.02).build();

  private static IUpdater agc() {
    return new AgcGradientNormalization(new Nesterovs(0.3, 0.9), SETTINGS);
  }

  private static MultiDataSet multi(DataSet data) {
    return new MultiDataSet(data.getFeatures(), data.getLabels());
  }

  /** The loop of the page. */
  private static void stepOverMicroBatches(MultiLayerNetwork net, List<DataSet> data, int step) {
    INDArray sum = null;
    int examples = 0;
    int microBatches = 0;
    for (DataSet micro : data) {
      NetworkCheck.computeGradient(net, multi(micro));
      INDArray flat = net.gradient().gradient();
      sum = sum == null ? flat.dup() : sum.addi(flat);
      examples += micro.numExamples();
      microBatches++;
    }
    net.gradient().gradient().assign(sum);
    for (Map.Entry<String, INDArray> each : net.gradient().gradientForVariable().entrySet()) {
      String[] of = each.getKey().split("_", 2);
      if (!net.getLayer(Integer.parseInt(of[0])).updaterDivideByMinibatch(of[1])) {
        each.getValue().divi(microBatches);
      }
    }
    net.getUpdater()
        .update(net, net.gradient(), step, 0, examples, LayerWorkspaceMgr.noWorkspaces());
    net.params().subi(net.gradient().gradient());
  }

  /** Sizes of micro-batches: the last one is as large as the others, or smaller. */
  @ParameterizedTest
  @CsvSource({"3, true", "4, true", "5, true", "12, true", "5, false", "4, false"})
  void accumulatedMicroBatchesAreOneStepOfFit(int size, boolean miniBatch) {
    NeuralNetConfiguration.Builder builder =
        Networks.builder(agc())
            .l2(0.01)
            .miniBatch(miniBatch)
            .gradientNormalization(GradientNormalization.ClipL2PerLayer)
            .gradientNormalizationThreshold(0.5);
    MultiLayerNetwork net = Networks.dense(builder);
    MultiLayerNetwork whole = net.clone();
    Agc.attach(net);
    Agc.attach(whole);
    for (int step = 0; step < 4; step++) {
      DataSet data = new DataSet(Networks.gaussian(step, 12, 4), Networks.oneHot(step, 12, 3));
      List<DataSet> microBatches = data.batchBy(size);
      assertThat(microBatches).hasSize((11 + size) / size);
      stepOverMicroBatches(net, microBatches, step);
      whole.fit(data);
      assertRelativelyClose(net.params(), Oracle.values(whole.params()), 1e-9);
    }
    assertThat(AgcReport.of(net).total().clippedUnits())
        .isEqualTo(AgcReport.of(whole).total().clippedUnits());
    NetworkCheck.assertClippedSome(net);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void runningMeansMoveByTheMeanOfTheMicroBatches(boolean miniBatch) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(agc())
                .miniBatch(miniBatch)
                .list()
                .layer(new BatchNormalization.Builder().nIn(4).nOut(4).build())
                .layer(new OutputLayer.Builder(new LossMCXENT()).nIn(4).nOut(3).build())
                .build());
    net.init();
    MultiLayerNetwork whole = net.clone();
    Agc.attach(net);
    Agc.attach(whole);
    DataSet data = new DataSet(Networks.gaussian(1, 12, 4).addi(3), Networks.oneHot(1, 12, 3));
    stepOverMicroBatches(net, data.batchBy(4), 0);
    whole.fit(data);
    assertThat(net.getParam("0_mean").meanNumber().doubleValue()).isGreaterThan(0.2);
    assertRelativelyClose(net.getParam("0_mean"), Oracle.values(whole.getParam("0_mean")), 1e-9);
  }

  @ParameterizedTest
  @EnumSource(GradientNormalization.class)
  void aLoopWithTheUpdaterIsFitWhateverDl4jDoesBeforeIt(GradientNormalization normalisation) {
    NeuralNetConfiguration.Builder builder =
        Networks.builder(agc())
            .l2(0.01)
            .l1(0.001)
            .gradientNormalization(normalisation)
            .gradientNormalizationThreshold(0.05);
    MultiLayerNetwork net = Networks.dense(builder);
    MultiLayerNetwork fitted = net.clone();
    Agc.attach(net);
    Agc.attach(fitted);
    for (int step = 0; step < 4; step++) {
      MultiDataSet data = Networks.denseData(8, step);
      NetworkCheck.computeGradient(net, data);
      NetworkCheck.update(net, step);
      NetworkCheck.fit(fitted, data);
      assertRelativelyClose(net.params(), Oracle.values(fitted.params()), 1e-9);
    }
  }

  @Test
  void aLoopOfAGraphIsFit() {
    ComputationGraph net = Networks.denseGraph(agc());
    ComputationGraph fitted = net.clone();
    Agc.attach(net);
    Agc.attach(fitted);
    for (int step = 0; step < 4; step++) {
      MultiDataSet data = Networks.denseData(8, step);
      NetworkCheck.computeGradient(net, data);
      NetworkCheck.update(net, step);
      NetworkCheck.fit(fitted, data);
      assertRelativelyClose(net.params(), Oracle.values(fitted.params()), 1e-9);
    }
    NetworkCheck.assertClippedSome(net);
  }

  private static MultiLayerNetwork normalised(GradientNormalization normalisation) {
    return Networks.dense(
        Networks.builder(new Sgd(1))
            .gradientNormalization(normalisation)
            .gradientNormalizationThreshold(0.05));
  }

  @ParameterizedTest
  @EnumSource(names = {"RenormalizeL2PerLayer", "RenormalizeL2PerParamType"})
  void aNormalisationThatWouldUndoTheClippingIsRefused(GradientNormalization normalisation) {
    MultiLayerNetwork net = normalised(normalisation);
    NetworkCheck.computeGradient(net, Networks.denseData(8, 1));
    INDArray before = net.gradient().gradient().dup();
    assertThatThrownBy(() -> Agc.apply(net, THRESHOLD))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"layer0\", parameter \"W\" has the gradient normalisation")
        .hasMessageContaining(normalisation + ", which comes after Agc.apply")
        .hasMessageContaining("Agc.attach(net)")
        .hasMessageEndingWith("#clipped-too-early)");
    assertSameValues(net.gradient().gradient(), before);
    Agc.apply(net, AgcSettings.builder().excludeLayers("layer*").build());
  }

  @ParameterizedTest
  @EnumSource(names = {"ClipL2PerLayer", "ClipL2PerParamType", "ClipElementWiseAbsoluteValue"})
  void aNormalisationThatOnlyShrinksIsTakenButNotWithWeightDecay(
      GradientNormalization normalisation) {
    MultiLayerNetwork net = normalised(normalisation);
    Map<String, INDArray> before = NetworkCheck.copies(net.paramTable());
    NetworkCheck.computeGradient(net, Networks.denseData(8, 1));
    assertThatThrownBy(() -> Agc.apply(net, SETTINGS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("weightDecay must be 0 here, got 0.02")
        .hasMessageContaining("has the gradient normalisation " + normalisation);
    Agc.apply(net, THRESHOLD);
    NetworkCheck.update(net, 0);
    INDArray step = before.get("1_W").sub(net.getParam("1_W"));
    INDArray largest = step.norm2(0).div(before.get("1_W").norm2(0));
    assertThat(largest.maxNumber().doubleValue()).isPositive().isLessThan(THRESHOLD * 1.000001);
  }

  @Test
  void termsThatAreAddedAfterClippingAreWarnedOfOnce() {
    try (LogCapture log = new LogCapture()) {
      for (int copy = 0; copy < 2; copy++) {
        MultiLayerNetwork net = Networks.dense(Networks.builder(new Sgd(1)).l2(0.01));
        NetworkCheck.computeGradient(net, Networks.denseData(8, 1));
        Agc.apply(net, THRESHOLD);
        Agc.apply(net, SETTINGS);
      }
      assertThat(log.messages())
          .singleElement()
          .asString()
          .startsWith("WARN AGC: DL4J adds L2Regularization(")
          .contains("of layer \"layer0\", parameter \"W\" and 2 more after Agc.apply")
          .endsWith("#clipped-too-early)");
    }
  }

  /** DL4J's WeightDecay is decoupled: it comes last in both ways. */
  @Test
  void decoupledDecayIsNotWarnedOf() {
    MultiLayerNetwork net = Networks.dense(Networks.builder(new Sgd(1)).weightDecay(0.01));
    NetworkCheck.computeGradient(net, Networks.denseData(8, 1));
    try (LogCapture log = new LogCapture()) {
      Agc.apply(net, THRESHOLD);
      assertThat(log.messages()).filteredOn(each -> each.contains("after Agc.apply")).isEmpty();
    }
  }

  private static MultiLayerNetwork withoutOutputLayer(IUpdater updater) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(updater)
                .list(new DenseLayer.Builder().nIn(4).nOut(3).build())
                .build());
    net.init();
    return net;
  }

  private static Gradient backpropagate(MultiLayerNetwork net) {
    net.setInput(Networks.gaussian(1, 8, 4));
    net.feedForward(true, false);
    return net.backpropGradient(Networks.gaussian(2, 8, 3).muli(100), null).getFirst();
  }

  @Test
  void errorsFromOutsideAreClippedByBothWays() {
    MultiLayerNetwork functional = withoutOutputLayer(new Sgd(1));
    MultiLayerNetwork updater =
        withoutOutputLayer(new AgcGradientNormalization(new Sgd(1), THRESHOLD));
    Agc.attach(updater);
    INDArray before = functional.params().dup();

    Gradient gradient = backpropagate(functional);
    Agc.apply(functional, THRESHOLD);
    functional.getUpdater().update(functional, gradient, 0, 0, 8, LayerWorkspaceMgr.noWorkspaces());
    functional.params().subi(gradient.gradient());

    Gradient ofUpdater = backpropagate(updater);
    updater.getUpdater().update(updater, ofUpdater, 0, 0, 8, LayerWorkspaceMgr.noWorkspaces());
    updater.params().subi(ofUpdater.gradient());

    assertRelativelyClose(functional.params(), Oracle.values(updater.params()), 1e-12);
    assertThat(functional.params()).isNotEqualTo(before);
    assertThat(AgcReport.of(functional).total().clippedUnits()).isEqualTo(4);
  }

  @Test
  void errorsFromOutsideAreClippedInAGraph() {
    ComputationGraph graph =
        new ComputationGraph(
            Networks.builder(new Sgd(1))
                .graphBuilder()
                .addInputs("in")
                .addLayer("dense", new DenseLayer.Builder().nIn(4).nOut(3).build(), "in")
                .setOutputs("dense")
                .build());
    graph.init();
    INDArray input = Networks.gaussian(1, 8, 4);
    graph.setInputs(input);
    graph.feedForward(new INDArray[] {input}, true, false);
    graph.backpropGradient(Networks.gaussian(2, 8, 3).muli(100));
    Agc.apply(graph, THRESHOLD);
    assertThat(AgcReport.of(graph).total().clippedUnits()).isEqualTo(4);
  }

  @Test
  void anUpdaterWithoutANetworkSaysWhatClipsThen() {
    GradientUpdater<?> updater = agc().instantiate(Nd4j.zeros(1, 12), true);
    assertThatThrownBy(() -> updater.applyUpdater(Nd4j.ones(1, 12), 0, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no network, clip with Agc.clip");
  }

  private static MultiLayerNetwork withLossTimes(double scale) {
    INDArray weights = Nd4j.valueArrayOf(new long[] {1, 3}, scale, DataType.DOUBLE);
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(new Sgd(0.5))
                .list()
                .layer(new DenseLayer.Builder().nIn(4).nOut(6).build())
                .layer(
                    new OutputLayer.Builder(new LossMCXENT(weights))
                        .activation(Activation.SOFTMAX)
                        .nIn(6)
                        .nOut(3)
                        .build())
                .build());
    net.init();
    return net;
  }

  @Test
  void scaledLossesAreUnscaledBeforeClipping() {
    double lossScale = 1024;
    MultiLayerNetwork scaled = withLossTimes(lossScale);
    MultiLayerNetwork plain = withLossTimes(1);
    for (int step = 0; step < 4; step++) {
      NetworkCheck.computeGradient(scaled, Networks.denseData(8, step));
      scaled.gradient().gradient().divi(lossScale);
      Agc.apply(scaled, THRESHOLD);
      NetworkCheck.update(scaled, step);

      NetworkCheck.computeGradient(plain, Networks.denseData(8, step));
      Agc.apply(plain, THRESHOLD);
      NetworkCheck.update(plain, step);
      assertRelativelyClose(scaled.params(), Oracle.values(plain.params()), 1e-12);
    }
    NetworkCheck.assertClippedSome(scaled);
  }
}
