package io.github.dl4jagc.internal;

import org.nd4j.linalg.api.buffer.DataType;

/** Where the norm of an array, computed by squaring in the array's own type, can be believed. */
final class NormRange {

  /** A scale smaller than this is applied in two steps: one would be subnormal in FLOAT. */
  static final double SMALLEST_SINGLE_STEP = 1e-37;

  private NormRange() {}

  /**
   * The smallest norm of which at most a share of about 1e-6 (FLOAT) or 1e-13 (DOUBLE) is lost to
   * squares that underflow.
   *
   * <p>A square below the smallest normal number {@code m} may be lost, so at most {@code size * m}
   * of the squared norm; the norm then errs by half the share that this is of its square.
   *
   * @param type FLOAT or DOUBLE
   * @param size elements of a unit
   */
  static double smallestExactNorm(DataType type, long size) {
    return type == DataType.FLOAT
        ? Math.sqrt(size * (Float.MIN_NORMAL / 2e-6))
        : Math.sqrt(size * (Double.MIN_NORMAL / 2e-13));
  }
}
