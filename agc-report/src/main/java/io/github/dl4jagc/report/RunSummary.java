package io.github.dl4jagc.report;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_STATISTICS_FILE;
import static io.github.dl4jagc.internal.check.Troubleshooting.NO_STATISTICS_YET;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One run in at most some hundred columns, however long it was: each column sums up the reports of
 * a stretch of iterations. What is summed up is a report again.
 */
final class RunSummary {

  /** Where reports come from: a file, or {@code list::forEach}. It is read twice. */
  interface Source {
    void read(Consumer<RunReport> reports) throws IOException;
  }

  static final String BIASES_AND_GAINS = "biases and gains";

  /** Runs of a page; of more, the latest ones. */
  static final int MOST_RUNS = 50;

  /** Columns of a screen. */
  private static final int MOST_COLUMNS = 240;

  /** Cells of the maps of all runs: with many layers or runs, fewer columns. */
  private static final int MOST_CELLS = 36_000;

  private static final int FEWEST_COLUMNS = 24;

  /** One stretch of iterations. */
  static final class Column {
    /** Iterations of the first and the last report in it. */
    int first = Integer.MAX_VALUE;

    int last = -1;

    final Range score = new Range();
    final Range learningRate = new Range();
    final Range threshold = new Range();
    AgcReport report = new AgcReport(List.of());

    boolean isEmpty() {
      return last < 0;
    }

    private void add(RunReport added) {
      first = Math.min(first, added.iteration);
      last = Math.max(last, added.iteration);
      score.add(added.score);
      for (ReportRow row : added.clipped()) {
        if (!Double.isNaN(row.learningRate())) {
          learningRate.add(row.learningRate());
        }
        if (row.isWeight()) {
          row.rule().ifPresent(rule -> threshold.add(rule.threshold()));
        }
      }
      report = report.merge(added.report());
    }
  }

  /** Mean, smallest and largest of finite values; the others are counted. */
  static final class Range {
    private double sum;
    private long count;
    long notFinite;
    double smallest = Double.POSITIVE_INFINITY;
    double largest = Double.NEGATIVE_INFINITY;

    private void add(double value) {
      if (Double.isFinite(value)) {
        sum += value;
        count++;
        smallest = Math.min(smallest, value);
        largest = Math.max(largest, value);
      } else {
        notFinite++;
      }
    }

    /** NaN if there was no finite value. Never outside of the values, whatever the sum is. */
    double mean() {
      return count == 0 ? Double.NaN : Math.max(smallest, Math.min(largest, sum / count));
    }
  }

  final RunReport.Run run;

  /** Such as "run 2". */
  String name;

  /** Whose weights are clipped; and all biases and gains together, at the end. */
  final List<String> groups = new ArrayList<>();

  final List<Column> columns = new ArrayList<>();
  int firstIteration = Integer.MAX_VALUE;
  int lastIteration = -1;
  int epochs;
  long reports;

  /** Of the last report; may be NaN. */
  double lastScore;

  /** Of the whole run. */
  AgcReport total = new AgcReport(List.of());

  private final Set<String> groupsOfWeights = new LinkedHashSet<>();
  private boolean hasOthers;
  private final Set<Integer> iterations = new HashSet<>();

  private RunSummary(RunReport.Run run) {
    this.run = run;
  }

  /**
   * Sums up all runs, in the order in which they began.
   *
   * @param title what the reports are of, for messages
   * @throws IllegalArgumentException if the reports of a run do not fit to each other
   * @throws IllegalStateException if nothing was clipped
   */
  static List<RunSummary> of(String title, Source source) throws IOException {
    Map<String, RunSummary> byId = new LinkedHashMap<>();
    source.read(
        report ->
            byId.computeIfAbsent(report.run.id, id -> new RunSummary(report.run)).look(report));
    List<RunSummary> runs = new ArrayList<>(byId.values());
    for (int i = 0; i < runs.size(); i++) {
      runs.get(i).name = "run " + (i + 1);
    }
    runs.removeIf(run -> run.groupsOfWeights.isEmpty() && !run.hasOthers);
    if (runs.isEmpty()) {
      throw NO_STATISTICS_YET.state(
          "{} has no statistics yet: train with an AgcListener that writes to it first", title);
    }
    List<RunSummary> shown = runs.subList(Math.max(0, runs.size() - MOST_RUNS), runs.size());
    shown.forEach(run -> run.begin(shown.size()));
    try {
      source.read(
          report -> {
            RunSummary run = byId.get(report.run.id);
            if (!run.columns.isEmpty()) {
              run.column(report.iteration).add(report);
            }
          });
      shown.forEach(RunSummary::sumUp);
    } catch (IllegalArgumentException e) {
      throw NOT_A_STATISTICS_FILE.argument(
          "{} has reports of one run that do not fit to each other: {}", title, e.getMessage());
    }
    return shown;
  }

  /** What the first reading is for. */
  private void look(RunReport report) {
    for (ReportRow row : report.clipped()) {
      if (row.isWeight()) {
        groupsOfWeights.add(group(row));
      } else {
        hasOthers = true;
      }
    }
    firstIteration = Math.min(firstIteration, report.iteration);
    lastIteration = Math.max(lastIteration, report.iteration);
    epochs = Math.max(epochs, report.epoch + 1);
    reports++;
    lastScore = report.score;
    if (iterations.size() <= MOST_COLUMNS) {
      iterations.add(report.iteration);
    }
  }

  private void begin(int runs) {
    groups.addAll(groupsOfWeights);
    if (hasOthers) {
      groups.add(BIASES_AND_GAINS);
    }
    int most = Math.min(MOST_COLUMNS, MOST_CELLS / runs / groups.size());
    int count = Math.min(Math.max(FEWEST_COLUMNS, most), iterations.size());
    for (int i = 0; i < count; i++) {
      columns.add(new Column());
    }
  }

  private Column column(int iteration) {
    return columns.get((int) ((iteration - (long) firstIteration) * columns.size() / length()));
  }

  private void sumUp() {
    columns.forEach(column -> total = total.merge(column.report));
  }

  /** Iterations from the first to the last report. */
  long length() {
    return (long) lastIteration - firstIteration + 1;
  }

  /** The iteration in the middle of a column. */
  double middle(int column) {
    return firstIteration + (column + 0.5) * length() / columns.size();
  }

  /**
   * What the page shows a row with: weights with those of their layer, all others together, as they
   * have few units and, at the start, ratios in the thousands.
   */
  static String group(ReportRow row) {
    return !row.isWeight()
        ? BIASES_AND_GAINS
        : row.layer().isEmpty() ? row.parameter() : row.layer();
  }

  /** Statistics of a group in a report of the run. */
  static AgcReport.Statistics of(AgcReport report, String group) {
    return report.total(row -> group(row).equals(group));
  }

  static AgcReport.Statistics weightsOf(AgcReport report) {
    return report.total(ReportRow::isWeight);
  }
}
