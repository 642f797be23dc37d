package io.github.dl4jagc.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.Agc;
import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;

/** Networks with AGC put on and taken off in the middle of a training. */
class RewrappingTest {

  private static final AgcSettings NEVER_CLIPS = AgcSettings.builder().clippingThreshold(1).build();

  private static MultiLayerNetwork trainedLayers() {
    MultiLayerNetwork net = Networks.dense(new Adam(0.05));
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    NetworkCheck.fit(net, Networks.denseData(8, 2));
    net.setIterationCount(17);
    net.setEpochCount(5);
    return net;
  }

  private static ComputationGraph trainedGraph() {
    ComputationGraph net = Networks.denseGraph(new Adam(0.05));
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    NetworkCheck.fit(net, Networks.denseData(8, 2));
    net.getConfiguration().setIterationCount(17);
    net.getConfiguration().setEpochCount(5);
    return net;
  }

  @Test
  void layersKeepWeightsStateAndCounts() {
    MultiLayerNetwork net = trainedLayers();
    INDArray state = net.getUpdater().getStateViewArray();
    assertThat(state.norm2Number().doubleValue()).isPositive();
    MultiLayerNetwork wrapped = Agc.wrap(net, NEVER_CLIPS);
    for (MultiLayerNetwork copy : new MultiLayerNetwork[] {wrapped, Agc.unwrap(wrapped)}) {
      assertThat(copy.params()).isEqualTo(net.params()).isNotSameAs(net.params());
      assertThat(copy.getUpdater().getStateViewArray()).isEqualTo(state);
      assertThat(copy.getIterationCount()).isEqualTo(17);
      assertThat(copy.getEpochCount()).isEqualTo(5);
    }
  }

  @Test
  void graphsKeepWeightsStateAndCounts() {
    ComputationGraph net = trainedGraph();
    INDArray state = net.getUpdater().getStateViewArray();
    assertThat(state.norm2Number().doubleValue()).isPositive();
    ComputationGraph wrapped = Agc.wrap(net, NEVER_CLIPS);
    for (ComputationGraph copy : new ComputationGraph[] {wrapped, Agc.unwrap(wrapped)}) {
      assertThat(copy.params()).isEqualTo(net.params()).isNotSameAs(net.params());
      assertThat(copy.getUpdater().getStateViewArray()).isEqualTo(state);
      assertThat(copy.getConfiguration().getIterationCount()).isEqualTo(17);
      assertThat(copy.getConfiguration().getEpochCount()).isEqualTo(5);
    }
  }
}
