package io.github.dl4jagc.experiments;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Makes runs that are independent of each other, several at a time. */
final class ParallelRuns {

  private ParallelRuns() {}

  /** How many runs are best made at a time: the number of processors. */
  static int atATime() {
    return Runtime.getRuntime().availableProcessors();
  }

  /**
   * Makes all runs, each on one native thread. What comes of a run does not depend on the others,
   * nor on how many there are at a time. When one fails, none is begun any more.
   *
   * @param runs in the order in which they are begun
   * @param atATime how many are made at the same time
   * @param training makes one run
   * @param finished is given what came of each, in the order of {@code runs}, as soon as those
   *     before it are done; on the calling thread
   * @throws IOException that a run had
   */
  static <R, O> void make(List<R> runs, int atATime, Training<R, O> training, Consumer<O> finished)
      throws IOException {
    ExecutorService workers = Executors.newFixedThreadPool(atATime, ParallelRuns::daemon);
    try (OneNativeThread one = new OneNativeThread()) {
      List<Future<O>> outcomes = new ArrayList<>();
      for (R run : runs) {
        outcomes.add(
            workers.submit(
                () -> {
                  one.here();
                  return training.make(run);
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

  private static <O> O result(Future<O> outcome) throws IOException {
    try {
      return outcome.get();
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
  interface Training<R, O> {
    O make(R run) throws IOException;
  }
}
