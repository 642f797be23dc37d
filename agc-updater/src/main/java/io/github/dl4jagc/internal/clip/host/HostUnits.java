package io.github.dl4jagc.internal.clip.host;

import io.github.dl4jagc.internal.clip.UnitPattern;
import java.util.Arrays;

/**
 * The units of one FLOAT or DOUBLE array in host memory: their squared norms, and their scaling.
 * Memory is walked in its order, whatever the units are:
 *
 * <pre>
 * runs of 64 elements and more    unit by unit, with BLAS where there is one
 * shorter units, of one run       many units at once, eight sums side by side
 * shorter runs, of many units     rows of many units, one after the other, with a sum a column
 * </pre>
 *
 * The latter two work on a chunk copied to the heap: Java vectorises loops over arrays alone, and a
 * copy of some kilobytes is as fast as reading. One instance serves one thread.
 */
abstract class HostUnits {

  /** Elements of a run from which a call of BLAS is worth what it costs, some 10 ns. */
  static final int LONG_RUN = 64;

  /** Elements that are copied to the heap at once: a part of the smallest cache. */
  static final int CHUNK = 512;

  /** Units that {@link #squaresOfEight} works on side by side. */
  static final int EIGHT = 8;

  /** Elements of a block of long runs: still in the first cache when they are scaled. */
  private static final int SMALL_BLOCK = 1024;

  /** Columns that have sums of their own at the same time. */
  static final int MAX_COLUMNS = 4096;

  /** Squares that are added up in FLOAT, one by one, before they are added to a DOUBLE. */
  private static final int MAX_ROWS = 64;

  /** Elements in a line of a cache: gaps of fewer are read with what is around them. */
  private static final int LINE = 16;

  final UnitPattern pattern;
  private final int inner;
  private final boolean longRuns;
  private final boolean blas;
  private final int longestSum;
  private final double smallestFactor;
  private final int gap;
  private final boolean squaredInFloat;
  private final double smallestExactSquare;
  private final double[] eight = new double[EIGHT];

  /**
   * @param isFloat whether elements, and with them sums of columns and of BLAS, are FLOAT
   * @param longestSum the most elements of one BLAS call that adds squares up; 0: no BLAS
   */
  HostUnits(UnitPattern pattern, boolean isFloat, int longestSum) {
    this.pattern = pattern;
    this.inner = (int) Math.min(pattern.inner, Integer.MAX_VALUE);
    this.gap = LINE / inner;
    this.longRuns = hasLongRuns(pattern);
    this.blas = longRuns && longestSum > 0;
    this.longestSum = longestSum;
    this.smallestFactor = isFloat ? Float.MIN_NORMAL : 0;
    this.squaredInFloat = isFloat && (longRuns ? blas : pattern.outer > 1);
    this.smallestExactSquare = pattern.unitSize() * (Float.MIN_NORMAL / 2e-6);
  }

  private static boolean hasLongRuns(UnitPattern pattern) {
    return pattern.inner >= LONG_RUN;
  }

  /** Whether units are worked on in rows, several at once. */
  static boolean isInRows(UnitPattern pattern) {
    return pattern.outer > 1 && !hasLongRuns(pattern);
  }

  /** How many units are best worked on at once. */
  static int unitsInBlock(UnitPattern pattern) {
    long size = isInRows(pattern) ? pattern.inner : pattern.unitSize();
    int best = hasLongRuns(pattern) ? SMALL_BLOCK : MAX_COLUMNS;
    return (int) Math.min(Math.max(1, best / size), pattern.unitsInGroup);
  }

  /** How many columns {@link Chunks} must have for such a block. */
  static int columnsOfBlock(UnitPattern pattern) {
    return hasLongRuns(pattern) ? 1 : unitsInBlock(pattern) * (int) pattern.inner;
  }

  /**
   * The squared norms of those units of a block, all of one group, whose scale is not 1.
   *
   * @param first the block's first unit
   * @param units how many there are
   * @param squares where they go; others may be overwritten, and {@value #EIGHT} beyond the block
   * @return false if all of these units are known to be zero
   */
  final boolean squares(long first, int units, double[] scales, double[] squares) {
    boolean zero = true;
    for (int unit = 0; unit < units; unit++) {
      if (scales[unit] != 1) {
        int end = endOfSpan(scales, unit, units);
        zero &= squaresOfSpan(first, unit, end, squares);
        unit = end;
      }
    }
    return !zero;
  }

