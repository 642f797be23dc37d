package io.github.dl4jagc.examples.support;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;

/** Makes runs that are independent, as many at a time as there are processors. */
public final class ParallelRuns {

  private ParallelRuns() {}

  /**
   * How many runs are made at a time.
   *
   * @return the number of processors
   */
  public static int atATime() {
    return Runtime.getRuntime().availableProcessors();
  }

  /**
   * Makes all runs, each on one native thread. What comes of a run does not depend on the others,
   * nor on how many there are at a time.
   *
   * @param <R> what a run is given
   * @param <O> what comes of it
   * @param runs in the order in which they are begun
   * @param train makes one run, on a thread of its own
   * @param finished is given what came of each, in the order of {@code runs}, as soon as those
   *     before it are done; on the calling thread
   */
  public static <R, O> void make(List<R> runs, Function<R, O> train, Consumer<O> finished) {
    ExecutorService workers = Executors.newFixedThreadPool(atATime(), ParallelRuns::daemon);
    try (OneNativeThread one = new OneNativeThread()) {
      List<Future<O>> outcomes = new ArrayList<>();
      for (R run : runs) {
        outcomes.add(
            workers.submit(
                () -> {
                  one.here();
                  return train.apply(run);
                }));
      }
      for (Future<O> outcome : outcomes) {
        finished.accept(result(outcome));
      }
    } finally {
      workers.shutdownNow();
    }
  }

  /** A thread that does not keep the program from ending where a run has failed. */
  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "run");
    thread.setDaemon(true);
    return thread;
  }

  private static <O> O result(Future<O> outcome) {
    try {
      return outcome.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error) {
        throw (Error) e.getCause();
      }
      throw new IllegalStateException("A run failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while runs were being made", e);
    }
  }
}
