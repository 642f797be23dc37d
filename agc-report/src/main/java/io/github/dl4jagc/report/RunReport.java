package io.github.dl4jagc.report;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_STATISTICS_FILE;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportRow;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.deeplearning4j.nn.api.Model;

/**
 * A report of a run, which is one network's training, as far as one process had it: all that was
 * counted, or what was since the report before. As text it has a line for each row. For the tab in
 * DL4J's UI too, and may change with any version. Immutable.
 */
public final class RunReport {

  /** The names of what a line has. */
  static final List<String> COLUMNS =
      List.copyOf(
          begin("")
              .with(
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

  final Hyperparameters hyperparameters;

  /** What was counted. */
  public final AgcReport report;

  /** How many rows of the report are not in this part of it; 0: it is whole. */
  final int rowsLeft;

  RunReport(
      String run,
      Instant started,
      String resumes,
      int iteration,
      int epoch,
      double score,
      Hyperparameters hyperparameters,
      AgcReport report,
      int rowsLeft) {
    this.run = run;
    this.started = started;
    this.resumes = resumes;
    this.iteration = iteration;
    this.epoch = epoch;
    this.score = score;
    this.hyperparameters = hyperparameters;
    this.report = report;
    this.rowsLeft = rowsLeft;
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
        Hyperparameters.NONE,
        new AgcReport(List.of()),
        0);
  }

  /**
   * The run at another iteration.
   *
   * @param network whose run it is, as it is at that iteration
   * @param newIteration the iteration, from 0
   * @param newEpoch the epoch, from 0
   * @param newReport all that was counted until then
   * @return a new report of the same run
   */
  public RunReport at(Model network, int newIteration, int newEpoch, AgcReport newReport) {
    return new RunReport(
        run,
        started,
        resumes,
        newIteration,
        newEpoch,
        network.score(),
        Hyperparameters.of(network),
        newReport,
        0);
  }

  private RunReport with(AgcReport newReport) {
    return new RunReport(
        run, started, resumes, iteration, epoch, score, hyperparameters, newReport, 0);
  }

  /**
   * What was counted since another report.
   *
   * @throws IllegalArgumentException if they are not of the same network
   */
  RunReport since(AgcReport earlier) {
    return with(
        new AgcReport(
            report.since(earlier).rows().stream()
                .filter(row -> row.leftAlone().isPresent() || row.total().iterations() > 0)
                .collect(toList())));
  }

  private List<Map<String, Object>> records() {
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
      record.put("updater", hyperparameters.updater);
      record.put("minibatch", hyperparameters.minibatch);
      record.putAll(row.fields());
      record.put("rowsLeft", rows.size() - 1 - records.size());
      records.add(record);
    }
    return records;
  }

  /** {@return the report as a statistics file has it, without the header} */
  public String text() {
    return records().stream().map(record -> Csv.line(record.values())).collect(joining());
  }

  /**
   * Reads what {@link #text} made.
   *
   * @param text lines
   * @return the report
   * @throws RuntimeException if a field is missing or out of range
   */
  public static RunReport of(String text) {
    return of(text.lines().map(RunReport::part).collect(toList()));
  }

  /**
   * Reads a line: a part of a report, which has one row.
   *
   * @throws RuntimeException if a field is missing or out of range
   */
  static RunReport part(String line) {
    List<String> fields = Csv.fields(line);
    if (fields.size() != COLUMNS.size()) {
      throw NOT_A_STATISTICS_FILE.argument(
          "{} fields expected, got {}", COLUMNS.size(), fields.size());
    }
    Map<String, String> record = new HashMap<>();
    for (int i = 0; i < fields.size(); i++) {
      record.put(COLUMNS.get(i), fields.get(i));
    }
    String score = record.get("score");
    return new RunReport(
        record.get("run"),
        Instant.parse(record.get("started")),
        record.get("resumes"),
        Integer.parseUnsignedInt(record.get("iteration")),
        Integer.parseUnsignedInt(record.get("epoch")),
        score.isEmpty() ? Double.NaN : Double.parseDouble(score),
        new Hyperparameters(record.get("updater"), Integer.parseInt(record.get("minibatch"))),
        new AgcReport(List.of(ReportRow.of(record))),
        Integer.parseInt(record.get("rowsLeft")));
  }

  /**
   * Joins parts.
   *
   * @throws IllegalArgumentException if they are not those of one report
   */
  static RunReport of(List<RunReport> parts) {
    RunReport last = parts.get(parts.size() - 1);
    List<ReportRow> rows = new ArrayList<>();
    for (RunReport part : parts) {
      if (part.rowsLeft != parts.size() - 1 - rows.size()
          || !part.run.equals(last.run)
          || part.iteration != last.iteration) {
        throw NOT_A_STATISTICS_FILE.argument("the rows of a report must be together");
      }
      rows.addAll(part.report.rows());
    }
    return last.with(new AgcReport(rows));
  }
}
