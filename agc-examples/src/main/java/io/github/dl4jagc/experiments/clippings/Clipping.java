package io.github.dl4jagc.experiments.clippings;

import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/** What is done to gradients or updates. It has no state: each run gets listeners of its own. */
public interface Clipping {

  /**
   * Wraps the updater, where the clipping is an updater.
   *
   * @param inner what the run would have without clipping
   * @return what it has
   */
  default IUpdater around(IUpdater inner) {
    return inner;
  }

  /**
   * Changes the network, where the clipping is part of its configuration.
   *
   * @param network is changed
   */
  default void configure(ComputationGraphConfiguration network) {}

  /**
   * What the network calls, where the clipping is a listener or needs one.
   *
   * @param learningRate of the run
   * @return new ones for one run
   */
  default List<TrainingListener> listeners(ISchedule learningRate) {
    return List.of();
  }
}
