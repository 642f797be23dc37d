package io.github.dl4jagc.experiments;

import java.io.PrintWriter;
import java.time.Duration;

/**
 * How many runs are done, and how long the rest will take if they are like those: a line for each
 * run. Runs may be made in parallel.
 */
final class Progress {

  private final PrintWriter err;
  private final String name;
  private final int runs;
  private final long start = System.nanoTime();
  private int done;

  Progress(PrintWriter err, String name, int runs) {
    this.err = err;
    this.name = name;
    this.runs = runs;
  }

  /** A run was made. */
  synchronized void done(Run run) {
    done++;
    Duration left = Duration.ofNanos((System.nanoTime() - start) / done * (runs - done));
    err.printf(
        "%s %d of %d runs, %d:%02d:%02d left: %s%n",
        name, done, runs, left.toHours(), left.toMinutesPart(), left.toSecondsPart(), run);
    err.flush();
  }
}
