package io.github.dl4jagc.internal.check;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;

/** Checks that are made in several places, with the same message in each. */
public final class Checks {

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
