package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import io.github.dl4jagc.testing.OracleListener;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Frozen layers: of clones, and inside of other layers. */
class FrozenLayersTest {

  private static final double THRESHOLD = 1e-3;

  /** Transfer learning: the first layer is frozen. */
  private static MultiLayerNetwork tuned(IUpdater updater) {
    return new TransferLearning.Builder(Networks.dense(new Sgd(0.1)))
        .fineTuneConfiguration(new FineTuneConfiguration.Builder().updater(updater).build())
        .setFeatureExtractor(0)
        .build();
  }

  private static AgcGradientNormalization agc(IUpdater inner) {
    return new AgcGradientNormalization(inner, THRESHOLD);
  }

  private static List<String> names(Model net) {
    return AgcReport.of(net).rows().stream()
        .map(row -> row.layer() + "/" + row.parameter())
        .collect(Collectors.toList());
  }

  private static void assertFirstLayerIsFrozenAndTheOthersAreClipped(Model net) {
    assertThat(names(net))
        .containsExactly("layer0/W", "layer0/b", "layer1/W", "layer1/b", "layer2/W", "layer2/b");
    assertThat(AgcReport.of(net).rows())
        .allSatisfy(
            row -> assertThat(row.leftAlone().isPresent()).isEqualTo(row.layer().equals("layer0")));
    assertThat(AgcReport.of(net).total().clippedUnits()).isPositive();
  }

  static Stream<IUpdater> innerUpdaters() {
    return Stream.of(new Sgd(0.1), new Nesterovs(0.1, 0.9), new Adam(0.01));
  }

  @ParameterizedTest
  @MethodSource("innerUpdaters")
  void cloneOfATrainedNetworkTrainsOnAsTheOriginal(IUpdater inner) {
    MultiLayerNetwork net = tuned(agc(inner));
    Agc.attach(net);
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    MultiLayerNetwork clone = net.clone();
    Agc.attach(clone);
    NetworkCheck.fit(net, Networks.denseData(8, 2));
    NetworkCheck.fit(clone, Networks.denseData(8, 2));
    assertThat(clone.params()).isEqualTo(net.params());
    assertFirstLayerIsFrozenAndTheOthersAreClipped(clone);
  }

  @Test
  void cloneOfACloneIsBound() {
    MultiLayerNetwork net = tuned(agc(new Adam(0.01)));
    Agc.attach(net);
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    MultiLayerNetwork first = net.clone();
    Agc.attach(first);
    NetworkCheck.fit(first, Networks.denseData(8, 1));
    MultiLayerNetwork clone = first.clone();
    clone.setListeners(new AgcListener());
    NetworkCheck.fit(clone, Networks.denseData(8, 2));
    assertFirstLayerIsFrozenAndTheOthersAreClipped(clone);
  }

  @Test
  void cloneIsClippedByFunction() {
    MultiLayerNetwork net = tuned(new Adam(0.01));
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    MultiLayerNetwork clone = net.clone();
    NetworkCheck.computeGradient(clone, Networks.denseData(8, 2));
    Agc.apply(clone, THRESHOLD);
    assertFirstLayerIsFrozenAndTheOthersAreClipped(clone);
  }

  @Test
  void cloneIsWrappedAndUnwrapped() {
    MultiLayerNetwork net = tuned(new Adam(0.01));
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    MultiLayerNetwork clone = net.clone();
    NetworkCheck.fit(clone, Networks.denseData(8, 2));
    MultiLayerNetwork wrapped =
        Agc.wrap(clone, AgcSettings.builder().clippingThreshold(THRESHOLD).build());
    MultiLayerNetwork unwrapped = Agc.unwrap(wrapped.clone());
    assertThat(unwrapped.getUpdater().getStateViewArray())
        .isEqualTo(clone.getUpdater().getStateViewArray());
    unwrapped.setListeners(OracleListener.columns(THRESHOLD));
    NetworkCheck.fit(wrapped, Networks.denseData(8, 3));
    NetworkCheck.fit(unwrapped, Networks.denseData(8, 3));
    assertThat(Oracle.values(wrapped.params()))
        .containsExactly(Oracle.values(unwrapped.params()), within(1e-10));
    assertFirstLayerIsFrozenAndTheOthersAreClipped(wrapped);
  }

  @Test
  void bestModelOfEarlyStoppingTrainsOn() {
    MultiLayerNetwork net = tuned(agc(new Nesterovs(0.1, 0.9)));
    net.setListeners(new AgcListener());
    ExistingDataSetIterator data = new ExistingDataSetIterator(Networks.minibatches(2));
    MultiLayerNetwork best =
        new EarlyStoppingTrainer(
                new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                    .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
                    .scoreCalculator(new DataSetLossCalculator(data, true))
                    .modelSaver(new InMemoryModelSaver<>())
                    .build(),
                net,
                data)
            .fit()
            .getBestModel();
    Agc.attach(best);
    NetworkCheck.fit(best, Networks.denseData(8, 2));
    assertFirstLayerIsFrozenAndTheOthersAreClipped(best);
  }

