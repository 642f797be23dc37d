package io.github.dl4jagc.internal.clip.host;

import io.github.dl4jagc.internal.clip.UnitPattern;

/**
 * The units of one array in host memory: their squared norms, and their scaling. Memory is walked
 * in its order, whatever the units are. One instance serves one thread.
 */
abstract class HostUnits {

  /** Elements of a run from which a call of BLAS is worth what it costs, some 20 ns. */
  static final int LONG_RUN = 80;

  /** Elements of a block of long runs: still in the first cache when they are scaled. */
  private static final int SMALL_BLOCK = 1024;

  /** Columns of rows that are added up at the same time, and elements of a block of short units. */
  static final int BLOCK = 4096;

  final UnitPattern pattern;

  HostUnits(UnitPattern pattern) {
    this.pattern = pattern;
  }

  static boolean hasLongRuns(UnitPattern pattern) {
    return pattern.inner >= LONG_RUN;
  }

  /** Whether units are worked on in rows, several at once. */
  static boolean isInRows(UnitPattern pattern) {
    return pattern.outer > 1 && !hasLongRuns(pattern);
  }

  /** How many units are best worked on at once. */
  static int unitsInBlock(UnitPattern pattern) {
    long size = isInRows(pattern) ? pattern.inner : pattern.unitSize();
    int best = hasLongRuns(pattern) ? SMALL_BLOCK : BLOCK;
    return (int) Math.min(Math.max(1, best / size), pattern.unitsInGroup);
  }

  /**
   * The squared norms of those units of a block, all of one group, whose scale is not 1.
   *
   * @param first the block's first unit
   * @param units how many there are
   * @param squares where they go; those of other units may be overwritten, and eight beyond the
   *     block
   * @return false if all of these units are known to be zero
   */
  abstract boolean squares(long first, int units, double[] scales, double[] squares);

  /** Whether this square cannot come from squares that have left the range of the type. */
  abstract boolean isExact(double square);

  /** Whether the norm is at most {@link #tinyNorm}, as squares were too small to be added. */
  abstract boolean isTiny(double square);

  abstract double tinyNorm();

  /** The squared norm of a unit, whatever its size. */
  abstract double exactSquare(long unit);

  /**
   * Multiplies those units of a block whose scale is not 1; NaN sets a unit to zero.
   *
   * @param scales may be overwritten
   */
  abstract void scale(long first, int units, double[] scales);
}
