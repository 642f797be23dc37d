package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.zoo.model.ResNet50;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

/** AGC around the updaters of configurations that exist already. */
class WrapTest {

  private static final AgcGradientNormalization SETTINGS =
      AgcGradientNormalization.builder(new NoOp()).clippingThreshold(0.05).build();

  @Test
  void wrappedConfigurationTrainsAsOneThatWasBuiltWithAgc() {
    MultiLayerConfiguration plain = Networks.dense(new Sgd(1)).getLayerWiseConfigurations();
    String before = plain.toJson();
    MultiLayerConfiguration wrapped = AgcGradientNormalization.wrap(plain, SETTINGS);
    assertThat(plain.toJson()).as("the original is unchanged").isEqualTo(before);
    assertThat(wrapped)
        .isEqualTo(
            Networks.dense(new AgcGradientNormalization(new Sgd(1), 0.05))
                .getLayerWiseConfigurations());
    MultiLayerNetwork net = new MultiLayerNetwork(wrapped);
    net.init();
    net.setListeners(new AgcListener());
    Map<String, int[]> units = new HashMap<>();
    for (int layer = 0; layer < 3; layer++) {
      units.put(layer + "_W", new int[] {1});
      units.put(layer + "_b", new int[0]);
    }
    NetworkCheck.assertFitClips(net, Networks.denseData(8, 1), 0.05, units);
  }

  @Test
  void updatersOfBiasesAndOfLayersInsideOfLayersAreWrappedToo() {
    MultiLayerConfiguration plain =
        Networks.builder(new Adam(0.1))
            .biasUpdater(new Nesterovs(0.2, 0.9))
            .list()
            .layer(new Bidirectional(new LSTM.Builder().nOut(3).build()))
            .layer(new GlobalPoolingLayer())
            .layer(Networks.output(3))
            .setInputType(InputType.recurrent(4, 5))
            .build();
    MultiLayerNetwork net = new MultiLayerNetwork(AgcGradientNormalization.wrap(plain, SETTINGS));
    net.init();
    AgcReport report = AgcGradientNormalization.attach(net).report(net);
    assertThat(report.rows()).hasSize(8);
    assertThat(report.rows()).allSatisfy(row -> assertThat(row.leftAlone()).isEmpty());
    assertThat(net.getLayer(2).getConfig().getUpdaterByParam("b"))
        .isEqualTo(new AgcGradientNormalization(new Nesterovs(0.2, 0.9), 0.05));
  }

  @Test
  void layerThatHasAgcAlreadyKeepsItsOwn() {
    MultiLayerConfiguration plain =
        Networks.builder(new Sgd(0.1))
            .list()
            .layer(
                new DenseLayer.Builder()
                    .nIn(4)
                    .nOut(6)
                    .updater(new AgcGradientNormalization(new Sgd(0.3), 0.3))
                    .build())
            .layer(Networks.output(3))
            .setInputType(InputType.feedForward(4))
            .build();
    MultiLayerConfiguration wrapped = AgcGradientNormalization.wrap(plain, SETTINGS);
    assertThat(wrapped.getConf(0).getLayer().getUpdaterByParam("W"))
        .isEqualTo(new AgcGradientNormalization(new Sgd(0.3), 0.3));
    assertThat(wrapped.getConf(1).getLayer().getUpdaterByParam("W"))
        .isEqualTo(new AgcGradientNormalization(new Sgd(0.1), 0.05));
  }

  @Test
  void zooModelTrainsOneStepWithEveryGradientInBounds() {
    ComputationGraph zoo =
        ResNet50.builder()
            .numClasses(10)
            .inputShape(new int[] {3, 96, 96})
            .updater(new Nesterovs(0.1, 0.9))
            .build()
            .init();
    ComputationGraphConfiguration wrapped =
        AgcGradientNormalization.wrap(
            zoo.getConfiguration(),
            AgcGradientNormalization.builder(new NoOp()).excludeOutputLayer(true).build());
    ComputationGraph net = new ComputationGraph(wrapped);
    net.init();
    AgcListener listener = new AgcListener();
    net.setListeners(listener);
    INDArray before = net.getParam("res2a_branch2a_W").dup();
    net.fit(
        new INDArray[] {Nd4j.rand(DataType.FLOAT, 2, 3, 96, 96)},
        new INDArray[] {Nd4j.eye(10).get(org.nd4j.linalg.indexing.NDArrayIndex.interval(0, 2))});
    AgcReport report = listener.report(net);
    assertThat(report.total().clippedUnits()).isPositive();
    assertThat(report.rows().stream().filter(row -> row.leftAlone().isEmpty()).count())
        .as("53 convolutions and their batch norms: W, b, gamma, beta")
        .isEqualTo(53 * 4);
    assertThat(report.row("output", "W").orElseThrow().leftAlone()).contains("output layer");
    // The first Nesterovs step is (1 + momentum) * learning rate * gradient.
    double[] bounds = Oracle.norms(before, 0);
    double[] steps = Oracle.norms(before.sub(net.getParam("res2a_branch2a_W")), 0);
    for (int filter = 0; filter < steps.length; filter++) {
      assertThat(steps[filter]).isLessThanOrEqualTo(1.9 * 0.1 * 0.01 * bounds[filter] * 1.0001);
    }
  }

  @Test
  void nullArgumentsAreNamed() {
    assertThatThrownBy(
            () -> AgcGradientNormalization.wrap((MultiLayerConfiguration) null, SETTINGS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("configuration");
    assertThatThrownBy(
            () ->
                AgcGradientNormalization.wrap(
                    Networks.dense(new Sgd(1)).getLayerWiseConfigurations(), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("settings");
  }
}
