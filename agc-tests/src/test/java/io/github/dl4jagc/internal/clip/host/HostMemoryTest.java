package io.github.dl4jagc.internal.clip.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Runs of every length up to a few calls of BLAS: every element of a run counts, and no stranger.
 * Values are small integers, whose sums are exact in any order.
 */
class HostMemoryTest {

  private static final int START = 5;
  private static final double STRANGER = 1000;

  private static final int[] LENGTHS = {
    1, 2, 3, 4, 5, 7, 8, 11, 12, 13, 255, 256, 257, 8191, 8192, 8193, 8195, 16384, 20001
  };

  static Stream<Arguments> memories() {
    return Stream.of(DataType.FLOAT, DataType.DOUBLE)
        .flatMap(
            type ->
                Stream.of(1, 3)
                    .flatMap(
                        step ->
                            Stream.of(true, false).map(blas -> Arguments.of(type, step, blas))));
  }

  private static INDArray strangers(DataType type, int step, int n) {
    return Nd4j.valueArrayOf(new long[] {START + (long) n * step + 3}, STRANGER, type);
  }

  /** An element of a run, at its place. */
  private interface Values {
    double at(int i);
  }

  private static INDArray run(DataType type, int step, int n, Values values) {
    double[] all = strangers(type, step, n).toDoubleVector();
    for (int i = 0; i < n; i++) {
      all[START + i * step] = values.at(i);
    }
    return Nd4j.createFromArray(all).castTo(type);
  }

  private static double value(int i) {
    return 1 + i % 3;
  }

  private static double sumOfSquares(int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += value(i) * value(i);
    }
    return sum;
  }

  @ParameterizedTest
  @MethodSource("memories")
  void squaresOfAllElementsAreAddedUp(DataType type, int step, boolean blas) {
    for (int n : LENGTHS) {
      HostMemory memory = HostMemory.of(run(type, step, n, HostMemoryTest::value), step, blas);
      CompensatedSum sum = new CompensatedSum();
      sum.add(10);
      memory.addSquares(START, n, sum);
      assertThat(sum.value()).as("%d elements", n).isEqualTo(10 + sumOfSquares(n));
      memory.addSquaresInDouble(START, n, sum);
      assertThat(sum.value()).as("%d elements", n).isEqualTo(10 + 2 * sumOfSquares(n));
    }
  }

  @ParameterizedTest
  @MethodSource("memories")
  void runsAreZeroIfAllOfTheirElementsAre(DataType type, int step, boolean blas) {
    for (int n : LENGTHS) {
      assertThat(HostMemory.of(run(type, step, n, i -> 0), step, blas).isZero(START, n))
          .as("%d elements", n)
          .isTrue();
      for (int nonZero : new int[] {0, n / 2, n - 1}) {
        INDArray array = run(type, step, n, i -> i == nonZero ? -Float.MIN_NORMAL : 0);
        assertThat(HostMemory.of(array, step, blas).isZero(START, n))
            .as("%d elements, all but number %d", n, nonZero)
            .isFalse();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("memories")
  void scalingChangesEachElementOnceAndNoStranger(DataType type, int step, boolean blas) {
    for (int n : LENGTHS) {
      INDArray array = run(type, step, n, HostMemoryTest::value);
      HostMemory.of(array, step, blas).scale(START, n, 0.25);
      assertThat(array).isEqualTo(run(type, step, n, i -> value(i) / 4));
    }
  }

  @ParameterizedTest
  @MethodSource("memories")
  void settingToZeroChangesEachElementAndNoStranger(DataType type, int step, boolean blas) {
    for (int n : LENGTHS) {
      INDArray array = run(type, step, n, i -> i == 0 ? Double.NaN : value(i));
      HostMemory.of(array, step, blas).setToZero(START, n);
      assertThat(array).isEqualTo(run(type, step, n, i -> 0));
    }
  }

  @Test
  void shortRunsAreNotLeftToBlasAndWithoutItNoneIs() {
    INDArray array = Nd4j.create(DataType.FLOAT, 20);
    assertThat(HostMemory.of(array, 1, true).usesBlas(11)).isFalse();
    assertThat(HostMemory.of(array, 1, true).usesBlas(12)).isTrue();
    assertThat(HostMemory.of(array, 1, false).usesBlas(12)).isFalse();
  }

  @Test
  void viewsBeginWhereTheyBegin() {
    INDArray whole = Nd4j.createFromArray(new double[] {9, 9, 9, 3, 4, 9});
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      INDArray view = whole.castTo(type).get(NDArrayIndex.interval(3, 5));
      for (boolean blas : new boolean[] {true, false}) {
        CompensatedSum sum = new CompensatedSum();
        HostMemory.of(view, 1, blas).addSquares(0, 2, sum);
        assertThat(sum.value()).isEqualTo(25);
      }
    }
  }

  @Test
  void whatAdditionsRoundOffIsNotLost() {
    CompensatedSum sum = new CompensatedSum();
    sum.add(1);
    for (int i = 0; i < 1 << 16; i++) {
      sum.add(0x1p-54); // too small to be added to 1 by itself
    }
    assertThat(sum.value()).isEqualTo(1 + 0x1p-38);
    sum.clear();
    assertThat(sum.value()).isZero();
    sum.add(0.5);
    assertThat(sum.value()).isEqualTo(0.5);
  }
}
