package io.github.dl4jagc.experiments.spark;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/**
 * Ends jobs that would wait for ever: those of a cluster that has had no executor for too long,
 * where Spark itself only logs a warning, and shared training that has lost an executor, whose
 * replacement DL4J 1.0.0-M2 cannot bring in.
 */
final class ExecutorWatch implements AutoCloseable {

  private static final long SECONDS_BETWEEN_LOOKS = 1;

  private final JavaSparkContext sc;
  private final Duration patience;
  private final ScheduledExecutorService clock;
  private long lastSeen = System.nanoTime();
  private volatile String complaint;

  private ExecutorWatch(JavaSparkContext sc, Duration patience) {
    this.sc = sc;
    this.patience = patience;
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "executor watch");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** A watch, which does nothing where tasks run within the driver. */
  static ExecutorWatch start(JavaSparkContext sc, Mode mode, Duration patience) {
    ExecutorWatch watch = new ExecutorWatch(sc, patience);
    if (!sc.isLocal()) {
      if (mode == Mode.SHARED) {
        sc.sc().addSparkListener(watch.new LostExecutor());
      }
      watch.clock.scheduleWithFixedDelay(
          watch::look, SECONDS_BETWEEN_LOOKS, SECONDS_BETWEEN_LOOKS, TimeUnit.SECONDS);
    }
    return watch;
  }

  private void look() {
    if (complaint != null) {
      sc.sc().cancelAllJobs(); // again: a job may have begun at the same moment
      return;
    }
    // The driver is listed among the executors.
    if (sc.sc().statusTracker().getExecutorInfos().length > 1) {
      lastSeen = System.nanoTime();
    } else if (System.nanoTime() - lastSeen > patience.toNanos()) {
      complain(
          "the cluster has had no executor for "
              + patience.toSeconds()
              + " s; are its workers running, with enough free cores and memory?");
    }
  }

  private void complain(String what) {
    complaint = what;
    sc.sc().cancelAllJobs();
  }

  /** Why the jobs were ended, if this watch did it. */
  Optional<String> complaint() {
    return Optional.ofNullable(complaint);
  }

  private final class LostExecutor extends SparkListener {

    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved lost) {
      complain(
          "executor "
              + lost.executorId()
              + " was lost ("
              + lost.reason()
              + "), and DL4J's shared training does not survive that; start again, or use --mode"
              + " averaging");
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
