package io.github.dl4jagc;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;
import static io.github.dl4jagc.internal.check.Troubleshooting.LARGE_THRESHOLD;

import io.github.dl4jagc.internal.check.WarnOnce;
import java.io.Serializable;
import java.util.function.Supplier;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bound of ratios: a number, or one that changes with the iteration or the epoch. Immutable. */
final class Bound implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final Logger log = LoggerFactory.getLogger(Bound.class);

  /** What a bound is of. */
  enum Kind {
    CLIPPING_THRESHOLD(
        "clippingThreshold",
        Math.nextUp(1.0),
        "above 1: a gradient is left alone until its norm is so many times the norm of its"
            + " weights, and hardly any will be clipped; the paper uses 0.01, and up to 0.16 for"
            + " small batches",
        "the paper uses 0.01"),
    UPDATE_RATIO(
        "updateRatio",
        1,
        "so a unit may turn round in one step; 0.03 is a value to begin with",
        "0.03 is a value to begin with");

    /** As settings and JSON call it. */
    final String option;

    /** From where on there is a warning, which says what it means. */
    private final double large;

    private final String meaning;
    private final String usual;

    Kind(String option, double large, String meaning, String usual) {
      this.option = option;
      this.large = large;
      this.meaning = meaning;
      this.usual = usual;
    }

    private double checked(double value, Supplier<String> source) {
      if (!(value > 0) || Double.isInfinite(value)) {
        throw BAD_ARGUMENT.argument(
            "{} must be finite and > 0, got {}; {}", source.get(), value, usual);
      }
      // By magnitude, as a schedule may give a new value at every iteration.
      if (value >= large && WarnOnce.isDue(LARGE_THRESHOLD, option, Math.getExponent(value))) {
        log.warn(
            LARGE_THRESHOLD.message(
                "AGC: {} is {}, {}. Further ones of this magnitude are taken without a warning.",
                source.get(),
                value,
                meaning));
      }
      return value;
    }
  }

  private final Kind kind;

  /** {@code null} if it is a schedule. */
  private final Double number;

  private final ISchedule schedule;

  private Bound(Kind kind, Double number, ISchedule schedule) {
    this.kind = kind;
    this.number = number;
    this.schedule = schedule;
  }

  /**
   * @throws IllegalArgumentException unless the number is finite and greater than zero
   */
  static Bound of(Kind kind, double number) {
    return new Bound(kind, kind.checked(number, () -> kind.option), null);
  }

  /**
   * @throws IllegalArgumentException if the schedule is null or gives a bad value at iteration 0
   */
  static Bound of(Kind kind, ISchedule schedule) {
    if (schedule == null) {
      throw BAD_ARGUMENT.argument("{} must be a number or a schedule, got null", kind.option);
    }
    double first =
        kind.checked(schedule.valueAt(0, 0), () -> kind.option + " at iteration 0, epoch 0");
    return schedule instanceof FixedSchedule
        ? new Bound(kind, first, null)
        : new Bound(kind, null, schedule);
  }

  /**
   * @throws IllegalArgumentException if a schedule gives anything but a finite number above zero
   */
  double valueAt(int iteration, int epoch) {
    return number != null
        ? number
        : kind.checked(
            schedule.valueAt(iteration, epoch),
            () ->
                kind.option
                    + " at iteration "
                    + iteration
                    + ", epoch "
                    + epoch
                    + " from "
                    + schedule);
  }

  /** {@code null} if it is a schedule. */
  Double number() {
    return number;
  }

  /** {@code null} if it is a number. */
  ISchedule schedule() {
    return schedule;
  }

  private Object value() {
    return number == null ? schedule : number;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bound && value().equals(((Bound) other).value());
  }

  @Override
  public int hashCode() {
    return value().hashCode();
  }

  @Override
  public String toString() {
    return value().toString();
  }
}
