package io.github.dl4jagc.internal;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The units of one array in host memory, each by where it begins: its norm, and what is done to it.
 * One instance serves one thread.
 *
 * <p>Norms are computed from squares, and squares leave the range of a type long before norms do: a
 * norm that is not {@link #isExact} is computed again, slowly, if it matters.
 */
final class HostUnits {

  private final HostTarget layout;
  private final HostMemory memory;
  private final DataType type;
  private final CompensatedSum sum = new CompensatedSum();

  /** The smallest norm that squares do not make inexact. */
  private final double smallestExactNorm;

  /** The smallest factor that the type can hold with all its digits, and the smallest square. */
  private final double smallestNormal;

  HostUnits(HostTarget layout, INDArray array, boolean blas) {
    this.layout = layout;
    this.memory = HostMemory.of(array, blas);
    this.type = array.dataType();
    this.smallestExactNorm = NormRange.smallestExactNorm(type, layout.unitSize());
    this.smallestNormal = type == DataType.FLOAT ? Float.MIN_NORMAL : Double.MIN_NORMAL;
  }

  /** The norm of a unit, as far as squares in the array's type tell. */
  double norm(long start) {
    sum.clear();
    for (long run = 0; run < layout.runs; run++) {
      memory.addSquares(start + run * layout.runStep, layout.runLength, layout.elementStep, sum);
    }
    return Math.sqrt(sum.value());
  }

  /** Whether no square can have left the range of the type. */
  boolean isExact(double norm) {
    return norm >= smallestExactNorm && norm <= Double.MAX_VALUE;
  }

  /** What a norm cannot be larger than, whatever squares were too small to be added. */
  double upperBound(double norm) {
    return Math.sqrt(norm * norm + layout.unitSize() * smallestNormal);
  }

  /**
   * The norm of a unit, over the whole range of the type.
   *
   * @param norm what {@link #norm} says
   * @return NaN or infinite only if an element is or if it is beyond the range of DOUBLE
   */
  double rescuedNorm(long start, double norm) {
    return norm < smallestExactNorm
        ? normTimes(NormRange.UP, start, 0)
        : normTimes(NormRange.DOWN, start, 0);
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

  /** By way of elements times two to the power of {@code way}; FLOAT needs none. */
  private double normTimes(int way, long start, int exponent) {
    int raised = type == DataType.DOUBLE ? way : 0;
    double factor = Math.scalb(1.0, raised);
    sum.clear();
    for (long run = 0; run < layout.runs; run++) {
      memory.addSquaresTimes(
          factor, start + run * layout.runStep, layout.runLength, layout.elementStep, sum);
    }
    return Math.scalb(Math.sqrt(sum.value()), exponent - raised);
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
      memory.scale(start + run * layout.runStep, layout.runLength, layout.elementStep, factor);
    }
  }

  void setToZero(long start) {
    for (long run = 0; run < layout.runs; run++) {
      memory.setToZero(start + run * layout.runStep, layout.runLength, layout.elementStep);
    }
  }
}
