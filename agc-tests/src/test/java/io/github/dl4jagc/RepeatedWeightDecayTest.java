package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.util.List;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/** Weights that DL4J decays twice, and the warning of it. */
class RepeatedWeightDecayTest {

  private static final double THRESHOLD = 1e-3;

  private static AgcGradientNormalization agc() {
    return new AgcGradientNormalization(new Nesterovs(0.5, 0.9), THRESHOLD);
  }

  private static List<String> warningsOfWeightDecay(LogCapture log) {
    return log.messages().stream()
        .filter(message -> message.contains("WeightDecay"))
        .collect(Collectors.toList());
  }

  @Test
  void parametersThatDl4jDecaysTwiceAreNamedOnce() {
    MultiLayerNetwork net = // DL4J appends a global WeightDecay each time it validates a layer
        Networks.dense(Networks.builder(agc()).weightDecay(3e-4));
    net.setListeners(new AgcListener());
    try (LogCapture log = new LogCapture()) {
      NetworkCheck.fit(net, Networks.denseData(8, 1));
      net.setLearningRate(0.1); // bound anew
      NetworkCheck.fit(net, Networks.denseData(8, 2));
      assertThat(warningsOfWeightDecay(log))
          .hasSize(1)
          .first()
          .asString()
          .startsWith("WARN")
          .contains("layer \"layer0\", parameter \"W\"", "2 equal", "3.0E-4")
          .endsWith("/docs/troubleshooting.md#weight-decay-is-applied-twice)");
    }
  }

  @Test
  void parametersThatAreDecayedTwiceAreNamedByTheFunctionalFormToo() {
    ComputationGraph net =
        new ComputationGraph(
            Networks.builder(new Sgd(0.1))
                .weightDecay(4e-4)
                .weightDecayBias(5e-4)
                .graphBuilder()
                .addInputs("in")
                .addLayer("dense", new DenseLayer.Builder().nIn(4).nOut(6).build(), "in")
                .addLayer("out", Networks.output(3), "dense")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(4))
                .build());
    net.init();
    NetworkCheck.computeGradient(net, Networks.denseData(8, 1));
    try (LogCapture log = new LogCapture()) {
      Agc.apply(net);
      Agc.apply(net);
      assertThat(warningsOfWeightDecay(log)).hasSize(2);
      assertThat(warningsOfWeightDecay(log).get(0))
          .contains("4.0E-4", "\"dense\", parameter \"W\" and 1 more");
      assertThat(warningsOfWeightDecay(log).get(1))
          .contains("5.0E-4", "\"dense\", parameter \"b\" and 1 more");
    }
  }

  @Test
  void weightDecayOfLayersOrOfAnotherKindIsNotComplainedOf() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(agc())
                .l2(1e-4) // DL4J adds it once
                .list()
                .layer(new DenseLayer.Builder().nIn(4).nOut(6).weightDecay(6e-4).build())
                .layer(
                    new DenseLayer.Builder()
                        .nIn(6)
                        .nOut(5)
                        .regularization(
                            List.of(new WeightDecay(7e-4, true), new WeightDecay(7e-4, false)))
                        .build())
                .layer(Networks.output(3))
                .setInputType(InputType.feedForward(4))
                .build());
    net.init();
    try (LogCapture log = new LogCapture()) {
      Agc.attach(net);
      assertThat(warningsOfWeightDecay(log)).isEmpty();
    }
  }
}
