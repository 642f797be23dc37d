package io.github.dl4jagc;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;
import static io.github.dl4jagc.internal.check.Troubleshooting.LARGE_THRESHOLD;

import io.github.dl4jagc.internal.check.WarnOnce;
import java.util.function.Supplier;
import org.nd4j.linalg.schedule.ISchedule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bounds of ratios, each of which is a number or a schedule. */
enum Bound {
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
      "so a unit may turn round in one step; 0.02 is the default",
      "0.02 is the default");

  private static final Logger log = LoggerFactory.getLogger(Bound.class);

  /** As settings and JSON call it. */
  private final String option;

  /** From where on there is a warning, which says what it means. */
  private final double large;

  private final String meaning;
  private final String usual;

  Bound(String option, double large, String meaning, String usual) {
    this.option = option;
    this.large = large;
    this.meaning = meaning;
    this.usual = usual;
  }

  /**
   * @throws IllegalArgumentException unless the number is finite and greater than zero
   */
  double checked(double number) {
    return checked(number, () -> option);
  }

  /**
   * @throws IllegalArgumentException if the schedule is null or gives a bad value at iteration 0
   */
  ISchedule checked(ISchedule schedule) {
    BAD_ARGUMENT.require(schedule != null, "{} must be a number or a schedule, got null", option);
    checked(schedule.valueAt(0, 0), () -> option + " at iteration 0, epoch 0");
    return schedule;
  }

  /**
   * The number, or what the schedule gives; infinity if both are {@code null}.
   *
   * @throws IllegalArgumentException if a schedule gives anything but a finite number above zero
   */
  double valueAt(Double number, ISchedule schedule, int iteration, int epoch) {
    if (schedule == null) {
      return number == null ? Double.POSITIVE_INFINITY : number;
    }
    return checked(
        schedule.valueAt(iteration, epoch),
        () -> option + " at iteration " + iteration + ", epoch " + epoch + " from " + schedule);
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
