package io.github.dl4jagc.report;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_STATISTICS_FILE;
import static java.util.stream.Collectors.toList;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportRow;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * A report of a run, which is one network's training, as far as one process had it: all that was
 * counted, or what was since the report before. As records, one for each row, which say which run
 * they are of and how many of the report are still to come. For the tab in DL4J's UI too, and may
 * change with any version. Immutable.
 */
public final class RunReport {

  static final List<String> COLUMNS =
      new ArrayList<>(
          begin("")
              .at(
                  0,
                  0,
                  0,
                  new AgcReport(
                      List.of(
                          ReportRow.of(
                              Map.of("layer", "", "parameter", "", "kind", "WEIGHT", "units", 0)))))
              .records()
              .get(0)
              .keySet());

  /** The run's id. */
  public final String run;

  /** When it began. */
  public final Instant started;

  /** The run that it goes on with; empty: it is none's continuation. */
  public final String resumes;

  /** The iteration, from 0. */
  public final int iteration;

  /** The epoch, from 0. */
  public final int epoch;

  /** Of the iteration; NaN if it is none. */
  public final double score;

  /** What was counted. */
  public final AgcReport report;

  RunReport(
      String run,
      Instant started,
      String resumes,
      int iteration,
      int epoch,
      double score,
      AgcReport report) {
    this.run = run;
    this.started = started;
    this.resumes = resumes;
    this.iteration = iteration;
    this.epoch = epoch;
    this.score = score;
    this.report = report;
  }

  /**
   * Begins a run.
   *
   * @param resumes the run that it goes on with; empty: none
   * @return its report before the first iteration, without rows
   */
  public static RunReport begin(String resumes) {
    return new RunReport(
        UUID.randomUUID().toString().substring(0, 8),
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        resumes,
        0,
        0,
        Double.NaN,
        new AgcReport(List.of()));
  }

  /**
   * The run at another iteration.
   *
   * @param newIteration the iteration, from 0
   * @param newEpoch the epoch, from 0
   * @param newScore of that iteration
   * @param newReport all that was counted until then
   * @return a new report of the same run
   */
  public RunReport at(int newIteration, int newEpoch, double newScore, AgcReport newReport) {
    return new RunReport(run, started, resumes, newIteration, newEpoch, newScore, newReport);
  }

  /**
   * What was counted since another report.
   *
   * @throws IllegalArgumentException if they are not of the same network
   */
  RunReport since(AgcReport earlier) {
    return at(
        iteration,
        epoch,
        score,
        new AgcReport(
            report.since(earlier).rows().stream()
                .filter(row -> row.leftAlone().isPresent() || row.total().iterations() > 0)
                .collect(toList())));
  }

  List<Map<String, Object>> records() {
    List<Map<String, Object>> records = new ArrayList<>();
    List<ReportRow> rows = report.rows();
    for (ReportRow row : rows) {
      Map<String, Object> record = new LinkedHashMap<>();
      record.put("run", run);
      record.put("started", started);
      record.put("resumes", resumes);
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
        Objects.requireNonNull(first.get("run")),
        Instant.parse(first.get("started")),
        first.get("resumes"),
        Integer.parseUnsignedInt(first.get("iteration")),
        Integer.parseUnsignedInt(first.get("epoch")),
        score.isEmpty() ? Double.NaN : Double.parseDouble(score),
        new AgcReport(rows));
  }

  static int rowsLeft(Map<String, String> record) {
    return Integer.parseInt(record.get("rowsLeft"));
  }

  /** {@return the report as a statistics file in JSON has it} */
  public String json() {
    return StatisticsFormat.JSON_LINES.text(this);
  }

  /**
   * Reads what {@link #json} made.
   *
   * @param json lines of JSON
   * @return the report
   * @throws IOException if it is not JSON
   * @throws RuntimeException if a field is missing or out of range
   */
  public static RunReport ofJson(String json) throws IOException {
    List<Map<String, String>> records = new ArrayList<>();
    for (String line : json.split("\n")) {
      records.add(StatisticsFormat.JSON_LINES.record(line));
    }
    return of(records);
  }
}
