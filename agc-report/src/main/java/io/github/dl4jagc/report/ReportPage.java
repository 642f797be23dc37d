package io.github.dl4jagc.report;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportRow;
import io.github.dl4jagc.report.RunSummary.Column;
import io.github.dl4jagc.report.chart.Axis;
import io.github.dl4jagc.report.chart.Html;
import io.github.dl4jagc.report.chart.Line;
import io.github.dl4jagc.report.chart.Line.Point;
import io.github.dl4jagc.report.chart.LineChart;
import io.github.dl4jagc.report.chart.Table;
import io.github.dl4jagc.report.chart.Ticks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** Reports of runs as one HTML page that needs nothing else: of a file, or of a list. */
final class ReportPage {

  private static final int HEIGHT = 240;
  private static final double LEFT = 64;

  private ReportPage() {}

  /**
   * Makes a page.
   *
   * @param file whose reports they are
   * @param source the reports, in the order in which they came; read twice
   * @return HTML
   * @throws IllegalStateException if there are none
   */
  static String of(Path file, RunSummary.Source source) throws IOException {
    ObjectNode parts = parts("The statistics file " + file, source);
    return Html.page(
        ReportPage.class,
        "report-page.html",
        Map.of(
            "source",
            Html.escape(file.getFileName().toString()),
            "pageStyle",
            style(),
            "script",
            script(),
            "runs",
            parts.get("html").asText(),
            "data",
            // no layer's name can end the script
            parts.get("runs").toString().replace("<", "\\u003c")));
  }

  static String style() {
    return Html.page(ReportPage.class, "report-page.css", Map.of());
  }

  static String script() {
    return Html.page(ReportPage.class, "report-page.js", Map.of());
  }

  /**
   * Makes what is in a page: {@code html}, and {@code runs}, what its script shows under the mouse.
   *
   * @param title what the reports are of, for messages
   * @param source the reports, in the order in which they came; read twice
   * @throws IllegalStateException if there are none
   */
  static ObjectNode parts(String title, RunSummary.Source source) throws IOException {
    List<RunSummary> runs = RunSummary.of(title, source);
    List<RunSection> sections =
        runs.stream().map(run -> new RunSection(run, runs.size())).collect(toList());
    ObjectNode parts = new ObjectMapper().createObjectNode();
    parts.put(
        "html",
        (runs.size() == 1 ? "" : overview(runs))
            + sections.stream()
                .map(RunSection::html)
                .collect(joining("\n", "<div>\n", "</div>\n")));
    ArrayNode data = parts.putArray("runs");
    sections.forEach(section -> data.add(section.data()));
    return parts;
  }

  /** All runs, one over the other, and the choice of one. */
  private static String overview(List<RunSummary> runs) {
    Table table =
        new Table(
                List.of(
                    "run",
                    "id",
                    "started",
                    "resumes",
                    "iterations",
                    "bounds",
                    "weights clipped",
                    "last score"))
            .names(4);
    StringBuilder options = new StringBuilder();
    for (RunSummary run : runs) {
      AgcReport.Statistics weights = RunSummary.weightsOf(run.total);
      table.row(
          List.of(
              run.name,
              run.run.id,
              run.run.started.toString().replace('T', ' '),
              run.run.resumes,
              run.firstIteration + " \u2013 " + run.lastIteration,
              run.total.rules().stream()
                  .map(ReportRow.Rule::threshold)
                  .distinct()
                  .map(Ticks::text)
                  .collect(joining(", ")),
              RunSection.percent(weights.clippedShare() - weights.observedShare()),
              Ticks.text(run.lastScore)));
      options.append("<option>").append(run.name).append("</option>");
    }
    return Html.page(
        ReportPage.class,
        "report-page-runs.html",
        Map.of(
            "table",
            table.html(),
            "clipped",
            chart(
                "Clipped share of the weights of each run, over the iterations",
                Axis.linear("share")
                    .including(0, 1)
                    .labelled(share -> Ticks.label(100 * share) + " %"),
                runs,
                column -> RunSummary.weightsOf(column.report).clippedShare()),
            "score",
            chart(
                "Score of each run, over the iterations",
                Axis.byRange("score"),
                runs,
                column -> column.score.mean()),
            "options",
            options.toString()));
  }

  private static String chart(
      String title, Axis y, List<RunSummary> runs, ToDoubleFunction<Column> value) {
    double first = runs.stream().mapToDouble(run -> run.firstIteration).min().orElse(0);
    double end =
        runs.stream().mapToDouble(run -> run.firstIteration + run.length()).max().orElse(1);
    LineChart chart =
        new LineChart(title, RunSection.iterations(first, end), y)
            .size(RunSection.WIDTH, HEIGHT, LEFT)
            .bare();
    for (RunSummary run : runs) {
      chart.add(
          Line.of(
                  run.name,
                  IntStream.range(0, run.columns.size())
                      .filter(i -> !run.columns.get(i).isEmpty())
                      .mapToObj(
                          i -> Point.of(run.middle(i), value.applyAsDouble(run.columns.get(i))))
                      .collect(toList()))
              .saying(run.name));
    }
    return chart.svg();
  }
}
