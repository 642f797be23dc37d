package io.github.dl4jagc.experiments.clippings;

import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/** What is done to gradients or updates. It has no state: each run gets listeners of its own. */
@FunctionalInterface
public interface Clipping {

  /** Wraps the updater, where the clipping is an updater. */
  default IUpdater around(IUpdater inner) {
    return inner;
  }

  /** Changes the network, where the clipping is part of its configuration. */
  default void configure(ComputationGraphConfiguration network) {}

  /** New ones for one run, where the clipping is a listener or needs one. */
  List<TrainingListener> listeners(ISchedule learningRate);
}
