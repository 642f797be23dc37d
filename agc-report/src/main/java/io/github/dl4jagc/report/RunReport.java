package io.github.dl4jagc.report;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_STATISTICS_FILE;
import static java.util.stream.Collectors.toList;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A report of a run: what was counted since the report before, or since the run began. As records,
 * one for each row, which say which run they are of and how many of the report are still to come.
 * Immutable.
 */
final class RunReport {

  /** One network's training, as far as one process had it. */
  static final class Run {
    final String id;
    final Instant started;

    /** The run that this one goes on with; empty: it is none's continuation. */
    final String resumes;

    Run(String id, Instant started, String resumes) {
      this.id = id;
      this.started = started;
      this.resumes = resumes;
    }
  }

  static final List<String> COLUMNS =
      new ArrayList<>(
          new RunReport(
                  new Run("", Instant.EPOCH, ""),
                  0,
                  0,
                  0,
                  List.of(
                      ReportRow.of(
                          Map.of("layer", "", "parameter", "", "kind", "WEIGHT", "units", 0))))
              .records()
              .get(0)
              .keySet());

  final Run run;
  final int iteration;
  final int epoch;
  final double score;

  /** Their totals are what was counted since the report before; they have no others. */
  final List<ReportRow> rows;

  RunReport(Run run, int iteration, int epoch, double score, List<ReportRow> rows) {
    this.run = run;
    this.iteration = iteration;
    this.epoch = epoch;
    this.score = score;
    this.rows = rows;
  }

  /**
   * What was counted from one report to another.
   *
   * @throws IllegalArgumentException if they are not of the same network
   */
  static RunReport between(
      AgcReport earlier, AgcReport later, Run run, int iteration, int epoch, double score) {
    return new RunReport(
        run,
        iteration,
        epoch,
        score,
        later.since(earlier).rows().stream()
            .filter(row -> row.leftAlone().isPresent() || row.total().iterations() > 0)
            .collect(toList()));
  }

  /** This and the next report of the run as one; its score is the mean. */
  RunReport plus(RunReport next) {
    return new RunReport(
        run,
        next.iteration,
        next.epoch,
        (score + next.score) / 2,
        report().merge(next.report()).rows());
  }

  AgcReport report() {
    return new AgcReport(rows);
  }

  List<ReportRow> clipped() {
    return rows.stream().filter(row -> row.total().iterations() > 0).collect(toList());
  }

  List<Map<String, Object>> records() {
    List<Map<String, Object>> records = new ArrayList<>();
    for (ReportRow row : rows) {
      Map<String, Object> record = new LinkedHashMap<>();
      record.put("run", run.id);
      record.put("started", run.started);
      record.put("resumes", run.resumes);
      record.put("iteration", iteration);
      record.put("epoch", epoch);
      record.put("score", Double.isNaN(score) ? null : score);
      record.putAll(row.fields());
      record.put("rowsLeft", rows.size() - 1 - records.size());
      records.add(record);
    }
    return records;
  }

  /**
   * Reads the records of a report, of which the last one has none left.
   *
   * @throws RuntimeException if a field is missing or out of range
   */
  static RunReport of(List<Map<String, String>> records) {
    Map<String, String> first = records.get(0);
    List<ReportRow> rows = new ArrayList<>();
    for (Map<String, String> record : records) {
      if (rowsLeft(record) != records.size() - 1 - rows.size()
          || !record.get("run").equals(first.get("run"))
          || !record.get("iteration").equals(first.get("iteration"))) {
        throw NOT_A_STATISTICS_FILE.argument("the rows of a report must be together");
      }
      rows.add(ReportRow.of(record));
    }
    String score = first.get("score");
    return new RunReport(
        new Run(
            Objects.requireNonNull(first.get("run")),
            Instant.parse(first.get("started")),
            first.get("resumes")),
        Integer.parseUnsignedInt(first.get("iteration")),
        Integer.parseUnsignedInt(first.get("epoch")),
        score.isEmpty() ? Double.NaN : Double.parseDouble(score),
        new AgcReport(rows).rows());
  }

  static int rowsLeft(Map<String, String> record) {
    return Integer.parseInt(record.get("rowsLeft"));
  }
}
