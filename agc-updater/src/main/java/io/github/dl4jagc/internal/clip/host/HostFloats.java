package io.github.dl4jagc.internal.clip.host;

import io.github.dl4jagc.internal.clip.UnitPattern;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/** Units of FLOAT elements. */
final class HostFloats extends HostUnits {

  private final long first;
  private final FloatPointer cursor;
  private final FloatBuffer[] windows;
  private final float[] chunk;
  private final float[][] columns;

  HostFloats(FloatPointer array, long length, UnitPattern pattern, boolean blas, Chunks chunks) {
    super(pattern, true, blas ? Blas.longestFloatSum() : 0);
    this.first = array.position();
    this.cursor = new FloatPointer(array);
    this.windows = new FloatBuffer[(int) ((length - 1) / Chunks.WINDOW) + 1];
    for (int i = 0; i < windows.length; i++) {
      long start = i * Chunks.WINDOW;
      long end = Math.min(length, start + Chunks.WINDOW + CHUNK);
      windows[i] = new FloatPointer(array).position(first + start).limit(first + end).asBuffer();
    }
    this.chunk = chunks.floats;
    this.columns = chunks.floatColumns;
  }

  private FloatBuffer at(long start) {
    FloatBuffer window = windows[(int) (start / Chunks.WINDOW)];
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
    return Arrays.equals(chunk, 0, n, Chunks.FLOAT_ZEROS, 0, n);
  }

  @Override
  void setToZero(int from, int to) {
    Arrays.fill(chunk, from, to, 0);
  }

  @Override
  void multiply(int n, double factor) {
    for (int i = 0; i < n; i++) {
      chunk[i] = (float) (chunk[i] * factor);
    }
  }

  @Override
  void addSquares(int part, int n) {
    float[] x = chunk;
    float[] sums = columns[part];
    for (int i = 0; i < n; i++) {
      sums[i] += x[i] * x[i];
    }
  }

  @Override
  void multiplyByColumns(int part, int n) {
    float[] x = chunk;
    float[] factors = columns[part];
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
    columns[column / CHUNK][column % CHUNK] = (float) value;
  }

  @Override
  void clearColumns(int n) {
    for (int part = 0; part * CHUNK < n; part++) {
      Arrays.fill(columns[part], 0);
    }
  }

  @Override
  void squaresOfEight(int start, int length, double[] squares, int first) {
    float[] x = chunk;
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    double sum4 = 0;
    double sum5 = 0;
    double sum6 = 0;
    double sum7 = 0;
    for (int i = start; i < start + length; i++) {
      double x0 = x[i];
      double x1 = x[i + length];
      double x2 = x[i + 2 * length];
      double x3 = x[i + 3 * length];
      double x4 = x[i + 4 * length];
      double x5 = x[i + 5 * length];
      double x6 = x[i + 6 * length];
      double x7 = x[i + 7 * length];
      sum0 += x0 * x0;
      sum1 += x1 * x1;
      sum2 += x2 * x2;
      sum3 += x3 * x3;
      sum4 += x4 * x4;
      sum5 += x5 * x5;
      sum6 += x6 * x6;
      sum7 += x7 * x7;
    }
    squares[first] = sum0;
    squares[first + 1] = sum1;
    squares[first + 2] = sum2;
    squares[first + 3] = sum3;
    squares[first + 4] = sum4;
    squares[first + 5] = sum5;
    squares[first + 6] = sum6;
    squares[first + 7] = sum7;
  }

  @Override
  double blasSquares(long start, int n) {
    return Blas.sumOfSquares(n, cursor.position(first + start));
  }

  @Override
  void blasScale(long start, int n, double factor) {
    Blas.scale(n, (float) factor, cursor.position(first + start));
  }
}