  /** From a unit whose scale is not 1 to the last such one that is hardly further than the next. */
  private int endOfSpan(double[] scales, int from, int units) {
    int end = from + 1;
    for (int unit = end; unit < units && unit - end <= gap; unit++) {
      if (scales[unit] != 1) {
        end = unit + 1;
      }
    }
    return end;
  }

  private boolean squaresOfSpan(long first, int from, int to, double[] squares) {
    if (longRuns) {
      for (int unit = from; unit < to; unit++) {
        squares[unit] = blas ? squareByBlas(first + unit) : exactSquare(first + unit);
      }
      return false;
    }
    return pattern.outer == 1
        ? squaresOfShortUnits(first, from, to, squares)
        : squaresOfRows(first, from, to, squares);
  }

  private double squareByBlas(long unit) {
    double sum = 0;
    long start = pattern.startOf(unit);
    for (long run = 0; run < pattern.outer; run++, start += pattern.rowLength()) {
      for (long done = 0; done < pattern.inner; done += longestSum) {
        sum += blasSquares(start + done, (int) Math.min(longestSum, pattern.inner - done));
      }
    }
    return sum;
  }

  private boolean squaresOfShortUnits(long first, int from, int to, double[] squares) {
    boolean zero = true;
    int atOnce = CHUNK / inner;
    for (int unit = from; unit < to; unit += atOnce) {
      int units = Math.min(atOnce, to - unit);
      load((first + unit) * inner, units * inner);
      if (isZero(units * inner)) {
        Arrays.fill(squares, unit, unit + units, 0);
        continue;
      }
      zero = false;
      for (int done = 0; done < units; done += EIGHT) {
        squaresOfEight(done * inner, inner, squares, unit + done);
      }
    }
    return zero;
  }

  private boolean squaresOfRows(long first, int from, int to, double[] squares) {
    Arrays.fill(squares, from, to, 0);
    boolean zero = true;
    int columns = (to - from) * inner;
    int together = rowsTogether(columns);
    int added = 0;
    long start = pattern.startOf(first + from);
    for (long row = 0; row < pattern.outer; row += together, start += together * rowLength()) {
      int width = (int) Math.min(together, pattern.outer - row) * columns;
      for (int done = 0; done < width; done += CHUNK) {
        int n = Math.min(CHUNK, width - done);
        load(start + done, n);
        if (!isZero(n)) {
          zero = false;
          addSquares(done / CHUNK, n);
        }
      }
      if (++added == MAX_ROWS) {
        takeSums(columns, together, from, to, squares);
        added = 0;
      }
    }
    if (!zero) {
      takeSums(columns, together, from, to, squares);
    }
    return zero;
  }

  /** Rows that lie side by side, as those of a whole group do, are one long row. */
  private int rowsTogether(int columns) {
    return columns == rowLength()
        ? (int) Math.max(1, Math.min(CHUNK / columns, pattern.outer))
        : 1;
  }

  private long rowLength() {
    return pattern.rowLength();
  }

  /** Adds the sums of columns to those of their units, and clears them. */
  private void takeSums(int columns, int rows, int from, int to, double[] squares) {
    for (int row = 0, column = 0; row < rows; row++) {
      for (int unit = from; unit < to; unit++) {
        for (int i = 0; i < inner; i++, column++) {
          squares[unit] += column(column);
        }
      }
    }
    clearColumns(columns * rows);
  }

  /** Whether this square cannot come from squares that have left the range of FLOAT. */
  final boolean isExact(double square) {
    return !squaredInFloat || square >= smallestExactSquare && square <= Double.MAX_VALUE;
  }

  /** Whether the norm is at most {@link #tinyNorm}, as squares were too small to be added. */
  final boolean isTiny(double square) {
    return squaredInFloat && square < smallestExactSquare;
  }

  final double tinyNorm() {
    return Math.sqrt(smallestExactSquare + pattern.unitSize() * Float.MIN_NORMAL);
  }

