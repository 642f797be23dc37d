package io.github.dl4jagc.examples.nfresnet;

import io.github.dl4jagc.examples.support.Environment;
import io.github.dl4jagc.examples.support.Html;
import io.github.dl4jagc.examples.support.OutputFolder;
import io.github.dl4jagc.examples.support.Text;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The results as one self-contained HTML page, and its charts as files beside it. */
final class ReportPage {

  /** The page's name. */
  static final String FILE = "report.html";

  /** The chart of the main grid. */
  static final String ACCURACY = "accuracy.png";

  /** The chart of the excluded layers. */
  static final String ABLATION = "ablation.png";

  private static final String CLIPPING = "clipping-%s.png";

  private ReportPage() {}

  /** Writes the page and its charts. */
  static void write(
      OutputFolder folder,
      Experiment experiment,
      Summary summary,
      ImageData images,
      Map<String, String> options)
      throws IOException {
    byte[] accuracy = Charts.accuracy(experiment, summary);
    folder.write(ACCURACY, accuracy);
    StringBuilder clippingCharts = new StringBuilder();
    for (double threshold : experiment.grid().thresholds()) {
      byte[] chart = Charts.clipping(experiment, summary, threshold);
      folder.write(String.format(CLIPPING, Text.number(threshold)), chart);
      clippingCharts.append(Html.image(chart, "Clipped share of each stage over the epochs"));
    }
    Map<String, String> parts = new HashMap<>();
    parts.put("data", Html.escape(images.name()));
    parts.put("training", String.valueOf(images.trainingSize()));
    parts.put("results", table(summary.gridHeaders(), summary.grid()));
    parts.put("accuracy", Html.image(accuracy, "Test accuracy over the batch size"));
    parts.put("clipping", clippingCharts.toString());
    parts.put("ablation", "<p>Not asked for.</p>");
    if (experiment.grid().ablationThreshold().isPresent()) {
      byte[] chart = Charts.ablation(experiment, summary);
      folder.write(ABLATION, chart);
      parts.put(
          "ablation",
          table(summary.ablationHeaders(), summary.ablation())
              + Html.image(chart, "Test accuracy by excluded layers"));
    }
    parts.put("legend", Html.list(summary.legend(images)));
    parts.put("runs", table(summary.everyRunHeaders(), summary.everyRun()));
    parts.put("options", Html.definitions(options));
    parts.put("environment", Html.definitions(Environment.describe()));
    folder.write(FILE, Html.page(ReportPage.class, "report-template.html", parts));
  }

  private static String table(List<String> headers, List<List<String>> rows) {
    return Html.table(
        headers.stream().map(header -> header.replace('\n', ' ')).collect(Collectors.toList()),
        rows);
  }
}
