package io.github.dl4jagc.experiments.support;

import java.util.Objects;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A learning rate that rises linearly from 0 to its peak over the first iterations, and then falls
 * to 0 along half a cosine.
 */
public final class WarmupCosine implements ISchedule {

  private static final long serialVersionUID = 1L;

  @JsonProperty private final double peak;
  @JsonProperty private final int warmUp;
  @JsonProperty private final int iterations;

  /**
   * A schedule by iteration.
   *
   * @param peak the largest learning rate, finite and &gt; 0
   * @param warmUp the iterations of the rise, from 0 to {@code iterations}
   * @param iterations all iterations, at least 1; after them the learning rate is 0
   * @throws IllegalArgumentException if one is out of range
   */
  public WarmupCosine(
      @JsonProperty("peak") double peak,
      @JsonProperty("warmUp") int warmUp,
      @JsonProperty("iterations") int iterations) {
    if (!(peak > 0) || Double.isInfinite(peak)) {
      throw new IllegalArgumentException("peak must be finite and > 0, got " + peak);
    }
    if (iterations < 1) {
      throw new IllegalArgumentException("iterations must be at least 1, got " + iterations);
    }
    if (warmUp < 0 || warmUp > iterations) {
      throw new IllegalArgumentException(
          "warmUp must be from 0 to the " + iterations + " iterations, got " + warmUp);
    }
    this.peak = peak;
    this.warmUp = warmUp;
    this.iterations = iterations;
  }

  @Override
  public double valueAt(int iteration, int epoch) {
    if (iteration < warmUp) {
      return peak * (iteration + 1) / (warmUp + 1);
    }
    if (iteration >= iterations) {
      return 0;
    }
    double progress = (double) (iteration - warmUp) / (iterations - warmUp);
    return peak * (1 + Math.cos(Math.PI * progress)) / 2;
  }

  @Override
  public WarmupCosine clone() {
    return new WarmupCosine(peak, warmUp, iterations);
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof WarmupCosine)) {
      return false;
    }
    WarmupCosine that = (WarmupCosine) other;
    return peak == that.peak && warmUp == that.warmUp && iterations == that.iterations;
  }

  @Override
  public int hashCode() {
    return Objects.hash(peak, warmUp, iterations);
  }

  @Override
  public String toString() {
    return "WarmupCosine(peak " + peak + ", warm-up " + warmUp + " of " + iterations + ")";
  }
}
