package io.github.dl4jagc.report;

import static java.util.stream.Collectors.toList;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportRow;
import java.util.ArrayList;
import java.util.List;
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
    int end;

    long reports = 1;
    final Range score = new Range();
    final Range learningRate = new Range();
    final Range threshold = new Range();
    AgcReport report;

    private Column(int first, RunReport of) {
      this.first = first;
      this.end = of.iteration + 1;
      this.report = of.report;
      score.add(of.score);
      for (ReportRow row : report.rows()) {
        if (isClipped(row) && !Double.isNaN(row.learningRate())) {
          learningRate.add(row.learningRate());
        }
        if (isClipped(row) && row.isWeight()) {
          row.rule().ifPresent(rule -> threshold.add(rule.threshold()));
        }
      }
    }

    private Column(Column other) {
      this.first = other.first;
      this.end = other.end;
      this.reports = other.reports;
      this.report = other.report;
      score.add(other.score);
      learningRate.add(other.learningRate);
      threshold.add(other.threshold);
    }

    private void add(Column next) {
      end = Math.max(end, next.end);
      reports += next.reports;
      score.add(next.score);
      learningRate.add(next.learningRate);
      threshold.add(next.threshold);
      report = report.merge(next.report);
    }

    double middle() {
      return (first + (double) end) / 2;
    }

    AgcReport.Statistics weights() {
      return weightsOf(report);
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

    private void add(Range other) {
      sum += other.sum;
      count += other.count;
      notFinite += other.notFinite;
      smallest = Math.min(smallest, other.smallest);
      largest = Math.max(largest, other.largest);
    }

    /** NaN if there was no finite value. Never outside of the values, whatever the sum is. */
    double mean() {
      return count == 0 ? Double.NaN : Math.max(smallest, Math.min(largest, sum / count));
    }
  }

  /** Such as "run 2". */
  final String name;

  /** The report that it began with. */
  final RunReport begin;

  List<Column> columns = new ArrayList<>();

  /** Of each column but the last one, which may have fewer. */
  private long reportsOfColumn = 1;

  int epochs;
  long reports;

  /** Of the last report; may be NaN. */
  double lastScore;

  /** Of the whole run. */
  AgcReport total = new AgcReport(List.of());

  RunSummary(String name, RunReport begin) {
    this.name = name;
    this.begin = begin;
  }

  /**
   * Adds what was counted since the report before.
   *
   * @throws IllegalArgumentException if it does not fit to the reports before
   */
  void add(RunReport report) {
    total = total.merge(report.report);
    epochs = Math.max(epochs, report.epoch + 1);
    reports++;
    lastScore = report.score;
    Column last = columns.isEmpty() ? null : columns.get(columns.size() - 1);
    long counted = report.report.total().iterations();
    Column added =
        new Column(
            last == null ? (int) Math.max(0, report.iteration + 1 - counted) : last.end, report);
    if (last != null && (last.reports < reportsOfColumn || report.iteration < last.end)) {
      last.add(added);
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
    for (int i = 0; i < columns.size(); i++) {
      if (i % 2 == 0) {
        pairs.add(new Column(columns.get(i)));
      } else {
        pairs.get(i / 2).add(columns.get(i));
      }
    }
    return pairs;
  }

  /** As it is now, in no more columns than these, if more than one. */
  RunSummary inColumns(int most) {
    RunSummary now = new RunSummary(name, begin);
    now.columns = columns.stream().map(Column::new).collect(toList());
    now.epochs = epochs;
    now.reports = reports;
    now.lastScore = lastScore;
    now.total = total;
    while (now.columns.size() > Math.max(1, most)) {
      now.columns = inPairs(now.columns);
    }
    return now;
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
    return Stream.concat(
            layers().stream(),
            total.rows().stream()
                .filter(row -> isClipped(row) && !row.isWeight())
                .map(RunSummary::group))
        .distinct()
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
