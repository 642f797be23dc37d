package io.github.dl4jagc.report;

import java.util.List;

/** The vertical axis of a chart: what it has room for, and where each value is on it. Immutable. */
final class Axis {

  /** How values become heights. */
  enum Scale {
    LINEAR,
    /** Values of zero are left out. */
    LOGARITHMIC,
    /** Linear, unless all values are positive and some tower above others. */
    BY_RANGE
  }

  /** How many times the smallest value the largest one is, for a scale to become logarithmic. */
  private static final double LOG_FROM = 100;

  /** Values that differ by less than this part of them are drawn as one: labels are no longer. */
  private static final double RESOLUTION = 1e-6;

  private final double low;
  private final double high;
  private final boolean logarithmic;

  private Axis(double low, double high, boolean logarithmic) {
    this.low = low;
    this.high = high;
    this.logarithmic = logarithmic;
  }

  /**
   * An axis for some finite values.
   *
   * @param smallest of all values
   * @param smallestPositive of those above zero; infinity if there are none
   * @param largest of all values, not below {@code smallest}
   */
  static Axis of(Scale scale, double smallest, double smallestPositive, double largest) {
    boolean logarithmic =
        scale == Scale.LOGARITHMIC
            ? !isOne(smallestPositive, largest)
            : scale == Scale.BY_RANGE && smallest > 0 && largest / smallest > LOG_FROM;
    if (logarithmic) {
      return new Axis(smallestPositive, largest, true);
    }
    if (isOne(smallest, largest)) {
      double around = Math.abs(largest) < Double.MIN_NORMAL ? 1 : Math.abs(largest) / 2;
      return new Axis(finite(smallest - around), finite(largest + around), false);
    }
    double margin = largest / 20 - smallest / 20;
    boolean fromZero = smallest >= 0 && smallest < largest / 3;
    return new Axis(fromZero ? 0 : finite(smallest - margin), finite(largest + margin), false);
  }

  private static boolean isOne(double smallest, double largest) {
    double magnitude = Math.max(Math.abs(smallest), Math.abs(largest));
    return magnitude < Double.MIN_NORMAL || largest - smallest <= RESOLUTION * magnitude;
  }

  private static double finite(double value) {
    return Math.max(-Double.MAX_VALUE, Math.min(Double.MAX_VALUE, value));
  }

  List<Double> ticks() {
    return logarithmic ? Ticks.logarithmic(low, high) : Ticks.of(low, high);
  }

  /** Whether the axis has a place for a value. */
  boolean has(double value) {
    return Double.isFinite(value) && !(logarithmic && value <= 0);
  }

  /** Where a value is: 0 at the bottom, 1 at the top. */
  double share(double value) {
    return logarithmic
        ? (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low))
        : (value / 2 - low / 2) / (high / 2 - low / 2); // a difference of halves always exists
  }
}
