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
   * @param summary the results
   * @param outcomes every run, for the figures of each layer
   * @param chart the chart as PNG
   * @param options the options in effect, by name
   * @param environment versions and machine, by name
   * @return the page
   */
  static String html(
      Summary summary,
      List<Outcome> outcomes,
      byte[] chart,
      Map<String, String> options,
      Map<String, String> environment) {
    return Html.page(
        ReportPage.class,
        "report-template.html",
        Map.of(
            "results", Html.table(summary.headers(), summary.rows()),
            "legend", Html.list(summary.legend()),
            "chart",
                Html.image(
                    chart,
                    "Test accuracy over the learning rate; the table above has the same figures"),
            "options", Html.definitions(options),
            "environment", Html.definitions(environment),
            "layers", layers(outcomes)));
  }

  private static String layers(List<Outcome> outcomes) {
    StringBuilder html = new StringBuilder();
    for (Outcome outcome : outcomes) {
      if (outcome.run().threshold().isPresent()) {
        AgcReport report = outcome.report();
        html.append("<details><summary>")
            .append(Html.escape(outcome.run().toString()))
            .append("</summary><pre>")
            .append(Html.escape(report.toString()))
            .append("</pre></details>\n");
      }
    }
    return html.toString();
  }
}
