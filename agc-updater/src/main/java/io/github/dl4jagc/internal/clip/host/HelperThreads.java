package io.github.dl4jagc.internal.clip.host;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A few daemon threads of this library's own that help whoever clips. They end when they have had
 * nothing to do for {@value #IDLE_SECONDS} seconds.
 *
 * <p>Not the common pool: a thread of that pool that waits for a task runs others meanwhile, and so
 * a clip would run somebody else's training in the middle of its own; and tasks that nobody comes
 * to stay in its queue, with the arrays that they are about. Here nothing is queued: a thread is
 * idle and begins at once, or there is none and the caller goes on alone.
 */
final class HelperThreads {

  static final String NAME = "agc-helper";

  static final int IDLE_SECONDS = 2;

  /** Discards what finds no thread, as that is called off by the one who wanted help. */
  private static final Executor THREADS =
      new ThreadPoolExecutor(
          0,
          Math.max(1, Runtime.getRuntime().availableProcessors() - 1),
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          HelperThreads::newThread,
          new ThreadPoolExecutor.DiscardPolicy());

  private HelperThreads() {}

  /** Inherits nothing from the thread that happens to need it first. */
  private static Thread newThread(Runnable work) {
    Thread thread = new Thread(null, work, NAME, 0, false);
    thread.setContextClassLoader(HelperThreads.class.getClassLoader());
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Runs the first worker here, and the others on other threads as far as there are idle ones. A
   * worker that was not begun when the first one ends is not begun any more: each must be able to
   * do all the work, piece by piece.
   *
   * <p>Returns when no worker is at work, also if one has failed or this thread is interrupted;
   * runs nothing else on this thread.
   *
   * @throws RuntimeException or an Error, the first that a worker has ended with
   */
  static void run(List<? extends Runnable> workers) {
    List<Turn> turns = new ArrayList<>(workers.size());
    for (Runnable worker : workers) {
      turns.add(new Turn(worker));
    }
    for (Turn turn : turns.subList(1, turns.size())) {
      try {
        THREADS.execute(turn);
      } catch (OutOfMemoryError e) {
        break; // the system gives no further thread
      }
    }
    turns.get(0).run();
    Throwable failure = null;
    for (Turn turn : turns) {
      turn.end();
      failure = failure == null ? turn.failure : failure;
    }
    if (failure instanceof Error) {
      throw (Error) failure;
    }
    if (failure != null) {
      throw (RuntimeException) failure;
    }
  }

  /**
   * One worker's turn: taken by the thread that runs it, or called off by the one that wanted it.
   */
  private static final class Turn implements Runnable {
    private final AtomicReference<Runnable> worker;
    private final Semaphore ended = new Semaphore(0);
    private Throwable failure;

    Turn(Runnable worker) {
      this.worker = new AtomicReference<>(worker);
    }

    @Override
    public void run() {
      Runnable taken = worker.getAndSet(null);
      if (taken == null) {
        return;
      }
      try {
        taken.run();
      } catch (Throwable e) {
        failure = e;
      } finally {
        ended.release();
      }
    }

    /** Calls the turn off, or waits for its end. */
    void end() {
      if (worker.getAndSet(null) == null) {
        ended.acquireUninterruptibly();
      }
    }
  }
}
