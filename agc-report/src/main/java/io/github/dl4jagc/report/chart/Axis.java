package io.github.dl4jagc.report.chart;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  /** From how many times the smallest value being the largest one a scale is logarithmic. */
  private static final double BY_RANGE = 100;

  private static final double NEVER = Double.POSITIVE_INFINITY;

  /** Values that differ by less than this part of them are drawn as one: labels are no longer. */
  private static final double RESOLUTION = 1e-6;

  final String title;
  private final double logarithmicFrom;
  private List<Double> included = List.of();

  /** Whether it ends where the included values do. */
  private boolean exact;

  /** {@code null}: round numbers. */
  private List<Double> ticks;

  private DoubleFunction<String> labels = Ticks::label;

  private Axis(String title, double logarithmicFrom) {
    this.title = title;
    this.logarithmicFrom = logarithmicFrom;
  }

  /** A linear axis; it begins at 0 where all values are positive and some are near it. */
  public static Axis linear(String title) {
    return new Axis(title, NEVER);
  }

  /** A logarithmic axis, on which values of zero and below have no place. */
  public static Axis logarithmic(String title) {
    return new Axis(title, 0);
  }

  /** A linear axis, or a logarithmic one if all values are positive and some tower above others. */
  public static Axis byRange(String title) {
    return new Axis(title, BY_RANGE);
  }

  /** An axis from 0 to 1, in percent. */
  public static Axis share() {
    return linear("share")
        .between(0, 1)
        .ticks(List.of(0, 0.25, 0.5, 0.75, 1))
        .labelled(share -> Ticks.label(100 * share) + " %");
  }

  /** Makes room for these values, whether they are drawn or not. */
  public Axis including(double... values) {
    included = Arrays.stream(values).boxed().collect(Collectors.toList());
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

  boolean isExact() {
    return exact;
  }

  String label(double tick) {
    return labels.apply(tick);
  }

  /** The axis with a place for each of these values; those that are not finite have none. */
  Scale over(List<Double> values) {
    double[] finite =
        Stream.of(included, exact ? List.<Double>of() : values)
            .flatMap(List::stream)
            .mapToDouble(value -> value)
            .filter(Double::isFinite)
            .sorted()
            .toArray();
    return finite.length == 0 ? null : scale(finite);
  }

  private Scale scale(double... sorted) {
    double smallest = sorted[0];
    double largest = sorted[sorted.length - 1];
    double positive = Arrays.stream(sorted).filter(value -> value > 0).findFirst().orElse(largest);
    boolean towers = smallest > 0 && largest / smallest > logarithmicFrom;
    if ((logarithmicFrom == 0 || towers) && positive > 0 && !isOne(positive, largest)) {
      return new Scale(positive, largest, true);
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
