package io.github.dl4jagc.report.chart;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * An axis of a chart: what it is of, how values become places on it, and what is written beside it.
 * Its bounds are those of the values that are drawn, unless they are given.
 *
 * <pre>{@code
 * Axis rates = Axis.logarithmic("learning rate").ticks(List.of(0.01, 0.1, 1.0));
 * Axis accuracy = Axis.linear("test accuracy in %").including(0, 100);
 * }</pre>
 */
public final class Axis {

  private enum Kind {
    LINEAR,
    LOGARITHMIC,
    BY_RANGE
  }

  /** How many times the smallest value the largest one is, for a scale to become logarithmic. */
  private static final double LOG_FROM = 100;

  /** Values that differ by less than this part of them are drawn as one: labels are no longer. */
  private static final double RESOLUTION = 1e-6;

  final String title;
  private final Kind kind;
  private List<Double> included = List.of();

  /** Whether it ends where the included values do. */
  private boolean exact;

  /** {@code null}: round numbers. */
  private List<Double> ticks;

  private DoubleFunction<String> labels = Ticks::label;

  private Axis(String title, Kind kind) {
    this.title = title;
    this.kind = kind;
  }

  /** A linear axis; it begins at 0 where all values are positive and some are near it. */
  public static Axis linear(String title) {
    return new Axis(title, Kind.LINEAR);
  }

  /** A logarithmic axis, on which values of zero and below have no place. */
  public static Axis logarithmic(String title) {
    return new Axis(title, Kind.LOGARITHMIC);
  }

  /** A linear axis, or a logarithmic one if all values are positive and some tower above others. */
  public static Axis byRange(String title) {
    return new Axis(title, Kind.BY_RANGE);
  }

  /** An axis from 0 to 1, in percent. */
  public static Axis share() {
    return linear("share")
        .between(0, 1)
        .ticks(List.of(0, 0.25, 0.5, 0.75, 1))
        .labelled(share -> Ticks.label(100 * share) + " %");
  }

  /** An axis of names, which are at 0, 1, 2 and so on. */
  public static Axis ofNames(String title, List<String> names) {
    return linear(title)
        .ticks(
            IntStream.range(0, names.size()).mapToObj(i -> (double) i).collect(Collectors.toList()))
        .labelled(place -> names.get((int) place));
  }

  /** Makes room for these values, whether they are drawn or not. */
  public Axis including(double... values) {
    included = boxed(values);
    return this;
  }

  /** Makes it run from one value to another one, whatever is drawn. */
  public Axis between(double low, double high) {
    exact = true;
    return including(low, high);
  }

  /** Labels these values, as far as there is room, and makes room for them. */
  public Axis ticks(List<? extends Number> values) {
    ticks = values.stream().map(Number::doubleValue).sorted().collect(Collectors.toList());
    included = exact ? included : ticks;
    return this;
  }

  /** Writes its ticks so. */
  public Axis labelled(DoubleFunction<String> newLabels) {
    labels = newLabels;
    return this;
  }

  private static List<Double> boxed(double... values) {
    return Arrays.stream(values).boxed().collect(Collectors.toList());
  }

  boolean isExact() {
    return exact;
  }

  String label(double tick) {
    return labels.apply(tick);
  }

  /** The axis with a place for each of these values; those that are not finite have none. */
  Scale over(List<Double> values) {
    double smallest = Double.POSITIVE_INFINITY;
    double largest = Double.NEGATIVE_INFINITY;
    double smallestPositive = Double.POSITIVE_INFINITY;
    for (List<Double> some : exact ? List.of(included) : List.of(included, values)) {
      for (double value : some) {
        if (Double.isFinite(value)) {
          smallest = Math.min(smallest, value);
          largest = Math.max(largest, value);
          smallestPositive = value > 0 ? Math.min(smallestPositive, value) : smallestPositive;
        }
      }
    }
    return smallest > largest ? null : scale(smallest, smallestPositive, largest);
  }

  private Scale scale(double smallest, double smallestPositive, double largest) {
    boolean logarithmic =
        kind == Kind.LOGARITHMIC
            ? !isOne(smallestPositive, largest)
            : kind == Kind.BY_RANGE && smallest > 0 && largest / smallest > LOG_FROM;
    if (logarithmic) {
      return new Scale(smallestPositive, largest, true);
    }
    if (isOne(smallest, largest)) {
      double around = Math.abs(largest) < Double.MIN_NORMAL ? 1 : Math.abs(largest) / 2;
      return new Scale(finite(smallest - around), finite(largest + around), false);
    }
    if (exact || ticks != null) {
      return new Scale(smallest, largest, false);
    }
    double margin = largest / 20 - smallest / 20;
    boolean fromZero = smallest >= 0 && smallest < largest / 3;
    double low = fromZero ? 0 : included.contains(smallest) ? smallest : smallest - margin;
    double high = included.contains(largest) ? largest : largest + margin;
    return new Scale(finite(low), finite(high), false);
  }

  private static boolean isOne(double smallest, double largest) {
    double magnitude = Math.max(Math.abs(smallest), Math.abs(largest));
    return magnitude < Double.MIN_NORMAL || largest - smallest <= RESOLUTION * magnitude;
  }

  private static double finite(double value) {
    return Math.max(-Double.MAX_VALUE, Math.min(Double.MAX_VALUE, value));
  }

  /** An axis with bounds: what has a place on it, and where. */
  final class Scale {

    private final double low;
    private final double high;
    private final boolean logarithmic;

    private Scale(double low, double high, boolean logarithmic) {
      this.low = low;
      this.high = high;
      this.logarithmic = logarithmic;
    }

    List<Double> ticks() {
      return ticks != null
          ? ticks
          : logarithmic ? Ticks.logarithmic(low, high) : Ticks.of(low, high);
    }

    boolean has(double value) {
      return Double.isFinite(value) && !(logarithmic && value <= 0);
    }

    /** Where a value is: 0 at the beginning, 1 at the end; outside of these if it is. */
    double share(double value) {
      return logarithmic
          ? (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low))
          : (value / 2 - low / 2) / (high / 2 - low / 2); // a difference of halves always exists
    }
  }
}
