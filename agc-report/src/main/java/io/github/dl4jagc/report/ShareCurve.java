package io.github.dl4jagc.report;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ClippedShare;
import io.github.dl4jagc.RatioHistogram;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What share of the units each threshold clips, as a chart and as a table. */
final class ShareCurve {

  private static final double WIDTH = 1000;
  private static final double HEIGHT = 260;
  private static final double LEFT = 64;
  private static final double RIGHT = 14;
  private static final double TOP = 18;
  private static final double BOTTOM = 24;

  /** Shares that the table has thresholds for, in percent. */
  private static final int[] SHARES = {50, 25, 10, 5, 1};

  private final RunSummary run;
  private final List<Double> inUse;
  private final RatioAxis axis;
  private final StringBuilder svg = new StringBuilder();

  ShareCurve(RunSummary run) {
    this.run = run;
    this.inUse = run.thresholdsInUse();
    this.axis = new RatioAxis(run.ratios, inUse);
  }

  /** Whether the file has ratios: those of version 0.1 have not. */
  boolean isEmpty() {
    return run.ratios.stream().allMatch(ratios -> ratios.count() == 0);
  }

  String svg() {
    append(
        "<svg class=\"curve\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"Share of the"
            + " units clipped, over the clipping threshold\">",
        WIDTH, HEIGHT);
    for (int percent = 0; percent <= 100; percent += 25) {
      double y = y(percent / 100.0);
      append(
          "<path class=\"grid\" d=\"M%.1f %.1fh%.1f\"/><text class=\"tick end\" x=\"%.1f\""
              + " y=\"%.1f\">%d %%</text>",
          LEFT, y, WIDTH - LEFT - RIGHT, LEFT - 6, y + 3.5, percent);
    }
    for (double tick : axis.ticks()) {
      append(
          "<text class=\"tick middle\" x=\"%.1f\" y=\"%.1f\">%s</text>",
          x(tick), HEIGHT - BOTTOM + 16, Ticks.label(tick));
    }
    for (int layer = 0; layer < run.layers.size(); layer++) {
      String style = run.isOfBiasesAndGains(layer) ? "c-others" : "c-layer";
      curve(style, run.layers.get(layer), run.ratios.get(layer));
    }
    curve("c-weights", RunSummary.ALL_WEIGHTS, run.ratiosOfWeights());
    for (double threshold : inUse) {
      double x = x(threshold);
      append(
          "<path class=\"in-use\" d=\"M%.1f %.1fV%.1f\"/><text class=\"in-use %s\" x=\"%.1f\""
              + " y=\"%.1f\">threshold %s: %s of the weights' units</text>",
          x,
          TOP - 4,
          HEIGHT - BOTTOM,
          x < WIDTH / 2 ? "" : "end",
          x < WIDTH / 2 ? x + 5 : x - 5,
          TOP + 24,
          Ticks.text(threshold),
          percent(shareAbove(run.ratiosOfWeights(), threshold)));
    }
    return svg.append("</svg>").toString();
  }

  /** A curve with what it says in words: shown under the mouse, and read out. */
  private void curve(String style, String name, RatioHistogram ratios) {
    if (ratios.count() == 0) {
      return;
    }
    StringBuilder path = new StringBuilder();
    for (int bin = axis.first; bin <= axis.last; bin++) {
      double edge = RatioHistogram.lowerEdge(bin);
      path.append(
          String.format(
              Locale.ROOT,
              "%s%.1f %.1f",
              path.length() == 0 ? "M" : "L",
              x(edge),
              y((double) ratios.atMostAbove(edge) / ratios.count())));
    }
    String inWords =
        inUse.stream()
            .map(
                threshold ->
                    ", " + percent(shareAbove(ratios, threshold)) + " at " + Ticks.text(threshold))
            .collect(Collectors.joining());
    append(
        "<g class=\"%s\"><title>%s%s</title><path class=\"line\" d=\"%s\"/><path class=\"hit\""
            + " d=\"%s\"/></g>",
        style, PageFrame.escape(name), inWords, path, path);
  }

  private static ClippedShare shareAbove(RatioHistogram ratios, double threshold) {
    return figures(ratios).clippedShareAt(threshold);
  }

  /** Of the units that have a ratio. */
  private static AgcReport.Statistics figures(RatioHistogram ratios) {
    return new AgcReport.Statistics(0, ratios.count(), 0, 0, 0, 1, ratios);
  }

  private static String percent(ClippedShare share) {
    return String.format(Locale.ROOT, "%.1f\u00a0%%", 100 * share.estimate());
  }

  /** For each layer, the thresholds that clip certain shares. */
  String table() {
    StringBuilder html = new StringBuilder("<thead><tr><th scope=\"col\">units of</th>");
    for (int percent : SHARES) {
      html.append("<th scope=\"col\">").append(percent).append("\u00a0%</th>");
    }
    html.append("</tr></thead>\n<tbody>\n");
    row(html, RunSummary.ALL_WEIGHTS, run.ratiosOfWeights());
    for (int layer = 0; layer < run.layers.size(); layer++) {
      row(html, run.layers.get(layer), run.ratios.get(layer));
    }
    return html.append("</tbody>").toString();
  }

  private static void row(StringBuilder html, String name, RatioHistogram ratios) {
    AgcReport.Statistics figures = figures(ratios);
    html.append("<tr><td>").append(PageFrame.escape(name)).append("</td>");
    for (int percent : SHARES) {
      double threshold = figures.thresholdFor(percent / 100.0);
      html.append("<td>");
      html.append(Double.isNaN(threshold) ? "\u2013" : Ticks.text(threshold));
      html.append("</td>");
    }
    html.append("</tr>\n");
  }

  private double x(double threshold) {
    return LEFT + Math.max(0, Math.min(1, axis.share(threshold))) * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double share) {
    return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
  }

  private void append(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
