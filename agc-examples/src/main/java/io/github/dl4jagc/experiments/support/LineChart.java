package io.github.dl4jagc.experiments.support;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/**
 * A chart of lines with error bars, as SVG: sharp at any size, readable from 400 pixels on, and
 * light or dark as the reader likes it. The vertical axis begins at 0.
 */
public final class LineChart {

  private static final int WIDTH = 560;
  private static final int HEIGHT = 340;
  private static final int LEFT = 44;
  private static final int RIGHT = 12;
  private static final int TOP = 58;
  private static final int BOTTOM = 52;

  /** Between the borders of the plot and the first and the last mark of the horizontal axis. */
  private static final int INDENT = 30;

  /** Between the points of two lines that are at the same place. */
  private static final int APART = 9;

  private static final int LINE = 20;
  private static final double CHARACTER = 7.5;
  private static final int KEY = 34;
  private static final int COLOURS = 8;

  /** Shapes around 0 0 that tell lines apart without colours. */
  private static final List<String> MARKS =
      List.of(
          "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
          "M-3.6-3.6h7.2v7.2h-7.2z",
          "M0-5.2L5.2 0L0 5.2L-5.2 0z",
          "M0-5L4.8 3.6h-9.6z");

  private static final String CROSS = "M-4-4l8 8m0-8l-8 8";

  private final String title;
  private final String xTitle;
  private final String yTitle;
  private final DoubleUnaryOperator scale;
  private final List<Double> places;
  private final List<String> labels;
  private final List<Series> lines = new ArrayList<>();
  private double top;

  private LineChart(
      String title,
      String xTitle,
      String yTitle,
      DoubleUnaryOperator scale,
      List<Double> places,
      List<String> labels) {
    this.title = title;
    this.xTitle = xTitle;
    this.yTitle = yTitle;
    this.scale = scale;
    this.places = places;
    this.labels = labels;
  }

  /**
   * A chart over numbers, of which the horizontal axis shows as many as there is room for.
   *
   * @param title above the chart
   * @param xTitle of the horizontal axis
   * @param yTitle of the vertical axis
   * @param values of the horizontal axis: all that points will have
   * @return an empty chart
   */
  public static LineChart over(
      String title, String xTitle, String yTitle, List<? extends Number> values) {
    return of(title, xTitle, yTitle, x -> x, values);
  }

  /**
   * The same with a logarithmic horizontal axis.
   *
   * @param title above the chart
   * @param xTitle of the horizontal axis
   * @param yTitle of the vertical axis
   * @param values of the horizontal axis, all &gt; 0: all that points will have
   * @return an empty chart
   */
  public static LineChart overLogarithms(
      String title, String xTitle, String yTitle, List<? extends Number> values) {
    return of(title, xTitle, yTitle, Math::log, values);
  }

  private static LineChart of(
      String title,
      String xTitle,
      String yTitle,
      DoubleUnaryOperator scale,
      List<? extends Number> values) {
    List<Double> places = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    values.stream()
        .map(Number::doubleValue)
        .sorted()
        .forEach(
            value -> {
              places.add(value);
              labels.add(Text.number(value));
            });
    return new LineChart(title, xTitle, yTitle, scale, places, labels);
  }

