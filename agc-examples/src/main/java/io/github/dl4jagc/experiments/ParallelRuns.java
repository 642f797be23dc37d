package io.github.dl4jagc.experiments;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Makes runs that are independent of each other, several at a time. */
final class ParallelRuns {

  private ParallelRuns() {}

  /** How many runs are best made at a time: the number of processors. */
  static int atATime() {
    return Runtime.getRuntime().availableProcessors();
  }

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
      if (e.getCause() instanceof IOException) {
        throw (IOException) e.getCause();
      }
      if (e.getCause() instanceof Error) {
        throw (Error) e.getCause();
      }
      throw (RuntimeException) e.getCause();
    }
  }

  /** Makes one run, on a thread of its own. */
  @FunctionalInterface
  interface Training<R> {
    void make(R run) throws IOException;
  }
}
