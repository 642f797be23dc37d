package io.github.dl4jagc.internal.samediff;

import static io.github.dl4jagc.internal.samediff.GraphsOfOneVariable.assertUnits;
import static io.github.dl4jagc.internal.samediff.GraphsOfOneVariable.known;
import static io.github.dl4jagc.internal.samediff.GraphsOfOneVariable.other;
import static io.github.dl4jagc.internal.samediff.GraphsOfOneVariable.shape;
import static io.github.dl4jagc.internal.samediff.GraphsOfOneVariable.unitsOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.internal.samediff.GraphsOfOneVariable.Use;
import io.github.dl4jagc.testing.LogCapture;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.commons.lang3.ArrayUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMActivations;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDataFormat;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDirectionMode;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMLayerConfig;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.LSTMLayerWeights;
import org.nd4j.linalg.api.ops.impl.reduce.TensorMmul;
import org.nd4j.linalg.factory.Nd4j;

/** Units of variables with more than two dimensions, and of those that are no matrices at all. */
class BatchesAndAttentionTest {

  /** A matrix per head, position or batch: the units of each matrix are units of their own. */
  static Stream<Arguments> batches() {
    return Stream.of(
        known("right", (sd, v) -> sd.mmul(other(sd, 2, 3, 4), v), shape(2, 4, 5), 0, 2),
        known("left", (sd, v) -> sd.mmul(v, other(sd, 2, 4, 5)), shape(2, 3, 4), 0, 1),
        known(
            "right, transposed",
            (sd, v) -> sd.mmul(other(sd, 2, 3, 4), v, false, true, false),
            shape(2, 5, 4),
            0,
            1),
        known(
            "left, transposed",
            (sd, v) -> sd.mmul(v, other(sd, 2, 4, 5), true, false, false),
            shape(2, 4, 3),
            0,
            2),
        known(
            "right, of a result that is transposed",
            (sd, v) -> sd.mmul(other(sd, 2, 3, 4), v, false, false, true),
            shape(2, 4, 5),
            0,
            2),
        known("rank 4", (sd, v) -> sd.mmul(other(sd, 2, 3, 4, 5), v), shape(2, 3, 5, 6), 0, 1, 3),
        known(
            "batchMmul, left",
            (sd, v) ->
                sd.batchMmul(
                        new SDVariable[] {other(sd, 3, 4), v},
                        new SDVariable[] {other(sd, 4, 5), other(sd, 4, 5)},
                        false,
                        false)[0],
            shape(3, 4),
            0),
        known(
            "batchMmul, right",
            (sd, v) ->
                sd.batchMmul(
                        new SDVariable[] {other(sd, 3, 4), other(sd, 3, 4)},
                        new SDVariable[] {v, other(sd, 4, 5)},
                        false,
                        false)[0],
            shape(4, 5),
            1),
        known(
            "batchMmul, right, transposed",
            (sd, v) ->
                sd.batchMmul(new SDVariable[] {other(sd, 3, 4)}, new SDVariable[] {v}, false, true)[
                    0],
            shape(5, 4),
            0),
        known(
            "tensorMmul, right",
            (sd, v) ->
                sd.tensorMmul(
                    other(sd, 2, 3, 4), v, new int[] {2}, new int[] {0}, false, false, false),
            shape(4, 5, 6),
            1,
            2),
        known(
            "tensorMmul, left, from the end",
            (sd, v) ->
                sd.tensorMmul(
                    v, other(sd, 4, 2, 3), new int[] {-1}, new int[] {0}, false, false, false),
            shape(5, 6, 4),
            0,
            1),
        known(
            "tensorMmul over two dimensions",
            (sd, v) ->
                new TensorMmul(sd, other(sd, 2, 3, 4), v, new int[][] {{1, 2}, {0, 1}})
                    .outputVariable(),
            shape(3, 4, 5),
            2));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("batches")
  void eachMatrixOfABatchHasItsOwnUnits(String name, Use use, long[] shape, int[] expected) {
    assertUnits(use, shape, expected);
  }

  /** An attention of two heads of size 6, with the variable in one of its places. */
  private static Use attention(int place) {
    return (sd, v) -> {
      SDVariable[] in = {
        other(sd, 2, 4, 3),
        other(sd, 2, 4, 5),
        other(sd, 2, 4, 5),
        other(sd, 2, 6, 4),
        other(sd, 2, 6, 4),
        other(sd, 2, 6, 4),
        other(sd, 12, 7)
      };
      in[place] = v;
      return sd.nn()
          .multiHeadDotProductAttention(
              in[0], in[1], in[2], in[3], in[4], in[5], in[6], null, true);
    };
  }

  private static Use lstm(boolean twoDirections, String place) {
    return (sd, v) -> {
      long[] directions = twoDirections ? new long[] {2} : new long[0];
      Function<String, SDVariable> in =
          name -> name.equals(place) ? v : other(sd, ArrayUtils.addAll(directions, LSTM.get(name)));
      LSTMLayerConfig config =
          LSTMLayerConfig.builder()
              .lstmdataformat(LSTMDataFormat.TNS)
              .directionMode(twoDirections ? LSTMDirectionMode.BIDIR_CONCAT : LSTMDirectionMode.FWD)
              .gateAct(LSTMActivations.SIGMOID)
              .cellAct(LSTMActivations.TANH)
              .outAct(LSTMActivations.TANH)
              .retFullSequence(true)
              .build();
      return sd.rnn()
          .lstmLayer(
              other(sd, 1, 2, 4),
              other(sd, ArrayUtils.addAll(directions, 2, 3)),
              other(sd, ArrayUtils.addAll(directions, 2, 3)),
              null,
              LSTMLayerWeights.builder()
                  .weights(in.apply("input"))
                  .rWeights(in.apply("recurrent"))
                  .bias(in.apply("bias"))
                  .peepholeWeights(in.apply("peepholes"))
                  .build(),
              config)[0];
    };
  }

  private static final Map<String, long[]> LSTM =
      Map.of(
          "input", shape(4, 12),
          "recurrent", shape(3, 12),
          "bias", shape(12),
          "peepholes", shape(9));

  static Stream<Arguments> attentionAndRecurrence() {
    return Stream.of(
        known("queries that are learned", attention(0), shape(2, 4, 3), 0, 2),
        known("projection of queries", attention(3), shape(2, 6, 4), 0, 1),
        known("projection of keys", attention(4), shape(2, 6, 4), 0, 1),
        known("projection of values", attention(5), shape(2, 6, 4), 0, 1),
        known("projection of the output", attention(6), shape(12, 7), 1),
        known(
            "dot product attention, queries",
            (sd, v) ->
                sd.nn().dotProductAttention(v, other(sd, 2, 4, 5), other(sd, 2, 6, 5), null, true),
            shape(2, 4, 3),
            0,
            2),
        known(
            "dot product attention, keys",
            (sd, v) ->
                sd.nn().dotProductAttention(other(sd, 2, 4, 3), v, other(sd, 2, 6, 5), null, true),
            shape(2, 4, 5),
            0,
            2),
        known(
            "dot product attention, values",
            (sd, v) ->
                sd.nn().dotProductAttention(other(sd, 2, 4, 3), other(sd, 2, 4, 5), v, null, true),
            shape(2, 6, 5),
            0,
            1),
        known("LSTM, input", lstm(false, "input"), shape(4, 12), 1),
        known("LSTM, recurrent", lstm(false, "recurrent"), shape(3, 12), 1),
        known("LSTM of two directions, input", lstm(true, "input"), shape(2, 4, 12), 0, 2),
        known("LSTM of two directions, recurrent", lstm(true, "recurrent"), shape(2, 3, 12), 0, 2),
        known("LSTM of two directions, bias", lstm(true, "bias"), shape(2, 12), 0),
        known("LSTM of two directions, peepholes", lstm(true, "peepholes"), shape(2, 9), 0),
        known(
            "GRU, input",
            (sd, v) ->
                sd.rnn().gru(other(sd, 1, 2, 4), other(sd, 2, 3), v, other(sd, 3, 9), other(sd, 9)),
            shape(4, 9),
            1),
        known(
            "GRU, recurrent",
            (sd, v) ->
                sd.rnn().gru(other(sd, 1, 2, 4), other(sd, 2, 3), other(sd, 4, 9), v, other(sd, 9)),
            shape(3, 9),
            1),
        known(
            "gather of columns",
            (sd, v) -> sd.gather(v, sd.constant(Nd4j.createFromArray(1)), 1),
            shape(9, 4),
            1),
        known(
            "gather, from the end",
            (sd, v) -> sd.gather(v, sd.constant(Nd4j.createFromArray(1)), -1),
            shape(9, 4, 3),
            2));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("attentionAndRecurrence")
  void weightsOfAttentionRecurrenceAndLookUps(String name, Use use, long[] shape, int[] expected) {
    assertUnits(use, shape, expected);
  }

  private static SDVariable activation(SameDiff graph, long... shape) {
    return graph.placeHolder("in", DataType.DOUBLE, shape);
  }

  /** What stands element by element beside an activation: a bias or a factor of any shape. */
  static Stream<Arguments> elementwise() {
    return Stream.of(
        known("a row added", (sd, v) -> activation(sd, -1, 6).add(v), shape(1, 6)),
        known("channels added", (sd, v) -> activation(sd, -1, 6, 2, 2).add(v), shape(1, 6, 1, 1)),
        known("positions added", (sd, v) -> v.add(activation(sd, 5, 6)), shape(5, 6)),
        known("subtracted", (sd, v) -> activation(sd, 5, 6).sub(v), shape(5, 6)),
        known("subtracted from", (sd, v) -> v.sub(activation(sd, 5, 6)), shape(5, 6)),
        known("a matrix of factors", (sd, v) -> activation(sd, 5, 6).mul(v), shape(5, 6)),
        known("divided by", (sd, v) -> activation(sd, 5, 6).div(v), shape(5, 6)),
        known(
            "slopes of PReLU",
            (sd, v) -> sd.nn().prelu(activation(sd, 2, 5, 6), v, 2),
            shape(5, 1)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("elementwise")
  void whatStandsBesideActivationsIsOneUnit(String name, Use use, long[] shape, int[] whole) {
    assertUnits(use, shape, whole);
  }

  /** A product of variables is no activation: what becomes of it is not looked at. */
  @Test
  void whatStandsBesideAnotherVariableIsNotKnown() {
    try (LogCapture log = new LogCapture()) {
      assertThat(unitsOf((sd, v) -> v.mul(other(sd, 5, 6)), 5, 6)).containsExactly(1);
      assertThat(log.messages()).singleElement().asString().contains("are not known");
    }
  }
}
