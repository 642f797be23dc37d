package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertClippedAs;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.ArrayClip;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Exactness on a GPU; docs/cuda.md has the command. */
@EnabledIf(
    value = "isThereAGpu",
    disabledReason = "no GPU: ND4J's backend is not CUDA. With one: mvn -Pcuda, see docs/cuda.md")
class GpuTest {

  static boolean isThereAGpu() {
    return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.CUDA;
  }

  static Stream<Arguments> arrays() {
    return Stream.of(DataType.FLOAT, DataType.DOUBLE, DataType.HALF, DataType.BFLOAT16)
        .flatMap(
            type ->
                Stream.of(
                    Arguments.of(type, new long[] {96, 64, 3, 3}, 'c', new int[] {0}),
                    Arguments.of(type, new long[] {400, 120}, 'f', new int[] {1}),
                    Arguments.of(type, new long[] {50_000}, 'c', new int[] {})));
  }

  @ParameterizedTest
  @MethodSource("arrays")
  void clippingIsExact(DataType type, long[] shape, char order, int[] unitDimensions) {
    Nd4j.getRandom().setSeed(3);
    INDArray weights = Nd4j.randn(DataType.DOUBLE, shape).castTo(type).dup(order);
    INDArray gradient = Nd4j.randn(DataType.DOUBLE, shape).castTo(type).dup(order);
    double[] expected = Oracle.clip(weights, gradient, 0.99, 1e-3, unitDimensions);
    // Copies that nobody has read: until then an array has no memory on the host.
    INDArray clipped =
        ArrayClip.clip(weights.dup(order), gradient.dup(order), 0.99, 1e-3, unitDimensions);
    assertClippedAs(clipped, expected);
  }

  @Test
  void aNetworkTrainsAsTheOracleSaysAndItIsCounted() {
    int[] column = {1};
    int[] whole = {};
    MultiLayerNetwork net = Networks.dense(new AgcGradientNormalization(new Sgd(1), 0.05));
    AgcListener listener = Agc.attach(net);
    for (int step = 0; step < 5; step++) {
      NetworkCheck.assertFitClips(
          net,
          Networks.denseData(8, step),
          0.05,
          Map.of(
              "0_W", column, "0_b", whole, "1_W", column, "1_b", whole, "2_W", column, "2_b",
              whole));
    }
    assertThat(AgcReport.of(net).total().units()).isEqualTo(5 * 17);
    assertThat(AgcReport.of(net).total().clippedUnits()).isBetween(1L, 5L * 17);
  }
}
