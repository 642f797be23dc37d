package io.github.dl4jagc.report;

import static io.github.dl4jagc.internal.check.Troubleshooting.STATISTICS_CANNOT_BE_WRITTEN;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.report.chart.Html;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * Runs that go on, as the parts of a page: for the tab in DL4J's UI, and may change with any
 * version. However long a run becomes, as much is kept as a page shows. Thread-safe.
 */
public final class LiveRuns {

  /** Rows of a run that are kept; each has some hundred bytes. */
  private static final int MOST_ROWS = 40_000;

  private static final int MOST_REPORTS = 480;
  private static final int FEWEST_REPORTS = 48;

  /** One network's training. */
  private static final class History {
    private RunReport.Run run;
    private AgcReport reported = new AgcReport(List.of());
    private List<RunReport> reports = new ArrayList<>();

    History(RunReport.Run run) {
      this.run = run;
    }

    void add(int iteration, int epoch, double score, AgcReport total) {
      reports.add(RunReport.between(reported, total, run, iteration, epoch, score));
      reported = total;
      int most = Math.max(FEWEST_REPORTS, Math.min(MOST_REPORTS, MOST_ROWS / total.rows().size()));
      if (reports.size() > most) {
        halve();
      }
    }

    /** Each two reports become one. */
    private void halve() {
      List<RunReport> halved = new ArrayList<>();
      for (int i = 0; i + 1 < reports.size(); i += 2) {
        halved.add(reports.get(i).plus(reports.get(i + 1)));
      }
      if (reports.size() % 2 == 1) {
        halved.add(reports.get(reports.size() - 1));
      }
      reports = halved;
    }
  }

  private final Map<String, History> runs = new LinkedHashMap<>();
  private long changes;

  /**
   * Takes a report of a network. One that came before is ignored, and one that is lost is made up
   * for by the next one.
   *
   * @param run the network's
   * @param started when it began
   * @param iteration the iteration, from 0
   * @param epoch the epoch, from 0
   * @param score of that iteration
   * @param total all that was counted since the network was made
   * @throws IllegalArgumentException if it does not fit to the report of the run before
   */
  public synchronized void add(
      String run, Instant started, int iteration, int epoch, double score, AgcReport total) {
    History history =
        runs.computeIfAbsent(run, id -> new History(new RunReport.Run(id, started, "")));
    if (total.total().units() > history.reported.total().units()) {
      history.add(iteration, epoch, score, total);
      changes++;
    }
  }

  /** {@return how many reports have come: as long as it is the same, so are the parts} */
  public synchronized long changes() {
    return changes;
  }

  /**
   * {@return {@code html}, a page without its frame, and {@code runs}, what {@link #script} shows
   * under the mouse}
   *
   * @throws IllegalStateException if no report has come
   */
  public ObjectNode parts() {
    List<RunReport> all = new ArrayList<>();
    synchronized (this) {
      runs.values().forEach(history -> all.addAll(history.reports));
    }
    try {
      return ReportPage.parts("The training", all::forEach);
    } catch (IOException e) {
      throw new UncheckedIOException(
          STATISTICS_CANNOT_BE_WRITTEN.message("Memory cannot be written"), e);
    }
  }

  /** {@return the style sheet of the parts} */
  public static String style() {
    return Html.style() + ReportPage.style();
  }

  /** {@return JavaScript with a function {@code showRuns(element with the html, runs)}} */
  public static String script() {
    return ReportPage.script();
  }
}
