package io.github.dl4jagc.internal;

/** Checks of numbers that users pass in, each with the same message wherever it is made. */
public final class Checks {

  private Checks() {}

  /**
   * @param threshold a clipping threshold
   * @param source what gave it, as the message is to name it
   * @return {@code threshold}
   * @throws IllegalArgumentException unless it is finite and greater than zero
   */
  public static double clippingThreshold(double threshold, String source) {
    if (!(threshold > 0) || Double.isInfinite(threshold)) {
      throw new IllegalArgumentException(
          source
              + " must be finite and > 0, got "
              + threshold
              + "; the paper uses 0.01"
              + Troubleshooting.at("bad-argument"));
    }
    return threshold;
  }

  /**
   * @param epsilon a floor of weight norms
   * @return {@code epsilon}
   * @throws IllegalArgumentException unless it is finite and not negative
   */
  public static double epsilon(double epsilon) {
    if (!(epsilon >= 0) || Double.isInfinite(epsilon)) {
      throw new IllegalArgumentException(
          "epsilon must be finite and >= 0, got "
              + epsilon
              + "; the paper uses 1e-3, and 0 freezes parameters that are zero"
              + Troubleshooting.at("bad-argument"));
    }
    return epsilon;
  }
}
