package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertClippedAs;
import static io.github.dl4jagc.testing.ArrayAssertions.assertRelativelyClose;
import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.testing.ArrayClip;
import io.github.dl4jagc.testing.Oracle;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * {@link Agc#clip} where implementations cut units into pieces, leave the range of a type, or walk
 * through memory in strides: units that are large and irregular, with values of many sizes, so that
 * no element can be lost or taken twice unseen.
 */
class ClipArithmeticTest {

  /** Where the units of an array of n elements each lie in memory. */
  private enum Layout {
    /** One after the other. */
    ROWS(0) {
      @Override
      long[] shape(int units, int n) {
        return new long[] {units, n};
      }
    },
    /** Each in one stride through all of the array. */
    COLUMNS(1) {
      @Override
      long[] shape(int units, int n) {
        return new long[] {n, units};
      }
    },
    /** Each in runs, as those of a deconvolution. */
    RUNS(1) {
      @Override
      long[] shape(int units, int n) {
        return new long[] {4, units, n / 4};
      }
    },
    /** Each in strides, and in several of them, as those of a locally connected layer. */
    STRIDES(0, 2) {
      @Override
      long[] shape(int units, int n) {
        return new long[] {1, n, units};
      }
    };

    final int[] unitDimensions;

    Layout(int... unitDimensions) {
      this.unitDimensions = unitDimensions;
    }

    abstract long[] shape(int units, int n);

    /** One array of units, given as rows. */
    INDArray of(double[][] units, DataType type) {
      INDArray rows = Nd4j.createFromArray(units);
      long[] shape = shape(units.length, units[0].length);
      INDArray laidOut;
      switch (this) {
        case ROWS:
          laidOut = rows;
          break;
        case RUNS:
          laidOut = rows.reshape('c', shape[1], shape[0], shape[2]).permute(1, 0, 2);
          break;
        default:
          laidOut = rows.transpose();
      }
      return laidOut.dup('c').reshape('c', shape).castTo(type);
    }
  }

  static Stream<Arguments> layoutsAndTypes() {
    return Stream.of(Layout.values())
        .flatMap(
            layout ->
                Stream.of(DataType.FLOAT, DataType.DOUBLE).map(type -> Arguments.of(layout, type)));
  }

  /** What is promised of norms: of FLOAT arrays they may err by sums in FLOAT. */
  private static double promise(DataType type) {
    return type == DataType.FLOAT ? 1e-5 : 1e-12;
  }

  /** Of both signs and many sizes around {@code size}: no two are alike. */
  private static double[] irregular(Random random, int n, double size) {
    return random
        .doubles(n)
        .map(uniform -> size * random.nextGaussian() * Math.exp(2 * uniform - 1))
        .toArray();
  }

  private static double[][] irregular(Random random, int units, int n, double size) {
    return IntStream.range(0, units)
        .mapToObj(unit -> irregular(random, n, size))
        .toArray(double[][]::new);
  }

  private static void assertClips(
      Layout layout,
      DataType type,
      double[][] weights,
      double[][] gradient,
      double threshold,
      double epsilon) {
    INDArray w = layout.of(weights, type);
    INDArray g = layout.of(gradient, type);
    INDArray before = w.dup();
    double[] expected = Oracle.clip(w, g, threshold, epsilon, layout.unitDimensions);
    assertThat(Arrays.equals(expected, Oracle.values(g))).as("nothing is clipped").isFalse();

    ArrayClip.clip(w, g, threshold, epsilon, layout.unitDimensions);

    assertRelativelyClose(g, expected, promise(type));
    assertSameValues(w, before);
  }

  /** BLAS is called for at least 12 elements and at most 8,192. */
  private static final int[] POSITIONS = {0, 1, 4000, 8190, 8191, 8192, 8193, 16383, 16384, 16999};

  @ParameterizedTest
  @MethodSource("layoutsAndTypes")
  void everyElementOfALargeUnitCountsWhereverItLies(Layout layout, DataType type) {
    Random random = new Random(1);
    int n = 17_000;
    double[][] weights = irregular(random, POSITIONS.length, n, 1e-4);
    double[][] gradient = irregular(random, POSITIONS.length, n, 1e-3);
    for (int unit = 0; unit < POSITIONS.length; unit++) { // one element outweighs all others
      gradient[unit][POSITIONS[unit]] = 7 + unit;
      weights[unit][POSITIONS[POSITIONS.length - 1 - unit]] = -2 - unit;
    }
    assertClips(layout, type, weights, gradient, 0.1, 1e-3);
  }

  @ParameterizedTest
  @EnumSource(names = {"HALF", "BFLOAT16"})
  void everyElementCountsInTypesThatAreCopied(DataType type) {
    Random random = new Random(1);
    double[][] weights = irregular(random, POSITIONS.length, 17_000, 1e-4);
    double[][] gradient = irregular(random, POSITIONS.length, 17_000, 1e-3);
    for (int unit = 0; unit < POSITIONS.length; unit++) {
      gradient[unit][POSITIONS[unit]] = 7 + unit;
      weights[unit][POSITIONS[POSITIONS.length - 1 - unit]] = -2 - unit;
    }
    INDArray w = Layout.COLUMNS.of(weights, type);
    INDArray g = Layout.COLUMNS.of(gradient, type);
    double[] expected = Oracle.clip(w, g, 0.1, 1e-3, 1);
    ArrayClip.clip(w, g, 0.1, 1e-3, 1);
    assertClippedAs(g, expected);
  }

  /** Lengths around those of unrolled loops, of the smallest and of the longest BLAS call. */
  @ParameterizedTest
  @MethodSource("layoutsAndTypes")
  void unitsOfEveryLengthAreClippedAlike(Layout layout, DataType type) {
    Random random = new Random(2);
    for (int n : new int[] {4, 8, 12, 16, 20, 44, 48, 52, 100, 1000, 8188, 8192, 8196, 32_768}) {
      assertClips(
          layout, type, irregular(random, 3, n, 1), irregular(random, 3, n, 10), 0.02, 1e-3);
    }
  }

  @ParameterizedTest
  @MethodSource("layoutsAndTypes")
  void someUnitsOfManyAreClippedAndTheOthersKeepTheirBits(Layout layout, DataType type) {
    Random random = new Random(3);
    int units = 90; // more than one piece of work
    double[][] weights = irregular(random, units, 2000, 1);
    double[][] gradient = new double[units][];
    for (int unit = 0; unit < units; unit++) {
      gradient[unit] = irregular(random, 2000, unit % 3 == 1 ? 5 : 1e-2);
    }
    INDArray w = layout.of(weights, type);
    INDArray g = layout.of(gradient, type);
    double[] before = Oracle.values(g);
    double[] expected = Oracle.clip(w, g, 0.1, 1e-3, layout.unitDimensions);
    ArrayClip.clip(w, g, 0.1, 1e-3, layout.unitDimensions);
    assertRelativelyClose(g, expected, promise(type));
    double[] after = Oracle.values(g);
    for (int i = 0; i < after.length; i++) {
      if (expected[i] == before[i] && after[i] != before[i]) {
        assertThat(after[i]).as("unclipped element %d", i).isEqualTo(before[i]);
      }
    }
  }

  static Stream<Arguments> layoutsAndSizes() {
    return Stream.of(Layout.values())
        .flatMap(
            layout ->
                Stream.of(1e30, 1e25, 1e19, 1e17, 1e-15, 1e-17, 1e-19, 1e-21, 1e-22, 1e-25, 1e-30)
                    .map(size -> Arguments.of(layout, size)));
  }

  /** Squares overflow, become subnormal, or vanish. */
  @ParameterizedTest
  @MethodSource("layoutsAndSizes")
  void largeFloatUnitsOfAnySizeOfValuesAreClippedExactly(Layout layout, double size) {
    Random random = new Random(4);
    for (int n : new int[] {100, 2000}) {
      double[][] weights = irregular(random, 3, n, size);
      double[][] gradient = irregular(random, 3, n, 5 * size);
      assertClips(layout, DataType.FLOAT, weights, gradient, 0.05, 0);
      // A floor that is above zero, and below all norms: it changes nothing.
      assertClips(layout, DataType.FLOAT, weights, gradient, 0.05, size * 1e-3);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e149, 1e100, 1e-100, 1e-149})
  void largeDoubleUnitsOfSizesWhoseSquaresADoubleHoldsAreClippedExactly(double size) {
    Random random = new Random(5);
    for (Layout layout : Layout.values()) {
      double[][] weights = irregular(random, 3, 2000, size);
      double[][] gradient = irregular(random, 3, 2000, 5 * size);
      assertClips(layout, DataType.DOUBLE, weights, gradient, 0.05, 0);
      assertClips(layout, DataType.DOUBLE, weights, gradient, 0.05, size * 1e-3);
    }
  }

  /** Its square is no number of FLOAT: all that tells it from zero is the element itself. */
  @ParameterizedTest
  @MethodSource("layoutsAndTypes")
  void oneTinyElementAmongZerosIsFoundWhereverItLies(Layout layout, DataType type) {
    double size = type == DataType.FLOAT ? 1e-30 : 1e-150;
    for (int position : new int[] {0, 8191, 8192, 16_383, 16_384, 16_999}) {
      double[][] weights = new double[2][17_000];
      double[][] gradient = new double[2][17_000];
      weights[0][16_999 - position] = size;
      gradient[0][position] = 5 * size;
      assertClips(layout, type, weights, gradient, 0.05, 0);
    }
  }

  /** Values of all sizes in one array: each unit is out of the range of squares in its own way. */
  @ParameterizedTest
  @MethodSource("layoutsAndTypes")
  void unitsOfDifferentSizesDoNotDisturbEachOther(Layout layout, DataType type) {
    Random random = new Random(6);
    int exponents = type == DataType.FLOAT ? 30 : 140;
    double[][] weights = new double[15][];
    double[][] gradient = new double[15][];
    for (int unit = 0; unit < weights.length; unit++) {
      double size = Math.pow(10, exponents * (unit - 7) / 7.0);
      weights[unit] = irregular(random, 200, size);
      gradient[unit] = irregular(random, 200, unit % 4 == 3 ? 1e-4 * size : 10 * size);
    }
    assertClips(layout, type, weights, gradient, 0.1, 0);
  }

  /** The gradient is below the floor of the weights, but not below what that floor allows. */
  @ParameterizedTest
  @MethodSource("layoutsAndTypes")
  void tinyGradientsAreMeasuredByTheBoundAndNotByTheFloor(Layout layout, DataType type) {
    Random random = new Random(7);
    double size = type == DataType.FLOAT ? 1e-22 : 1e-145; // in FLOAT squares are nothing
    double floor = type == DataType.FLOAT ? 1e-14 : 1e-100;
    double threshold = 0.1 * size / floor;
    double[][] weights = new double[3][100];
    double[][] gradient = irregular(random, 3, 100, size);
    assertClips(layout, type, weights, gradient, threshold, floor);
    gradient[0] = irregular(random, 100, 1); // with the largest ratio, so that no other matters
    assertClips(layout, type, weights, gradient, threshold, floor);
  }

  /** 1e-40 is subnormal in FLOAT, and 1e-46 is no number of it. */
  @ParameterizedTest
  @EnumSource
  void scalesThatAFloatCannotHoldAreApplied(Layout layout) {
    Random random = new Random(8);
    for (double size : new double[] {1e25, 1e28, 1e30, 1e35}) { // 1e28: two digits are left
      for (int n : new int[] {4, 100, 1000}) {
        assertClips(
            layout,
            DataType.FLOAT,
            irregular(random, 3, n, 1e-9),
            irregular(random, 3, n, size),
            1e-4,
            0);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("layoutsAndTypes")
  void oneInfinityOrNaNInALargeUnitOfAnySizeLeavesItUntouched(Layout layout, DataType type) {
    Random random = new Random(9);
    for (double bad :
        new double[] {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN}) {
      for (double size : new double[] {1e-30, 1, 1e30}) {
        double[][] weights = irregular(random, 4, 1000, 1);
        double[][] gradient = irregular(random, 4, 1000, size);
        gradient[1][500] = bad;
        gradient[2][999] = bad;
        INDArray w = layout.of(weights, type);
        INDArray g = layout.of(gradient, type);
        double[] expected = Oracle.clip(w, g, 1e-3, 1e-3, layout.unitDimensions);
        ArrayClip.clip(w, g, 1e-3, 1e-3, layout.unitDimensions);
        double[] values = Oracle.values(g);
        for (int i = 0; i < values.length; i++) {
          if (Double.compare(values[i], expected[i]) != 0) {
            assertThat(Math.abs(values[i] - expected[i]))
                .as("element %d is %s", i, values[i])
                .isLessThanOrEqualTo(promise(type) * Math.abs(expected[i]));
          }
        }
      }
    }
  }

  /** The bound is met exactly: all squares and their sums are small integers. */
  @ParameterizedTest
  @MethodSource("layoutsAndTypes")
  void atEqualityALargeUnitKeepsItsBitsAndJustAboveItDoesNot(Layout layout, DataType type) {
    int n = 16_384;
    double[][] weights = new double[3][n];
    double[][] gradient = new double[3][n];
    for (double[] unit : weights) {
      Arrays.fill(unit, 2); // norm 256
    }
    for (double[] unit : gradient) {
      Arrays.fill(unit, -1); // norm 128
    }
    gradient[1][8191] = -1.5;
    INDArray w = layout.of(weights, type);
    INDArray g = layout.of(gradient, type);
    double[] expected = Oracle.clip(w, g, 0.5, 1e-3, layout.unitDimensions);
    ArrayClip.clip(w, g, 0.5, 1e-3, layout.unitDimensions);
    assertRelativelyClose(g, expected, type == DataType.FLOAT ? 1e-6 : 1e-12);
    double[] values = Oracle.values(g);
    assertThat(Arrays.stream(values).filter(value -> value == -1).count()).isEqualTo(2 * n);
    assertThat(Arrays.stream(values).filter(value -> value > -1).count()).isEqualTo(n - 1);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE", "HALF", "BFLOAT16"})
  void viewsThatTouchAreFineAndViewsThatShareOneElementAreRefused(DataType type) {
    INDArray memory = Nd4j.ones(type, 41);
    INDArray first = memory.get(NDArrayIndex.interval(0, 20));
    INDArray touching = memory.get(NDArrayIndex.interval(20, 40));
    INDArray sharing = memory.get(NDArrayIndex.interval(19, 39));
    for (INDArray[] pair : new INDArray[][] {{first, sharing}, {sharing, first}}) {
      assertThatThrownBy(() -> ArrayClip.clip(pair[0], pair[1], 0.5, 1e-3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("share memory");
    }
    ArrayClip.clip(first, touching, 0.5, 1e-3);
    ArrayClip.clip(touching, first, 0.5, 1e-3); // of 0.5 each: at the bound
    assertThat(Oracle.values(memory)[0]).isEqualTo(0.25);
    assertThat(Oracle.values(memory)[19]).isEqualTo(0.25);
    assertThat(Oracle.values(memory)[20]).isEqualTo(0.5);
    assertThat(Oracle.values(memory)[40]).isEqualTo(1);
  }

  /** What one clip leaves in an implementation's memory must not be seen by the next. */
  @Test
  void clipsAreIndependentOfEachOther() {
    Random random = new Random(10);
    for (int round = 0; round < 12; round++) {
      DataType type = round % 2 == 0 ? DataType.FLOAT : DataType.DOUBLE;
      Layout layout = Layout.values()[round % 4];
      int n = 4 * (1 + random.nextInt(2000));
      assertClips(
          layout, type, irregular(random, 5, n, 1), irregular(random, 5, n, 10), 0.05, 1e-3);
    }
  }
}
