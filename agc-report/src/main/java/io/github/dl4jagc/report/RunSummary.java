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

  /** One stretch of iterations. */
  static final class Column {
    final int first;

    /** The iteration after its last one. */
    int end;

    long reports = 1;
    AgcReport report;

    /** Of the reports whose score is finite. */
    final DoubleSummaryStatistics score = new DoubleSummaryStatistics();

    final DoubleSummaryStatistics learningRate = new DoubleSummaryStatistics();
    final DoubleSummaryStatistics threshold = new DoubleSummaryStatistics();

    private Column(int first, RunReport of) {
      this.first = first;
      end = of.iteration + 1;
      report = of.report;
      addFinite(score, of.score);
      for (ReportRow row : report.rows()) {
        if (isClipped(row)) {
          addFinite(learningRate, row.learningRate());
          if (row.isWeight()) {
            row.rule().ifPresent(rule -> threshold.accept(rule.threshold()));
          }
        }
      }
    }

    private static void addFinite(DoubleSummaryStatistics to, double value) {
      if (Double.isFinite(value)) {
        to.accept(value);
      }
    }

    private void add(Column next) {
      end = Math.max(end, next.end);
      reports += next.reports;
      report = report.merge(next.report);
      score.combine(next.score);
      learningRate.combine(next.learningRate);
      threshold.combine(next.threshold);
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

  final List<Column> columns = new ArrayList<>();

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
    Column added = new Column(first, report);
    Column latest = columns.isEmpty() ? null : columns.get(columns.size() - 1);
    if (latest != null && (latest.reports < reportsOfColumn || report.iteration < end())) {
      latest.add(added);
    } else {
      columns.add(added);
    }
  }

  /** Sums up columns until there are no more than these. */
  void sumUp(int most) {
    while (columns.size() > most) {
      for (int i = 0; i + 1 < columns.size(); i++) {
        columns.get(i).add(columns.remove(i + 1));
      }
      reportsOfColumn *= 2;
    }
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
