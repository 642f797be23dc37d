package io.github.dl4jagc.experiments;

import java.util.Locale;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;

/** How the learning rate changes during a run. */
enum Schedule {
  /** Not at all. */
  CONSTANT((peak, stepsPerEpoch, steps) -> new FixedSchedule(peak)),

  /** It falls to 0 along half a cosine. */
  COSINE((peak, stepsPerEpoch, steps) -> new WarmupCosine(peak, 0, steps)),

  /** It rises for an epoch, then it falls. */
  WARMUP_COSINE(WarmupCosine::new),

  /** It rises from near 0 to the end. */
  RISING((peak, stepsPerEpoch, steps) -> new WarmupCosine(peak, steps, steps));

  private interface Factory {
    ISchedule of(double peak, int stepsPerEpoch, int steps);
  }

  private final Factory factory;

  Schedule(Factory factory) {
    this.factory = factory;
  }

  /** A schedule by iteration for a run of so many steps, with this largest value. */
  ISchedule of(double peak, int stepsPerEpoch, int steps) {
    return factory.of(peak, stepsPerEpoch, steps);
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
