package io.github.dl4jagc.report.chart;

import io.github.dl4jagc.report.chart.Line.Point;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

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

  /** Between the plot and the right border. */
  static final double RIGHT = 12;

  private static final int LINE = 20;
  private static final double CHARACTER = 7.5;
  private static final int KEY = 34;
  private static final int COLOURS = 8;

  /** Between the borders of the plot and the first and the last point. */
  private static final int INDENT = 30;

  /** Between the points of two lines that are at the same place. */
  private static final int APART = 9;

  /** Of more points those alone are marked that no line leads to. */
  private static final int MARKED = 60;

  /** More lines than these are pointed at as thick as they are. */
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
  private SvgText svg;
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
    return width - RIGHT;
  }

  private int bottom() {
    return height - (bare ? 24 : 52);
  }

  /** A vertical line that a page's script moves. */
  static String cursor(double top, double bottom) {
    return new SvgText()
        .add("<path class=\"cursor\" d=\"M0 %sV%s\" visibility=\"hidden\"/>", top, bottom)
        .toString();
  }

  private String svg(String namespace, String style) {
    xScale = xAxis.over(values(point -> DoubleStream.of(point.x)));
    yScale = yAxis.over(values(Point::heights));
    if (xScale == null || yScale == null) {
      return "<p class=\"none\">No finite value.</p>";
    }
    svg = new SvgText();
    drawAxes();
    svg.add(
        "<svg class=\"plot\" x=\"%1$s\" y=\"%2$s\" width=\"%3$s\" height=\"%4$s\""
            + " viewBox=\"%1$s %2$s %3$s %4$s\" preserveAspectRatio=\"none\">",
        left, top(), right() - left, bottom() - top());
    int apart = lines.stream().anyMatch(Line::hasBars) ? APART : 0;
    for (int i = 0; i < lines.size(); i++) {
      draw(lines.get(i), i, apart * (i - (lines.size() - 1) / 2.0));
    }
    svg.add("</svg>");
    drawMarks();
    int keyLines = drawKey();
    return new SvgText()
        .add(
            "<svg%s class=\"chart\" viewBox=\"0 0 %s %s\" role=\"img\" aria-label=\"%s\">%s%s%s"
                + "</svg>\n",
            namespace,
            width,
            height + keyLines * LINE,
            Html.escape(title),
            style,
            svg,
            cursor(top(), bottom()))
        .toString();
  }

  private List<Double> values(Function<Point, DoubleStream> of) {
    return lines.stream()
        .flatMap(line -> line.points.stream())
        .flatMap(point -> of.apply(point).boxed())
        .collect(Collectors.toList());
  }

  private void drawAxes() {
    for (double tick : yScale.ticks()) {
      svg.add(
          "<path class=\"grid\" d=\"M%s %sH%s\"/><text class=\"end\" x=\"%s\" y=\"%s\">%s</text>",
          left, y(tick), right(), left - 7, y(tick) + 5, Html.escape(yAxis.label(tick)));
    }
    List<Double> ticks = xScale.ticks();
    int longest = ticks.stream().mapToInt(tick -> xAxis.label(tick).length()).max().orElse(1);
    double room = (right() - left) / (longest * CHARACTER + CHARACTER);
    int stride = (int) Math.max(1, Math.ceil(ticks.size() / room));
    for (int i = 0; i < ticks.size(); i += stride) {
      text("middle", x(ticks.get(i)), bottom() + 20, xAxis.label(ticks.get(i)));
    }
    if (!bare) {
      text("title", 4, 20, title);
      text("", 4, 44, yAxis.title);
      text("middle", (left + right()) / 2, bottom() + 42, xAxis.title);
    }
  }

  private void text(String style, double x, double y, String text) {
    svg.add("<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>", style, x, y, Html.escape(text));
  }

  private void draw(Line line, int number, double shift) {
    svg.add("<g class=\"%s\">", style(line, number));
    if (!line.words.isEmpty()) {
      svg.add("<title>%s</title>", Html.escape(line.words));
    }
    if (line.band) {
      svg.path("band", band(line.points));
    }
    SvgText path = new SvgText();
    SvgText marks = new SvgText();
    boolean joined = false;
    for (int i = 0; i < line.points.size(); i++) {
      Point point = line.points.get(i);
      double x = x(point.x) + shift;
      if (point.isCross()) {
        shape(marks, "cross", x, bottom() - 8, CROSS);
      } else if (!isDrawn(point)) {
        joined = false;
      } else {
        path.add("%s%s %s", joined ? "L" : "M", x, y(point.y));
        if (point.hasBar() && !line.band) {
          marks.add(
              "<path class=\"bar\" d=\"M%1$s %2$sV%3$sm-4 0h8M%1$s %2$sm-4 0h8\"/>",
              x, y(point.low), y(point.high));
        }
        boolean alone =
            !joined && (i + 1 == line.points.size() || !isDrawn(line.points.get(i + 1)));
        if (alone || !line.name.isEmpty() && line.points.size() <= MARKED) {
          shape(marks, "mark", x, y(point.y), MARKS.get(number % MARKS.size()));
        }
        joined = true;
      }
    }
    svg.add("<path class=\"line\" d=\"%s\"/>", path);
    if (!line.words.isEmpty() && lines.size() <= WIDE_LINES) {
      svg.path("hit", path);
    }
    svg.add("%s</g>", marks);
  }

  private boolean isDrawn(Point point) {
    return xScale.has(point.x) && yScale.has(point.y);
  }

  /** There along the high ends, and back along the low ones. */
  private SvgText band(List<Point> points) {
    SvgText there = new SvgText();
    String back = "";
    for (Point point : points) {
      if (xScale.has(point.x) && yScale.has(point.low) && yScale.has(point.high)) {
        there.add("%s%s %s", there.isEmpty() ? "M" : "L", x(point.x), y(point.high));
        back = new SvgText().add("L%s %s", x(point.x), y(point.low)) + back;
      }
    }
    return there.isEmpty() ? there : there.add("%sZ", back);
  }

  /** Their texts under each other, as marks may lie side by side. */
  private void drawMarks() {
    double y = top() + 16;
    for (Map.Entry<Double, String> mark : xMarks.entrySet()) {
      double x = Math.max(left, Math.min(right(), x(mark.getKey())));
      boolean onTheLeft = x < (left + right()) / 2;
      svg.add("<path class=\"marked\" d=\"M%s %sV%s\"/>", x, top(), bottom());
      text(onTheLeft ? "marked" : "marked end", onTheLeft ? x + 5 : x - 5, y, mark.getValue());
      y += LINE;
    }
  }

  private static void shape(SvgText to, String style, double x, double y, String shape) {
    to.add("<path class=\"%s\" transform=\"translate(%s %s)\" d=\"%s\"/>", style, x, y, shape);
  }

  /** The key under the chart; returns how many lines it has. */
  private int drawKey() {
    List<Line> named =
        lines.stream().filter(line -> !line.name.isEmpty()).collect(Collectors.toList());
    if (lines.stream().flatMap(line -> line.points.stream()).anyMatch(Point::isCross)) {
      named.add(Line.of("a run diverged", List.of(Point.cross(0))).styled("c0"));
    }
    double x = 4;
    int row = 0;
    for (Line line : named) {
      double room = KEY + line.name.length() * CHARACTER;
      if (row == 0 || x > 4 && x + room > width) {
        x = 4;
        row++;
      }
      double y = height + (row - 1) * LINE + 6;
      int number = lines.indexOf(line);
      svg.add("<g class=\"%s\">", style(line, number));
      if (number < 0) {
        shape(svg, "cross", x + 11, y, CROSS);
      } else {
        svg.add("<path class=\"line\" d=\"M%s %sh22\"/>", x, y);
        if (line.points.size() <= MARKED) {
          shape(svg, "mark", x + 11, y, MARKS.get(number % MARKS.size()));
        }
      }
      svg.add("</g>");
      text("", x + 27, y + 5, line.name);
      x += room + CHARACTER;
    }
    return row;
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
}
