package io.github.dl4jagc.experiments.nfresnet;

import io.github.dl4jagc.experiments.support.Environment;
import io.github.dl4jagc.experiments.support.Html;
import io.github.dl4jagc.experiments.support.LineChart;
import io.github.dl4jagc.experiments.support.OutputFolder;
import io.github.dl4jagc.experiments.support.Text;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The results as one self-contained HTML page, and its charts as files beside it. */
final class ReportPage {

  /** The page's name. */
  static final String FILE = "report.html";

  /** The chart of the main grid. */
  static final String ACCURACY = "accuracy.svg";

  /** The chart of the excluded layers. */
  static final String ABLATION = "ablation.svg";

  private static final String CLIPPING = "clipping-%s.svg";

  private ReportPage() {}

  /** Writes the page and its charts. */
  static void write(
      OutputFolder folder,
      Experiment experiment,
      Summary summary,
      ImageData images,
      Map<String, String> options)
      throws IOException {
    StringBuilder clippingCharts = new StringBuilder();
    for (double threshold : experiment.grid().thresholds()) {
      String file = String.format(CLIPPING, Text.number(threshold));
      clippingCharts.append(chart(folder, file, summary.clippingChart(threshold)));
    }
    Map<String, String> parts = new HashMap<>();
    parts.put("data", Html.escape(images.name()));
    parts.put("training", String.valueOf(images.trainingSize()));
    parts.put("results", Html.table(summary.gridHeaders(), summary.grid()));
    parts.put("accuracy", chart(folder, ACCURACY, summary.accuracyChart()));
    parts.put("clipping", clippingCharts.toString());
    parts.put("ablation", "<p>Not asked for.</p>");
    if (experiment.grid().ablationThreshold().isPresent()) {
      parts.put(
          "ablation",
          Html.table(summary.ablationHeaders(), summary.ablation())
              + chart(folder, ABLATION, summary.ablationChart()));
    }
    parts.put("legend", Html.list(summary.legend(images)));
    parts.put("runs", Html.table(summary.everyRunHeaders(), summary.everyRun()));
    parts.put("options", Html.definitions(options));
    parts.put("environment", Html.definitions(Environment.describe()));
    folder.write(FILE, Html.page(ReportPage.class, "report-template.html", parts));
  }

  /** Writes the chart as a file, and returns it as a part of the page. */
  private static String chart(OutputFolder folder, String file, LineChart chart)
      throws IOException {
    folder.write(file, chart.file());
    return chart.svg();
  }
}
