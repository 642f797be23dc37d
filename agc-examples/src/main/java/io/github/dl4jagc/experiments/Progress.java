package io.github.dl4jagc.experiments;

import java.io.PrintWriter;
import java.time.Duration;

/**
 * How many runs are done, and how long the rest will take if they are like those: a line for each
 * run, which on a terminal takes the place of the one before it. Runs may be made in parallel.
 */
final class Progress {

  private static final int WIDTH = 110;

  private final PrintWriter err;
  private final String name;
  private final int runs;
  private final long start = System.nanoTime();
  private int done;

  /**
   * @param err where the lines go
   * @param name what they begin with
   * @param runs how many there are to be made
   */
  Progress(PrintWriter err, String name, int runs) {
    this.err = err;
    this.name = name;
    this.runs = runs;
  }

  /** A run was made. */
  synchronized void done(Run run) {
    done++;
    Duration left = Duration.ofNanos((System.nanoTime() - start) / done * (runs - done));
    String line =
        String.format(
            "%s %d of %d runs, %d:%02d:%02d left: %s",
            name, done, runs, left.toHours(), left.toMinutesPart(), left.toSecondsPart(), run);
    // Java tells only whether standard input and output are a terminal, not standard error; when
    // the output is redirected, one line a run is right too.
    boolean terminal = System.console() != null;
    err.print(terminal ? String.format("\r%-" + WIDTH + "s", line) : line);
    if (!terminal || done == runs) {
      err.println();
    }
    err.flush();
  }
}
