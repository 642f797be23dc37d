package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertRelativelyClose;
import static io.github.dl4jagc.testing.NetworkCheck.NOT_CLIPPED;
import static io.github.dl4jagc.testing.NetworkCheck.assertFitClips;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Real networks, real {@code fit} calls, every parameter against the oracle. */
class NetworkUpdatesTest {

  private static final double THRESHOLD = 0.3;

  private static final int[] COLUMN = {1};
  private static final int[] FIRST = {0};
  private static final int[] WHOLE = {};

  private static AgcGradientNormalization agc() {
    return new AgcGradientNormalization(new Sgd(1), THRESHOLD);
  }

  @Test
  void multiLayerNetworkWithConvolutionBatchNormAndDense() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(agc())
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(5).build())
                .layer(new BatchNormalization())
                .layer(new DenseLayer.Builder().nOut(7).build())
                .layer(Networks.output(3))
                .setInputType(InputType.convolutional(6, 6, 2))
                .build());
    net.init();
    net.setListeners(new AgcListener());
    MultiDataSet data =
        new MultiDataSet(Networks.gaussian(1, 4, 2, 6, 6), Networks.oneHot(1, 4, 3));
    Map<String, int[]> units = new HashMap<>();
    units.put("0_W", FIRST);
    units.put("0_b", WHOLE);
    units.put("1_gamma", WHOLE);
    units.put("1_beta", WHOLE);
    units.put("1_mean", NOT_CLIPPED);
    units.put("1_log10stdev", NOT_CLIPPED);
    units.put("2_W", COLUMN);
    units.put("2_b", WHOLE);
    units.put("3_W", COLUMN);
    units.put("3_b", WHOLE);
    for (int step = 0; step < 3; step++) {
      assertFitClips(net, data, THRESHOLD, units);
    }
    AgcReport report = TestReports.attached(net);
    assertThat(report.total().clippedUnits())
        .as("clips some units and leaves others: %s", report)
        .isBetween(1L, report.total().units() - 1);
  }

  @Test
  void computationGraphWithEmbeddingLstmAndConvolution() {
    ComputationGraph net =
        new ComputationGraph(
            Networks.builder(agc())
                .graphBuilder()
                .addInputs("tokens", "image")
                .addLayer(
                    "embedding",
                    new EmbeddingSequenceLayer.Builder().nIn(11).nOut(4).build(),
                    "tokens")
                .addLayer("lstm", new LSTM.Builder().nOut(5).build(), "embedding")
                .addLayer("pooled", new GlobalPoolingLayer(), "lstm")
                .addLayer(
                    "convolution", new ConvolutionLayer.Builder(3, 3).nOut(3).build(), "image")
                .addLayer("features", new DenseLayer.Builder().nOut(6).build(), "convolution")
                .addVertex("both", new MergeVertex(), "pooled", "features")
                .addLayer("out", Networks.output(3), "both")
                .setOutputs("out")
                .setInputTypes(InputType.recurrent(11, 6), InputType.convolutional(5, 5, 1))
                .build());
    net.init();
    net.setListeners(new AgcListener());
    INDArray tokens = Nd4j.create(DataType.DOUBLE, 4, 1, 6);
    for (int i = 0; i < 24; i++) {
      tokens.putScalar(new long[] {i / 6, 0, i % 6}, (i * 7) % 11);
    }
    MultiDataSet data =
        new MultiDataSet(
            new INDArray[] {tokens, Networks.gaussian(3, 4, 1, 5, 5)},
            new INDArray[] {Networks.oneHot(3, 4, 3)});
    Map<String, int[]> units = new HashMap<>();
    units.put("embedding_W", FIRST);
    units.put("lstm_W", COLUMN);
    units.put("lstm_RW", COLUMN);
    units.put("lstm_b", WHOLE);
    units.put("convolution_W", FIRST);
    units.put("convolution_b", WHOLE);
    units.put("features_W", COLUMN);
    units.put("features_b", WHOLE);
    units.put("out_W", COLUMN);
    units.put("out_b", WHOLE);
    for (int step = 0; step < 3; step++) {
      assertFitClips(net, data, THRESHOLD, units);
    }
    AgcReport report = TestReports.attached(net);
    assertThat(report.total().clippedUnits()).isBetween(1L, report.total().units() - 1);
  }

  @Test
  void outputLayerIsLeftAloneWhenExcluded() {
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(new Sgd(1))
                .clippingThreshold(1e-4)
                .excludeOutputLayer(true)
                .build());
    net.setListeners(new AgcListener());
    Map<String, int[]> units = new HashMap<>();
    units.put("0_W", COLUMN);
    units.put("0_b", WHOLE);
    units.put("1_W", COLUMN);
    units.put("1_b", WHOLE);
    units.put("2_W", NOT_CLIPPED);
    units.put("2_b", NOT_CLIPPED);
    assertFitClips(net, Networks.denseData(8, 5), 1e-4, units);
  }

  @Test
  void namedLayersAreLeftAlone() {
    ComputationGraph net =
        Networks.denseGraph(
            AgcGradientNormalization.builder(new Sgd(1))
                .clippingThreshold(1e-4)
                .excludeLayers("first", "out")
                .build());
    net.setListeners(new AgcListener());
    Map<String, int[]> units = new HashMap<>();
    units.put("first_W", NOT_CLIPPED);
    units.put("first_b", NOT_CLIPPED);
    units.put("second_W", COLUMN);
    units.put("second_b", WHOLE);
    units.put("out_W", NOT_CLIPPED);
    units.put("out_b", NOT_CLIPPED);
    assertFitClips(net, Networks.denseData(8, 6), 1e-4, units);
    AgcReport report = TestReports.attached(net);
    assertThat(report.row("first", "W").orElseThrow().leftAlone()).contains("excluded layer");
    assertThat(report.row("second", "W").orElseThrow().leftAlone()).isEmpty();
  }

  @Test
  void layersMayHaveDifferentThresholdsOrPlainUpdaters() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(new AgcGradientNormalization(new Sgd(1), 1e-4))
                .list()
                .layer(new DenseLayer.Builder().nIn(4).nOut(6).build())
                .layer(
                    new DenseLayer.Builder()
                        .nIn(6)
                        .nOut(5)
                        .updater(new AgcGradientNormalization(new Sgd(1), 1e-5))
                        .build())
                .layer(new DenseLayer.Builder().nIn(5).nOut(5).updater(new Sgd(1)).build())
                .layer(new DenseLayer.Builder().nIn(5).nOut(3).build())
                .layer(Networks.output(3))
                .build());
    net.init();
    net.setListeners(new AgcListener());
    MultiDataSet data = Networks.denseData(8, 7);
    Map<String, INDArray> before = NetworkCheck.copies(net.paramTable());
    Map<String, INDArray> gradients = NetworkCheck.meanGradients(net, data);
    NetworkCheck.fit(net, data);
    double[] thresholds = {1e-4, 1e-5, Double.POSITIVE_INFINITY, 1e-4, 1e-4};
    for (int layer = 0; layer < 5; layer++) {
      String name = layer + "_W";
      double[] expected =
          Oracle.clip(before.get(name), gradients.get(name), thresholds[layer], 1e-3, 1);
      assertRelativelyClose(before.get(name).sub(net.getParam(name)), expected, 1e-7);
    }
    assertThat(TestReports.attached(net).row("layer2", "W").orElseThrow().leftAlone())
        .contains("plain updater Sgd");
  }
}
