package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertRelativelyClose;
import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.ArrayClip;
import io.github.dl4jagc.testing.Oracle;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@link Agc#clip} at the edges of what a type can hold. */
class ClipRangeTest {

  /** Two units of {@code n} elements: this one, strided, and one of zeros in between. */
  private static INDArray columnOf(DataType type, int n, double value) {
    INDArray array = Nd4j.zeros(type, n, 2);
    array.getColumn(0).assign(value);
    return array;
  }

  private static double[] columnOf(int n, double value) {
    double[] expected = new double[2 * n];
    for (int i = 0; i < n; i++) {
      expected[2 * i] = value;
    }
    return expected;
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT, 1e36, 1e-4", // 1e-43: no more than two digits in FLOAT
    "FLOAT, 1e36, 1e-32",
    "DOUBLE, 1e150, 1e-150",
  })
  void scaleThatTheTypeCannotHoldIsAppliedExactly(DataType type, double size, double threshold) {
    double tolerance = type == DataType.DOUBLE ? 1e-12 : 1e-5;
    for (int n : new int[] {1, 2, 100}) { // plain Java, and BLAS
      double expected = threshold * 1e-3 / Math.sqrt(n);

      INDArray strided = columnOf(type, n, size);
      ArrayClip.clip(Nd4j.zeros(type, n, 2), strided, threshold, 1e-3, 1);
      assertRelativelyClose(strided, columnOf(n, expected), tolerance);

      INDArray contiguous = Nd4j.valueArrayOf(new long[] {n}, size, type);
      ArrayClip.clip(Nd4j.zeros(type, n), contiguous, threshold, 1e-3);
      double[] all = new double[n];
      Arrays.fill(all, expected);
      assertRelativelyClose(contiguous, all, tolerance);
    }
  }

  /** Of finite elements: no training is alive at such values. */
  @ParameterizedTest
  @ValueSource(ints = {2, 50})
  void doubleNormsWhoseSquaresOverflowAreNotFinite(int n) {
    INDArray large = columnOf(DataType.DOUBLE, n, 1e155);
    INDArray before = large.dup();
    ArrayClip.clip(Nd4j.ones(DataType.DOUBLE, n, 2), large, 0.01, 1e-3, 1);
    assertSameValues(large, before); // passed through

    INDArray ones = Nd4j.ones(DataType.DOUBLE, n, 2);
    ArrayClip.clip(large, ones, 0.01, 1e-3, 1);
    assertThat(ones.getColumn(0).toDoubleVector()).containsOnly(1);
    assertThat(ones.getColumn(1).toDoubleVector())
        .containsOnly(new double[] {1e-5 / Math.sqrt(n)}, within(1e-15));

    AgcSettings zero = AgcSettings.builder().nonFiniteGradients(NonFiniteGradients.ZERO).build();
    Agc.clip(Nd4j.ones(DataType.DOUBLE, n, 2), large, zero, 1);
    assertThat(large.toDoubleMatrix()).isEqualTo(new double[n][2]);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 50})
  void doubleSquaresThatUnderflowAreNothingBesideTheFloor(int n) {
    INDArray tiny = columnOf(DataType.DOUBLE, n, 1e-165);
    INDArray gradient = Nd4j.ones(DataType.DOUBLE, n, 2);
    ArrayClip.clip(tiny, gradient, 0.01, 1e-3, 1);
    assertThat(gradient.getColumn(0)).isEqualTo(gradient.getColumn(1)); // whose weights are zero
    ArrayClip.clip(gradient, tiny, 0.01, 1e-3, 1);
    assertThat(Oracle.values(tiny)).containsExactly(columnOf(n, 1e-165));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void whatIsNotFiniteIsNotMistakenForLarge(double bad) {
    INDArray gradient = columnOf(DataType.DOUBLE, 30, 1e150).putScalar(7, 0, bad);
    INDArray before = gradient.dup();
    ArrayClip.clip(Nd4j.ones(DataType.DOUBLE, 30, 2), gradient, 0.01, 1e-3, 1);
    assertSameValues(gradient, before);
    INDArray weights = gradient;
    INDArray other = columnOf(DataType.DOUBLE, 30, 1e3);
    ArrayClip.clip(weights, other, 0.01, 1e-3, 1);
    assertThat(Oracle.values(other)).containsExactly(columnOf(30, 1e3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"FLOAT", "DOUBLE"})
  void anySizesGiveWhatExactArithmeticGives(DataType type) {
    Random random = new Random(5);
    int lowest = type == DataType.FLOAT ? -145 : -480;
    int highest = type == DataType.FLOAT ? 127 : 480;
    double tolerance = type == DataType.FLOAT ? 1e-5 : 1e-12;
    double smallest = type == DataType.FLOAT ? Float.MIN_VALUE : Double.MIN_VALUE;
    for (int round = 0; round < 400; round++) {
      int n = 1 + random.nextInt(40);
      INDArray weights = random(random, type, n, between(random, lowest, highest));
      INDArray gradient = random(random, type, n, between(random, lowest, highest));
      double threshold = Math.scalb(1 + random.nextDouble(), between(random, -60, 3));
      double epsilon = Math.scalb(random.nextDouble(), between(random, lowest, 10));
      double[] expected =
          exactly(Oracle.values(weights), Oracle.values(gradient), threshold, epsilon);

      ArrayClip.clip(weights, gradient, threshold, epsilon);

      double[] values = Oracle.values(gradient);
      for (int i = 0; i < n; i++) {
        assertThat(values[i])
            .as("round %d, element %d", round, i)
            .isCloseTo(expected[i], within(tolerance * Math.abs(expected[i]) + smallest));
      }
    }
  }

  private static int between(Random random, int low, int high) {
    return low + random.nextInt(high - low + 1);
  }

  /** Of sizes up to two to the power of {@code exponent}, and a millionth of that. */
  private static INDArray random(Random random, DataType type, int n, int exponent) {
    INDArray array = Nd4j.create(type, n);
    for (int i = 0; i < n; i++) {
      double mantissa = (1 + 0.99 * random.nextDouble()) * (random.nextBoolean() ? 1 : -1);
      array.putScalar(i, Math.scalb(mantissa, exponent - random.nextInt(20)));
    }
    return array;
  }

  private static double[] exactly(
      double[] weights, double[] gradient, double threshold, double epsilon) {
    BigDecimal bound =
        new BigDecimal(threshold).multiply(norm(weights).max(new BigDecimal(epsilon)));
    BigDecimal norm = norm(gradient);
    if (norm.compareTo(bound) <= 0) {
      return gradient;
    }
    return Arrays.stream(gradient)
        .map(
            x ->
                new BigDecimal(x)
                    .multiply(bound)
                    .divide(norm, MathContext.DECIMAL128)
                    .doubleValue())
        .toArray();
  }

  private static BigDecimal norm(double[] values) {
    BigDecimal sum = BigDecimal.ZERO;
    for (double value : values) {
      BigDecimal rounded = new BigDecimal(value).round(new MathContext(60));
      sum = sum.add(rounded.multiply(rounded)).round(new MathContext(60));
    }
    return sum.sqrt(MathContext.DECIMAL128);
  }
}
