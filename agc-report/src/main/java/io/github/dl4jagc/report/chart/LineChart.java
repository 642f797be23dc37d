package io.github.dl4jagc.report.chart;

import io.github.dl4jagc.report.chart.Line.Point;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A chart of lines with error bars or bands, as SVG: sharp at any size, and light or dark as the
 * reader likes it.
 *
 * <pre>{@code
 * String svg = new LineChart("Test accuracy", Axis.logarithmic("learning rate"),
 *         Axis.linear("accuracy in %: mean, lowest and highest seed").including(0, 100))
 *     .add(Line.of("plain", List.of(Point.of(0.1, 95, 90, 97), Point.cross(1))))
 *     .svg();
 * }</pre>
 */
public final class LineChart {

  private static final int LINE = 20;
  private static final double CHARACTER = 7.5;
  private static final int KEY = 34;
  private static final int COLOURS = 8;

  /** Between the borders of the plot and the first and the last point. */
  private static final int INDENT = 30;

  /** Between the points of two lines that are at the same place. */
  private static final int APART = 9;

  /**
   * With no more points than this each of a line in the key is marked; else those alone that no
   * line leads to.
   */
  private static final int MARKED = 60;

  /** With no more lines than this those with words are easier to point at than they are thick. */
  private static final int WIDE_LINES = 40;

  /** Shapes around 0 0 that tell lines apart without colours. */
  private static final List<String> MARKS =
      List.of(
          "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
          "M-3.6-3.6h7.2v7.2h-7.2z",
          "M0-5.2L5.2 0L0 5.2L-5.2 0z",
          "M0-5L4.8 3.6h-9.6z");

  private static final String CROSS = "M-4-4l8 8m0-8l-8 8";

  private final String title;
  private final Axis xAxis;
  private final Axis yAxis;
  private final List<Line> lines = new ArrayList<>();
  private final Map<Double, String> xMarks = new LinkedHashMap<>();
  private int width = 560;
  private int height = 340;
  private double left = 44;
  private boolean bare;
  private StringBuilder svg;
  private Axis.Scale xScale;
  private Axis.Scale yScale;

  /**
   * An empty chart.
   *
   * @param title above the chart, and read out in its place
   * @param x the horizontal axis
   * @param y the vertical axis, whose title is under that of the chart
   */
  public LineChart(String title, Axis x, Axis y) {
    this.title = title;
    this.xAxis = x;
    this.yAxis = y;
  }

  /** Adds a line. Points of several lines are drawn beside each other if one has an error bar. */
  public LineChart add(Line line) {
    lines.add(line);
    return this;
  }

  /** Marks a value of the horizontal axis with a vertical line and a text beside it. */
  public LineChart mark(double x, String text) {
    xMarks.put(x, text);
    return this;
  }

  /**
   * Sets another size than 560 by 340.
   *
   * @param newWidth of the whole chart, but for the key below it
   * @param newHeight of the same
   * @param newLeft of what is left of the plot: the labels of the vertical axis
   */
  public LineChart size(int newWidth, int newHeight, double newLeft) {
    width = newWidth;
    height = newHeight;
    left = newLeft;
    return this;
  }

  /** Leaves the titles to the page around the chart. */
  public LineChart bare() {
    bare = true;
    return this;
  }

  /** {@return the chart as a part of a page with {@link Html#style}; a sentence if it is empty} */
  public String svg() {
    return svg("", "");
  }

  /** {@return the chart as a file of its own} */
  public String file() {
    return svg(" xmlns=\"http://www.w3.org/2000/svg\"", "<style>" + Html.chartStyle() + "</style>");
  }

  private int top() {
    return bare ? 8 : 58;
  }

  private double right() {
    return width - 12;
  }

  private int bottom() {
    return height - (bare ? 24 : 52);
  }

