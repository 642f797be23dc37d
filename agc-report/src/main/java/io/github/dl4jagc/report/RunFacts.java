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

  private static final String CLIPPED = "of the weights' units clipped";

  /** Those that runs are compared by. */
  private static final List<String> COMPARED =
      List.of(
          "id",
          "started",
          "resumes the run",
          "iterations",
          "minibatch",
          "learning rate",
          CLIPPED,
          "last score",
          "updater",
          "bounds");

  private final Map<String, String> facts = new LinkedHashMap<>();
  private final List<String> bad = new ArrayList<>();

  RunFacts(RunSummary run) {
    AgcReport.Statistics total = run.total.total();
    facts.put("id", run.last.run);
    facts.put("started", run.last.started.toString().replace('T', ' '));
    facts.put("resumes the run", run.last.resumes);
    facts.put("updater", run.last.hyperparameters.updater);
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
    facts.put("units not finite", String.valueOf(total.nonFiniteUnits()));
    boolean finite = Double.isFinite(run.last.score);
    facts.put("last score", finite ? Ticks.text(run.last.score) : "not finite");
    if (total.nonFiniteUnits() > 0) {
      bad.add("units not finite");
    }
    if (!finite) {
      bad.add("last score");
    }
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
    return facts.entrySet().stream()
        .filter(fact -> !fact.getValue().isEmpty())
        .map(
            fact ->
                String.format(
                    "<div class=\"fact%s\"><b>%s</b><span>%s</span></div>",
                    bad.contains(fact.getKey()) ? " bad" : "",
                    Html.escape(fact.getValue()),
                    Html.escape(fact.getKey())))
        .collect(Collectors.joining());
  }

  /** A row for each run, so that they can be compared. */
  static String table(List<RunSummary> runs) {
    List<String> headers = new ArrayList<>(List.of("run"));
    COMPARED.forEach(name -> headers.add(name.replace(" units", "\nunits")));
    Table table = new Table(headers).names(1);
    for (RunSummary run : runs) {
      RunFacts facts = new RunFacts(run);
      List<String> cells = new ArrayList<>(List.of(run.name));
      COMPARED.forEach(name -> cells.add(facts.facts.getOrDefault(name, "")));
      table.row(cells);
    }
    return table.html();
  }
}
