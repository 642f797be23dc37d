package io.github.dl4jagc.experiments;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.nd4j.shade.guava.base.Throwables;

/** Makes runs that are independent of each other, several at a time. */
final class ParallelRuns {

  private ParallelRuns() {}

  /**
   * Makes all runs, begun in this order, each on one native thread. What comes of a run does not
   * depend on the others, nor on how many there are at a time. When one fails, none is begun any
   * more.
   */
  static <R> void make(List<R> runs, int atATime, Training<R> training) throws IOException {
    ExecutorService workers = Executors.newFixedThreadPool(atATime, ParallelRuns::daemon);
    try (OneNativeThread one = new OneNativeThread()) {
      List<Future<?>> made = new ArrayList<>();
      for (R run : runs) {
        made.add(
            workers.submit(
                () -> {
                  one.here();
                  training.make(run);
                  return run;
                }));
      }
      for (Future<?> each : made) {
        await(each);
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

  private static void await(Future<?> run) throws IOException {
    try {
      run.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      Throwables.propagateIfPossible(e.getCause(), IOException.class);
      throw new IllegalStateException("a run failed", e); // never: a training throws these alone
    }
  }

  /** Makes one run, on a thread of its own. */
  @FunctionalInterface
  interface Training<R> {
    void make(R run) throws IOException;
  }
}
