package io.github.dl4jagc.internal.binding;

import static io.github.dl4jagc.internal.check.Troubleshooting.HIDDEN_EXCEPTIONS;

import io.github.dl4jagc.FailureObserver;
import java.util.ServiceLoader;
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
  public static RuntimeException tell(RuntimeException failure) {
    log.error(
        HIDDEN_EXCEPTIONS.message(
            "AGC ends this training: {}. fit may throw this, or another exception instead.",
            failure.getMessage()));
    for (FailureObserver observer :
        ServiceLoader.load(FailureObserver.class, FailureObserver.class.getClassLoader())) {
      observer.onFailure(failure);
    }
    return failure;
  }
}
