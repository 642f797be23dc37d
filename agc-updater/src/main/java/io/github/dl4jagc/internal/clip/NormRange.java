package io.github.dl4jagc.internal.clip;

import java.util.ArrayDeque;
import java.util.Queue;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Where the norm of an array can be believed that was computed by squaring, and how to get it where
 * it cannot: of the array times a power of two, which is exact, and so large or small that no
 * square leaves the range.
 */
public final class NormRange {

  /** For arrays whose squares overflow: the power of two, as an exponent, that brings them down. */
  public static final int DOWN = -600;

  /** For arrays whose squares underflow: the power of two, as an exponent, that brings them up. */
  public static final int UP = 600;

  private NormRange() {}

  /**
   * The smallest norm of which at most a share of about 1e-6 (FLOAT) or 1e-13 (DOUBLE) is lost to
   * squares that underflow.
   *
   * <p>A square below the smallest normal number {@code m} may be lost, so at most {@code size * m}
   * of the squared norm; the norm then errs by half the share that this is of its square.
   *
   * @param type the type in which squares were added up, FLOAT or DOUBLE
   * @param size elements of a unit
   */
  public static double smallestExactNorm(DataType type, long size) {
    return type == DataType.FLOAT
        ? Math.sqrt(size * (Float.MIN_NORMAL / 2e-6))
        : Math.sqrt(size * (Double.MIN_NORMAL / 2e-13));
  }

  /**
   * The quotient of two finite positive numbers as a product of factors none of which is subnormal,
   * for arrays whose type cannot hold the quotient itself. All but the first are powers of two.
   *
   * @param smallest the smallest factor, a power of two
   */
  public static Queue<Double> quotientInSteps(double dividend, double divisor, double smallest) {
    int lowest = Math.getExponent(smallest);
    int dividendExponent = Math.getExponent(dividend);
    int divisorExponent = Math.getExponent(divisor);
    double mantissas =
        Math.scalb(dividend, -dividendExponent) / Math.scalb(divisor, -divisorExponent); // 0.5 to 2
    int exponent = dividendExponent - divisorExponent;
    Queue<Double> factors = new ArrayDeque<>();
    int first = Math.max(exponent, lowest + 1);
    factors.add(Math.scalb(mantissas, first));
    for (int left = exponent - first; left < 0; left -= Math.max(left, lowest)) {
      factors.add(Math.scalb(1.0, Math.max(left, lowest)));
    }
    return factors;
  }
}
