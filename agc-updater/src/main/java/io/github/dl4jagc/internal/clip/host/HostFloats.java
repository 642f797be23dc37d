package io.github.dl4jagc.internal.clip.host;

import static io.github.dl4jagc.internal.clip.host.Chunks.CHUNK;

import io.github.dl4jagc.internal.clip.UnitPattern;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Units of FLOAT elements:
 *
 * <pre>
 * runs of 80 elements and more    unit by unit, with BLAS where there is one
 * shorter units, of one run       many units at once, each in four sums
 * shorter runs, of many units     rows of many units, one after the other, with a sum a column
 * </pre>
 *
 * The latter two work on a chunk copied to the heap: Java vectorises loops over arrays alone, and a
 * copy of some kilobytes is as fast as reading. Squares are added up in FLOAT, few at a time, and
 * these sums in DOUBLE; what is then not {@link #isExact} has to be squared in DOUBLE.
 */
final class HostFloats extends HostUnits {

  /** Elements of a window: Java's buffers have no more than 2^31 bytes. */
  private static final long WINDOW = 1 << 27;

  /** Rows whose squares are added up in FLOAT, one by one, before they are added to a DOUBLE. */
  private static final int MAX_ROWS = 64;

  /** Elements in a line of a cache: gaps of fewer are read with what is around them. */
  private static final int LINE = 16;

  private static final int LOG_CHUNK = Integer.numberOfTrailingZeros(CHUNK);

  private final long first;
  private final FloatPointer cursor;
  private final ByteBuffer[] bytes;
  private final FloatBuffer[] windows;
  private final float[] chunk;
  private final float[][] columns;
  private final boolean[] used;
  private final int inner;
  private final boolean longRuns;
  private final int longestSum;
  private final int gap;
  private final double smallestExactSquare;
  private final boolean squaredInFloat;

  HostFloats(FloatPointer array, long length, UnitPattern pattern, boolean blas, Chunks chunks) {
    super(pattern);
    this.first = array.position();
    this.cursor = new FloatPointer(array);
    this.bytes = new ByteBuffer[(int) ((length - 1) / WINDOW) + 1];
    this.windows = new FloatBuffer[bytes.length];
    for (int i = 0; i < windows.length; i++) {
      long start = i * WINDOW;
      long end = Math.min(length, start + WINDOW + CHUNK);
      bytes[i] = new FloatPointer(array).position(first + start).limit(first + end).asByteBuffer();
      windows[i] = bytes[i].order(ByteOrder.nativeOrder()).asFloatBuffer();
    }
    this.chunk = chunks.chunk;
    this.columns = chunks.columns;
    this.used = new boolean[columns.length];
    this.inner = (int) Math.min(pattern.inner, Integer.MAX_VALUE);
    this.longRuns = hasLongRuns(pattern);
    this.longestSum = blas && longRuns ? Blas.longestFloatSum() : 0;
    this.gap = LINE / inner;
    this.squaredInFloat = longRuns ? blas : pattern.outer > 1;
    this.smallestExactSquare = pattern.unitSize() * (Float.MIN_NORMAL / 2e-6);
  }

  /** How many columns {@link Chunks} must have for a block. */
  static int columnsOfBlock(UnitPattern pattern) {
    return isInRows(pattern) ? unitsInBlock(pattern) * (int) pattern.inner : 0;
  }

  @Override
  boolean squares(long first, int units, double[] scales, double[] squares) {
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

  /** Whether all are zero; those of long runs are not looked at twice. */
  private boolean squaresOfSpan(long first, int from, int to, double[] squares) {
    if (!longRuns) {
      return pattern.outer == 1
          ? squaresOfShortUnits(first, from, to, squares)
          : squaresOfRows(first, from, to, squares);
    }
    for (int unit = from; unit < to; unit++) {
      squares[unit] = longestSum > 0 ? squareByBlas(first + unit) : exactSquare(first + unit);
    }
    return false;
  }

  private double squareByBlas(long unit) {
    double sum = 0;
    long start = pattern.startOf(unit);
    for (long run = 0; run < pattern.outer; run++, start += rowLength()) {
      int n;
      for (long done = 0; done < pattern.inner; done += n) {
        n = (int) Math.min(longestSum, pattern.inner - done);
        sum += Blas.sumOfSquares(n, cursor.position(first + start + done));
      }
    }
    return sum;
  }

  private boolean squaresOfShortUnits(long first, int from, int to, double[] squares) {
    boolean zero = true;
    int atOnce = CHUNK / inner;
    for (int unit = from; unit < to; unit += atOnce) {
      int units = Math.min(atOnce, to - unit);
      long start = (first + unit) * inner;
      if (isZero(start, units * inner)) {
        Arrays.fill(squares, unit, unit + units, 0);
      } else {
        zero = false;
        load(start, units * inner);
        for (int i = 0; i < units; i++) {
          squares[unit + i] = squareInChunk(i * inner, inner);
        }
      }
    }
    return zero;
  }

  /** In four sums, so that no addition waits for the one before it. */
  private double squareInChunk(int start, int n) {
    float[] x = chunk;
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int i = start;
    for (; i < start + n - 3; i += 4) {
      double x0 = x[i];
      double x1 = x[i + 1];
      double x2 = x[i + 2];
      double x3 = x[i + 3];
      sum0 += x0 * x0;
      sum1 += x1 * x1;
      sum2 += x2 * x2;
      sum3 += x3 * x3;
    }
    for (; i < start + n; i++) {
      double x0 = x[i];
      sum0 += x0 * x0;
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  private boolean squaresOfRows(long first, int from, int to, double[] squares) {
    if (to - from == 1) { // one of few in a block: it is not worth the columns
      squares[from] = exactSquare(first + from);
      return squares[from] == 0;
    }
    Arrays.fill(squares, from, to, 0);
    boolean zero = true;
    int width = (to - from) * inner;
    int together = rowsTogether(width);
    int added = 0;
    long start = pattern.startOf(first + from);
    for (long row = 0; row < pattern.outer; row += together, start += together * rowLength()) {
      int n = (int) Math.min(together, pattern.outer - row) * width;
      for (int done = 0; done < n; done += CHUNK) {
        int ofChunk = Math.min(CHUNK, n - done);
        if (!isZero(start + done, ofChunk)) {
          zero = false;
          load(start + done, ofChunk);
          addSquares(columns[done / CHUNK], ofChunk);
          used[done / CHUNK] = true;
        }
      }
      if (++added == MAX_ROWS) {
        takeSums(together, from, to, squares);
        added = 0;
      }
    }
    if (!zero) {
      takeSums(together, from, to, squares);
    }
    return zero;
  }

  /** Rows that lie side by side, as those of a whole group do, are one long row. */
  private int rowsTogether(int width) {
    return width == rowLength() ? (int) Math.max(1, Math.min(CHUNK / width, pattern.outer)) : 1;
  }

  private long rowLength() {
    return pattern.rowLength();
  }

  private void addSquares(float[] sums, int n) {
    float[] x = chunk;
    for (int i = 0; i < n; i++) {
      sums[i] += x[i] * x[i];
    }
  }

  /** Adds the sums of columns to those of their units, and clears them. */
  private void takeSums(int rows, int from, int to, double[] squares) {
    int width = (to - from) * inner;
    for (int part = 0, first = 0; first < rows * width; part++, first += CHUNK) {
      if (used[part]) {
        float[] sums = columns[part];
        int unit = from + first % width / inner;
        int left = inner - first % inner;
        for (int i = 0; i < Math.min(CHUNK, rows * width - first); i++) {
          squares[unit] += sums[i];
          if (--left == 0) {
            left = inner;
            unit = unit + 1 == to ? from : unit + 1;
          }
        }
        Arrays.fill(sums, 0);
        used[part] = false;
      }
    }
  }

  private void clearColumns(int n) {
    for (int part = 0; part * CHUNK < n; part++) {
      Arrays.fill(columns[part], 0);
    }
  }

  @Override
  boolean isExact(double square) {
    return !squaredInFloat || square >= smallestExactSquare && square <= Double.MAX_VALUE;
  }

  @Override
  boolean isTiny(double square) {
    return squaredInFloat && square < smallestExactSquare;
  }

  @Override
  double tinyNorm() {
    return Math.sqrt(smallestExactSquare + pattern.unitSize() * Float.MIN_NORMAL);
  }

  @Override
  double exactSquare(long unit) {
    double sum = 0;
    long start = pattern.startOf(unit);
    for (long run = 0; run < pattern.outer; run++, start += rowLength()) {
      int n;
      for (long done = 0; done < pattern.inner; done += n) {
        n = (int) Math.min(CHUNK, pattern.inner - done);
        load(start + done, n);
        sum += squareInChunk(0, n);
      }
    }
    return sum;
  }

  @Override
  void scale(long first, int units, double[] scales) {
    for (int unit = 0; unit < units; unit++) {
      if (scales[unit] != 1 && (longRuns || !(scales[unit] >= Float.MIN_NORMAL))) {
        scaleUnit(first + unit, scales[unit]);
        scales[unit] = 1;
      }
    }
    for (int unit = 0; unit < units; unit++) {
      if (scales[unit] != 1) {
        int end = endOfSpan(scales, unit, units);
        if (pattern.outer == 1) {
          scaleShortUnits(first, unit, end, scales);
        } else if (end - unit == 1) {
          scaleUnit(first + unit, scales[unit]);
        } else {
          scaleRows(first, unit, end, scales);
        }
        unit = end;
      }
    }
  }

  private void scaleUnit(long unit, double scale) {
    boolean byBlas = longestSum > 0 && scale >= Float.MIN_NORMAL;
    long start = pattern.startOf(unit);
    for (long run = 0; run < pattern.outer; run++, start += rowLength()) {
      int n;
      for (long done = 0; done < pattern.inner; done += n) {
        n = (int) Math.min(Blas.LONGEST_CALL, pattern.inner - done);
        if (byBlas) {
          Blas.scale(n, (float) scale, cursor.position(first + start + done));
        } else {
          scaleElements(start + done, n, scale);
        }
      }
    }
  }

  private void scaleElements(long start, int n, double scale) {
    for (long i = start; i < start + n; i++) {
      FloatBuffer window = windows[(int) (i / WINDOW)];
      int at = (int) (i % WINDOW);
      window.put(at, Double.isNaN(scale) ? 0 : (float) (window.get(at) * scale));
    }
  }

  private void scaleShortUnits(long first, int from, int to, double[] scales) {
    int atOnce = CHUNK / inner;
    for (int unit = from; unit < to; unit += atOnce) {
      int units = Math.min(atOnce, to - unit);
      long start = (first + unit) * inner;
      load(start, units * inner);
      for (int i = 0; i < units; i++) {
        if (scales[unit + i] != 1) {
          multiply(i * inner, inner, (float) scales[unit + i]);
        }
      }
      store(start, units * inner);
    }
  }

  private void multiply(int start, int n, float factor) {
    float[] x = chunk;
    for (int i = start; i < start + n; i++) {
      x[i] *= factor;
    }
  }

  private void scaleRows(long first, int from, int to, double[] scales) {
    int width = (to - from) * inner;
    int together = rowsTogether(width);
    setColumns(together, from, to, scales);
    long start = pattern.startOf(first + from);
    for (long row = 0; row < pattern.outer; row += together, start += together * rowLength()) {
      int n = (int) Math.min(together, pattern.outer - row) * width;
      for (int done = 0; done < n; done += CHUNK) {
        int ofChunk = Math.min(CHUNK, n - done);
        load(start + done, ofChunk);
        multiplyByColumns(columns[done / CHUNK], ofChunk);
        store(start + done, ofChunk);
      }
    }
    clearColumns(together * width);
  }

  private void setColumns(int rows, int from, int to, double[] scales) {
    int column = 0;
    for (int row = 0; row < rows; row++) {
      for (int unit = from; unit < to; unit++) {
        for (int i = 0; i < inner; i++, column++) {
          columns[column >>> LOG_CHUNK][column & CHUNK - 1] = (float) scales[unit];
        }
      }
    }
  }

  private void multiplyByColumns(float[] factors, int n) {
    float[] x = chunk;
    for (int i = 0; i < n; i++) {
      x[i] *= factors[i];
    }
  }

  private void load(long start, int n) {
    at(start).get(chunk, 0, n);
  }

  private void store(long start, int n) {
    at(start).put(chunk, 0, n);
  }

  private FloatBuffer at(long start) {
    FloatBuffer window = windows[(int) (start / WINDOW)];
    window.position((int) (start % WINDOW));
    return window;
  }

  /** Whether elements are zero, without a minus; soon over where they are not. */
  private boolean isZero(long start, int n) {
    ByteBuffer window = bytes[(int) (start / WINDOW)];
    int at = (int) (start % WINDOW) * Float.BYTES;
    int end = at + n * Float.BYTES;
    for (; at < end - 31; at += 32) {
      long some = window.getLong(at) | window.getLong(at + 8);
      if ((some | window.getLong(at + 16) | window.getLong(at + 24)) != 0) {
        return false;
      }
    }
    for (; at < end; at += Float.BYTES) {
      if (window.getInt(at) != 0) {
        return false;
      }
    }
    return true;
  }
}
