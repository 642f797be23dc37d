package io.github.dl4jagc.experiments;

import java.util.Locale;
import java.util.function.Function;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;

/** The updaters that runs may have, with DL4J's defaults but for the learning rate. */
enum Updater {
  SGD(Sgd::new),
  /** With momentum 0.9. */
  NESTEROVS(rate -> new Nesterovs(rate, 0.9)),
  ADAM(rate -> Adam.builder().learningRateSchedule(rate).build()),
  AMSGRAD(rate -> AMSGrad.builder().learningRateSchedule(rate).build()),
  NADAM(rate -> Nadam.builder().learningRateSchedule(rate).build()),
  /** With decay 0.95. */
  RMSPROP(RmsProp::new);

  private final Function<ISchedule, IUpdater> factory;

  Updater(Function<ISchedule, IUpdater> factory) {
    this.factory = factory;
  }

  IUpdater with(ISchedule learningRate) {
    return factory.apply(learningRate);
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
