package io.github.dl4jagc.report.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Shares in rows and columns, as shades, in SVG: of a few elements, however many cells there are.
 */
public final class HeatMap {

  /** Shades: 0 for a share of nothing, then one for each tenth. */
  private static final int SHADES = 11;

  /** The shade of what has no share as it is not finite. */
  private static final String BAD = "bad";

  private static final double TOP = 2;
  private static final double BOTTOM = 22;

  /** Of a label: where rows are lower, some share one. */
  private static final double LABEL = 12;

  private final String title;
  private final int width;
  private final double left;
  private final double rowHeight;
  private final Axis xAxis;
  private final List<String> names = new ArrayList<>();
  private final List<double[]> rows = new ArrayList<>();
  private final List<Double> marks = new ArrayList<>();

  /**
   * An empty map.
   *
   * @param title read out in its place
   * @param x the horizontal axis, with bounds: what the columns divide evenly
   * @param width of the whole chart
   * @param left of what is left of the map: the names of the rows
   * @param rowHeight of each row
   */
  public HeatMap(String title, Axis x, int width, double left, double rowHeight) {
    this.title = title;
    this.xAxis = x;
    this.width = width;
    this.left = left;
    this.rowHeight = rowHeight;
  }

  /**
   * Adds a row below the others.
   *
   * @param name beside it; may be empty
   * @param shares one for each column, in [0, 1]; NaN: nothing is there; infinite: not finite
   */
  public HeatMap row(String name, double[] shares) {
    names.add(name);
    rows.add(shares);
    return this;
  }

  /** Marks a place with a horizontal line: 0 is above the first row, 1 below it. */
  public HeatMap mark(double row) {
    marks.add(row);
    return this;
  }

  /** {@return the map as a part of a page with {@link Html#style}} */
  public String svg() {
    double bottom = TOP + rows.size() * rowHeight;
    StringBuilder svg = new StringBuilder();
    append(
        svg,
        "<svg class=\"chart map\" viewBox=\"0 0 %d %.1f\" role=\"img\" aria-label=\"%s\">",
        width,
        bottom + BOTTOM,
        Html.escape(title));
    double free = 0;
    for (int row = 0; row < rows.size(); row++) {
      if (!names.get(row).isEmpty() && TOP + row * rowHeight >= free) {
        free = TOP + row * rowHeight + LABEL;
        append(
            svg,
            "<text class=\"end\" x=\"%.1f\" y=\"%.1f\">%s<title>%s</title></text>",
            left - 7,
            TOP + (row + 0.5) * rowHeight + 4,
            Html.escape(Html.shortened(names.get(row))),
            Html.escape(names.get(row)));
      }
    }
    for (int shade = 0; shade < SHADES; shade++) {
      drawCells(svg, "s" + shade);
    }
    drawCells(svg, BAD);
    for (double mark : marks) {
      if (mark >= 0 && mark <= rows.size()) {
        append(
            svg,
            "<path class=\"marked\" d=\"M%.1f %.1fH%.1f\"/>",
            left,
            TOP + mark * rowHeight,
            right());
      }
    }
    Axis.Scale scale = xAxis.over(List.of());
    for (double tick : scale.ticks()) {
      append(
          svg,
          "<text class=\"middle\" x=\"%.1f\" y=\"%.1f\">%s</text>",
          left + scale.share(tick) * (right() - left),
          bottom + 16,
          Html.escape(xAxis.label(tick)));
    }
    append(
        svg,
        "<path class=\"cursor\" d=\"M0 %.1fV%.1f\" visibility=\"hidden\"/></svg>\n",
        TOP,
        bottom);
    return svg.toString();
  }

  private double right() {
    return width - 12;
  }

  private static String styleOf(double share) {
    return Double.isNaN(share)
        ? ""
        : Double.isInfinite(share) ? BAD : "s" + (int) Math.ceil((SHADES - 1) * share);
  }

  /** Neighbouring cells of one shade as one rectangle. */
  private void drawCells(StringBuilder svg, String style) {
    StringBuilder path = new StringBuilder();
    double gap = rowHeight >= 16 ? 1 : 0.4;
    for (int row = 0; row < rows.size(); row++) {
      double[] shares = rows.get(row);
      double cell = (right() - left) / shares.length;
      int start = -1;
      for (int i = 0; i <= shares.length; i++) {
        boolean of = i < shares.length && styleOf(shares[i]).equals(style);
        if (of && start < 0) {
          start = i;
        } else if (!of && start >= 0) {
          append(
              path,
              "M%.1f %.1fh%.1fv%.1fh-%3$.1f", // which is closed where it is filled
              left + start * cell,
              TOP + row * rowHeight,
              (i - start) * cell,
              rowHeight - gap);
          start = -1;
        }
      }
    }
    if (path.length() > 0) {
      append(svg, "<path class=\"%s\" d=\"%s\"/>", style, path);
    }
  }

  private static void append(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
