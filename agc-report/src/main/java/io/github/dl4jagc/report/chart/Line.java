package io.github.dl4jagc.report.chart;

import java.util.List;
import java.util.stream.DoubleStream;

/** A line of a {@link LineChart}: its points, and how it is drawn. Immutable. */
public final class Line {

  /** A point of a line, with an error bar or without. */
  public static final class Point {

    final double x;
    final double y;
    final double low;
    final double high;

    private Point(double x, double y, double low, double high) {
      this.x = x;
      this.y = y;
      this.low = low;
      this.high = high;
    }

    /** A point; where a value is not finite, the line has a gap. */
    public static Point of(double x, double y) {
      return new Point(x, y, y, y);
    }

    /** A point with an error bar, or a part of a band, from {@code low} to {@code high}. */
    public static Point of(double x, double y, double low, double high) {
      return new Point(x, y, low, high);
    }

    /** A cross on the horizontal axis, beside the line: a run that diverged. */
    public static Point cross(double x) {
      return new Point(x, Double.NaN, Double.NaN, Double.POSITIVE_INFINITY);
    }

    boolean isCross() {
      return Double.isNaN(y) && high == Double.POSITIVE_INFINITY;
    }

    DoubleStream heights() {
      return isCross() ? DoubleStream.empty() : DoubleStream.of(y, low, high);
    }

    boolean hasBar() {
      return high > low && !isCross();
    }
  }

  final String name;
  final List<Point> points;
  final String style;
  final String words;
  final boolean band;

  private Line(String name, List<Point> points, String style, String words, boolean band) {
    this.name = name;
    this.points = List.copyOf(points);
    this.style = style;
    this.words = words;
    this.band = band;
  }

  /**
   * A line.
   *
   * @param name in the key of the chart; empty: the key does not have it
   * @param points from left to right
   */
  public static Line of(String name, List<Point> points) {
    return new Line(name, points, "", "", false);
  }

  /**
   * The same line with further classes of the style sheet: {@code dashed}, {@code thin}, {@code
   * c2}.
   */
  public Line styled(String classes) {
    return new Line(name, points, classes, words, band);
  }

  /** The same line with what it says in words: shown under the mouse, and read out. */
  public Line saying(String newWords) {
    return new Line(name, points, style, newWords, band);
  }

  /** The same line with an area from the low to the high ends of its points, not error bars. */
  public Line banded() {
    return new Line(name, points, style, words, true);
  }

  boolean hasBars() {
    return !band && points.stream().anyMatch(point -> point.hasBar() || point.isCross());
  }
}