  private String svg(String namespace, String style) {
    svg = new StringBuilder();
    xScale = xAxis.over(valuesOf(point -> List.of(point.x)));
    yScale =
        yAxis.over(
            valuesOf(
                point -> point.isCross() ? List.of() : List.of(point.y, point.low, point.high)));
    if (xScale == null || yScale == null) {
      return "<p class=\"none\">No finite value.</p>";
    }
    List<String> key = lines.stream().map(line -> line.name).collect(Collectors.toList());
    boolean crosses = lines.stream().flatMap(line -> line.points.stream()).anyMatch(Point::isCross);
    int keyLines = key.stream().allMatch(String::isEmpty) && !crosses ? 0 : keyLines(crosses);
    append(
        "<svg%s class=\"chart\" viewBox=\"0 0 %d %d\"" + " role=\"img\" aria-label=\"%s\">%s",
        namespace, width, height + keyLines * LINE, Html.escape(title), style);
    if (!bare) {
      append("<text class=\"title\" x=\"4\" y=\"20\">%s</text>", Html.escape(title));
      append("<text x=\"4\" y=\"44\">%s</text>", Html.escape(yAxis.title));
    }
    drawAxes();
    int apart = lines.stream().anyMatch(Line::hasBars) ? APART : 0;
    for (int i = 0; i < lines.size(); i++) {
      draw(lines.get(i), i, apart * (i - (lines.size() - 1) / 2.0));
    }
    drawMarks();
    if (keyLines > 0) {
      drawKey(crosses);
    }
    append(
        "<path class=\"cursor\" d=\"M0 %dV%d\" visibility=\"hidden\"/></svg>\n", top(), bottom());
    return svg.toString();
  }

  private interface Values {
    List<Double> of(Point point);
  }

  private List<Double> valuesOf(Values values) {
    return lines.stream()
        .flatMap(line -> line.points.stream())
        .flatMap(point -> values.of(point).stream())
        .collect(Collectors.toList());
  }

  private void drawAxes() {
    for (double tick : yScale.ticks()) {
      append(
          "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/><text class=\"end\" x=\"%.1f\""
              + " y=\"%.1f\">%s</text>",
          left, y(tick), right(), left - 7, y(tick) + 5, Html.escape(yAxis.label(tick)));
    }
    List<Double> ticks = xScale.ticks();
    int longest = ticks.stream().mapToInt(tick -> xAxis.label(tick).length()).max().orElse(1);
    double room = (right() - left) / (longest * CHARACTER + CHARACTER);
    int stride = (int) Math.max(1, Math.ceil(ticks.size() / room));
    for (int i = 0; i < ticks.size(); i += stride) {
      double tick = ticks.get(i);
      append(
          "<text class=\"middle\" x=\"%.1f\" y=\"%d\">%s</text>",
          x(tick), bottom() + 20, Html.escape(xAxis.label(tick)));
    }
    if (!bare) {
      append(
          "<text class=\"middle\" x=\"%.1f\" y=\"%d\">%s</text>",
          (left + right()) / 2, bottom() + 42, Html.escape(xAxis.title));
    }
  }

  private void draw(Line line, int number, double shift) {
    append("<g class=\"%s\">", style(line, number));
    if (!line.words.isEmpty()) {
      append("<title>%s</title>", Html.escape(line.words));
    }
    if (line.band) {
      drawBand(line.points);
    }
    StringBuilder path = new StringBuilder();
    StringBuilder marks = new StringBuilder();
    boolean joined = false;
    for (int i = 0; i < line.points.size(); i++) {
      Point point = line.points.get(i);
      if (point.isCross()) {
        append(marks, "cross", x(point.x) + shift, bottom() - 8, CROSS);
        continue;
      }
      if (!isDrawn(point)) {
        joined = false;
        continue;
      }
      double x = x(point.x) + shift;
      path.append(String.format(Locale.ROOT, "%s%.1f %.1f", joined ? "L" : "M", x, y(point.y)));
      if (point.hasBar() && !line.band) {
        marks.append(
            String.format(
                Locale.ROOT,
                "<path class=\"bar\" d=\"M%1$.1f %2$.1fV%3$.1fm-4 0h8M%1$.1f %2$.1fm-4 0h8\"/>",
                x,
                y(point.low),
                y(point.high)));
      }
      boolean alone = !joined && (i + 1 == line.points.size() || !isDrawn(line.points.get(i + 1)));
      if (alone || !line.name.isEmpty() && line.points.size() <= MARKED) {
        append(marks, "mark", x, y(point.y), MARKS.get(number % MARKS.size()));
      }
      joined = true;
    }
    svg.append("<path class=\"line\" d=\"").append(path).append("\"/>");
    if (!line.words.isEmpty() && lines.size() <= WIDE_LINES) {
      svg.append("<path class=\"hit\" d=\"").append(path).append("\"/>");
    }
    svg.append(marks).append("</g>");
  }

