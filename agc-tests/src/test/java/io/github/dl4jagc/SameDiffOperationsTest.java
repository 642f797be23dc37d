package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMActivations;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDataFormat;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDirectionMode;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMLayerConfig;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.LSTMLayerWeights;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Graphs of operations on more than matrices, trained and compared with the oracle. Inputs are [6,
 * 4, 5]: examples, sizes, times.
 */
class SameDiffOperationsTest {

  private static final double THRESHOLD = 0.05;

  /** A graph in the making: variables with the unit dimensions that they are to have. */
  private static final class Graph {
    final SameDiff sd = SameDiff.create();
    final SDVariable in = sd.placeHolder("in", DataType.DOUBLE, -1, 4, 5);
    final Map<String, int[]> units = new LinkedHashMap<>();
    final Map<String, int[]> named = new HashMap<>();

    SDVariable variable(String name, long[] shape, int... unitDimensions) {
      units.put(name, unitDimensions);
      return sd.var(name, Networks.gaussian(units.size(), shape));
    }

    /** The loss of an output of any shape. */
    Graph trained(SDVariable output) {
      SDVariable difference = output.sub(sd.placeHolder("label", DataType.DOUBLE, -1, 1));
      difference.mul(difference).sum().rename("loss");
      sd.setLossVariables("loss");
      sd.setTrainingConfig(
          TrainingConfig.builder()
              .updater(new AgcGradientNormalization(new Sgd(1), THRESHOLD))
              .dataSetFeatureMapping("in")
              .dataSetLabelMapping("label")
              .build());
      sd.setListeners(new AgcSameDiffListener(named));
      return this;
    }
  }

  private static long[] shape(long... shape) {
    return shape;
  }

  static Stream<Named<Graph>> graphs() {
    return Stream.of(
        Named.of("a matrix for each time", matrixForEachTime()),
        Named.of("attention of two heads", attention()),
        Named.of("a queried memory", queries()),
        Named.of("LSTM of two directions", lstm()),
        Named.of("GRU", gru()),
        Named.of("element by element", elementwise()),
        Named.of("look-up by one-hot rows", lookUp()));
  }

  private static Graph matrixForEachTime() {
    Graph graph = new Graph();
    SDVariable times = graph.sd.permute(graph.in, 2, 0, 1);
    SDVariable hidden = graph.sd.mmul(times, graph.variable("right", shape(5, 4, 3), 0, 2));
    SDVariable transposed = graph.variable("right, transposed", shape(5, 2, 3), 0, 1);
    SDVariable out = graph.sd.mmul(graph.sd.math().tanh(hidden), transposed, false, true, false);
    SDVariable left = graph.variable("left", shape(5, 7, 2), 0, 1);
    SDVariable turned = graph.sd.mmul(left, graph.sd.permute(out, 0, 2, 1));
    return graph.trained(graph.sd.permute(turned.sum(0), 1, 0));
  }

  private static Graph attention() {
    Graph graph = new Graph();
    SDVariable out =
        graph
            .sd
            .nn()
            .multiHeadDotProductAttention(
                graph.in,
                graph.in,
                graph.in,
                graph.variable("Wq", shape(2, 3, 4), 0, 1),
                graph.variable("Wk", shape(2, 3, 4), 0, 1),
                graph.variable("Wv", shape(2, 3, 4), 0, 1),
                graph.variable("Wo", shape(6, 7), 1),
                null,
                true);
    return graph.trained(out.sum(2));
  }

  private static Graph queries() {
    Graph graph = new Graph();
    SDVariable out =
        graph
            .sd
            .nn()
            .dotProductAttention(
                graph.variable("queries", shape(6, 4, 3), 0, 2), graph.in, graph.in, null, true);
    return graph.trained(out.sum(2));
  }

  private static Graph lstm() {
    Graph graph = new Graph();
    LSTMLayerConfig config =
        LSTMLayerConfig.builder()
            .lstmdataformat(LSTMDataFormat.NST)
            .directionMode(LSTMDirectionMode.BIDIR_CONCAT)
            .gateAct(LSTMActivations.SIGMOID)
            .cellAct(LSTMActivations.TANH)
            .outAct(LSTMActivations.TANH)
            .retFullSequence(true)
            .build();
    LSTMLayerWeights weights =
        LSTMLayerWeights.builder()
            .weights(graph.variable("Wx", shape(2, 4, 12), 0, 2))
            .rWeights(graph.variable("Wr", shape(2, 3, 12), 0, 2))
            .bias(graph.variable("b", shape(2, 12), 0))
            .peepholeWeights(graph.variable("Wp", shape(2, 9), 0))
            .build();
    return graph.trained(
        graph.sd.rnn().lstmLayer(graph.in, null, null, null, weights, config)[0].sum(2));
  }

  private static Graph gru() {
    Graph graph = new Graph();
    SDVariable out =
        graph
            .sd
            .rnn()
            .gru(
                graph.sd.permute(graph.in, 2, 0, 1),
                graph.sd.constant(Nd4j.zeros(DataType.DOUBLE, 6, 3)),
                graph.variable("Wx", shape(4, 9), 1),
                graph.variable("Wh", shape(3, 9), 1),
                graph.variable("b", shape(9)));
    return graph.trained(out.sum(0));
  }

  private static Graph elementwise() {
    Graph graph = new Graph();
    SDVariable scaled = graph.in.mul(graph.variable("factors", shape(4, 5)));
    SDVariable shifted = scaled.add(graph.variable("positions", shape(1, 4, 1)));
    SDVariable slopes = graph.variable("slopes", shape(4, 1));
    return graph.trained(graph.sd.nn().prelu(shifted, slopes, 2).sum(2));
  }

  /** What SameDiff 1.0.0-M2.1 can train in place of a gather; the units have to be named. */
  private static Graph lookUp() {
    Graph graph = new Graph();
    SDVariable ids = graph.sd.argmax(graph.in, 1);
    SDVariable rows = graph.sd.oneHot(ids, 4, -1, 1.0, 0.0, DataType.DOUBLE).reshape(30, 4);
    SDVariable embedding = graph.variable("embedding", shape(4, 3), 0);
    graph.named.put("embedding", new int[] {0});
    return graph.trained(graph.sd.mmul(rows, embedding).reshape(6, 15));
  }

  @ParameterizedTest
  @MethodSource("graphs")
  void aStepIsTheOracles(Graph graph) {
    SameDiff sd = graph.sd;
    DataSet data = new DataSet(Networks.gaussian(91, 6, 4, 5), Networks.gaussian(92, 6, 1).mul(9));
    String[] names = graph.units.keySet().toArray(new String[0]);
    Map<String, INDArray> before = new HashMap<>();
    graph.units.keySet().forEach(name -> before.put(name, sd.getVariable(name).getArr().dup()));
    Map<String, INDArray> gradients =
        sd.calculateGradients(Map.of("in", data.getFeatures(), "label", data.getLabels()), names);
    try (LogCapture log = new LogCapture()) {
      sd.fit(data);
      assertThat(log.messages()).isEmpty();
    }
    graph.units.forEach(
        (name, units) -> {
          double[] expected =
              Oracle.clip(before.get(name), gradients.get(name), THRESHOLD, 1e-3, units);
          double[] update = Oracle.values(before.get(name).sub(sd.getVariable(name).getArr()));
          assertThat(update).as(name).containsExactly(expected, within(1e-10));
        });
    assertThat(AgcReport.of(sd).total().clippedUnits()).isPositive();
  }
}
