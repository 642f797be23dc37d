package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertRelativelyClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.ArrayClip;
import io.github.dl4jagc.testing.Oracle;
import io.github.dl4jagc.testing.Tolerance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** {@link Agc#clip} against the oracle: every layout of section "units", type, order and view. */
class ClipAgainstOracleTest {

  static Stream<Arguments> cases() {
    Object[][] layouts = {
      {new long[] {7, 5}, new int[] {1}},
      {new long[] {7, 5}, new int[] {0}},
      {new long[] {1, 5}, new int[] {1}},
      {new long[] {5, 1}, new int[] {1}},
      {new long[] {9}, new int[] {}},
      {new long[] {9}, new int[] {0}},
      {new long[] {1, 9}, new int[] {}},
      {new long[] {4, 3, 5}, new int[] {0}},
      {new long[] {4, 3, 5}, new int[] {0, 2}},
      {new long[] {4, 3, 5}, new int[] {0, 1}},
      {new long[] {6, 4, 3, 3}, new int[] {0}},
      {new long[] {6, 4, 3, 3}, new int[] {1}},
      {new long[] {3, 3, 4, 2}, new int[] {2, 3}},
      {new long[] {2, 4, 3, 3}, new int[] {0, 1}},
      {new long[] {2, 4, 3, 3}, new int[] {}},
      {new long[] {1, 1, 3, 3}, new int[] {0}},
      {new long[] {3, 2, 2, 4, 5}, new int[] {3}},
      {new long[] {3, 2, 2, 4, 5}, new int[] {0}},
      {new long[] {1, 3, 8, 4, 1}, new int[] {2}},
    };
    List<Arguments> cases = new ArrayList<>();
    for (Object[] layout : layouts) {
      for (DataType type :
          new DataType[] {DataType.FLOAT, DataType.DOUBLE, DataType.HALF, DataType.BFLOAT16}) {
        for (String memory : new String[] {"c", "f", "slice", "strided"}) {
          cases.add(Arguments.of(layout[0], layout[1], type, memory));
        }
      }
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyLayoutTypeAndMemoryOrder(
      long[] shape, int[] unitDimensions, DataType type, String memory) {
    Random random = new Random(Arrays.hashCode(shape) + Arrays.hashCode(unitDimensions));
    for (double threshold : new double[] {1e-3, 0.3, 1e3}) { // all, some, none clipped
      INDArray weights = random(random, shape, type, memory);
      INDArray gradient = random(random, shape, type, memory);
      double[] before = Oracle.values(gradient);
      double[] weightsBefore = Oracle.values(weights);
      double[] expected = Oracle.clip(weights, gradient, threshold, 1e-3, unitDimensions);

      INDArray result = ArrayClip.clip(weights, gradient, threshold, 1e-3, unitDimensions);

      assertThat(result).isSameAs(gradient);
      assertThat(Oracle.values(weights)).containsExactly(weightsBefore);
      double[] values = Oracle.values(gradient);
      double tolerance = Tolerance.of(type);
      for (int i = 0; i < expected.length; i++) {
        if (expected[i] == before[i]) {
          assertThat(values[i]).as("unclipped element %d", i).isEqualTo(before[i]);
        } else {
          assertThat(values[i])
              .as("clipped element %d", i)
              .isCloseTo(
                  expected[i],
                  within(tolerance * Math.abs(expected[i]) + Tolerance.smallest(type)));
        }
      }
    }
  }

  private static INDArray random(Random random, long[] shape, DataType type, String memory) {
    INDArray array;
    int length = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    switch (memory) {
      case "slice": // a view with an offset, as DL4J's parameters are
        array =
            Nd4j.create(type, 11 + length + 3)
                .get(NDArrayIndex.interval(11, 11 + length))
                .reshape('f', shape);
        break;
      case "strided":
        long[] doubled = Arrays.stream(shape).map(size -> 2 * size).toArray();
        NDArrayIndexes indexes = new NDArrayIndexes(shape);
        array = Nd4j.create(type, doubled).get(indexes.everySecond);
        break;
      default:
        array = Nd4j.create(type, shape, memory.charAt(0));
    }
    for (int i = 0; i < length; i++) {
      long[] at = new long[shape.length];
      int rest = i;
      for (int d = shape.length - 1; d >= 0; d--) {
        at[d] = rest % shape[d];
        rest /= (int) shape[d];
      }
      array.putScalar(at, random.nextGaussian() * Math.exp(random.nextGaussian()));
    }
    return array;
  }

  private static final class NDArrayIndexes {
    final org.nd4j.linalg.indexing.INDArrayIndex[] everySecond;

    NDArrayIndexes(long[] shape) {
      everySecond = new org.nd4j.linalg.indexing.INDArrayIndex[shape.length];
      for (int d = 0; d < shape.length; d++) {
        everySecond[d] = NDArrayIndex.interval(0, 2, 2 * shape[d]);
      }
    }
  }

  @Test
  void anyThresholdGivesNormsWithinBoundsAndKeepsDirections() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      long[] shape = {1 + random.nextInt(6), 1 + random.nextInt(40)};
      INDArray weights = random(random, shape, DataType.FLOAT, "c");
      INDArray gradient = random(random, shape, DataType.FLOAT, "f");
      INDArray before = gradient.dup();
      double threshold = Math.pow(10, -4 + 5 * random.nextDouble());
      ArrayClip.clip(weights, gradient, threshold, 1e-3, 0);
      double[] bounds = Oracle.norms(weights, 0);
      double[] norms = Oracle.norms(gradient, 0);
      double[] old = Oracle.norms(before, 0);
      for (int unit = 0; unit < norms.length; unit++) {
        double bound = threshold * Math.max(bounds[unit], 1e-3);
        assertThat(norms[unit]).isCloseTo(Math.min(old[unit], bound), within(1e-6 * bound));
        double cosine =
            gradient
                    .getRow(unit)
                    .mul(before.getRow(unit))
                    .castTo(DataType.DOUBLE)
                    .sumNumber()
                    .doubleValue()
                / (norms[unit] * old[unit]);
        assertThat(cosine).isCloseTo(1, within(1e-5));
      }
    }
  }

  @Test
  void clippingTwiceChangesNoMoreThanRounding() {
    Random random = new Random(8);
    INDArray weights = random(random, new long[] {8, 30}, DataType.DOUBLE, "c");
    INDArray once = random(random, new long[] {8, 30}, DataType.DOUBLE, "c");
    ArrayClip.clip(weights, once, 0.01, 1e-3, 0);
    INDArray twice = once.dup();
    ArrayClip.clip(weights, twice, 0.01, 1e-3, 0);
    assertRelativelyClose(twice, Oracle.values(once), 1e-14);
  }
}
