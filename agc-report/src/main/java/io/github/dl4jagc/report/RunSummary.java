package io.github.dl4jagc.report;

import static java.util.stream.Collectors.toList;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportRow;
import io.github.dl4jagc.report.chart.Line;
import io.github.dl4jagc.report.chart.Line.Point;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * One run in at most some hundred columns, however long it becomes: each column sums up a number of
 * reports, which doubles when there are too many columns. What is summed up is a report again.
 */
final class RunSummary {

  static final String BIASES_AND_GAINS = "biases and gains";

  /** Rows of all columns that are kept; each has some hundred bytes. */
  private static final int MOST_ROWS = 40_000;

  private static final int MOST_COLUMNS = 480;
  private static final int FEWEST_COLUMNS = 48;

  /** One stretch of iterations. */
  static final class Column {
    final int first;

    /** The iteration after its last one. */
    final int end;

    final long reports;

    /** Of the reports whose score is finite. */
    final DoubleSummaryStatistics score = new DoubleSummaryStatistics();

    final DoubleSummaryStatistics learningRate = new DoubleSummaryStatistics();
    final DoubleSummaryStatistics threshold = new DoubleSummaryStatistics();
    final AgcReport report;

    private Column(int first, int end, long reports, AgcReport report) {
      this.first = first;
      this.end = end;
      this.reports = reports;
      this.report = report;
    }

    private static Column of(int first, RunReport report) {
      Column column = new Column(first, report.iteration + 1, 1, report.report);
      addFinite(column.score, report.score);
      for (ReportRow row : report.report.rows()) {
        if (isClipped(row)) {
          addFinite(column.learningRate, row.learningRate());
          if (row.isWeight()) {
            row.rule().ifPresent(rule -> column.threshold.accept(rule.threshold()));
          }
        }
      }
      return column;
    }

    private static void addFinite(DoubleSummaryStatistics to, double value) {
      if (Double.isFinite(value)) {
        to.accept(value);
      }
    }

    private Column plus(Column next) {
      Column both =
          new Column(
              first, Math.max(end, next.end), reports + next.reports, report.merge(next.report));
      for (Column each : List.of(this, next)) {
        both.score.combine(each.score);
        both.learningRate.combine(each.learningRate);
        both.threshold.combine(each.threshold);
      }
      return both;
    }

    double middle() {
      return (first + (double) end) / 2;
    }

    AgcReport.Statistics weights() {
      return weightsOf(report);
    }
  }

  /** NaN if there was no value. Never outside of the values, whatever their sum is. */
  static double mean(DoubleSummaryStatistics of) {
    return of.getCount() == 0
        ? Double.NaN
        : Math.max(of.getMin(), Math.min(of.getMax(), of.getAverage()));
  }

  /** Such as "run 2". */
  final String name;

  /** The latest report. */
  RunReport last;

  List<Column> columns = new ArrayList<>();

  /** Of each column but the last one, which may have fewer. */
  private long reportsOfColumn = 1;

  long reports;

  /** The largest: the last one of an epoch may be smaller. */
  int minibatch;

  /** Of the whole run. */
  AgcReport total = new AgcReport(List.of());

  RunSummary(String name) {
    this.name = name;
  }

  /**
   * Adds what was counted since the report before.
   *
   * @throws IllegalArgumentException if it does not fit to the reports before
   */
  void add(RunReport report) {
    total = total.merge(report.report);
    last = report;
    reports++;
    minibatch = Math.max(minibatch, report.minibatch);
    long counted = report.report.total().iterations();
    int first = columns.isEmpty() ? (int) Math.max(0, report.iteration + 1 - counted) : end();
    Column added = Column.of(first, report);
    int latest = columns.size() - 1;
    if (latest >= 0
        && (columns.get(latest).reports < reportsOfColumn || report.iteration < end())) {
      columns.set(latest, columns.get(latest).plus(added));
    } else {
      columns.add(added);
    }
    int most = Math.min(MOST_COLUMNS, MOST_ROWS / Math.max(1, total.rows().size()));
    if (columns.size() > Math.max(FEWEST_COLUMNS, most)) {
      columns = inPairs(columns);
      reportsOfColumn *= 2;
    }
  }

  private static List<Column> inPairs(List<Column> columns) {
    List<Column> pairs = new ArrayList<>();
    for (int i = 0; i < columns.size(); i += 2) {
      pairs.add(i + 1 < columns.size() ? columns.get(i).plus(columns.get(i + 1)) : columns.get(i));
    }
    return pairs;
  }

  /** As it is now, in no more columns than these. */
  RunSummary inColumns(int most) {
    RunSummary now = new RunSummary(name);
    now.last = last;
    now.reports = reports;
    now.minibatch = minibatch;
    now.total = total;
    now.columns = new ArrayList<>(columns);
    while (now.columns.size() > most) {
      now.columns = inPairs(now.columns);
    }
    return now;
  }

  /** A line with a point in the middle of each column. */
  Line line(String lineName, ToDoubleFunction<Column> value) {
    return Line.of(
        lineName,
        columns.stream()
            .map(column -> Point.of(column.middle(), value.applyAsDouble(column)))
            .collect(toList()));
  }

  int first() {
    return columns.get(0).first;
  }

  /** The iteration after the last one. */
  int end() {
    return columns.get(columns.size() - 1).end;
  }

  /** Whose weights are clipped; and all biases and gains together, at the end. */
  List<String> groups() {
    boolean others = total.rows().stream().anyMatch(row -> isClipped(row) && !row.isWeight());
    return Stream.concat(layers().stream(), Stream.of(BIASES_AND_GAINS).filter(all -> others))
        .collect(toList());
  }

  /** Whose weights are clipped. */
  List<String> layers() {
    return total.rows().stream()
        .filter(row -> isClipped(row) && row.isWeight())
        .map(RunSummary::group)
        .distinct()
        .collect(toList());
  }

  private static boolean isClipped(ReportRow row) {
    return row.total().iterations() > 0;
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
