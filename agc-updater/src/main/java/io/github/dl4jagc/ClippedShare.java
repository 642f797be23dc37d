package io.github.dl4jagc;

import java.util.Locale;

/**
 * The share of units that a threshold would clip, between bounds: ratios are known up to the width
 * of a bin of {@link RatioHistogram}. Immutable.
 */
public final class ClippedShare {

  private final double atLeast;
  private final double atMost;
  private final double threshold;

  ClippedShare(double atLeast, double atMost, double threshold) {
    this.atLeast = atLeast;
    this.atMost = atMost;
    this.threshold = threshold;
  }

  /** {@return the share of the units in bins above the threshold, in [0, 1]} */
  public double atLeast() {
    return atLeast;
  }

  /** {@return the same with the bin that the threshold is in, in [0, 1]} */
  public double atMost() {
    return atMost;
  }

  /**
   * {@return a number from {@link #atLeast} to {@link #atMost}: the share if the ratios in the bin
   * that the threshold is in are spread evenly, on a logarithmic scale}
   */
  public double estimate() {
    int bin = RatioHistogram.binOf(threshold);
    double low = RatioHistogram.lowerEdge(bin);
    double high = RatioHistogram.lowerEdge(bin + 1);
    double below =
        low > 0 && high < Double.POSITIVE_INFINITY
            ? Math.log(threshold / low) / Math.log(high / low)
            : 0.5;
    return atMost - Math.max(0, Math.min(1, below)) * (atMost - atLeast);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%.2f%% (from %.2f%% to %.2f%%)",
        100 * estimate(),
        100 * atLeast,
        100 * atMost);
  }
}
