package io.github.dl4jagc.experiments;

import io.github.dl4jagc.report.chart.Html;
import io.github.dl4jagc.report.chart.LineChart;
import io.github.dl4jagc.report.chart.Table;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.factory.Nd4j;

/** The results as one self-contained HTML page, and its charts as files beside it. */
final class ReportPage {

  /** The page's name. */
  static final String FILE = "report.html";

  private ReportPage() {}

  /** Writes the page and its charts; the judgement is what is claimed, cell by cell. */
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
                "environment", environment().html())));
  }

  /** What figures depend on besides the options: versions and the machine. */
  private static Table environment() {
    return Table.of("what|which")
        .names(2)
        .row(List.of("dl4j-agc", Version.ofThisLibrary()))
        .row(List.of("Deeplearning4j", Version.ofDeeplearning4j()))
        .row(List.of("ND4J backend", Nd4j.getBackend().getClass().getSimpleName()))
        .row(List.of("native threads", "1 for each run")) // see OneNativeThread
        .row(List.of("processors", "" + Runtime.getRuntime().availableProcessors()))
        .row(List.of("JVM", property("java.vm.name") + " " + property("java.vm.version")))
        .row(List.of("operating system", property("os.name") + " " + property("os.arch")))
        .row(List.of("date", "" + OffsetDateTime.now().truncatedTo(ChronoUnit.SECONDS)));
  }

  private static String property(String name) {
    return System.getProperty(name);
  }
}
