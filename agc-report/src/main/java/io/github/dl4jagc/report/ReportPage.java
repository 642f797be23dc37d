package io.github.dl4jagc.report;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import io.github.dl4jagc.internal.check.Troubleshooting;
import io.github.dl4jagc.report.RunSummary.Column;
import io.github.dl4jagc.report.chart.Axis;
import io.github.dl4jagc.report.chart.Html;
import io.github.dl4jagc.report.chart.LineChart;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * Runs as one HTML page that needs nothing else, or as the parts of one: for the tab in DL4J's UI
 * too, and may change with any version.
 */
public final class ReportPage {

  private static final int HEIGHT = 240;
  private static final double LEFT = 64;

  private ReportPage() {}

  /**
   * Makes a page.
   *
   * @param file whose runs they are
   * @return HTML
   * @throws IllegalStateException if there are none
   */
  static String of(Path file, Runs runs) {
    ObjectNode parts = parts(runs);
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

  /** {@return the style sheet of the parts, which is that of all pages and more} */
  public static String style() {
    return Html.page(ReportPage.class, "report-page.css", Map.of());
  }

  /** {@return JavaScript with a function {@code showRuns(element with the html, runs)}} */
  public static String script() {
    return Html.page(ReportPage.class, "report-page.js", Map.of());
  }

  /**
   * Makes what is in a page.
   *
   * @param runs what is shown
   * @return {@code html}, and {@code runs}, what the script shows under the mouse
   * @throws IllegalStateException if there are none
   */
  public static ObjectNode parts(Runs runs) {
    return runs.show(ReportPage::parts);
  }

  private static ObjectNode parts(List<RunSummary> runs) {
    List<RunSection> sections = runs.stream().map(RunSection::new).collect(toList());
    ObjectNode parts = new ObjectMapper().createObjectNode();
    parts.put(
        "html",
        (runs.size() == 1 ? "" : overview(runs, sections))
            + sections.stream().map(RunSection::html).collect(joining("\n", "<div>\n", "</div>\n"))
            + Html.page(
                ReportPage.class,
                "report-page-words.html",
                Map.of(
                    "docs",
                    Troubleshooting.docs(""),
                    "notFinite",
                    Troubleshooting.GRADIENTS_THAT_ARE_NOT_FINITE.anchor())));
    ArrayNode data = parts.putArray("runs");
    sections.forEach(section -> data.add(section.data()));
    return parts;
  }

  /** All runs, one over the other, and the choice of one. */
  private static String overview(List<RunSummary> runs, List<RunSection> sections) {
    String options =
        runs.stream().map(run -> "<option>" + run.name + "</option>").collect(joining());
    return Html.page(
        ReportPage.class,
        "report-page-runs.html",
        Map.of(
            "table",
            RunFacts.table(sections.stream().map(each -> each.facts).collect(toList())),
            "clipped",
            chart(
                "Clipped share of the weights of each run, over the iterations",
                Axis.share(),
                runs,
                column -> column.weights().clippedShare()),
            "score",
            chart(
                "Score of each run, over the iterations",
                Axis.byRange("score"),
                runs,
                column -> RunSummary.mean(column.score)),
            "options",
            options));
  }

  private static String chart(
      String title, Axis y, List<RunSummary> runs, ToDoubleFunction<Column> value) {
    LineChart chart = RunSection.chart(title, y, runs, HEIGHT, LEFT);
    runs.forEach(run -> chart.add(run.line(run.name, value).saying(run.name)));
    return chart.svg();
  }
}
