package io.github.dl4jagc.internal.clip.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.NonFiniteGradients;
import io.github.dl4jagc.internal.clip.ClipTarget;
import io.github.dl4jagc.internal.clip.ClippingRule;
import io.github.dl4jagc.internal.units.Units;
import io.github.dl4jagc.testing.Oracle;
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

/** Every way that memory is walked, at the edges of chunks, of blocks and of what is added up. */
class BlocksTest {

  private static final double THRESHOLD = 0.05;
  private static final double EPSILON = 1e-3;

  static Stream<Arguments> walks() {
    List<Arguments> walks = new ArrayList<>();
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      for (boolean blas : new boolean[] {true, false}) {
        walks.add(Arguments.of(type, blas));
      }
    }
    return walks.stream();
  }

  /** Shapes in 'c' order and the dimensions of their units. */
  private static final Object[][] LAYOUTS = {
    // short units, one run each: of 1 to 63 elements, more of them than a chunk or a block has
    {new long[] {9000, 1}, new int[] {0}},
    {new long[] {5000, 3}, new int[] {0}},
    {new long[] {700, 8}, new int[] {0}},
    {new long[] {130, 63}, new int[] {0}},
    {new long[] {7, 63}, new int[] {0}},
    // long runs
    {new long[] {130, 64}, new int[] {0}},
    {new long[] {3, 511}, new int[] {0}},
    {new long[] {3, 513}, new int[] {0}},
    {new long[] {2, 8193}, new int[] {0}},
    {new long[] {5, 3, 70}, new int[] {1}},
    // rows of single elements: narrow ones, which lie side by side, and more than a block has
    {new long[] {1000, 3}, new int[] {1}},
    {new long[] {129, 511}, new int[] {1}},
    {new long[] {65, 513}, new int[] {1}},
    {new long[] {64, 1000}, new int[] {1}},
    {new long[] {3, 4095}, new int[] {1}},
    {new long[] {3, 4097}, new int[] {1}},
    {new long[] {2, 9001}, new int[] {1}},
    {new long[] {40_000, 2}, new int[] {1}},
    // rows of short runs, in one group and in several
    {new long[] {70, 60, 3, 3}, new int[] {1}},
    {new long[] {5, 500, 9}, new int[] {1}},
    {new long[] {11, 27, 16}, new int[] {0, 2}},
    {new long[] {4, 7, 5, 3}, new int[] {0, 2}},
  };

  private static INDArray gaussian(Random random, DataType type, long... shape) {
    double[] values = new double[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian();
    }
    return Nd4j.createFromArray(values).castTo(type).reshape('c', shape);
  }

  /** Some units are zero, some are far below the bound, some far above. */
  private static INDArray gradient(Random random, DataType type, long[] shape, int[] units) {
    INDArray sizes = Nd4j.ones(DataType.DOUBLE, shape);
    long[] ofUnits = shape.clone();
    for (int d = 0; d < shape.length; d++) {
      boolean tells = false;
      for (int unit : units) {
        tells |= unit == d;
      }
      ofUnits[d] = tells ? shape[d] : 1;
    }
    long count = 1;
    for (long size : ofUnits) {
      count *= size;
    }
    double[] factors = new double[(int) count];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = new double[] {0, 1e-6, 0.01, 1, 30}[random.nextInt(5)];
    }
    sizes.muli(Nd4j.createFromArray(factors).reshape('c', ofUnits).broadcast(shape));
    return gaussian(random, DataType.DOUBLE, shape).muli(sizes).castTo(type);
  }

  private static ClipTarget clip(
      INDArray weights, INDArray gradient, boolean blas, NonFiniteGradients policy, int... units) {
    ClipTarget target = new ClipTarget(weights, gradient, Units.of(gradient.shape(), units));
    assertThat(HostUnitClipper.takes(target)).isTrue();
    new HostUnitClipper(List.of(target), blas)
        .clip(new ClippingRule(THRESHOLD, EPSILON, 1, policy));
    return target;
  }

  @ParameterizedTest
  @MethodSource("walks")
  void unitsOfAllLayoutsAreClippedAsTheOracleSays(DataType type, boolean blas) {
    double tolerance = type == DataType.FLOAT ? 1e-5 : 1e-12;
    for (Object[] layout : LAYOUTS) {
      long[] shape = (long[]) layout[0];
      int[] units = (int[]) layout[1];
      Random random = new Random(1);
      INDArray weights = gaussian(random, type, shape);
      INDArray gradient = gradient(random, type, shape, units);
      double[] before = Oracle.values(gradient);
      double[] expected = Oracle.clip(weights, gradient, THRESHOLD, EPSILON, units);

      ClipTarget target = clip(weights, gradient, blas, NonFiniteGradients.PASS_THROUGH, units);

      double[] values = Oracle.values(gradient);
      for (int i = 0; i < values.length; i++) {
        if (expected[i] == before[i]) {
          assertThat(values[i]).isEqualTo(before[i]);
        } else if (Math.abs(values[i] - expected[i]) > tolerance * Math.abs(expected[i])) {
          assertThat(values[i]).as("%s, element %d", List.of(layout), i).isEqualTo(expected[i]);
        }
      }
      assertThat(target.counter.units).isEqualTo(target.units.count());
      assertThat(target.counter.nonFiniteUnits).isZero();
    }
  }

  /** A few units of many have a gradient; of the others nothing is read, and nothing counted. */
  @ParameterizedTest
  @MethodSource("walks")
  void weightsOfUnitsWithoutAGradientDoNotMatter(DataType type, boolean blas) {
    for (char order : new char[] {'c', 'f'}) {
      for (int size : new int[] {5, 64, 100}) {
        INDArray weights = Nd4j.create(type, new long[] {9000, size}, order).assign(Double.NaN);
        INDArray gradient = Nd4j.create(type, new long[] {9000, size}, order);
        for (int row : new int[] {0, 17, 18, 36, 4095, 4096, 8999}) {
          weights.getRow(row).assign(1);
          gradient.getRow(row).assign(1);
        }
        gradient.getRow(20).assign(-0.0);
        ClipTarget target = clip(weights, gradient, blas, NonFiniteGradients.PASS_THROUGH, 0);
        assertThat(target.counter.units).isEqualTo(9000);
        assertThat(target.counter.clippedUnits).isEqualTo(7);
        assertThat(target.counter.nonFiniteUnits).isZero();
        assertThat(target.counter.largestRatio).isCloseTo(1, within(1e-6));
        assertThat(target.counter.ratios.toArray()[0]).isEqualTo(8993);
        assertThat(gradient.sumNumber().doubleValue())
            .isCloseTo(7 * size * THRESHOLD, within(1e-4 * size));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("walks")
  void unitsThatAreNotFiniteOrOutOfRangeDisturbNoneInTheirBlock(DataType type, boolean blas) {
    double large = type == DataType.FLOAT ? 1e25 : 1e140;
    double small = type == DataType.FLOAT ? 1e-30 : 1e-140;
    for (NonFiniteGradients policy :
        new NonFiniteGradients[] {NonFiniteGradients.PASS_THROUGH, NonFiniteGradients.ZERO}) {
      for (Object[] layout : new Object[][] {{100L, 300L, 1}, {300L, 100L, 0}, {300L, 20L, 0}}) {
        long[] shape = {(long) layout[0], (long) layout[1]};
        int dimension = (int) layout[2];
        int size = (int) shape[1 - dimension];
        INDArray weights = Nd4j.ones(type, shape);
        INDArray gradient = Nd4j.ones(type, shape);
        unit(gradient, dimension, 3).assign(large);
        unit(gradient, dimension, 4).putScalar(size - 1, Double.NaN);
        unit(gradient, dimension, 5).assign(small);
        unit(gradient, dimension, 7).putScalar(0, Double.NEGATIVE_INFINITY);
        unit(gradient, dimension, 9).assign(0);
        unit(weights, dimension, 11).assign(small);
        unit(weights, dimension, 12).assign(large);
        unit(weights, dimension, 13).putScalar(1, Double.NaN);
        unit(gradient, dimension, 299).assign(0.25);

        ClipTarget target = clip(weights, gradient, blas, policy, dimension);

        boolean zero = policy == NonFiniteGradients.ZERO;
        for (int number = 0; number < 300; number++) {
          double[] values = unit(gradient, dimension, number).toDoubleVector();
          double first = values[1];
          if (number == 4 || number == 7) {
            assertThat(first).as("unit %d", number).isEqualTo(zero ? 0 : 1);
            assertThat(Double.isFinite(values[number == 4 ? size - 1 : 0])).isEqualTo(zero);
          } else {
            double expected = THRESHOLD;
            if (number == 5) {
              expected = small;
            } else if (number == 9 || number == 13 && zero) {
              expected = 0;
            } else if (number == 11) {
              expected = THRESHOLD * EPSILON / Math.sqrt(size);
            } else if (number == 12 || number == 13) {
              expected = 1;
            }
            assertThat(values)
                .as("unit %d", number)
                .containsOnly(new double[] {expected}, within(1e-5 * expected));
          }
        }
        assertThat(target.counter.units).isEqualTo(300);
        assertThat(target.counter.nonFiniteUnits).isEqualTo(3);
        assertThat(target.counter.clippedUnits).isEqualTo(294);
      }
    }
  }

  private static INDArray unit(INDArray array, int dimension, int number) {
    return dimension == 0 ? array.getRow(number) : array.getColumn(number);
  }

  /** After a 1 in each column, squares that are lost if they are added to it one by one. */
  @Test
  void manyRowsAreAddedUpAsExactlyAsFew() {
    INDArray gradient = Nd4j.valueArrayOf(new long[] {100_000, 5}, 2.4e-4, DataType.FLOAT);
    gradient.getRow(0).assign(1);
    clip(
        Nd4j.zeros(DataType.FLOAT, 100_000, 5), gradient, true, NonFiniteGradients.PASS_THROUGH, 1);
    double norm = Math.sqrt(1 + 99_999 * (double) 2.4e-4f * 2.4e-4f);
    double expected = THRESHOLD * EPSILON / norm;
    assertThat(gradient.getDouble(0, 4)).isCloseTo(expected, within(1e-5 * expected));
  }

  @ParameterizedTest
  @MethodSource("walks")
  void viewsAreClippedAndWhatIsAroundThemIsNot(DataType type, boolean blas) {
    for (int width : new int[] {3, 700}) {
      INDArray memory = Nd4j.ones(type, 20L * width + 12);
      INDArray gradient =
          memory.get(NDArrayIndex.interval(5, 5 + 20L * width)).reshape('c', 20, width);
      clip(Nd4j.ones(type, 20, width), gradient, blas, NonFiniteGradients.PASS_THROUGH, 1);
      double[] values = memory.toDoubleVector();
      for (int i = 0; i < values.length; i++) {
        boolean inside = i >= 5 && i < 5 + 20 * width;
        assertThat(values[i]).isCloseTo(inside ? THRESHOLD : 1, within(1e-6));
      }
    }
  }
}
