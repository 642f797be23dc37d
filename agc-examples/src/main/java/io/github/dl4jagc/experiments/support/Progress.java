package io.github.dl4jagc.experiments.support;

import java.io.PrintWriter;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A progress bar over all runs, with the time that is left. On a terminal it is redrawn in place;
 * in a log file, where it cannot be, it is printed once for each run. Runs may be made in parallel.
 */
public final class Progress implements AutoCloseable {

  private static final int WIDTH = 110;
  private static final int REDRAW_MILLIS = 500;

  private final PrintWriter err;
  private final ProgressBar bar;
  private final boolean terminal;
  private String lastLine = "";

  /**
   * Draws an empty bar.
   *
   * @param err where the bar goes
   * @param name what is written before it
   * @param total the work of all runs, in the unit of {@link Run#step(long)}
   */
  public Progress(PrintWriter err, String name, long total) {
    // Java tells only whether standard input and output are a terminal, not standard error; when
    // the output is redirected, one line a run is right too.
    this.err = err;
    this.terminal = System.console() != null;
    this.bar =
        new ProgressBarBuilder()
            .setTaskName(name)
            .setInitialMax(total)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(terminal ? REDRAW_MILLIS : Integer.MAX_VALUE)
            .setConsumer(new DelegatingProgressBarConsumer(this::print, WIDTH))
            .build();
  }

  private synchronized void print(String line) {
    // Closing a bar prints its end twice.
    if (line.equals(lastLine)) {
      return;
    }
    lastLine = line;
    err.print(terminal ? "\r" + line : line + System.lineSeparator());
    err.flush();
  }

  /**
   * Begins a run.
   *
   * @param name written behind the bar
   * @param work all of the run's work; what was not done when it ends counts as done
   * @return to be told of its steps, and closed at its end
   */
  public Run begin(String name, long work) {
    bar.setExtraMessage(" " + name);
    return new Run(work);
  }

  /**
   * Prints a line of results while the bar is drawn.
   *
   * @param out where the line goes
   * @param line without line separator
   */
  public synchronized void println(PrintWriter out, String line) {
    if (terminal) {
      err.print("\r" + " ".repeat(WIDTH) + "\r");
      err.flush();
    }
    out.println(line);
    out.flush();
  }

  @Override
  public void close() {
    bar.close();
  }

  /** One run, which is made by one thread. */
  public final class Run implements AutoCloseable {

    private long left;

    private Run(long work) {
      this.left = work;
    }

    /**
     * Some work is done.
     *
     * @param work how much, at least 0
     */
    public void step(long work) {
      left -= work;
      bar.stepBy(work);
    }

    /** The run is over. */
    @Override
    public void close() {
      bar.stepBy(left);
      left = 0;
      // Closing the bar prints its end.
      if (bar.getCurrent() < bar.getMax()) {
        bar.refresh();
      }
    }
  }
}