  private boolean isDrawn(Point point) {
    return xScale.has(point.x) && yScale.has(point.y);
  }

  private void drawBand(List<Point> points) {
    StringBuilder there = new StringBuilder();
    StringBuilder back = new StringBuilder();
    for (Point point : points) {
      if (xScale.has(point.x) && yScale.has(point.low) && yScale.has(point.high)) {
        double x = x(point.x);
        there.append(there.length() == 0 ? "M" : "L");
        there.append(String.format(Locale.ROOT, "%.1f %.1f", x, y(point.high)));
        back.insert(0, String.format(Locale.ROOT, "L%.1f %.1f", x, y(point.low)));
      }
    }
    if (there.length() > 0) {
      append("<path class=\"band\" d=\"%s%sZ\"/>", there, back);
    }
  }

  /** Their texts under each other, as marks may lie side by side. */
  private void drawMarks() {
    double y = top() + 16;
    for (Map.Entry<Double, String> mark : xMarks.entrySet()) {
      double x = Math.max(left, Math.min(right(), x(mark.getKey())));
      boolean onTheLeft = x < (left + right()) / 2;
      append(
          "<path class=\"marked\" d=\"M%.1f %dV%d\"/><text class=\"marked %s\" x=\"%.1f\""
              + " y=\"%.1f\">%s</text>",
          x,
          top(),
          bottom(),
          onTheLeft ? "" : "end",
          onTheLeft ? x + 5 : x - 5,
          y,
          Html.escape(mark.getValue()));
      y += LINE;
    }
  }

  private static void append(StringBuilder to, String style, double x, double y, String shape) {
    to.append(
        String.format(
            Locale.ROOT,
            "<path class=\"%s\" transform=\"translate(%.1f %.1f)\" d=\"%s\"/>",
            style,
            x,
            y,
            shape));
  }

  private int keyLines(boolean crosses) {
    StringBuilder before = svg;
    svg = new StringBuilder();
    int count = drawKey(crosses);
    svg = before;
    return count;
  }

  /** The key under the chart; returns how many lines it has. */
  private int drawKey(boolean crosses) {
    double x = 4;
    int row = 0;
    for (int i = 0; i < lines.size() + (crosses ? 1 : 0); i++) {
      boolean cross = i == lines.size();
      String name = cross ? "a run diverged" : lines.get(i).name;
      if (name.isEmpty()) {
        continue;
      }
      double room = KEY + name.length() * CHARACTER;
      if (x > 4 && x + room > width) {
        x = 4;
        row++;
      }
      int y = height + row * LINE + 6;
      append("<g class=\"%s\">", cross ? "c0" : style(lines.get(i), i));
      if (cross) {
        append(svg, "cross", x + 11, y, CROSS);
      } else {
        append("<path class=\"line\" d=\"M%.1f %dh22\"/>", x, y);
        if (lines.get(i).points.size() <= MARKED) {
          append(svg, "mark", x + 11, y, MARKS.get(i % MARKS.size()));
        }
      }
      append("</g><text x=\"%.1f\" y=\"%d\">%s</text>", x + 27, y + 5, Html.escape(name));
      x += room + CHARACTER;
    }
    return row + 1;
  }

  /** With a colour of its own, if its style has none. */
  private static String style(Line line, int number) {
    return line.style.matches("(.* )?c\\d")
        ? line.style
        : ("c" + number % COLOURS + " " + line.style).trim();
  }

  private double x(double value) {
    double indent = xAxis.isExact() ? 0 : INDENT;
    return left + indent + xScale.share(value) * (right() - left - 2 * indent);
  }

  private double y(double value) {
    return top() + (1 - yScale.share(value)) * (bottom() - top());
  }

  private void append(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
