package io.github.dl4jagc.report;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportRow;
import io.github.dl4jagc.report.RunSummary.Column;
import io.github.dl4jagc.report.chart.Html;
import io.github.dl4jagc.report.chart.Table;
import io.github.dl4jagc.report.chart.Ticks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** When a run was, with which hyperparameters, and what came of it: in tiles and in a table. */
final class RunFacts {

  /** Those that runs are compared by. */
  private static final List<String> COMPARED =
      List.of(
          ("id|started|resumes the run|iterations|minibatch|learning rate|"
                  + "of the weights' units clipped|last score|updater|bounds")
              .split("\\|"));

  private final String run;
  private final Map<String, String> facts = new LinkedHashMap<>();

  RunFacts(RunSummary run) {
    this.run = run.name;
    facts.put("id", run.last.run);
    facts.put("started", run.last.started.toString().replace('T', ' '));
    facts.put("resumes the run", run.last.resumes);
    facts.put("updater", run.last.updater);
    facts.put("minibatch", run.minibatch == 0 ? "" : String.valueOf(run.minibatch));
    facts.put("iterations", run.first() + " \u2013 " + (run.end() - 1));
    facts.put("epochs", String.valueOf(run.last.epoch + 1));
    facts.put("reports", String.valueOf(run.reports));
    facts.put("layers", String.valueOf(run.layers().size()));
    facts.put("learning rate", learningRate(run));
    facts.put(
        "bounds",
        run.total.rules().stream().map(ReportRow.Rule::toString).collect(Collectors.joining("; ")));
    putShares("the weights' units", RunSummary.weightsOf(run.total));
    putShares("the biases and gains", run.total.total(row -> !row.isWeight()));
    facts.put("units not finite", String.valueOf(run.total.total().nonFiniteUnits()));
    double score = run.last.score;
    facts.put("last score", Double.isFinite(score) ? Ticks.text(score) : "not finite");
  }

  /** Of all columns: one number, or two if it changed. */
  private static String learningRate(RunSummary run) {
    String begin = learningRate(run.columns.get(0));
    String end = learningRate(run.columns.get(run.columns.size() - 1));
    return begin.equals(end) ? begin : begin + " \u2013 " + end;
  }

  static String learningRate(Column column) {
    double largest = column.learningRate.getMax();
    return Ticks.text(column.learningRate.getCount() == 0 ? Double.NaN : largest);
  }

  /** What was clipped and what would have been are two things. */
  private void putShares(String of, AgcReport.Statistics total) {
    if (total.observedUnits() < total.units()) {
      facts.put("of " + of + " clipped", percent(total.clippedShare() - total.observedShare()));
    }
    if (total.observedUnits() > 0) {
      facts.put("of " + of + " would have been clipped", percent(total.observedShare()));
    }
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f\u00a0%%", 100 * share);
  }

  String tiles() {
    StringBuilder tiles = new StringBuilder();
    facts.forEach(
        (name, value) -> {
          boolean bad =
              value.equals("not finite") || name.contains("not finite") && !value.equals("0");
          if (!value.isEmpty()) {
            tiles.append(
                String.format(
                    "<div class=\"fact%s\"><b>%s</b><span>%s</span></div>",
                    bad ? " bad" : "", Html.escape(value), Html.escape(name)));
          }
        });
    return tiles.toString();
  }

  /** A row for each run, so that they can be compared. */
  static String table(List<RunFacts> runs) {
    List<String> headers = new ArrayList<>(List.of("run"));
    COMPARED.forEach(name -> headers.add(name.replace(" units", "\nunits")));
    Table table = new Table(headers).names(1);
    for (RunFacts each : runs) {
      List<String> cells = new ArrayList<>(List.of(each.run));
      COMPARED.forEach(name -> cells.add(each.facts.getOrDefault(name, "")));
      table.row(cells);
    }
    return table.html();
  }
}
