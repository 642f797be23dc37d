package io.github.dl4jagc.report;

import static io.github.dl4jagc.internal.check.Troubleshooting.FIGURES_CANNOT_BE_WRITTEN;

import io.github.dl4jagc.AgcReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** A run's figures as one HTML page that needs nothing else. */
final class ReportPage {

  private static final String TEMPLATE = "report-page.html";
  private static final String THRESHOLD = "report-page-threshold.html";
  private static final String NO_RATIOS =
      "<p class=\"none\">This file has no ratios: it was begun by version 0.1.</p>";
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(\\w+)}}");

  /** More parameters than this are shown on demand. */
  private static final int OPEN_TABLE = 24;

  private final RunSummary run;
  private final PageFrame frame;
  private final HeatMap heatMap;
  private final ShareCurve curve;

  private ReportPage(RunSummary run) {
    this.run = run;
    this.frame = new PageFrame(run);
    this.heatMap = new HeatMap(frame);
    this.curve = new ShareCurve(run);
  }

  /**
   * Writes the page.
   *
   * @param figures the run
   * @param html where to; overwritten
   * @throws IllegalStateException if there are no figures
   * @throws UncheckedIOException if a file cannot be read or written
   */
  static void write(FiguresFile figures, Path html) {
    try {
      String page = new ReportPage(RunSummary.of(figures)).html(figures.path());
      Path absolute = html.toAbsolutePath();
      Files.createDirectories(absolute.getParent());
      Files.writeString(absolute, page);
    } catch (IOException e) {
      throw new UncheckedIOException(
          FIGURES_CANNOT_BE_WRITTEN.message(
              "Cannot write the page {} of the figures file {}: {}", html, figures.path(), e),
          e);
    }
  }

  private String html(Path source) throws IOException {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("source", PageFrame.escape(source.getFileName().toString()));
    parts.put("facts", facts());
    parts.put("heatmap", heatMap.svg());
    parts.put("columns", columns());
    parts.put("threshold", curve.isEmpty() ? NO_RATIOS : threshold());
    parts.put(
        "ratios",
        new LineChart(frame, "Largest ratios of the parameters, over the iterations")
            .line("l-max", column -> column.largestRatio.largest)
            .line("l-high", column -> column.highRatio.mean())
            .line("l-median", column -> column.medianRatio.mean())
            .line("l-threshold", column -> column.threshold.mean())
            .svg(Axis.Scale.LOGARITHMIC));
    parts.put(
        "score",
        new LineChart(frame, "Score, over the iterations")
            .band("b-score", column -> column.score.smallest, column -> column.score.largest)
            .line("l-score", column -> column.score.mean())
            .svg(Axis.Scale.BY_RANGE));
    parts.put(
        "rate",
        new LineChart(frame, "Learning rate, over the iterations")
            .line("l-rate", column -> column.learningRate.mean())
            .svg(Axis.Scale.LINEAR));
    parts.put("table", table());
    parts.put("open", run.clipped.rows().size() <= OPEN_TABLE ? " open" : "");
    parts.put("data", data());
    return filled(template(TEMPLATE), parts);
  }

  /** In one pass: what is filled in is never taken for a placeholder. */
  private static String filled(String template, Map<String, String> parts) {
    return PLACEHOLDER
        .matcher(template)
        .replaceAll(match -> Matcher.quoteReplacement(parts.get(match.group(1))));
  }

  /** What other thresholds would clip, and when there were which ratios. */
  private String threshold() throws IOException {
    RatioMap map = new RatioMap(frame);
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("curve", curve.svg());
    parts.put("thresholds", curve.table());
    parts.put("options", map.options());
    parts.put("maps", map.svgs());
    return filled(template(THRESHOLD), parts);
  }

  private String facts() {
    AgcReport.Statistics total = run.clipped.total();
    long nonFinite = total.nonFiniteUnits();
    StringBuilder html = new StringBuilder();
    fact(html, "iterations", run.firstIteration + " \u2013 " + run.lastIteration, "");
    fact(html, "epochs", String.valueOf(run.lastEpoch + 1), "");
    fact(html, "reports", String.valueOf(run.reports), "");
    if (run.networks > 1) {
      fact(html, "networks, taken together", String.valueOf(run.networks), "");
    }
    fact(html, "layers", String.valueOf(run.layers.size()), "");
    for (AgcReport.Rule rule : run.clipped.rules()) {
      String name = rule.observed() ? "threshold, observed only" : "clipping threshold";
      fact(html, name + ", " + rule.policy(), Ticks.text(rule.threshold()), "");
    }
    String clipped = run.clipped.isObserved() ? "would have been clipped" : "clipped";
    AgcReport.Statistics others = run.clipped.total(row -> !row.isWeight());
    if (others.units() == 0) {
      fact(html, "of all units " + clipped, percent(total), "");
    } else {
      AgcReport.Statistics weights = run.clipped.total(AgcReport.Row::isWeight);
      fact(html, "of the weights' units " + clipped, percent(weights), "");
      fact(html, "of the biases and gains " + clipped, percent(others), "");
    }
    fact(html, "units not finite", String.valueOf(nonFinite), nonFinite > 0 ? "bad" : "");
    boolean finite = Double.isFinite(run.lastScore);
    fact(
        html, "last score", finite ? Ticks.text(run.lastScore) : "not finite", finite ? "" : "bad");
    return html.toString();
  }

  private static void fact(StringBuilder html, String name, String value, String style) {
    html.append("<div class=\"fact ").append(style).append("\"><b>").append(value);
    html.append("</b><span>").append(name).append("</span></div>");
  }

  private static String percent(AgcReport.Statistics total) {
    return total.units() == 0
        ? "none"
        : String.format(Locale.ROOT, "%.2f\u00a0%%", 100 * total.clippedShare());
  }

  /** How many iterations a column stands for. */
  private String columns() {
    return run.columns.stream().allMatch(column -> column.first == column.last)
        ? "Each column is one iteration that was reported."
        : "Each of the "
            + run.columns.size()
            + " columns sums up the reports of "
            + Ticks.text((run.lastIteration - run.firstIteration + 1.0) / run.columns.size())
            + " iterations.";
  }

  private String table() {
    StringBuilder html = new StringBuilder();
    for (AgcReport.Row row : run.clipped.rows()) {
      AgcReport.Statistics total = row.total();
      beginRow(html, row);
      html.append("</td><td>").append(percent(total));
      html.append("</td><td>").append(Ticks.text(total.largestRatio()));
      html.append("</td><td>").append(Ticks.text(total.smallestScale()));
      html.append(total.nonFiniteUnits() > 0 ? "</td><td class=\"bad\">" : "</td><td>");
      html.append(total.nonFiniteUnits()).append("</td></tr>\n");
    }
    for (AgcReport.Row row : run.leftAlone) {
      beginRow(html, row);
      html.append("</td><td class=\"left-alone\" colspan=\"4\">left alone: ");
      html.append(PageFrame.escape(row.leftAlone().orElseThrow())).append("</td></tr>\n");
    }
    return html.toString();
  }

  /** What each parameter has, clipped or not; leaves its last cell open. */
  private static void beginRow(StringBuilder html, AgcReport.Row row) {
    html.append("<tr><td>").append(PageFrame.escape(row.layer()));
    html.append("</td><td>").append(PageFrame.escape(row.parameter()));
    html.append("</td><td>").append(row.kind().name().toLowerCase(Locale.ROOT));
    html.append("</td><td>").append(row.units());
  }

  /** What the page shows under the mouse. */
  private String data() {
    ObjectNode data = new ObjectMapper().createObjectNode();
    data.put("left", frame.left).put("width", frame.width);
    data.put("top", heatMap.top()).put("row", heatMap.rowHeight());
    ArrayNode layers = data.putArray("layers");
    run.layers.forEach(layers::add);
    ArrayNode columns = data.putArray("columns");
    for (RunSummary.Column column : run.columns) {
      ObjectNode object = columns.addObject();
      object.put("iterations", iterations(column));
      ArrayNode lines = object.putArray("text");
      lines.add("score " + values(column.score));
      lines.add("learning rate " + Ticks.text(column.learningRate.mean()));
      lines.add(
          "largest ratios: median "
              + Ticks.text(column.medianRatio.mean())
              + ", 90 % "
              + Ticks.text(column.highRatio.mean())
              + ", largest "
              + (column.largestRatio.notFinite > 0
                  ? "not finite"
                  : Ticks.text(column.largestRatio.largest)));
      ArrayNode shares = object.putArray("permille");
      for (int layer = 0; layer < run.layers.size(); layer++) {
        long units = column.units[layer];
        shares.add(units == 0 ? -1 : Math.round(1000.0 * column.clipped[layer] / units));
      }
    }
    return data.toString().replace("<", "\\u003c"); // no layer's name can end the script
  }

  private static String iterations(RunSummary.Column column) {
    return column.first == column.last
        ? "iteration " + column.first
        : "iterations " + column.first + " \u2013 " + column.last;
  }

  private static String values(RunSummary.Average value) {
    if (Double.isNaN(value.mean())) {
      return "not finite";
    }
    String notFinite = value.notFinite == 0 ? "" : ", not finite " + value.notFinite + " times";
    return value.smallest < value.largest
        ? Ticks.text(value.mean())
            + " ("
            + Ticks.text(value.smallest)
            + " \u2013 "
            + Ticks.text(value.largest)
            + ")"
            + notFinite
        : Ticks.text(value.mean()) + notFinite;
  }

  private static String template(String name) throws IOException {
    try (InputStream file = ReportPage.class.getResourceAsStream(name)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
