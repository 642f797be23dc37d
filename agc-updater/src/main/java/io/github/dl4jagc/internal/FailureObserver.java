package io.github.dl4jagc.internal;

import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Is told of an exception that AGC throws during training, before whoever called it catches it. For
 * hosts that swallow the exceptions of training: DL4J's SharedTraining does, where a task is alone
 * on its executor, and then ends well without having trained. Found through {@link ServiceLoader}.
 */
public interface FailureObserver {

  /**
   * Called in the thread that trains.
   *
   * @param failure what is about to be thrown
   */
  void onFailure(RuntimeException failure);

  /**
   * Tells the log and all observers, and returns {@code failure} for the caller to throw. The log,
   * as not every host lets it through: DL4J's early stopping throws a NullPointerException instead.
   */
  static RuntimeException tell(RuntimeException failure) {
    Logger log = LoggerFactory.getLogger(FailureObserver.class);
    log.error(
        "AGC ends this training: {}. fit may throw this, or another exception instead."
            + Troubleshooting.at("hidden-exceptions"),
        failure.getMessage());
    for (FailureObserver observer :
        ServiceLoader.load(FailureObserver.class, FailureObserver.class.getClassLoader())) {
      observer.onFailure(failure);
    }
    return failure;
  }
}
