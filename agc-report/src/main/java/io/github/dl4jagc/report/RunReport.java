package io.github.dl4jagc.report;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_STATISTICS_FILE;
import static java.util.stream.Collectors.toList;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportRow;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
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

  private static final String LINES_LEFT = "rowsLeft";

  /** The names of what a line has. */
  static final List<String> COLUMNS = columns();

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

  /** What the network is trained with besides AGC. */
  final String updater;

  /** The examples in the latest minibatch; 0: not known. */
  final int minibatch;

  /** What was counted. */
  public final AgcReport report;

  RunReport(
      String run,
      Instant started,
      String resumes,
      int iteration,
      int epoch,
      double score,
      String updater,
      int minibatch,
      AgcReport report) {
    this.run = run;
    this.started = started;
    this.resumes = resumes;
    this.iteration = iteration;
    this.epoch = epoch;
    this.score = score;
    this.updater = updater;
    this.minibatch = minibatch;
    this.report = report;
  }

  /**
   * Begins a run.
   *
   * @param network whose run it is
   * @param resumes the run that it goes on with; empty: none
   * @return its report before the first iteration, without rows
   */
  public static RunReport begin(Model network, String resumes) {
    return new RunReport(
        UUID.randomUUID().toString().substring(0, 8),
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        resumes,
        0,
        0,
        Double.NaN,
        Hyperparameters.updaters(network),
        0,
        new AgcReport(List.of()));
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
        updater,
        Hyperparameters.minibatch(network),
        newReport);
  }

  /**
   * What was counted since another report.
   *
   * @throws IllegalArgumentException if they are not of the same network
   */
  RunReport since(AgcReport earlier) {
    AgcReport since =
        new AgcReport(
            report.since(earlier).rows().stream()
                .filter(row -> row.leftAlone().isPresent() || row.total().iterations() > 0)
                .collect(toList()));
    return new RunReport(run, started, resumes, iteration, epoch, score, updater, minibatch, since);
  }

  private static List<String> columns() {
    List<String> columns = new ArrayList<>();
    Collections.addAll(columns, "run", "started", "resumes", "iteration", "epoch", "score");
    Collections.addAll(columns, "updater", "minibatch");
    Map<String, ?> row = Map.of("layer", "", "parameter", "", "kind", "WEIGHT", "units", 0);
    columns.addAll(ReportRow.of(row).fields().keySet());
    columns.add(LINES_LEFT);
    return columns;
  }

  /** {@return the report as a statistics file has it, without the header} */
  public String text() {
    StringBuilder text = new StringBuilder();
    int left = report.rows().size();
    for (ReportRow row : report.rows()) {
      List<Object> line = new ArrayList<>();
      Collections.addAll(line, run, started, resumes, iteration, epoch);
      Collections.addAll(line, Double.isNaN(score) ? null : score, updater, minibatch);
      line.addAll(row.fields().values());
      line.add(--left);
      text.append(Csv.line(line));
    }
    return text.toString();
  }

  /**
   * Reads what {@link #text} made.
   *
   * @param text lines
   * @return the report
   * @throws RuntimeException if a field is missing or out of range
   */
  public static RunReport of(String text) {
    return of(text.lines().map(RunReport::record).collect(toList()));
  }

  /**
   * The fields of a line, by their names.
   *
   * @throws IllegalArgumentException if there are more or fewer
   */
  static Map<String, String> record(String line) {
    List<String> fields = Csv.fields(line);
    if (fields.size() != COLUMNS.size()) {
      throw NOT_A_STATISTICS_FILE.argument(
          "{} fields expected, got {}", COLUMNS.size(), fields.size());
    }
    Map<String, String> record = new HashMap<>();
    fields.forEach(field -> record.put(COLUMNS.get(record.size()), field));
    return record;
  }

  /** How many lines of its report follow a line. */
  static int linesLeft(Map<String, String> record) {
    return Integer.parseInt(record.get(LINES_LEFT));
  }

  /**
   * The report of some lines.
   *
   * @throws RuntimeException if they are not those of one report, or a field is out of range
   */
  static RunReport of(List<Map<String, String>> lines) {
    Map<String, String> last = lines.get(lines.size() - 1);
    List<ReportRow> rows = new ArrayList<>();
    for (Map<String, String> line : lines) {
      rows.add(ReportRow.of(line));
      if (linesLeft(line) != lines.size() - rows.size()
          || !line.get("run").equals(last.get("run"))
          || !line.get("iteration").equals(last.get("iteration"))) {
        throw NOT_A_STATISTICS_FILE.argument("the rows of a report must be together");
      }
    }
    return new RunReport(
        last.get("run"),
        Instant.parse(last.get("started")),
        last.get("resumes"),
        Integer.parseUnsignedInt(last.get("iteration")),
        Integer.parseUnsignedInt(last.get("epoch")),
        last.get("score").isEmpty() ? Double.NaN : Double.parseDouble(last.get("score")),
        last.get("updater"),
        Integer.parseInt(last.get("minibatch")),
        new AgcReport(rows));
  }
}
