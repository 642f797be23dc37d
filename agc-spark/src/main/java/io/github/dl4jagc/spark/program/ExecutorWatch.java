package io.github.dl4jagc.spark.program;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Ends the jobs of a cluster that has had no executor for too long. Spark itself waits for ever,
 * with a warning in its log.
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
  static ExecutorWatch start(JavaSparkContext sc, Duration patience) {
    ExecutorWatch watch = new ExecutorWatch(sc, patience);
    if (!sc.isLocal()) {
      watch.clock.scheduleWithFixedDelay(
          watch::look, SECONDS_BETWEEN_LOOKS, SECONDS_BETWEEN_LOOKS, TimeUnit.SECONDS);
    }
    return watch;
  }

  private void look() {
    // The driver is listed among the executors.
    if (sc.sc().statusTracker().getExecutorInfos().length > 1) {
      lastSeen = System.nanoTime();
    } else if (complaint == null && System.nanoTime() - lastSeen > patience.toNanos()) {
      complaint =
          "the cluster has had no executor for "
              + patience.toSeconds()
              + " s; are its workers running, with enough free cores and memory?";
      sc.sc().cancelAllJobs();
    }
  }

  /** Why the jobs were ended, if this watch did it. */
  Optional<String> complaint() {
    return Optional.ofNullable(complaint);
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
