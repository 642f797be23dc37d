package io.github.dl4jagc.experiments.nfresnet;

import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.schedule.ISchedule;

/** The updater that AGC is put around, and that runs without AGC have alone. */
enum InnerUpdater {
  /** Nesterov momentum 0.9. */
  NESTEROVS("nesterovs") {
    @Override
    IUpdater with(ISchedule learningRate) {
      return new Nesterovs(learningRate, 0.9);
    }
  },

  /** RmsProp with decay 0.95. */
  RMSPROP("rmsprop") {
    @Override
    IUpdater with(ISchedule learningRate) {
      return new RmsProp(learningRate);
    }
  };

  private final String option;

  InnerUpdater(String option) {
    this.option = option;
  }

  abstract IUpdater with(ISchedule learningRate);

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return option;
  }
}
