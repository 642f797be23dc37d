package io.github.dl4jagc.examples.digits;

import java.io.PrintWriter;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A progress bar over all runs. On a terminal it is redrawn in place; in a log file, where it
 * cannot be, it is printed once for each run.
 */
final class Progress implements AutoCloseable {

  private static final int WIDTH = 100;
  private static final int REDRAW_MILLIS = 500;

  private final ProgressBar bar;
  private final int stepsPerRun;
  private final boolean terminal;
  private int runs;
  private String lastLine = "";

  /**
   * @param err where the bar goes
   * @param runs the number of runs
   * @param stepsPerRun the updates in a run that does not diverge
   */
  Progress(PrintWriter err, int runs, int stepsPerRun) {
    // Java tells only whether standard input and output are a terminal, not standard error; when
    // the output is redirected, one line a run is right too.
    this.terminal = System.console() != null;
    this.stepsPerRun = stepsPerRun;
    this.bar =
        new ProgressBarBuilder()
            .setTaskName("digits")
            .setInitialMax((long) runs * stepsPerRun)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(terminal ? REDRAW_MILLIS : Integer.MAX_VALUE)
            .setConsumer(new DelegatingProgressBarConsumer(line -> print(err, line), WIDTH))
            .build();
  }

  private void print(PrintWriter err, String line) {
    // Closing a bar prints its end twice.
    if (line.equals(lastLine)) {
      return;
    }
    lastLine = line;
    err.print(terminal ? "\r" + line : line + System.lineSeparator());
    err.flush();
  }

  /** Says what is being trained now. */
  void startRun(Setting setting) {
    bar.setExtraMessage(" " + setting);
  }

  /** One update was made. */
  void step() {
    bar.step();
  }

  /** The run is over, possibly long before its last step. */
  void finishRun() {
    runs++;
    bar.stepTo((long) runs * stepsPerRun);
    // Closing the bar prints its end.
    if (bar.getCurrent() < bar.getMax()) {
      bar.refresh();
    }
  }

  @Override
  public void close() {
    bar.close();
  }
}