  /** The squared norm of a unit, whatever its size: FLOAT elements are squared in DOUBLE. */
  final double exactSquare(long unit) {
    double sum = 0;
    double excess = 0; // what is rounded off is part of the next addition
    long start = pattern.startOf(unit);
    for (long run = 0; run < pattern.outer; run++, start += rowLength()) {
      for (long done = 0; done < pattern.inner; done += CHUNK) {
        int n = (int) Math.min(CHUNK, pattern.inner - done);
        load(start + done, n);
        if (!isZero(n)) {
          double part = squareOfChunk(n) - excess;
          double next = sum + part;
          excess = next - sum - part;
          sum = next;
        }
      }
    }
    return sum;
  }

  private double squareOfChunk(int n) {
    setToZero(n, n + EIGHT);
    squaresOfEight(0, (n + EIGHT - 1) / EIGHT, eight, 0);
    return eight[0]
        + eight[1]
        + (eight[2] + eight[3])
        + (eight[4] + eight[5] + (eight[6] + eight[7]));
  }

  /**
   * Multiplies those units of a block whose scale is not 1; NaN sets a unit to zero.
   *
   * @param scales overwritten
   */
  final void scale(long first, int units, double[] scales) {
    for (int unit = 0; unit < units; unit++) {
      if (scales[unit] != 1 && (longRuns || !(scales[unit] >= smallestFactor))) {
        scaleUnit(first + unit, scales[unit]);
        scales[unit] = 1;
      }
    }
    for (int unit = 0; unit < units; unit++) {
      if (scales[unit] != 1) {
        int end = endOfSpan(scales, unit, units);
        scaleRows(first, unit, end, scales);
        unit = end;
      }
    }
  }

  private void scaleUnit(long unit, double scale) {
    boolean byBlas = blas && scale >= smallestFactor;
    int atOnce = byBlas ? Blas.LONGEST_CALL : CHUNK;
    long start = pattern.startOf(unit);
    for (long run = 0; run < pattern.outer; run++, start += rowLength()) {
      for (long done = 0; done < pattern.inner; done += atOnce) {
        int n = (int) Math.min(atOnce, pattern.inner - done);
        if (byBlas) {
          blasScale(start + done, n, scale);
          continue;
        }
        load(start + done, n);
        if (Double.isNaN(scale)) {
          setToZero(0, n);
        } else {
          multiply(n, scale);
        }
        store(start + done, n);
      }
    }
  }

  private void scaleRows(long first, int from, int to, double[] scales) {
    int columns = (to - from) * inner;
    int together = rowsTogether(columns);
    for (int row = 0, column = 0; row < together; row++) {
      for (int unit = from; unit < to; unit++) {
        for (int i = 0; i < inner; i++) {
          setColumn(column++, scales[unit]);
        }
      }
    }
    long start = pattern.startOf(first + from);
    for (long row = 0; row < pattern.outer; row += together, start += together * rowLength()) {
      int width = (int) Math.min(together, pattern.outer - row) * columns;
      for (int done = 0; done < width; done += CHUNK) {
        int n = Math.min(CHUNK, width - done);
        load(start + done, n);
        multiplyByColumns(done / CHUNK, n);
        store(start + done, n);
      }
    }
    clearColumns(columns * together);
  }

  /** Copies elements to the chunk. */
  abstract void load(long start, int n);

  /** Copies the chunk back. */
  abstract void store(long start, int n);

  /** Whether the chunk is zero, without a minus. */
  abstract boolean isZero(int n);

  abstract void setToZero(int from, int to);

  abstract void multiply(int n, double factor);

  /** Adds the squares of the chunk to the sums of columns, {@value #CHUNK} columns a part. */
  abstract void addSquares(int part, int n);

  /** Multiplies the chunk by the factors that columns have been set to. */
  abstract void multiplyByColumns(int part, int n);

  abstract double column(int column);

  abstract void setColumn(int column, double value);

  abstract void clearColumns(int columns);

  /** The squares, in DOUBLE, of eight stretches of the chunk that lie side by side. */
  abstract void squaresOfEight(int start, int length, double[] squares, int first);

  abstract double blasSquares(long start, int n);

  abstract void blasScale(long start, int n, double factor);
}
