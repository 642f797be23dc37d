package io.github.dl4jagc.internal.check;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;

/** Checks of arguments: each returns its value or throws an IllegalArgumentException. */
public final class Checks {

  private Checks() {}

  public static <T> T notNull(T value, String name, Troubleshooting entry) {
    entry.require(value != null, "{} must not be null", name);
    return value;
  }

  public static double positive(double value, String name) {
    BAD_ARGUMENT.require(
        value > 0 && value <= Double.MAX_VALUE, "{} must be finite and > 0, got {}", name, value);
    return value;
  }

  /** Of a probability of which 1 would leave nothing; 0.0 for -0.0. */
  public static double rate(double value, String name) {
    BAD_ARGUMENT.require(value >= 0 && value < 1, "{} must be in [0, 1), got {}", name, value);
    return value + 0.0;
  }

  /** 0.0 for -0.0, which is no other setting; the hint is a usual value, and what 0 means. */
  public static double notNegative(double value, String name, String hint) {
    BAD_ARGUMENT.require(
        value >= 0 && value <= Double.MAX_VALUE,
        "{} must be finite and >= 0, got {}; {}",
        name,
        value,
        hint);
    return value + 0.0;
  }
}
