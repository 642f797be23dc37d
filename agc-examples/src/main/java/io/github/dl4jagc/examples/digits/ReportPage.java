package io.github.dl4jagc.examples.digits;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.examples.support.Html;
import java.util.List;
import java.util.Map;

/** The results as one self-contained HTML page: the chart is inside, nothing is fetched. */
final class ReportPage {

  private ReportPage() {}

  /**
   * Writes the page.
   *
   * @param table the results
   * @param results every run, for the figures of each layer
   * @param chart the chart as PNG
   * @param options the options in effect, by name
   * @param environment versions and machine, by name
   * @return the page
   */
  static String html(
      ResultTable table,
      List<RunResult> results,
      byte[] chart,
      Map<String, String> options,
      Map<String, String> environment) {
    return Html.page(
        ReportPage.class,
        "report-template.html",
        Map.of(
            "results", Html.table(table.headers(), table.rows()),
            "legend", Html.list(table.legend()),
            "chart",
                Html.image(
                    chart,
                    "Test accuracy over the learning rate; the table above has the same figures"),
            "options", Html.definitions(options),
            "environment", Html.definitions(environment),
            "layers", layers(results)));
  }

  private static String layers(List<RunResult> results) {
    StringBuilder html = new StringBuilder();
    for (RunResult result : results) {
      if (result.setting().threshold().isPresent()) {
        AgcReport report = result.report();
        html.append("<details><summary>")
            .append(Html.escape(result.setting().toString()))
            .append("</summary><pre>")
            .append(Html.escape(report.toString()))
            .append("</pre></details>\n");
      }
    }
    return html.toString();
  }
}
