package io.github.dl4jagc.internal.clip.host;

import io.github.dl4jagc.internal.clip.UnitPattern;
import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.indexer.DoubleIndexer;

/**
 * Units of DOUBLE elements, one element after the other: simple, and half as fast as it could be,
 * as networks are trained in FLOAT. Squares beyond the range of DOUBLE are not made up for.
 */
final class HostDoubles extends HostUnits {

  /** Elements that are added up before what is rounded off is taken care of. */
  private static final int STRETCH = 1024;

  private final DoubleIndexer elements;

  /** What was rounded off in adding squares up, of each unit of a block. */
  private final double[] excess;

  HostDoubles(DoublePointer array, long length, UnitPattern pattern) {
    super(pattern);
    this.elements = DoubleIndexer.create(new DoublePointer(array).limit(array.position() + length));
    this.excess = new double[unitsInBlock(pattern)];
  }

  @Override
  boolean squares(long first, int units, double[] scales, double[] squares) {
    Arrays.fill(squares, 0, units, 0);
    Arrays.fill(excess, 0, units, 0);
    boolean zero = true;
    long start = pattern.startOf(first);
    for (long row = 0; row < pattern.outer; row++, start += pattern.rowLength()) {
      for (int unit = 0; unit < units; unit++) {
        if (scales[unit] != 1) {
          zero &= !addSquares(start + unit * pattern.inner, unit, squares);
        }
      }
    }
    return !zero;
  }

  /** Whether there was anything to add; with compensation (Kahan), whatever the unit's size. */
  private boolean addSquares(long start, int unit, double[] squares) {
    for (long done = 0; done < pattern.inner; done += STRETCH) {
      double part = square(start + done, Math.min(STRETCH, pattern.inner - done)) - excess[unit];
      double sum = squares[unit] + part;
      excess[unit] = sum - squares[unit] - part;
      squares[unit] = sum;
    }
    return squares[unit] != 0;
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
        if (scales[unit] != 1) {
          scale(start + unit * pattern.inner, scales[unit]);
        }
      }
    }
  }

  private void scale(long start, double factor) {
    for (long at = start; at < start + pattern.inner; at++) {
      elements.put(at, Double.isNaN(factor) ? 0 : elements.get(at) * factor);
    }
  }
}
