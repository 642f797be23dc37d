package io.github.dl4jagc.report.chart;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Shares in rows and columns, as shades, in SVG: of a few elements, however many cells there are.
 */
public final class HeatMap {

  /** Shades besides 0, which is a share of nothing: one for each tenth. */
  private static final int SHADES = 10;

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
  private final double[] edges;
  private final List<String> names = new ArrayList<>();
  private final List<double[]> rows = new ArrayList<>();

  /**
   * An empty map.
   *
   * @param title read out in its place
   * @param x the horizontal axis
   * @param edges of the columns on it, one more than there are columns; it ends where they do
   * @param width of the whole chart
   * @param left of what is left of the map: the names of the rows
   * @param rowHeight of each row
   */
  public HeatMap(String title, Axis x, double[] edges, int width, double left, double rowHeight) {
    this.title = title;
    this.xAxis = x.between(edges[0], edges[edges.length - 1]);
    this.edges = edges;
    this.width = width;
    this.left = left;
    this.rowHeight = rowHeight;
  }

  /**
   * Adds a row below the others.
   *
   * @param name beside it
   * @param shares one for each column, in [0, 1]; NaN: nothing is there; infinite: not finite
   */
  public HeatMap row(String name, double[] shares) {
    names.add(name);
    rows.add(shares);
    return this;
  }

  /** {@return the map as a part of a page with {@link Html#style}} */
  public String svg() {
    double height = rows.size() * rowHeight;
    double right = width - LineChart.RIGHT;
    double last = edges[edges.length - 1];
    SvgText svg =
        new SvgText()
            .add(
                "<svg class=\"chart map\" viewBox=\"0 0 %s %s\" role=\"img\" aria-label=\"%s\">",
                width, TOP + height + BOTTOM, Html.escape(title));
    for (int row = 0; row < rows.size(); row += (int) Math.ceil(LABEL / rowHeight)) {
      String name = names.get(row);
      svg.add(
          "<text class=\"end\" x=\"%s\" y=\"%s\">%s<title>%s</title></text>",
          left - 7,
          TOP + (row + 0.5) * rowHeight + 4,
          Html.escape(Html.shortened(name)),
          Html.escape(name));
    }
    // In it, a column is as wide as it is on the axis, and a row is 1 high.
    svg.add(
        "<svg class=\"plot\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" viewBox=\"%s -.5 %s %s\""
            + " preserveAspectRatio=\"none\">",
        left, TOP, right - left, height, edges[0], last - edges[0], rows.size());
    cells().forEach(svg::path);
    svg.add("</svg>");
    Axis.Scale scale = xAxis.over(List.of());
    for (double tick : scale.ticks()) {
      svg.add(
          "<text class=\"middle\" x=\"%s\" y=\"%s\">%s</text>",
          left + scale.share(tick) * (right - left),
          TOP + height + 16,
          Html.escape(xAxis.label(tick)));
    }
    return svg.add("%s</svg>\n", LineChart.cursor(TOP, TOP + height)).toString();
  }

  private static String styleOf(double share) {
    return Double.isNaN(share)
        ? ""
        : Double.isInfinite(share) ? BAD : "s" + (int) Math.ceil(SHADES * share);
  }

  /** By style, neighbouring cells as one line, which is as wide as the row is high. */
  private Map<String, SvgText> cells() {
    Map<String, SvgText> cells = new LinkedHashMap<>();
    for (int row = 0; row < rows.size(); row++) {
      double[] shares = rows.get(row);
      int end;
      for (int i = 0; i < shares.length; i = end) {
        String style = styleOf(shares[i]);
        end = i + 1;
        while (end < shares.length && styleOf(shares[end]).equals(style)) {
          end++;
        }
        if (!style.isEmpty()) {
          cells
              .computeIfAbsent(style, each -> new SvgText())
              .add("M%s %sh%s", edges[i], row, edges[end] - edges[i]);
        }
      }
    }
    return cells;
  }
}
