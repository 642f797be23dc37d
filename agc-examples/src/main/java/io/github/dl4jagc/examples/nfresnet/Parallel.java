package io.github.dl4jagc.examples.nfresnet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does work that is independent of each other on several threads. */
final class Parallel {

  private Parallel() {}

  /** Does something with one item. */
  interface Task<T> {
    void accept(T item) throws IOException;
  }

  /**
   * Does {@code task} with each item, begun in their order, and waits for it. When one fails, none
   * is begun any more.
   *
   * @param threads how many at the same time
   * @throws IOException of the first thread that had one
   */
  static <T> void each(List<T> items, int threads, Task<T> task) throws IOException {
    Queue<T> open = new ConcurrentLinkedQueue<>(items);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Void>> workers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        workers.add(
            executor.submit(
                () -> {
                  work(open, task);
                  return null;
                }));
      }
      for (Future<Void> worker : workers) {
        await(worker);
      }
    } finally {
      executor.shutdown();
    }
  }

  private static <T> void work(Queue<T> open, Task<T> task) throws IOException {
    boolean done = false;
    try {
      for (T item = open.poll(); item != null; item = open.poll()) {
        task.accept(item);
      }
      done = true;
    } finally {
      if (!done) {
        open.clear();
      }
    }
  }

  private static void await(Future<Void> worker) throws IOException {
    try {
      worker.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException) {
        throw (IOException) cause;
      }
      if (cause instanceof Error) {
        throw (Error) cause;
      }
      throw (RuntimeException) cause;
    }
  }
}
