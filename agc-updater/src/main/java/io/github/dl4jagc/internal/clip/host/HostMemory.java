package io.github.dl4jagc.internal.clip.host;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs of elements of a FLOAT or DOUBLE array in host memory: {@code n} elements at a fixed
 * distance, the first of them so far from the array's first one. Keeps a cursor, so one instance
 * serves one thread.
 *
 * <p>Sums are those of short pieces, added up in DOUBLE and with compensation: their rounding
 * errors do not grow with the number of elements.
 */
abstract class HostMemory {

  /**
   * The most elements of one BLAS call, and of one sum without compensation. Bounds rounding
   * errors, and stays below the size from which OpenBLAS starts threads of its own (10,000).
   */
  static final int LONGEST_CALL = 8192;

  /** Below this many elements plain Java is as fast as a call, which costs some 15 ns. */
  private static final int SMALL = 12;

  /**
   * @param array the array, whose elements must lie side by side in whatever order
   * @param step the distance from one element of a run to the next
   * @param blas whether to use BLAS
   */
  static HostMemory of(INDArray array, int step, boolean blas) {
    Pointer first = array.data().addressPointer();
    return array.dataType() == DataType.FLOAT
        ? new Floats((FloatPointer) first, array.length(), step, blas)
        : new Doubles((DoublePointer) first, array.length(), step, blas);
  }

  final int step;
  private final boolean blas;
  private final int longestSum;

  /**
   * @param longestSum the most elements of one BLAS call that adds squares up
   */
  private HostMemory(int step, boolean blas, int longestSum) {
    this.step = step;
    this.blas = blas;
    this.longestSum = longestSum;
  }

  /** Whether runs of {@code n} elements are left to BLAS: else they are added up in DOUBLE. */
  final boolean usesBlas(long n) {
    return blas && n >= SMALL;
  }

  /** Adds squares, which may leave the range of the type. */
  final void addSquares(long start, long n, CompensatedSum sum) {
    if (!usesBlas(n)) {
      addSquaresInDouble(start, n, sum);
      return;
    }
    for (long done = 0; done < n; done += longestSum) {
      sum.add(blasSumOfSquares(start + done * step, (int) Math.min(longestSum, n - done)));
    }
  }

  /** Adds squares in DOUBLE: those of FLOAT elements do not leave its range. */
  final void addSquaresInDouble(long start, long n, CompensatedSum sum) {
    for (long done = 0; done < n; done += LONGEST_CALL) {
      sum.add(sumOfSquares(start + done * step, (int) Math.min(LONGEST_CALL, n - done)));
    }
  }

  /** In four sums, so that no addition waits for the one before it. */
  private double sumOfSquares(long start, int n) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    long at = start;
    int left = n;
    for (; left >= 4; left -= 4, at += 4L * step) {
      double x0 = get(at);
      double x1 = get(at + step);
      double x2 = get(at + 2L * step);
      double x3 = get(at + 3L * step);
      sum0 += x0 * x0;
      sum1 += x1 * x1;
      sum2 += x2 * x2;
      sum3 += x3 * x3;
    }
    for (; left > 0; left--, at += step) {
      double x = get(at);
      sum0 += x * x;
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  final boolean isZero(long start, long n) {
    if (!usesBlas(n)) {
      for (long i = 0, at = start; i < n; i++, at += step) {
        if (get(at) != 0) {
          return false;
        }
      }
      return true;
    }
    for (long done = 0; done < n; done += LONGEST_CALL) {
      if (blasSumOfSizes(start + done * step, (int) Math.min(LONGEST_CALL, n - done)) != 0) {
        return false;
      }
    }
    return true;
  }

  final void scale(long start, long n, double factor) {
    if (!usesBlas(n) || factor < Float.MIN_NORMAL) { // a factor that FLOAT cannot hold
      for (long i = 0, at = start; i < n; i++, at += step) {
        put(at, get(at) * factor);
      }
      return;
    }
    for (long done = 0; done < n; done += LONGEST_CALL) {
      blasScale(start + done * step, (int) Math.min(LONGEST_CALL, n - done), factor);
    }
  }

  final void setToZero(long start, long n) {
    for (long i = 0, at = start; i < n; i++, at += step) {
      put(at, 0);
    }
  }

  abstract double get(long at);

  abstract void put(long at, double value);

  abstract double blasSumOfSquares(long start, int n);

  abstract double blasSumOfSizes(long start, int n);

  abstract void blasScale(long start, int n, double factor);

  private static final class Floats extends HostMemory {
    private final long first;
    private final FloatPointer cursor;
    private final FloatIndexer indexer;

    Floats(FloatPointer array, long length, int step, boolean blas) {
      super(step, blas, blas ? DotPrecision.longestSum(step) : LONGEST_CALL);
      this.first = array.position();
      this.cursor = new FloatPointer(array);
      this.indexer = FloatIndexer.create(new FloatPointer(array).limit(first + length));
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
    double blasSumOfSquares(long start, int n) {
      return Blas.sumOfSquares(n, cursor.position(first + start), step);
    }

    @Override
    double blasSumOfSizes(long start, int n) {
      return Blas.sumOfSizes(n, cursor.position(first + start), step);
    }

    @Override
    void blasScale(long start, int n, double factor) {
      Blas.scale(n, (float) factor, cursor.position(first + start), step);
    }
  }

  private static final class Doubles extends HostMemory {
    private final long first;
    private final DoublePointer cursor;
    private final DoubleIndexer indexer;

    Doubles(DoublePointer array, long length, int step, boolean blas) {
      super(step, blas, LONGEST_CALL);
      this.first = array.position();
      this.cursor = new DoublePointer(array);
      this.indexer = DoubleIndexer.create(new DoublePointer(array).limit(first + length));
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
    double blasSumOfSquares(long start, int n) {
      return Blas.sumOfSquares(n, cursor.position(first + start), step);
    }

    @Override
    double blasSumOfSizes(long start, int n) {
      return Blas.sumOfSizes(n, cursor.position(first + start), step);
    }

    @Override
    void blasScale(long start, int n, double factor) {
      Blas.scale(n, factor, cursor.position(first + start), step);
    }
  }
}
