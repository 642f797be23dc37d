package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.dl4jagc.testing.Networks;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Which layers are taken for the output, and names of layers that there are not. */
class OutputLayersTest {

  @Test
  void unknownExcludedLayerListsThoseThatThereAre() {
    ComputationGraph net =
        Networks.denseGraph(
            AgcGradientNormalization.builder(new Sgd(0.1)).excludeLayers("frist").build());
    INDArray before = net.params().dup();
    assertThatThrownBy(() -> Agc.attach(net))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"frist\"")
        .hasMessageContaining("first")
        .hasMessageContaining("second")
        .hasMessageContaining("out");
    assertThat(net.getListeners()).as("nothing was added").isEmpty();
    assertSameValues(net.params(), before);
  }

  @Test
  void outputLayerIsTheLastOneWithParameters() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(
                    AgcGradientNormalization.builder(new Sgd(0.1)).excludeOutputLayer(true).build())
                .list()
                .layer(new DenseLayer.Builder().nIn(4).nOut(5).build())
                .layer(new DenseLayer.Builder().nIn(5).nOut(3).build())
                .layer(
                    new LossLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    net.init();
    AgcReport report = TestReports.attached(net);
    assertThat(report.row("layer0", "W").orElseThrow().leftAlone()).isEmpty();
    assertThat(report.row("layer1", "W").orElseThrow().leftAlone()).contains("output layer");
  }

  /** A dense layer, then pairs of branches without parameters (scale and shift), then a loss. */
  private static ComputationGraph diamonds(int pairs, IUpdater updater) {
    ComputationGraphConfiguration.GraphBuilder graph =
        Networks.builder(updater)
            .graphBuilder()
            .addInputs("in")
            .addLayer("dense", new DenseLayer.Builder().nIn(4).nOut(3).build(), "in");
    String last = "dense";
    for (int i = 0; i < pairs; i++) {
      graph
          .addVertex("scale" + i, new ScaleVertex(0.5), last)
          .addVertex("shift" + i, new ShiftVertex(0.1), last)
          .addVertex(
              "mean" + i,
              new ElementWiseVertex(ElementWiseVertex.Op.Average),
              "scale" + i,
              "shift" + i);
      last = "mean" + i;
    }
    LossLayer loss =
        new LossLayer.Builder(LossFunctions.LossFunction.MSE)
            .activation(Activation.IDENTITY)
            .build();
    ComputationGraph net =
        new ComputationGraph(graph.addLayer("out", loss, last).setOutputs("out").build());
    net.init();
    return net;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void branchesWithoutParametersAreSearchedOnceForTheOutputLayer(boolean excludeOutputLayer) {
    ComputationGraph net = // 2^60 ways lead from the output to the dense layer
        diamonds(
            60,
            AgcGradientNormalization.builder(new Sgd(0.1))
                .excludeOutputLayer(excludeOutputLayer)
                .build());
    AgcReport report =
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> TestReports.attached(net));
    assertThat(report.row("dense", "W").orElseThrow().leftAlone())
        .isEqualTo(excludeOutputLayer ? Optional.of("output layer") : Optional.empty());
  }

  @Test
  void graphsMayBeDeeperThanTheStack() throws Exception {
    ComputationGraph net =
        diamonds(
            1500, AgcGradientNormalization.builder(new Sgd(0.1)).excludeOutputLayer(true).build());
    FutureTask<AgcReport> attach = new FutureTask<>(() -> TestReports.attached(net));
    new Thread(null, attach, "small stack", 192 * 1024).start();
    assertThat(attach.get(60, TimeUnit.SECONDS).row("dense", "W").orElseThrow().leftAlone())
        .contains("output layer");
  }
}
