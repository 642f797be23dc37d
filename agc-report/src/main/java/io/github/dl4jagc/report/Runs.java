package io.github.dl4jagc.report;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_STATISTICS_FILE;
import static io.github.dl4jagc.internal.check.Troubleshooting.NO_STATISTICS_YET;

import io.github.dl4jagc.AgcReport;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Runs, in the order in which they began, as far as a page shows them: the latest ones, summed up
 * while they go on. For the tab in DL4J's UI too, and may change with any version. Thread-safe.
 */
public final class Runs {

  private static final int MOST_RUNS = 50;

  /** Cells of the maps of all runs: with many layers or runs, fewer columns. */
  private static final int MOST_CELLS = 36_000;

  private static final int MOST_COLUMNS = 240;
  private static final int FEWEST_COLUMNS = 24;

  private final String title;
  private final Map<String, RunSummary> runs = new LinkedHashMap<>();
  private final Set<String> ids = new HashSet<>();
  private long changes;

  /**
   * No runs yet.
   *
   * @param title what their reports are of, for messages
   */
  public Runs(String title) {
    this.title = title;
  }

  /**
   * Adds what a network has counted since its run's report before.
   *
   * @throws IllegalArgumentException if it does not fit to the reports of the run before
   */
  synchronized void add(RunReport report) {
    if (report.report.total().units() == 0 || !runs.containsKey(report.run) && !begin(report.run)) {
      return;
    }
    try {
      runs.get(report.run).add(report);
      sumUp(runs.get(report.run));
    } catch (IllegalArgumentException e) {
      throw NOT_A_STATISTICS_FILE.argument(
          "{} has reports of one run that do not fit to each other: {}", title, e.getMessage());
    }
    changes++;
  }

  /** Whether it is a run that is not forgotten. */
  private boolean begin(String run) {
    if (!ids.add(run)) {
      return false;
    }
    runs.put(run, new RunSummary("run " + ids.size()));
    if (runs.size() > MOST_RUNS) {
      runs.remove(runs.keySet().iterator().next());
    }
    return true;
  }

  /**
   * Adds all that a network has counted. A report that came before is ignored, and one that is lost
   * is made up for by the next one.
   *
   * @param total the report
   * @throws IllegalArgumentException if it does not fit to the report of the run before
   */
  public synchronized void addTotal(RunReport total) {
    RunSummary run = runs.get(total.run);
    AgcReport before = run == null ? new AgcReport(List.of()) : run.total;
    if (total.report.total().units() > before.total().units()) {
      add(total.since(before));
    }
  }

  /** {@return how many reports have come: as long as it is the same, so is the page} */
  public synchronized long changes() {
    return changes;
  }

  /**
   * Makes a page, while which nothing is added.
   *
   * @param page makes it
   * @throws IllegalStateException if nothing was clipped
   */
  synchronized <T> T show(Function<List<RunSummary>, T> page) {
    if (runs.isEmpty()) {
      throw NO_STATISTICS_YET.state(
          "{} has no statistics yet: train with an AgcListener that writes to it first", title);
    }
    runs.values().forEach(this::sumUp);
    return page.apply(List.copyOf(runs.values()));
  }

  /** To as many columns as a page has room for. */
  private void sumUp(RunSummary run) {
    int room = MOST_CELLS / runs.size() / run.groups().size();
    run.sumUp(Math.max(FEWEST_COLUMNS, Math.min(MOST_COLUMNS, room)));
  }
}
