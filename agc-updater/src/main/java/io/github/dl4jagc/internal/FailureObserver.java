package io.github.dl4jagc.internal;

import java.util.ServiceLoader;

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

  /** Tells all observers, and returns {@code failure} for the caller to throw. */
  static RuntimeException tell(RuntimeException failure) {
    for (FailureObserver observer :
        ServiceLoader.load(FailureObserver.class, FailureObserver.class.getClassLoader())) {
      observer.onFailure(failure);
    }
    return failure;
  }
}
