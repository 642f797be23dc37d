package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertRelativelyClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import io.github.dl4jagc.testing.OracleListener;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Gradients that DL4J computes, cuts or gets in other ways than by one pass over one output. */
class BackpropagationTest {

  private static final double THRESHOLD = 0.05;

  private static AgcGradientNormalization agc(IUpdater inner) {
    return new AgcGradientNormalization(inner, THRESHOLD);
  }

  @Test
  void truncatedBackpropagationThroughTime() {
    MultiLayerNetwork clipped = sequences(agc(new Nesterovs(0.3, 0.9)));
    clipped.setListeners(new AgcListener());
    MultiLayerNetwork oracle = sequences(new Nesterovs(0.3, 0.9));
    oracle.setListeners(OracleListener.columns(THRESHOLD));
    for (int step = 0; step < 3; step++) {
      INDArray features = Networks.gaussian(step, 6, 4, 12);
      INDArray labels = Networks.gaussian(step + 10, 6, 3, 12);
      clipped.fit(features, labels);
      oracle.fit(features, labels);
      NetworkCheck.assertSameParameters(clipped, oracle);
    }
    NetworkCheck.assertClippedSome(clipped);
    assertThat(AgcReport.of(clipped).total().iterations())
        .as("three minibatches of three segments")
        .isEqualTo(9);
  }

  private static MultiLayerNetwork sequences(IUpdater updater) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(updater)
                .list()
                .layer(new LSTM.Builder().nIn(4).nOut(5).build())
                .layer(
                    new RnnOutputLayer.Builder(LossFunctions.LossFunction.MSE)
                        .activation(Activation.TANH)
                        .nIn(5)
                        .nOut(3)
                        .build())
                .backpropType(BackpropType.TruncatedBPTT)
                .tBPTTLength(4)
                .build());
    net.init();
    return net;
  }

  @Test
  void externalErrors() {
    ComputationGraph net =
        new ComputationGraph(
            Networks.builder(agc(new Sgd(1)))
                .graphBuilder()
                .addInputs("in")
                .addLayer("first", new DenseLayer.Builder().nOut(6).build(), "in")
                .addLayer("second", new DenseLayer.Builder().nOut(3).build(), "first")
                .setOutputs("second")
                .setInputTypes(InputType.feedForward(4))
                .build());
    net.init();
    Agc.attach(net); // no fit, so no listener is called
    INDArray features = Networks.gaussian(1, 8, 4);
    net.setInputs(features);
    net.feedForward(new INDArray[] {features}, true, false);
    Gradient gradient = net.backpropGradient(Networks.gaussian(2, 8, 3));
    INDArray mean = gradient.getGradientFor("first_W").div(8);
    INDArray before = net.getParam("first_W").dup();
    net.getUpdater().update(gradient, 0, 0, 8, LayerWorkspaceMgr.noWorkspaces());
    net.params().subi(gradient.gradient());
    assertRelativelyClose(
        before.sub(net.getParam("first_W")), Oracle.clip(before, mean, THRESHOLD, 1e-3, 1), 1e-8);
    NetworkCheck.assertClippedSome(net);
  }

  @Test
  void graphWithTwoOutputs() {
    ComputationGraph net = twoOutputs(agc(new Sgd(1)));
    net.setListeners(new AgcListener());
    Map<String, int[]> units = new HashMap<>();
    for (String layer : List.of("shared", "left", "right")) {
      units.put(layer + "_W", new int[] {1});
      units.put(layer + "_b", new int[0]);
    }
    NetworkCheck.assertFitClips(net, twoOutputsData(), THRESHOLD, units);
  }

  @Test
  void bothOutputsAreLeftAloneWhenOutputLayersAreExcluded() {
    ComputationGraph net =
        twoOutputs(
            AgcGradientNormalization.builder(new Sgd(1))
                .clippingThreshold(1e-4)
                .excludeOutputLayer(true)
                .build());
    net.setListeners(new AgcListener());
    Map<String, int[]> units = new HashMap<>();
    units.put("shared_W", new int[] {1});
    units.put("shared_b", new int[0]);
    for (String layer : List.of("left", "right")) {
      units.put(layer + "_W", NetworkCheck.NOT_CLIPPED);
      units.put(layer + "_b", NetworkCheck.NOT_CLIPPED);
    }
    NetworkCheck.assertFitClips(net, twoOutputsData(), 1e-4, units);
  }

  private static ComputationGraph twoOutputs(IUpdater updater) {
    ComputationGraph net =
        new ComputationGraph(
            Networks.builder(updater)
                .graphBuilder()
                .addInputs("in")
                .addLayer("shared", new DenseLayer.Builder().nOut(6).build(), "in")
                .addLayer("left", Networks.output(3), "shared")
                .addLayer("right", Networks.output(2), "shared")
                .setOutputs("left", "right")
                .setInputTypes(InputType.feedForward(4))
                .build());
    net.init();
    return net;
  }

  private static MultiDataSet twoOutputsData() {
    return new MultiDataSet(
        new INDArray[] {Networks.gaussian(1, 8, 4)},
        new INDArray[] {Networks.oneHot(1, 8, 3), Networks.oneHot(2, 8, 2)});
  }

  @Test
  void gradientsThatAreNotDividedByTheMinibatchSize() {
    MultiLayerNetwork net = Networks.dense(Networks.builder(agc(new Sgd(1))).miniBatch(false));
    net.setListeners(new AgcListener());
    NetworkCheck.assertFitClips(net, Networks.denseData(8, 1), THRESHOLD, Networks.denseUnits());
  }
}
