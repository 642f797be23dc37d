package io.github.dl4jagc.experiments;

import java.util.Locale;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;

/** How the learning rate changes during a run. */
enum Schedule {
  /** Not at all. */
  CONSTANT {
    @Override
    ISchedule of(double peak, int stepsPerEpoch, int steps) {
      return new FixedSchedule(peak);
    }
  },

  /** It falls to 0 along half a cosine. */
  COSINE {
    @Override
    ISchedule of(double peak, int stepsPerEpoch, int steps) {
      return new WarmupCosine(peak, 0, steps);
    }
  },

  /** It rises for an epoch, then it falls. */
  WARMUP_COSINE {
    @Override
    ISchedule of(double peak, int stepsPerEpoch, int steps) {
      return new WarmupCosine(peak, stepsPerEpoch, steps);
    }
  },

  /** It rises from near 0 to the end. */
  RISING {
    @Override
    ISchedule of(double peak, int stepsPerEpoch, int steps) {
      return new WarmupCosine(peak, steps, steps);
    }
  };

  /**
   * A schedule by iteration.
   *
   * @param peak its largest value
   * @param stepsPerEpoch updates in an epoch
   * @param steps updates in the whole run
   */
  abstract ISchedule of(double peak, int stepsPerEpoch, int steps);

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
