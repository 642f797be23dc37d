package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.ArrayClip;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The precision that is promised for units of any size: 1e-12 in DOUBLE, 1e-5 in FLOAT. */
class ClipPrecisionTest {

  private static final int TEN_MILLION = 10_000_000;

  /** Equal elements, whose sum rounds the same way each time. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 1e140, 1e-140})
  void normOfTenMillionDoublesIsAsExactAsThatOfFew(double size) {
    try (INDArray gradient =
            Nd4j.valueArrayOf(new long[] {TEN_MILLION}, size / 3, DataType.DOUBLE);
        INDArray weights = Nd4j.zeros(DataType.DOUBLE, TEN_MILLION)) {
      ArrayClip.clip(weights, gradient, 1e-150, 1);
      double expected = 1e-150 / Math.sqrt(TEN_MILLION);
      assertThat(gradient.getDouble(0)).isCloseTo(expected, within(1e-12 * expected));
      assertThat(gradient.getDouble(TEN_MILLION - 1)).isCloseTo(expected, within(1e-12 * expected));
    }
  }

  /** After a large element, small ones whose squares are lost if they are added one by one. */
  @ParameterizedTest
  @CsvSource({"8192, true", "8192, false", "100000, true", "100000, false"})
  void smallElementsBesideALargeOneAreNotLost(int n, boolean contiguous) {
    assertThat(errorBesideALargeElement(n, contiguous)).isLessThan(1e-5);
  }

  /** The relative error of a FLOAT unit's norm, seen in its clipped elements. */
  static double errorBesideALargeElement(int n, boolean contiguous) {
    int unitDimension = contiguous ? 0 : 1;
    long[] shape = contiguous ? new long[] {2, n} : new long[] {n, 2};
    INDArray weights = Nd4j.zeros(DataType.FLOAT, shape);
    INDArray gradient = Nd4j.valueArrayOf(shape, 2.4e-4, DataType.FLOAT);
    gradient.putScalar(0, 0, 1);
    double small = 2.4e-4f;
    double norm = Math.sqrt(1 + (n - 1) * small * small);
    ArrayClip.clip(weights, gradient, 0.01, 1, unitDimension);
    return Math.abs(gradient.getDouble(0, 0) / (0.01 / norm) - 1);
  }
}
