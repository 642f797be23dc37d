package io.github.dl4jagc.internal.clip.host;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The units of one array in host memory, each by where it begins: its norm, and what is done to it.
 * One instance serves one thread.
 *
 * <p>Norms come from squares, and squares leave the range of FLOAT long before norms do: a norm
 * that is not {@link #isExact} has to be computed again in DOUBLE if it matters, which is slow.
 * Norms of DOUBLE arrays are what their squares say.
 */
final class HostUnits {

  private final HostTarget layout;
  private final HostMemory memory;
  private final CompensatedSum sum = new CompensatedSum();

  /**
   * The smallest norm of which at most a share of 1e-6 is lost to squares that underflow: at most a
   * square of the smallest normal number for each element.
   */
  private final double smallestExactNorm;

  /** The largest norm that is believed. */
  private final double largestExactNorm;

  HostUnits(HostTarget layout, INDArray array, boolean blas) {
    this.layout = layout;
    this.memory = HostMemory.of(array, layout.elementStep, blas);
    boolean squaredInFloat =
        array.dataType() == DataType.FLOAT && memory.usesBlas(layout.runLength);
    this.smallestExactNorm =
        squaredInFloat ? Math.sqrt(layout.unitSize() * (Float.MIN_NORMAL / 2e-6)) : 0;
    this.largestExactNorm = squaredInFloat ? Double.MAX_VALUE : Double.POSITIVE_INFINITY;
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
    return norm >= smallestExactNorm && norm <= largestExactNorm;
  }

  /** What the true norm is not above, however many squares were too small to be added. */
  double upperBound(double norm) {
    return Math.sqrt(norm * norm + layout.unitSize() * Float.MIN_NORMAL);
  }

  /**
   * The norm of a unit, whatever its size: FLOAT elements are squared in DOUBLE.
   *
   * @param norm what {@link #norm} has said
   */
  double rescuedNorm(long start, double norm) {
    if (norm == 0 && isZero(start)) {
      return 0;
    }
    sum.clear();
    for (long run = 0; run < layout.runs; run++) {
      memory.addSquaresInDouble(start + run * layout.runStep, layout.runLength, sum);
    }
    return Math.sqrt(sum.value());
  }

  private boolean isZero(long start) {
    for (long run = 0; run < layout.runs; run++) {
      if (!memory.isZero(start + run * layout.runStep, layout.runLength)) {
        return false;
      }
    }
    return true;
  }

  void scale(long start, double factor) {
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
