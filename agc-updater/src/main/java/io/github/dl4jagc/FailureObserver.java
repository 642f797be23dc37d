package io.github.dl4jagc;

/**
 * Is told of an exception that AGC throws during training, before whoever called it catches it: for
 * hosts that swallow the exceptions of training, as DL4J's SharedTraining does.
 *
 * <p>Found by {@link java.util.ServiceLoader}: name the implementation, which needs a public
 * constructor without arguments, in {@code META-INF/services/io.github.dl4jagc.FailureObserver},
 * where the class loader of the library sees it, or the context loader of the thread that trains. A
 * new one is made for each failure. What an observer throws is added to the failure as suppressed.
 */
public interface FailureObserver {

  /**
   * Called in the thread that trains.
   *
   * @param failure what is about to be thrown
   */
  void onFailure(RuntimeException failure);
}
