package io.github.dl4jagc.internal.check;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;
import static io.github.dl4jagc.internal.check.Troubleshooting.LARGE_THRESHOLD;

import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks that are made in several places, with the same message in each. */
public final class Checks {

  private static final Logger log = LoggerFactory.getLogger(Checks.class);

  private Checks() {}

  /**
   * @param value what must be there
   * @param name its name
   * @param entry of the troubleshooting page
   * @return {@code value}
   * @throws IllegalArgumentException if it is null
   */
  public static <T> T notNull(T value, String name, Troubleshooting entry) {
    if (value == null) {
      throw entry.argument("{} must not be null", name);
    }
    return value;
  }

  /**
   * @param value a factor
   * @param name its name
   * @return {@code value}
   * @throws IllegalArgumentException unless it is finite and greater than zero
   */
  public static double positive(double value, String name) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw BAD_ARGUMENT.argument("{} must be finite and > 0, got {}", name, value);
    }
    return value;
  }

  /**
   * @param value a probability of which 1 would leave nothing
   * @param name its name
   * @return {@code value}, 0.0 for -0.0
   * @throws IllegalArgumentException unless it is in [0, 1)
   */
  public static double rate(double value, String name) {
    if (!(value >= 0 && value < 1)) {
      throw BAD_ARGUMENT.argument("{} must be in [0, 1), got {}", name, value);
    }
    return value + 0.0;
  }

  /**
   * As the other one, of the argument {@code clippingThreshold}.
   *
   * @param threshold a clipping threshold
   * @return {@code threshold}
   * @throws IllegalArgumentException unless it is finite and greater than zero
   */
  public static double clippingThreshold(double threshold) {
    return clippingThreshold(threshold, () -> "clippingThreshold");
  }

  /**
   * Warns of a threshold above 1, which is allowed.
   *
   * @param threshold a clipping threshold
   * @param source what gave it, as the message is to name it; asked for if there is one
   * @return {@code threshold}
   * @throws IllegalArgumentException unless it is finite and greater than zero
   */
  public static double clippingThreshold(double threshold, Supplier<String> source) {
    if (!(threshold > 0) || Double.isInfinite(threshold)) {
      throw BAD_ARGUMENT.argument(
          "{} must be finite and > 0, got {}; the paper uses 0.01", source.get(), threshold);
    }
    // By magnitude, as a schedule may give a new value at every iteration.
    if (threshold > 1 && WarnOnce.isDue(LARGE_THRESHOLD, Math.getExponent(threshold))) {
      log.warn(
          LARGE_THRESHOLD.message(
              "AGC: {} is {}, above 1: a gradient is left alone until its norm is {} times the norm"
                  + " of its weights, so hardly any will be clipped; the paper uses 0.01, and up to"
                  + " 0.16 for small batches. Further thresholds of this magnitude are taken"
                  + " without a warning.",
              source.get(),
              threshold,
              threshold));
    }
    return threshold;
  }

  /**
   * Warns of an update ratio of 1 and more, which is allowed.
   *
   * @param ratio an update ratio
   * @param source what gave it, as the message is to name it; asked for if there is one
   * @return {@code ratio}
   * @throws IllegalArgumentException unless it is finite and greater than zero
   */
  public static double updateRatio(double ratio, Supplier<String> source) {
    if (!(ratio > 0) || Double.isInfinite(ratio)) {
      throw BAD_ARGUMENT.argument(
          "{} must be finite and > 0, got {}; 0.03 is a value to begin with", source.get(), ratio);
    }
    if (ratio >= 1 && WarnOnce.isDue(LARGE_THRESHOLD, "ratio", Math.getExponent(ratio))) {
      log.warn(
          LARGE_THRESHOLD.message(
              "AGC: {} is {}, so a unit may turn round in one step; 0.03 is a value to begin with."
                  + " Further ones of this magnitude are taken without a warning.",
              source.get(),
              ratio));
    }
    return ratio;
  }

  /**
   * @param epsilon a floor of weight norms
   * @return {@code epsilon}, 0.0 for -0.0
   * @throws IllegalArgumentException unless it is finite and not negative
   */
  public static double epsilon(double epsilon) {
    return notNegative(
        epsilon, "epsilon", "the paper uses 1e-3, and 0 freezes parameters that are zero");
  }

  /**
   * @param value a number
   * @param name its name
   * @param hint what the paper uses, and what 0 means
   * @return {@code value}, 0.0 for -0.0, which is no other setting
   * @throws IllegalArgumentException unless it is finite and not negative
   */
  public static double notNegative(double value, String name, String hint) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw BAD_ARGUMENT.argument("{} must be finite and >= 0, got {}; {}", name, value, hint);
    }
    return value + 0.0;
  }
}
