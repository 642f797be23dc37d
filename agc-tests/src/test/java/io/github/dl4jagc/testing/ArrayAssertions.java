package io.github.dl4jagc.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What is said of arrays, element by element. {@code INDArray.equals} allows a difference of 1e-5,
 * which is more than many an update.
 */
public final class ArrayAssertions {

  private ArrayAssertions() {}

  /** Every element is the same to the last bit, -0.0 and NaN included. */
  public static void assertSameValues(INDArray actual, INDArray expected) {
    double[] values = Oracle.values(actual);
    double[] expectedValues = Oracle.values(expected);
    if (!Arrays.equals(values, expectedValues)) { // AssertJ alone would take long
      assertThat(values).containsExactly(expectedValues);
    }
  }

  /**
   * @param expected in 'c' order
   * @param tolerance relative to each element
   */
  public static void assertRelativelyClose(INDArray actual, double[] expected, double tolerance) {
    assertRelativelyClose(actual, expected, tolerance, 0);
  }

  /**
   * The precision that is promised for a clipped gradient of the array's type, and for all that is
   * left alone.
   *
   * @param expected in 'c' order, as the oracle has it
   */
  public static void assertClippedAs(INDArray actual, double[] expected) {
    DataType type = actual.dataType();
    assertRelativelyClose(actual, expected, Tolerance.of(type), Tolerance.smallest(type));
  }

  private static void assertRelativelyClose(
      INDArray actual, double[] expected, double tolerance, double smallest) {
    double[] values = Oracle.values(actual);
    assertThat(values).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      double allowed = tolerance * Math.abs(expected[i]) + smallest;
      if (!(Math.abs(values[i] - expected[i]) <= allowed)) { // asserting each alone would take long
        assertThat(values[i]).as("element %d", i).isCloseTo(expected[i], within(allowed));
      }
    }
  }
}
