package io.github.dl4jagc.internal.clip.host;

import io.github.dl4jagc.internal.clip.UnitPattern;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;

/** Units of DOUBLE elements. */
final class HostDoubles extends HostUnits {

  private final long first;
  private final DoublePointer cursor;
  private final DoubleBuffer[] windows;
  private final double[] chunk;
  private final double[][] columns;

  HostDoubles(DoublePointer array, long length, UnitPattern pattern, boolean blas, Chunks chunks) {
    super(pattern, false, blas ? Blas.LONGEST_CALL : 0);
    this.first = array.position();
    this.cursor = new DoublePointer(array);
    this.windows = new DoubleBuffer[(int) ((length - 1) / Chunks.WINDOW) + 1];
    for (int i = 0; i < windows.length; i++) {
      long start = i * Chunks.WINDOW;
      long end = Math.min(length, start + Chunks.WINDOW + CHUNK);
      windows[i] = new DoublePointer(array).position(first + start).limit(first + end).asBuffer();
    }
    this.chunk = chunks.doubles;
    this.columns = chunks.doubleColumns;
  }

  private DoubleBuffer at(long start) {
    DoubleBuffer window = windows[(int) (start / Chunks.WINDOW)];
    window.position((int) (start % Chunks.WINDOW));
    return window;
  }

  @Override
  void load(long start, int n) {
    at(start).get(chunk, 0, n);
  }

  @Override
  void store(long start, int n) {
    at(start).put(chunk, 0, n);
  }

  @Override
  boolean isZero(int n) {
    return Arrays.equals(chunk, 0, n, Chunks.DOUBLE_ZEROS, 0, n);
  }

  @Override
  void setToZero(int from, int to) {
    Arrays.fill(chunk, from, to, 0);
  }

  @Override
  void multiply(int n, double factor) {
    for (int i = 0; i < n; i++) {
      chunk[i] = chunk[i] * factor;
    }
  }

  @Override
  void addSquares(int part, int n) {
    double[] x = chunk;
    double[] sums = columns[part];
    for (int i = 0; i < n; i++) {
      sums[i] += x[i] * x[i];
    }
  }

  @Override
  void multiplyByColumns(int part, int n) {
    double[] x = chunk;
    double[] factors = columns[part];
    for (int i = 0; i < n; i++) {
      x[i] *= factors[i];
    }
  }

  @Override
  double column(int column) {
    return columns[column / CHUNK][column % CHUNK];
  }

  @Override
  void setColumn(int column, double value) {
    columns[column / CHUNK][column % CHUNK] = value;
  }

  @Override
  void clearColumns(int n) {
    for (int part = 0; part * CHUNK < n; part++) {
      Arrays.fill(columns[part], 0);
    }
  }

  @Override
  void squaresOfEight(int start, int length, double[] squares, int first) {
    for (int stretch = 0, i = start; stretch < EIGHT; stretch++) {
      double sum = 0;
      for (int end = i + length; i < end; i++) {
        sum += chunk[i] * chunk[i];
      }
      squares[first + stretch] = sum;
    }
  }

  @Override
  double blasSquares(long start, int n) {
    return Blas.sumOfSquares(n, cursor.position(first + start));
  }

  @Override
  void blasScale(long start, int n, double factor) {
    Blas.scale(n, factor, cursor.position(first + start));
  }
}
