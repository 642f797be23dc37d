package io.github.dl4jagc.internal.dl4j;

import org.nd4j.linalg.learning.config.IUpdater;

/** What the updaters of a configuration become in a copy of it. */
public interface UpdaterChange {

  /**
   * @param layer the name of the layer or vertex that it belongs to; {@code null} if it has none
   * @param updater the updater, a copy
   * @return another one; or {@code updater}, and what is inside of it is asked about
   */
  IUpdater apply(String layer, IUpdater updater);
}
