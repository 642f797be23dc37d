package io.github.dl4jagc.experiments;

import org.nd4j.linalg.schedule.ISchedule;

/**
 * A learning rate that rises linearly from 0 to its peak over the first iterations, and then falls
 * to 0 along half a cosine.
 */
final class WarmupCosine implements ISchedule {

  private static final long serialVersionUID = 1L;

  private final double peak;

  /** The iterations of the rise, and all of them; after these the learning rate is 0. */
  private final int warmUp;

  private final int iterations;

  WarmupCosine(double peak, int warmUp, int iterations) {
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

  /** Immutable: one object in all layers, whose updaters are equal by it. */
  @Override
  public WarmupCosine clone() {
    return this;
  }
}
