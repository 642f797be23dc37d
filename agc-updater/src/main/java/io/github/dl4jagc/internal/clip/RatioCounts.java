package io.github.dl4jagc.internal.clip;

import java.util.Arrays;

/**
 * Counts ratios {@code ||G|| / max(||W||, epsilon)} by their size: in bins of a quarter octave,
 * with a bin below and one above. Mutable; costs time only where it has counted.
 *
 * <p>Bin {@code b} has the ratios from {@link #lowerEdge lowerEdge(b)} to, exclusively, {@code
 * lowerEdge(b + 1)}.
 */
public final class RatioCounts {

  /** The lowest edge is two to the power of this: no threshold is lower. */
  private static final int LOWEST_OCTAVE = -20;

  /** The highest edge is two to the power of this: no threshold is higher. */
  private static final int HIGHEST_OCTAVE = 20;

  private static final int BINS_OF_OCTAVE = 4;

  private static final int BINS = (HIGHEST_OCTAVE - LOWEST_OCTAVE) * BINS_OF_OCTAVE + 2;

  private static final double LOWEST = Math.scalb(1.0, LOWEST_OCTAVE);
  private static final double HIGHEST = Math.scalb(1.0, HIGHEST_OCTAVE);
  private static final double QUARTER = Math.pow(2, 0.25);
  private static final double HALF = Math.sqrt(2);
  private static final double THREE_QUARTERS = Math.pow(2, 0.75);

  private static final int FRACTION_BITS = 52;
  private static final long FRACTION = (1L << FRACTION_BITS) - 1;
  private static final long BELOW_QUARTER = belowFractionOf(QUARTER);
  private static final long BELOW_HALF = belowFractionOf(HALF);
  private static final long BELOW_THREE_QUARTERS = belowFractionOf(THREE_QUARTERS);

  private final long[] counts = new long[BINS];

  /** The bins that may not be 0: from the first to the last one. */
  private int first = BINS;

  private int last = -1;

  RatioCounts() {}

  /** {@return how many bins there are, with that of lower and that of higher ratios} */
  public static int bins() {
    return BINS;
  }

  /**
   * The bin of a ratio.
   *
   * @param ratio not NaN
   */
  public static int binOf(double ratio) {
    if (ratio < LOWEST) {
      return 0;
    }
    if (ratio >= HIGHEST) {
      return BINS - 1;
    }
    // Of the bits: this is done for each unit, and branches would be mispredicted.
    long bits = Double.doubleToRawLongBits(ratio);
    int octave = (int) (bits >> FRACTION_BITS) - Double.MAX_EXPONENT;
    long fraction = bits & FRACTION;
    return 1
        + (octave - LOWEST_OCTAVE) * BINS_OF_OCTAVE
        + isLess(BELOW_QUARTER, fraction)
        + isLess(BELOW_HALF, fraction)
        + isLess(BELOW_THREE_QUARTERS, fraction);
  }

  /** 1 if it is, else 0; of numbers that are not negative. */
  private static int isLess(long one, long other) {
    return (int) (one - other >>> Long.SIZE - 1);
  }

  private static long belowFractionOf(double value) {
    return (Double.doubleToRawLongBits(value) & FRACTION) - 1;
  }

  /**
   * The smallest ratio of a bin.
   *
   * @param bin from 0 to {@link #bins}
   * @return 0 for the first bin, infinity beyond the last one
   */
  public static double lowerEdge(int bin) {
    if (bin == 0) {
      return 0;
    }
    if (bin == BINS) {
      return Double.POSITIVE_INFINITY;
    }
    int quarters = bin - 1;
    double inOctave = new double[] {1, QUARTER, HALF, THREE_QUARTERS}[quarters % BINS_OF_OCTAVE];
    return Math.scalb(inOctave, LOWEST_OCTAVE + quarters / BINS_OF_OCTAVE);
  }

  /** Whether a ratio is below all that are told apart. */
  public static boolean isBelowAll(double ratio) {
    return ratio < LOWEST;
  }

  void count(double ratio) {
    count(binOf(ratio), 1);
  }

  void countZeros(long number) {
    if (number > 0) {
      count(0, number);
    }
  }

  private void count(int bin, long number) {
    counts[bin] += number;
    first = Math.min(first, bin);
    last = Math.max(last, bin);
  }

  void clear() {
    if (first <= last) {
      Arrays.fill(counts, first, last + 1, 0);
    }
    first = BINS;
    last = -1;
  }

  void add(RatioCounts other) {
    for (int bin = other.first; bin <= other.last; bin++) {
      counts[bin] += other.counts[bin];
    }
    first = Math.min(first, other.first);
    last = Math.max(last, other.last);
  }

  /** {@return the count of each bin, a copy} */
  public long[] toArray() {
    return counts.clone();
  }
}
