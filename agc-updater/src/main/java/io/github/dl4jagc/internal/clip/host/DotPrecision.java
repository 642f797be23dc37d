package io.github.dl4jagc.internal.clip.host;

import org.bytedeco.javacpp.FloatPointer;

/**
 * How many FLOAT squares one BLAS call may add up: the more, the more is rounded off. Found out at
 * first use, as it differs a hundredfold from one kernel to another: some have many sums side by
 * side, some have one, and some add up in DOUBLE.
 */
final class DotPrecision {

  /** Any kernel is exact enough here, be it with one sum in FLOAT. */
  private static final int SHORTEST = 256;

  /** Relative error that a norm may have: somewhat less than the 1e-5 that is promised. */
  private static final double TOLERANCE = 9e-6;

  private static final int CONTIGUOUS = longest(1);
  private static final int STRIDED = longest(2);

  private DotPrecision() {}

  /** The most elements of a call for elements at distance {@code step}. */
  static int longestSum(int step) {
    return step == 1 ? CONTIGUOUS : STRIDED;
  }

  private static int longest(int step) {
    int length = HostMemory.LONGEST_CALL;
    while (length > SHORTEST && !(error(length, step) < TOLERANCE)) {
      length /= 2;
    }
    return length;
  }

  /** Of the worst case: after a 1, squares that are just too small to be added to it one by one. */
  private static double error(int length, int step) {
    float small = 2.4e-4f;
    float[] values = new float[length * step];
    values[0] = 1;
    for (int i = step; i < values.length; i += step) {
      values[i] = small;
    }
    double expected = 1 + (length - 1) * ((double) small * small);
    try (FloatPointer array = new FloatPointer(values)) {
      return Math.abs(Math.sqrt(Blas.sumOfSquares(length, array, step) / expected) - 1);
    }
  }
}
