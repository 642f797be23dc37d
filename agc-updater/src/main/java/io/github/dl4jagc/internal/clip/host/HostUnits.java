package io.github.dl4jagc.internal.clip.host;

import io.github.dl4jagc.internal.clip.ClippingRule;
import io.github.dl4jagc.internal.clip.NormRange;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The units of one array in host memory, each by where it begins: its norm, and what is done to it.
 * One instance serves one thread.
 *
 * <p>Norms come from squares, and squares leave the range of a type long before norms do: a norm
 * that is not {@link #isExact} has to be computed again if it matters, which is slow.
 */
final class HostUnits {

  private final HostTarget layout;
  private final HostMemory memory;
  private final boolean isDouble;
  private final CompensatedSum sum = new CompensatedSum();

  /** The smallest norm that squares do not make inexact. */
  private final double smallestExactNorm;

  /** The smallest number, of squares and of factors, that the type holds with all its digits. */
  private final double smallestNormal;

  HostUnits(HostTarget layout, INDArray array, boolean blas) {
    this.layout = layout;
    this.memory = HostMemory.of(array, layout.elementStep, blas);
    this.isDouble = array.dataType() == DataType.DOUBLE;
    this.smallestNormal = isDouble ? Double.MIN_NORMAL : Float.MIN_NORMAL;
    this.smallestExactNorm =
        isDouble || memory.usesBlas(layout.runLength)
            ? NormRange.smallestExactNorm(array.dataType(), layout.unitSize())
            : 0;
  }

  /** The norm of a unit, as far as its squares tell. */
  double norm(long start) {
    sum.clear();
    for (long run = 0; run < layout.runs; run++) {
      memory.addSquares(start + run * layout.runStep, layout.runLength, sum);
    }
    return Math.sqrt(sum.value());
  }

  /** Whether this norm cannot come from squares that have left the range of the type. */
  boolean isExact(double norm) {
    return norm >= smallestExactNorm && norm <= Double.MAX_VALUE;
  }

  /** What the true norm is not above, however many squares were too small to be added. */
  double upperBound(double norm) {
    return Math.sqrt(norm * norm + layout.unitSize() * smallestNormal);
  }

  /**
   * The norm of a unit, whatever its size.
   *
   * @param norm what {@link #norm} has said
   * @return infinite or NaN only where an element is, or where the norm is beyond the range of
   *     DOUBLE
   */
  double rescuedNorm(long start, double norm) {
    if (norm == 0 && isZero(start)) {
      return 0;
    }
    int exponent = norm < smallestExactNorm ? NormRange.UP : NormRange.DOWN;
    return normTimes(exponent, start, 0);
  }

  /**
   * The norm of a unit times two to the power of {@link ClippingRule#SHRINKING}.
   *
   * @param norm the norm; infinite if it is beyond the range of DOUBLE
   */
  double shrunkNorm(long start, double norm) {
    return Double.isInfinite(norm)
        ? normTimes(NormRange.DOWN, start, ClippingRule.SHRINKING)
        : Math.scalb(norm, ClippingRule.SHRINKING);
  }

  private boolean isZero(long start) {
    for (long run = 0; run < layout.runs; run++) {
      if (!memory.isZero(start + run * layout.runStep, layout.runLength)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The norm of a unit times two to the power of {@code exponent}, from elements times two to the
   * power of {@code elementExponent}. FLOAT elements are squared in DOUBLE and need none.
   */
  private double normTimes(int elementExponent, long start, int exponent) {
    int used = isDouble ? elementExponent : 0;
    double factor = Math.scalb(1.0, used);
    sum.clear();
    for (long run = 0; run < layout.runs; run++) {
      memory.addSquaresTimes(factor, start + run * layout.runStep, layout.runLength, sum);
    }
    return Math.scalb(Math.sqrt(sum.value()), exponent - used);
  }

  /** Multiplies a unit by {@code bound / norm}, exactly even where the type cannot hold that. */
  void scale(long start, double bound, double norm) {
    double scale = bound / norm;
    if (scale >= smallestNormal || bound == 0) {
      multiply(start, scale);
    } else {
      NormRange.quotientInSteps(bound, norm, smallestNormal).forEach(step -> multiply(start, step));
    }
  }

  private void multiply(long start, double factor) {
    for (long run = 0; run < layout.runs; run++) {
      memory.scale(start + run * layout.runStep, layout.runLength, factor);
    }
  }

  void setToZero(long start) {
    for (long run = 0; run < layout.runs; run++) {
      memory.setToZero(start + run * layout.runStep, layout.runLength);
    }
  }
}
