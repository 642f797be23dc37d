package io.github.dl4jagc.internal;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The elements of a FLOAT or DOUBLE array in host memory, by their distance from its first one.
 * Keeps a cursor, so one instance serves one thread.
 *
 * <p>Sums are those of short calls, added up in DOUBLE and with compensation: their rounding errors
 * do not grow with the number of elements.
 */
abstract class HostMemory {

  /**
   * The most elements of one BLAS call, and of one sum without compensation. Bounds rounding
   * errors, and stays below the size from which OpenBLAS starts threads of its own (10,000).
   */
  static final int CHUNK = 8192;

  /** Below this many elements plain Java is as fast as a call, which costs some 15 ns. */
  private static final int SMALL = 12;

  /** The elements of {@code array}, which must lie side by side in whatever order. */
  static HostMemory of(INDArray array, boolean blas) {
    Pointer first = array.data().addressPointer();
    return array.dataType() == DataType.FLOAT
        ? new Floats((FloatPointer) first, array.length(), blas)
        : new Doubles((DoublePointer) first, array.length(), blas);
  }

  private final boolean blas;

  private HostMemory(boolean blas) {
    this.blas = blas;
  }

  /** Adds the squares of {@code n} elements; they may leave the range of the type. */
  final void addSquares(long start, long n, int step, CompensatedSum sum) {
    if (n < SMALL || !blas) {
      addSquaresTimes(1, start, n, step, sum);
      return;
    }
    int call = longestSum(step);
    for (long done = 0; done < n; done += call) {
      sum.add(blasSumOfSquares(start + done * step, (int) Math.min(call, n - done), step));
    }
  }

  /**
   * Adds the squares of {@code n} elements times {@code factor} each, all in DOUBLE: those of FLOAT
   * elements do not leave its range.
   */
  final void addSquaresTimes(double factor, long start, long n, int step, CompensatedSum sum) {
    for (long done = 0; done < n; done += CHUNK) {
      sum.add(sumOfSquares(factor, start + done * step, (int) Math.min(CHUNK, n - done), step));
    }
  }

  /** In four sums, so that no addition waits for the one before it. */
  private double sumOfSquares(double factor, long start, int n, int step) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    long at = start;
    int left = n;
    for (; left >= 4; left -= 4, at += 4L * step) {
      double x0 = factor * get(at);
      double x1 = factor * get(at + step);
      double x2 = factor * get(at + 2L * step);
      double x3 = factor * get(at + 3L * step);
      sum0 += x0 * x0;
      sum1 += x1 * x1;
      sum2 += x2 * x2;
      sum3 += x3 * x3;
    }
    for (; left > 0; left--, at += step) {
      double x = factor * get(at);
      sum0 += x * x;
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  /** Multiplies {@code n} elements. */
  final void scale(long start, long n, int step, double factor) {
    if (n < SMALL || !blas) {
      for (long i = 0, at = start; i < n; i++, at += step) {
        put(at, get(at) * factor);
      }
      return;
    }
    for (long done = 0; done < n; done += CHUNK) {
      blasScale(start + done * step, (int) Math.min(CHUNK, n - done), step, factor);
    }
  }

  final void setToZero(long start, long n, int step) {
    for (long i = 0, at = start; i < n; i++, at += step) {
      put(at, 0);
    }
  }

  /** The most elements of a BLAS call that adds up squares. */
  abstract int longestSum(int step);

  abstract double get(long at);

  abstract void put(long at, double value);

  abstract double blasSumOfSquares(long start, int n, int step);

  abstract void blasScale(long start, int n, int step, double factor);

  private static final class Floats extends HostMemory {
    private final long first;
    private final FloatPointer cursor;
    private final FloatIndexer indexer;

    Floats(FloatPointer array, long length, boolean blas) {
      super(blas);
      this.first = array.position();
      this.cursor = new FloatPointer(array);
      this.indexer = FloatIndexer.create(new FloatPointer(array).limit(first + length));
    }

    @Override
    int longestSum(int step) {
      return DotPrecision.longestSum(step);
    }

    @Override
    double get(long at) {
      return indexer.get(at);
    }

    @Override
    void put(long at, double value) {
      indexer.put(at, (float) value);
    }

    @Override
    double blasSumOfSquares(long start, int n, int step) {
      return Blas.sumOfSquares(n, cursor.position(first + start), step);
    }

    @Override
    void blasScale(long start, int n, int step, double factor) {
      Blas.scale(n, (float) factor, cursor.position(first + start), step);
    }
  }

  private static final class Doubles extends HostMemory {
    private final long first;
    private final DoublePointer cursor;
    private final DoubleIndexer indexer;

    Doubles(DoublePointer array, long length, boolean blas) {
      super(blas);
      this.first = array.position();
      this.cursor = new DoublePointer(array);
      this.indexer = DoubleIndexer.create(new DoublePointer(array).limit(first + length));
    }

    @Override
    int longestSum(int step) {
      return CHUNK;
    }

    @Override
    double get(long at) {
      return indexer.get(at);
    }

    @Override
    void put(long at, double value) {
      indexer.put(at, value);
    }

    @Override
    double blasSumOfSquares(long start, int n, int step) {
      return Blas.sumOfSquares(n, cursor.position(first + start), step);
    }

    @Override
    void blasScale(long start, int n, int step, double factor) {
      Blas.scale(n, factor, cursor.position(first + start), step);
    }
  }
}
