package io.github.dl4jagc.report;

import java.util.Locale;

/** The clipped share of each layer over the columns of a run, as SVG. */
final class HeatMap {

  /** Shades: 0 for nothing clipped, then one for each tenth. */
  static final int SHADES = 11;

  private static final double TOP = 2;
  private static final double BOTTOM = 22;

  /** Of rows; below the height of a label, layers share labels, and the mouse tells their names. */
  private static final double HIGHEST = 26;

  private static final double LABEL = 12;
  private static final double LOWEST = 7;

  /** Of the whole map, where the bounds of a row allow it. */
  private static final double HEIGHT = 420;

  private final PageFrame frame;
  private final RunSummary run;
  private final double rowHeight;

  HeatMap(PageFrame frame) {
    this.frame = frame;
    this.run = frame.run;
    this.rowHeight = Math.max(LOWEST, Math.min(HIGHEST, HEIGHT / run.layers.size()));
  }

  double rowHeight() {
    return rowHeight;
  }

  double top() {
    return TOP;
  }

  static int shade(long clipped, long units) {
    return (int) Math.ceil((SHADES - 1.0) * clipped / units);
  }

  String svg() {
    double bottom = TOP + run.layers.size() * rowHeight;
    StringBuilder svg = new StringBuilder();
    frame.open(svg, bottom + BOTTOM, "Share of the units clipped, by layer and iteration");
    int labels = (int) Math.ceil(LABEL / rowHeight);
    for (int layer = 0; layer < run.layers.size(); layer += labels) {
      String name = run.layers.get(layer);
      svg.append(
          String.format(
              Locale.ROOT,
              "<text class=\"tick end\" x=\"%.1f\" y=\"%.1f\">%s<title>%s</title></text>",
              frame.left - 6,
              TOP + (layer + 0.5) * rowHeight + 3.5,
              PageFrame.escape(PageFrame.shortened(name)),
              PageFrame.escape(name)));
    }
    // One path for each shade: a page of a few elements, however many cells there are.
    for (int shade = 0; shade < SHADES; shade++) {
      svg.append("<path class=\"s").append(shade).append("\" d=\"");
      for (int layer = 0; layer < run.layers.size(); layer++) {
        appendRuns(svg, layer, shade);
      }
      svg.append("\"/>");
    }
    frame.iterations(svg, bottom + 16);
    return frame.close(svg, TOP, bottom);
  }

  /** Neighbouring cells of one shade as one rectangle. */
  private void appendRuns(StringBuilder svg, int layer, int shade) {
    double gap = rowHeight >= 16 ? 1 : 0.4;
    double cell = frame.width / run.columns.size();
    int start = -1;
    for (int i = 0; i <= run.columns.size(); i++) {
      boolean of = i < run.columns.size() && isOf(shade, run.columns.get(i), layer);
      if (of && start < 0) {
        start = i;
      } else if (!of && start >= 0) {
        double length = (i - start) * cell;
        svg.append(
            String.format(
                Locale.ROOT,
                "M%.2f %.1fh%.2fv%.1fh-%.2fz",
                frame.left + start * cell,
                TOP + layer * rowHeight,
                length,
                rowHeight - gap,
                length));
        start = -1;
      }
    }
  }

  private static boolean isOf(int shade, RunSummary.Column column, int layer) {
    return column.units[layer] > 0 && shade(column.clipped[layer], column.units[layer]) == shade;
  }
}
