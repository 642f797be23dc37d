package io.github.dl4jagc.internal.binding;

import static io.github.dl4jagc.internal.check.Troubleshooting.HIDDEN_EXCEPTIONS;

import io.github.dl4jagc.FailureObserver;
import io.github.dl4jagc.internal.check.Services;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An exception that is about to leave AGC during training. */
public final class TrainingFailure {

  private static final Logger log = LoggerFactory.getLogger(TrainingFailure.class);

  private TrainingFailure() {}

  /**
   * Tells the log and all observers, and returns {@code failure} for the caller to throw. The log,
   * as not every host lets it through: DL4J's early stopping throws a NullPointerException instead.
   */
  public static RuntimeException report(RuntimeException failure) {
    log.error(
        HIDDEN_EXCEPTIONS.message(
            "AGC ends this training: {}. fit may throw this, or another exception instead.",
            failure.getMessage()));
    ClassLoader library = FailureObserver.class.getClassLoader();
    for (FailureObserver observer : Services.of(FailureObserver.class, library)) {
      try {
        observer.onFailure(failure);
      } catch (Throwable e) { // goes along with the failure, and does not take its place
        if (e != failure) {
          failure.addSuppressed(e);
          Services.warn("FailureObserver " + observer.getClass().getName(), e);
        }
      }
    }
    return failure;
  }
}
