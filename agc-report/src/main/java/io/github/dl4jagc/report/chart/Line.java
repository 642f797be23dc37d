package io.github.dl4jagc.report.chart;

import java.util.List;
import java.util.stream.DoubleStream;

/** A line of a {@link LineChart}: its points, and how it is drawn. */
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
  String style = "";
  String words = "";
  boolean band;

  private Line(String name, List<Point> points) {
    this.name = name;
    this.points = List.copyOf(points);
  }

  /**
   * A line.
   *
   * @param name in the key of the chart; empty: the key does not have it
   * @param points from left to right
   */
  public static Line of(String name, List<Point> points) {
    return new Line(name, points);
  }

  /** Adds classes of the style sheet: {@code dashed}, {@code thin}, {@code c2}. */
  public Line styled(String classes) {
    style = classes;
    return this;
  }

  /** Has it say in words, under the mouse and read out. */
  public Line saying(String newWords) {
    words = newWords;
    return this;
  }

  /** Draws an area from the low to the high ends of its points, not error bars. */
  public Line banded() {
    band = true;
    return this;
  }

  boolean hasBars() {
    return !band && points.stream().anyMatch(point -> point.hasBar() || point.isCross());
  }
}
