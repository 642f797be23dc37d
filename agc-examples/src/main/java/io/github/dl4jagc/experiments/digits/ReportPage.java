package io.github.dl4jagc.experiments.digits;

import io.github.dl4jagc.experiments.support.Html;
import java.util.Map;

/** The results as one self-contained HTML page: the chart is inside, nothing is fetched. */
final class ReportPage {

  private ReportPage() {}

  /**
   * Writes the page.
   *
   * @param summary the results
   * @param options the options in effect, by name
   * @param environment versions and machine, by name
   * @return the page
   */
  static String html(
      Summary summary, Map<String, String> options, Map<String, String> environment) {
    return Html.page(
        ReportPage.class,
        "report-template.html",
        Map.of(
            "claim", Html.escape(summary.claim()),
            "results", Html.table(summary.headers(), summary.rows()),
            "legend", Html.list(summary.legend()),
            "chart", summary.chart().svg(),
            "runs", Html.table(summary.everyRunHeaders(), summary.everyRun()),
            "options", Html.definitions(options),
            "environment", Html.definitions(environment),
            "layers", layers(summary)));
  }

  private static String layers(Summary summary) {
    StringBuilder html = new StringBuilder();
    for (Outcome outcome : summary.outcomes()) {
      if (outcome.run().setting().threshold().isPresent()) {
        html.append(Html.details(outcome.run().toString(), outcome.report().toString()));
      }
    }
    return html.toString();
  }
}
