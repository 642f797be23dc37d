package io.github.dl4jagc.internal.samediff;

import static io.github.dl4jagc.internal.samediff.GraphsOfOneVariable.assertUnits;
import static io.github.dl4jagc.internal.samediff.GraphsOfOneVariable.known;
import static io.github.dl4jagc.internal.samediff.GraphsOfOneVariable.other;
import static io.github.dl4jagc.internal.samediff.GraphsOfOneVariable.shape;
import static io.github.dl4jagc.internal.samediff.GraphsOfOneVariable.units;
import static io.github.dl4jagc.internal.samediff.GraphsOfOneVariable.unitsOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.internal.samediff.GraphsOfOneVariable.Use;
import io.github.dl4jagc.testing.LogCapture;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Units of SameDiff variables, by the operation that uses them and by the place in which it does.
 */
class SameDiffUnitsTest {

  private static Conv2DConfig conv2d(WeightsFormat format) {
    return Conv2DConfig.builder().kH(2).kW(2).weightsFormat(format).build();
  }

  static Stream<Arguments> weights() {
    return Stream.of(
        known(
            "conv2d",
            (sd, v) -> sd.cnn().conv2d(other(sd, 1, 4, 6, 6), v, conv2d(WeightsFormat.YXIO)),
            shape(2, 2, 4, 3),
            3),
        known(
            "conv2d, output channels first",
            (sd, v) -> sd.cnn().conv2d(other(sd, 1, 4, 6, 6), v, conv2d(WeightsFormat.OIYX)),
            shape(3, 4, 2, 2),
            0),
        known(
            "conv2d, output channels first, input channels last",
            (sd, v) -> sd.cnn().conv2d(other(sd, 1, 4, 6, 6), v, conv2d(WeightsFormat.OYXI)),
            shape(3, 2, 2, 4),
            0),
        known(
            "conv1d",
            (sd, v) ->
                sd.cnn()
                    .conv1d(
                        other(sd, 1, 4, 6),
                        v,
                        Conv1DConfig.builder()
                            .k(2)
                            .s(1)
                            .p(0)
                            .paddingMode(PaddingMode.VALID)
                            .build()),
            shape(2, 4, 3),
            2),
        known(
            "conv3d",
            (sd, v) ->
                sd.cnn()
                    .conv3d(
                        other(sd, 1, 4, 5, 5, 5),
                        v,
                        Conv3DConfig.builder().kD(2).kH(2).kW(2).build()),
            shape(2, 2, 2, 4, 3),
            4),
        known(
            "linear", (sd, v) -> sd.nn().linear(other(sd, 2, 4), v, other(sd, 3)), shape(4, 3), 1),
        known(
            "reluLayer",
            (sd, v) -> sd.nn().reluLayer(other(sd, 2, 4), v, other(sd, 3)),
            shape(4, 3),
            1),
        known(
            "deconv2d",
            (sd, v) ->
                sd.cnn()
                    .deconv2d(
                        other(sd, 1, 4, 6, 6), v, DeConv2DConfig.builder().kH(2).kW(2).build()),
            shape(2, 2, 3, 4),
            2),
        known(
            "deconv3d",
            (sd, v) ->
                sd.cnn()
                    .deconv3d(
                        other(sd, 1, 4, 5, 5, 5),
                        v,
                        DeConv3DConfig.builder().kD(2).kH(2).kW(2).build()),
            shape(2, 2, 2, 3, 4),
            3),
        known(
            "depthwise convolution",
            (sd, v) ->
                sd.cnn().depthWiseConv2d(other(sd, 1, 4, 6, 6), v, conv2d(WeightsFormat.YXIO)),
            shape(2, 2, 4, 3),
            2,
            3),
        known(
            "separable convolution, depthwise",
            (sd, v) ->
                sd.cnn()
                    .separableConv2d(
                        other(sd, 1, 4, 6, 6),
                        v,
                        other(sd, 1, 1, 8, 5),
                        other(sd, 5),
                        conv2d(WeightsFormat.YXIO)),
            shape(2, 2, 4, 2),
            2,
            3),
        known(
            "separable convolution, pointwise",
            (sd, v) ->
                sd.cnn()
                    .separableConv2d(
                        other(sd, 1, 4, 6, 6),
                        other(sd, 2, 2, 4, 2),
                        v,
                        other(sd, 5),
                        conv2d(WeightsFormat.YXIO)),
            shape(1, 1, 8, 5),
            3),
        known(
            "gather",
            (sd, v) -> sd.gather(v, sd.constant(Nd4j.createFromArray(1)), 0),
            shape(9, 4),
            0),
        known("matmul, right", (sd, v) -> sd.mmul(other(sd, 2, 4), v), shape(4, 3), 1),
        known("matmul, left", (sd, v) -> sd.mmul(v, other(sd, 4, 2)), shape(3, 4), 0),
        known(
            "matmul, right, transposed",
            (sd, v) -> sd.mmul(other(sd, 2, 4), v, false, true, false),
            shape(3, 4),
            0),
        known(
            "matmul, left, transposed",
            (sd, v) -> sd.mmul(v, other(sd, 4, 2), true, false, false),
            shape(4, 3),
            1),
        known(
            "matmul, right, of a left that is transposed",
            (sd, v) -> sd.mmul(other(sd, 4, 2), v, true, false, false),
            shape(4, 3),
            1),
        known(
            "matmul, left, of a right that is transposed",
            (sd, v) -> sd.mmul(v, other(sd, 2, 4), false, true, false),
            shape(3, 4),
            0),
        known(
            "separable convolution, depthwise, multipliers first",
            (sd, v) ->
                sd.cnn()
                    .separableConv2d(
                        other(sd, 1, 4, 6, 6),
                        v,
                        other(sd, 5, 8, 1, 1),
                        conv2d(WeightsFormat.OIYX)),
            shape(2, 4, 2, 2),
            0,
            1),
        known(
            "separable convolution, depthwise, input channels last",
            (sd, v) ->
                sd.cnn()
                    .separableConv2d(
                        other(sd, 1, 4, 6, 6),
                        v,
                        other(sd, 5, 1, 1, 8),
                        conv2d(WeightsFormat.OYXI)),
            shape(2, 2, 2, 4),
            0,
            3),
        known(
            "separable convolution, pointwise, output channels first",
            (sd, v) ->
                sd.cnn()
                    .separableConv2d(
                        other(sd, 1, 4, 6, 6),
                        other(sd, 2, 4, 2, 2),
                        v,
                        conv2d(WeightsFormat.OIYX)),
            shape(5, 8, 1, 1),
            0));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("weights")
  void weightsAreTakenByTheOperationThatUsesThem(
      String name, Use use, long[] shape, int[] expected) {
    assertUnits(use, shape, expected);
  }

  /** As data, not as weights. */
  static Stream<Arguments> inputs() {
    return Stream.of(
        known(
            "conv2d",
            (sd, v) -> sd.cnn().conv2d(v, other(sd, 2, 2, 4, 3), conv2d(WeightsFormat.YXIO)),
            shape(1, 4, 6, 6)),
        known(
            "conv1d",
            (sd, v) ->
                sd.cnn()
                    .conv1d(
                        v,
                        other(sd, 2, 4, 3),
                        Conv1DConfig.builder()
                            .k(2)
                            .s(1)
                            .p(0)
                            .paddingMode(PaddingMode.VALID)
                            .build()),
            shape(1, 4, 6)),
        known(
            "deconv2d",
            (sd, v) ->
                sd.cnn()
                    .deconv2d(
                        v, other(sd, 2, 2, 3, 4), DeConv2DConfig.builder().kH(2).kW(2).build()),
            shape(1, 4, 6, 6)),
        known(
            "depthwise convolution",
            (sd, v) ->
                sd.cnn().depthWiseConv2d(v, other(sd, 2, 2, 4, 3), conv2d(WeightsFormat.YXIO)),
            shape(1, 4, 6, 6)),
        known(
            "separable convolution",
            (sd, v) ->
                sd.cnn()
                    .separableConv2d(
                        v,
                        other(sd, 2, 2, 4, 2),
                        other(sd, 1, 1, 8, 5),
                        other(sd, 5),
                        conv2d(WeightsFormat.YXIO)),
            shape(1, 4, 6, 6)),
        known("linear", (sd, v) -> sd.nn().linear(v, other(sd, 4, 3), other(sd, 3)), shape(2, 4)));
  }

  /** The gather says dimension 0, and there is no warning, as there is of a guess. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("inputs")
  void dataOfAnOperationIsTakenByTheNextOneThatIsKnown(
      String name, Use use, long[] shape, int[] none) {
    try (LogCapture log = new LogCapture()) {
      int[] units =
          unitsOf(
              (sd, v) -> {
                use.apply(sd, v);
                sd.math().tanh(v);
                return sd.gather(v, sd.constant(Nd4j.createFromArray(0)), 0);
              },
              shape);
      assertThat(units).containsExactly(0);
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void whatTheUserSaysCountsMore() {
    SameDiff graph = SameDiff.create();
    graph.mmul(other(graph, 2, 4), graph.var("v", DataType.DOUBLE, 4, 3));
    graph.var("bias", DataType.DOUBLE, 7);
    SameDiffUnits units =
        new SameDiffUnits(graph, Map.of("v", new int[] {0}, "bias", new int[] {0}));
    assertThat(units.of("v", shape(4, 3)).unitDimensions()).containsExactly(0);
    assertThat(units.of("bias", shape(7)).count()).isEqualTo(7);
  }

  @Test
  void vectorsAndScalarsAreOneUnitWithoutAWarning() {
    try (LogCapture log = new LogCapture()) {
      assertThat(unitsOf((sd, v) -> sd.math().tanh(v), 7)).isEmpty();
      assertThat(unitsOf((sd, v) -> sd.math().tanh(v))).isEmpty();
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void variablesThatNothingKnownUsesAreTakenByTheirShapeWithOneWarning() {
    SameDiff graph = SameDiff.create();
    graph.var("unused", DataType.DOUBLE, 21, 2, 2);
    try (LogCapture log = new LogCapture()) {
      assertThat(units(graph, "unused", 21, 2, 2)).containsExactly(0);
      assertThat(units(graph, "unused", 21, 2, 2)).containsExactly(0);
      assertThat(log.messages())
          .singleElement()
          .asString()
          .contains("\"unused\"", "takes a slice of dimension 0 as");
    }
  }
}