  /**
   * A chart over names, at 0, 1, 2 and so on.
   *
   * @param title above the chart
   * @param yTitle of the vertical axis
   * @param names below the horizontal axis
   * @return an empty chart
   */
  public static LineChart overNames(String title, String yTitle, List<String> names) {
    List<Double> places = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      places.add((double) i);
    }
    return new LineChart(title, "", yTitle, x -> x, places, names);
  }

  /**
   * Makes the vertical axis end at a value, or at a larger one that is drawn.
   *
   * @param value finite and &gt; 0
   * @return this
   */
  public LineChart upTo(double value) {
    top = Math.max(top, value);
    return this;
  }

  /**
   * Adds a line. Points of several lines are drawn beside each other if one has an error bar.
   *
   * @param name in the key
   * @param points from left to right; crosses are not joined with others
   * @return this
   */
  public LineChart add(String name, List<Point> points) {
    lines.add(new Series(name, points));
    points.stream().filter(point -> !point.isCross()).forEach(point -> upTo(point.high));
    return this;
  }

  /**
   * The chart as a part of a page that has the style of {@link Html#page}.
   *
   * @return HTML
   */
  public String svg() {
    return "<div class=\"wide\">" + svg("") + "</div>\n";
  }

  /**
   * The chart as a file of its own.
   *
   * @return an SVG file
   */
  public String file() {
    return svg("<style>" + Html.chartStyle() + "</style>");
  }

  private String svg(String style) {
    List<String> names = new ArrayList<>();
    lines.forEach(line -> names.add(line.name));
    boolean crosses = lines.stream().anyMatch(Series::hasCross);
    if (crosses) {
      names.add("a run diverged");
    }
    StringBuilder key = new StringBuilder();
    int keyLines = key(key, names, crosses);
    StringBuilder svg = new StringBuilder();
    add(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 %d %d\""
            + " role=\"img\" aria-label=\"%s\">%s",
        WIDTH,
        HEIGHT + keyLines * LINE,
        Html.escape(title),
        style);
    add(svg, "<text class=\"title\" x=\"4\" y=\"20\">%s</text>", Html.escape(title));
    add(svg, "<text x=\"4\" y=\"44\">%s</text>", Html.escape(yTitle));
    drawAxes(svg);
    int shift = lines.stream().anyMatch(Series::hasBars) ? APART : 0;
    for (int line = 0; line < lines.size(); line++) {
      draw(svg, lines.get(line), line, shift * (line - (lines.size() - 1) / 2.0));
    }
    return svg.append(key).append("</svg>\n").toString();
  }

  private void drawAxes(StringBuilder svg) {
    double step = tickStep();
    for (double tick = 0; tick <= yEnd() + step / 2; tick += step) {
      add(
          svg,
          "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text class=\"end\" x=\"%d\""
              + " y=\"%.1f\">%s</text>",
          LEFT,
          y(tick),
          WIDTH - RIGHT,
          LEFT - 7,
          y(tick) + 5,
          Text.number((float) tick));
    }
    int longest = labels.stream().mapToInt(String::length).max().orElse(1);
    double room = (WIDTH - LEFT - RIGHT) / (longest * CHARACTER + CHARACTER);
    int stride = (int) Math.max(1, Math.ceil(places.size() / room));
    for (int i = 0; i < places.size(); i += stride) {
      add(
          svg,
          "<text class=\"middle\" x=\"%.1f\" y=\"%d\">%s</text>",
          x(places.get(i)),
          HEIGHT - BOTTOM + 20,
          Html.escape(labels.get(i)));
    }
    add(
        svg,
        "<text class=\"middle\" x=\"%.1f\" y=\"%d\">%s</text>",
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - BOTTOM + 42,
        Html.escape(xTitle));
  }

  private void draw(StringBuilder svg, Series line, int number, double shift) {
    add(svg, "<g class=\"%s\">", colour(number));
    StringBuilder path = new StringBuilder();
    StringBuilder marks = new StringBuilder();
    for (Point point : line.points) {
      double x = x(point.x) + shift;
      if (point.isCross()) {
        mark(marks, "cross", x, y(0) - 8, CROSS);
        continue;
      }
      add(path, "%s%.1f %.1f", path.length() == 0 ? "M" : "L", x, y(point.y));
      if (point.hasBar()) {
        double low = y(point.low);
        double high = y(point.high);
        add(
            marks,
            "<path class=\"bar\" d=\"M%1$.1f %2$.1fV%3$.1fm-4 0h8M%1$.1f %2$.1fm-4 0h8\"/>",
            x,
            low,
            high);
      }
      mark(marks, "mark", x, y(point.y), MARKS.get(number % MARKS.size()));
    }
    add(svg, "<path class=\"line\" d=\"%s\"/>%s</g>", path, marks);
  }

  private static void mark(StringBuilder svg, String style, double x, double y, String shape) {
    add(
        svg,
        "<path class=\"%s\" transform=\"translate(%.1f %.1f)\" d=\"%s\"/>",
        style,
        x,
        y,
        shape);
  }

  /** The key under the chart; returns how many lines it has. */
  private static int key(StringBuilder svg, List<String> names, boolean crosses) {
    double x = 4;
    int line = 0;
    for (int i = 0; i < names.size(); i++) {
      double width = KEY + names.get(i).length() * CHARACTER;
      if (x > 4 && x + width > WIDTH) {
        x = 4;
        line++;
      }
      int y = HEIGHT + line * LINE + 6;
      boolean cross = crosses && i == names.size() - 1;
      add(svg, "<g class=\"%s\">", cross ? "c0" : colour(i));
      if (cross) {
        mark(svg, "cross", x + 11, y, CROSS);
      } else {
        add(svg, "<path class=\"line\" d=\"M%.1f %dh22\"/>", x, y);
        mark(svg, "mark", x + 11, y, MARKS.get(i % MARKS.size()));
      }
      add(svg, "</g><text x=\"%.1f\" y=\"%d\">%s</text>", x + 27, y + 5, Html.escape(names.get(i)));
      x += width + CHARACTER;
    }
    return line + 1;
  }

  private static String colour(int line) {
    return "c" + line % COLOURS;
  }

  private double x(double value) {
    double first = scale.applyAsDouble(places.get(0));
    double last = scale.applyAsDouble(places.get(places.size() - 1));
    double share = last > first ? (scale.applyAsDouble(value) - first) / (last - first) : 0.5;
    return LEFT + INDENT + share * (WIDTH - LEFT - RIGHT - 2 * INDENT);
  }

  private double y(double value) {
    return TOP + (1 - value / yEnd()) * (HEIGHT - TOP - BOTTOM);
  }

  /** The first tick that no point is above; what rounding adds to a sum does not count. */
  private double yEnd() {
    double steps = Math.ceil(top / tickStep() - 1e-6);
    return Math.max(1, steps) * tickStep();
  }

  /** 1, 2 or 5 times a power of ten, for four to ten ticks. */
  private double tickStep() {
    double end = top > 0 ? top : 1;
    double power = Math.pow(10, Math.floor(Math.log10(end)));
    double first = end / power;
    return power * (first <= 1 ? 0.2 : first <= 2 ? 0.5 : first <= 5 ? 1 : 2);
  }

  private static void add(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }

  /** One point of a line, with an error bar or without. */
  public static final class Point {

    private final double x;
    private final double y;
    private final double low;
    private final double high;

    /**
     * A point with an error bar.
     *
     * @param x where it is, one of the values of the chart
     * @param y how high it is, at least 0
     * @param low lower end of its error bar
     * @param high upper end of its error bar
     */
    public Point(double x, double y, double low, double high) {
      this.x = x;
      this.y = y;
      this.low = low;
      this.high = high;
    }

    /**
     * A point without an error bar.
     *
     * @param x where it is, one of the values of the chart
     * @param y how high it is, at least 0
     */
    public Point(double x, double y) {
      this(x, y, y, y);
    }

    /**
     * A cross on the horizontal axis, where a run diverged.
     *
     * @param x where it is, one of the values of the chart
     * @return the cross
     */
    public static Point cross(double x) {
      return new Point(x, Double.NaN);
    }

    private boolean isCross() {
      return Double.isNaN(y);
    }

    private boolean hasBar() {
      return high > low;
    }
  }

  /** One line. */
  private static final class Series {

    private final String name;
    private final List<Point> points;

    Series(String name, List<Point> points) {
      this.name = name;
      this.points = List.copyOf(points);
    }

    private boolean hasCross() {
      return points.stream().anyMatch(Point::isCross);
    }

    private boolean hasBars() {
      return points.stream().anyMatch(point -> point.hasBar() || point.isCross());
    }
  }
}