  @Test
  void cloneOfANetworkWhoseConfigurationFreezesALayerIsBound() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(agc(new Adam(0.01)))
                .list()
                .layer(new FrozenLayer(new DenseLayer.Builder().nOut(6).build()))
                .layer(new DenseLayer.Builder().nOut(5).build())
                .layer(Networks.output(3))
                .setInputType(InputType.feedForward(4))
                .build());
    net.init();
    Agc.attach(net);
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    MultiLayerNetwork clone = net.clone();
    Agc.attach(clone);
    NetworkCheck.fit(clone, Networks.denseData(8, 2));
    assertFirstLayerIsFrozenAndTheOthersAreClipped(clone);
  }

  @Test
  void cloneOfAGraphIsBound() {
    ComputationGraph graph = tuned(agc(new Adam(0.01))).toComputationGraph();
    Agc.attach(graph);
    NetworkCheck.fit(graph, Networks.denseData(8, 1));
    ComputationGraph clone = graph.clone();
    Agc.attach(clone);
    NetworkCheck.fit(clone, Networks.denseData(8, 2));
    assertThat(AgcReport.of(clone).rows().stream().filter(row -> row.leftAlone().isPresent()))
        .hasSize(2);
  }

  /** As DL4J's clone() does: the updater has been made, and a wrapper comes around a layer. */
  @Test
  void layerThatIsFrozenWhileTheNetworkLivesIsLeftAlone() {
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(new Sgd(0.1))
                .clippingThreshold(THRESHOLD)
                .weightDecay(0.5)
                .build());
    net.getUpdater();
    org.deeplearning4j.nn.api.Layer[] layers = net.getLayers();
    layers[0] = new org.deeplearning4j.nn.layers.FrozenLayer(layers[0]);
    net.setLayers(layers);
    Agc.attach(net);
    INDArray before = net.getParam("0_W").dup();
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    assertThat(net.getParam("0_W")).isEqualTo(before);
    assertFirstLayerIsFrozenAndTheOthersAreClipped(net);
  }

  private static LSTM lstm() {
    return new LSTM.Builder().nOut(3).build();
  }

  static Stream<Named<Layer>> frozenInside() {
    return Stream.of(
        Named.of("in MaskZeroLayer", new MaskZeroLayer(new FrozenLayerWithBackprop(lstm()), 0)),
        Named.of(
            "in TimeDistributed",
            new TimeDistributed(
                new FrozenLayerWithBackprop(new DenseLayer.Builder().nOut(3).build()))),
        Named.of(
            "in two",
            new MaskZeroLayer(new MaskZeroLayer(new FrozenLayerWithBackprop(lstm()), 0), 0)),
        Named.of("around Bidirectional", new FrozenLayerWithBackprop(new Bidirectional(lstm()))),
        Named.of("FrozenLayer in MaskZeroLayer", new MaskZeroLayer(new FrozenLayer(lstm()), 0)));
  }

  @ParameterizedTest
  @MethodSource("frozenInside")
  void layerThatIsFrozenInsideOfAnotherIsLeftAloneAndNotDecayed(Layer layer) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(
                    AgcGradientNormalization.builder(new Sgd(0.1)).weightDecay(0.5).build())
                .list()
                .layer(layer.clone())
                .layer(new RnnOutputLayer.Builder(LossFunctions.LossFunction.MSE).nOut(2).build())
                .setInputType(InputType.recurrent(4))
                .build());
    net.init();
    Agc.attach(net);
    INDArray before = net.getLayer(0).params().dup();
    NetworkCheck.fit(
        net, new MultiDataSet(Networks.gaussian(1, 6, 4, 5), Networks.gaussian(2, 6, 2, 5)));
    assertThat(net.getLayer(0).params()).isEqualTo(before);
    assertThat(AgcReport.of(net).rows())
        .filteredOn(row -> row.layer().equals("layer0"))
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row.leftAlone()).contains("frozen layer"));
  }

  @Test
  void layerThatIsFrozenInsideOfAnotherInAGraphIsLeftAlone() {
    ComputationGraph graph =
        new ComputationGraph(
            Networks.builder(
                    AgcGradientNormalization.builder(new Sgd(0.1)).weightDecay(0.5).build())
                .graphBuilder()
                .addInputs("in")
                .addLayer("last", new LastTimeStep(new FrozenLayerWithBackprop(lstm())), "in")
                .addLayer("out", Networks.output(2), "last")
                .setOutputs("out")
                .setInputTypes(InputType.recurrent(4))
                .build());
    graph.init();
    Agc.attach(graph);
    INDArray before = graph.getLayer("last").params().dup();
    NetworkCheck.fit(
        graph, new MultiDataSet(Networks.gaussian(1, 6, 4, 5), Networks.oneHot(2, 6, 2)));
    assertThat(graph.getLayer("last").params()).isEqualTo(before);
    assertThat(AgcReport.of(graph).rows())
        .filteredOn(row -> row.layer().equals("last"))
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row.leftAlone()).contains("frozen layer"));
  }
}
