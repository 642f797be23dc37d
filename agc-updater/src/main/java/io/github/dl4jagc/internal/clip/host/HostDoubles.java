package io.github.dl4jagc.internal.clip.host;

import io.github.dl4jagc.internal.clip.UnitPattern;
import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.indexer.DoubleIndexer;

/**
 * Units of DOUBLE elements, one element after the other: simple, and not as fast as it could be, as
 * networks are trained in FLOAT. Squares beyond the range of DOUBLE are not made up for.
 */
final class HostDoubles extends HostUnits {

  /** The most elements, or rows, that are added up one by one: what is rounded off adds up. */
  private static final int STRETCH = 4096;

  private final DoubleIndexer elements;

  /** Of the units of a block: the squares of some rows. */
  private final double[] sums;

  HostDoubles(DoublePointer array, long length, UnitPattern pattern) {
    super(pattern);
    this.elements = DoubleIndexer.create(new DoublePointer(array).limit(array.position() + length));
    this.sums = new double[unitsInBlock(pattern)];
  }

  @Override
  boolean squares(long first, int units, double[] scales, double[] squares) {
    Arrays.fill(squares, 0, units, 0);
    long start = pattern.startOf(first);
    for (long row = 0; row < pattern.outer; row++, start += pattern.rowLength()) {
      addSquares(start, units, scales);
      if (row % STRETCH == STRETCH - 1 || row == pattern.outer - 1) {
        for (int unit = 0; unit < units; unit++) {
          squares[unit] += sums[unit];
          sums[unit] = 0;
        }
      }
    }
    return true;
  }

  private void addSquares(long start, int units, double[] scales) {
    for (int unit = 0; unit < units; unit++) {
      if (scales[unit] == 1) {
        continue;
      }
      if (pattern.inner == 1) {
        double x = elements.get(start + unit);
        sums[unit] += x * x;
      } else {
        long run = start + unit * pattern.inner;
        for (long done = 0; done < pattern.inner; done += STRETCH) {
          sums[unit] += square(run + done, Math.min(STRETCH, pattern.inner - done));
        }
      }
    }
  }

  /** In four sums, so that no addition waits for the one before it. */
  private double square(long start, long n) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    long at = start;
    for (long end = start + n - 3; at < end; at += 4) {
      double x0 = elements.get(at);
      double x1 = elements.get(at + 1);
      double x2 = elements.get(at + 2);
      double x3 = elements.get(at + 3);
      sum0 += x0 * x0;
      sum1 += x1 * x1;
      sum2 += x2 * x2;
      sum3 += x3 * x3;
    }
    for (; at < start + n; at++) {
      double x = elements.get(at);
      sum0 += x * x;
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  @Override
  boolean isExact(double square) {
    return true;
  }

  @Override
  boolean isTiny(double square) {
    return square == 0;
  }

  @Override
  double tinyNorm() {
    return 0;
  }

  @Override
  double exactSquare(long unit) {
    double[] square = new double[1];
    squares(unit, 1, new double[1], square);
    return square[0];
  }

  @Override
  void scale(long first, int units, double[] scales) {
    long start = pattern.startOf(first);
    for (long row = 0; row < pattern.outer; row++, start += pattern.rowLength()) {
      for (int unit = 0; unit < units; unit++) {
        double scale = scales[unit];
        if (scale != 1) {
          long end = start + (unit + 1) * pattern.inner;
          for (long at = end - pattern.inner; at < end; at++) {
            elements.put(at, Double.isNaN(scale) ? 0 : elements.get(at) * scale);
          }
        }
      }
    }
  }
}
