package io.github.dl4jagc.internal.check;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks of numbers that users pass in, each with the same message wherever it is made. */
public final class Checks {

  private static final Logger log = LoggerFactory.getLogger(Checks.class);

  /**
   * Magnitudes (powers of two) of thresholds above 1 that have been warned of: once per process, as
   * settings are copied for each layer and read anew by workers, and a schedule may give a new
   * value at every iteration.
   */
  private static final Set<Integer> WARNED = ConcurrentHashMap.newKeySet();

  private Checks() {}

  /**
   * Warns of a threshold above 1, which is allowed.
   *
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
    if (threshold > 1 && WARNED.add(Math.getExponent(threshold))) {
      log.warn(
          "AGC: {} is {}, above 1: a gradient is left alone until its norm is {} times the norm of"
              + " its weights, so hardly any will be clipped; the paper uses 0.01, and up to 0.16"
              + " for small batches. Further thresholds of this magnitude are taken without a"
              + " warning."
              + Troubleshooting.at("large-threshold"),
          source,
          threshold,
          threshold);
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
