package io.github.dl4jagc.experiments;

import io.github.dl4jagc.report.chart.Html;
import io.github.dl4jagc.report.chart.LineChart;
import io.github.dl4jagc.report.chart.Table;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** The results as one self-contained HTML page, and its charts as files beside it. */
final class ReportPage {

  /** The page's name. */
  static final String FILE = "report.html";

  private ReportPage() {}

  /**
   * Writes the page and its charts.
   *
   * @param title what the experiment is about
   * @param command as it would be written
   * @param judgement what is claimed, cell by cell
   */
  static void write(
      OutputFolder folder, String title, String command, Summary summary, Optional<Table> judgement)
      throws IOException {
    StringBuilder charts = new StringBuilder();
    for (Map.Entry<String, LineChart> chart : summary.charts().entrySet()) {
      folder.write("accuracy-" + chart.getKey() + ".svg", chart.getValue().file());
      charts.append(chart.getValue().svg());
    }
    folder.write(
        FILE,
        Html.page(
            ReportPage.class,
            "report-template.html",
            Map.of(
                "title", Html.escape(title),
                "command", Html.escape(command),
                "claims", Html.list(summary.claims()),
                "results", summary.table().html() + judgement.map(Table::html).orElse(""),
                "charts", charts.toString(),
                "legend", Html.list(summary.legend()),
                "runs", summary.everyRun().html(),
                "environment", Environment.table().html())));
  }
}
