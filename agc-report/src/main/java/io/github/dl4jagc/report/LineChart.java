package io.github.dl4jagc.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** One chart of the page: lines over the columns of a run, as SVG. */
final class LineChart {

  private static final int HEIGHT = 190;
  private static final int TOP = 8;
  private static final int BOTTOM = 24;

  /** With no more columns than this every value gets a dot; a line alone hides lonely ones. */
  private static final int DOTS = 60;

  private final PageFrame frame;
  private final String description;
  private final StringBuilder shapes = new StringBuilder();
  private final List<Runnable> drawings = new ArrayList<>();
  private double smallest = Double.POSITIVE_INFINITY;
  private double largest = Double.NEGATIVE_INFINITY;
  private double smallestPositive = Double.POSITIVE_INFINITY;
  private Axis axis;

  LineChart(PageFrame frame, String description) {
    this.frame = frame;
    this.description = description;
  }

  private void extend(double value) {
    if (Double.isFinite(value)) {
      smallest = Math.min(smallest, value);
      largest = Math.max(largest, value);
      if (value > 0) {
        smallestPositive = Math.min(smallestPositive, value);
      }
    }
  }

  /** A line; columns whose value is not finite are gaps. */
  LineChart line(String style, ToDoubleFunction<RunSummary.Column> value) {
    double[] values = frame.run.columns.stream().mapToDouble(value).toArray();
    for (double each : values) {
      extend(each);
    }
    drawings.add(() -> drawLine(style, values));
    return this;
  }

  /** The area between two lines. */
  LineChart band(
      String style,
      ToDoubleFunction<RunSummary.Column> low,
      ToDoubleFunction<RunSummary.Column> high) {
    frame.run.columns.forEach(
        column -> {
          extend(low.applyAsDouble(column));
          extend(high.applyAsDouble(column));
        });
    drawings.add(() -> drawBand(style, low, high));
    return this;
  }

  /** The chart, or a sentence if there is nothing to draw. */
  String svg(Axis.Scale scale) {
    if (smallest > largest) {
      return "<p class=\"none\">No finite value in this file.</p>";
    }
    axis = Axis.of(scale, smallest, smallestPositive, largest);
    frame.open(shapes, HEIGHT, description);
    for (double tick : axis.ticks()) {
      double y = y(tick);
      shapes.append(
          String.format(
              Locale.ROOT,
              "<path class=\"grid\" d=\"M%.1f %.1fh%.1f\"/><text class=\"tick end\" x=\"%.1f\""
                  + " y=\"%.1f\">%s</text>",
              frame.left,
              y,
              frame.width,
              frame.left - 6,
              y + 3.5,
              Ticks.label(tick)));
    }
    frame.iterations(shapes, HEIGHT - BOTTOM + 16);
    drawings.forEach(Runnable::run);
    return frame.close(shapes, TOP, HEIGHT - BOTTOM);
  }

  private double y(double value) {
    return TOP + (1 - axis.share(value)) * (HEIGHT - TOP - BOTTOM);
  }

  private void drawLine(String style, double[] values) {
    StringBuilder path = new StringBuilder();
    StringBuilder dots = new StringBuilder();
    boolean drawing = false;
    for (int i = 0; i < values.length; i++) {
      if (!axis.has(values[i])) {
        drawing = false;
        continue;
      }
      path.append(
          String.format(Locale.ROOT, "%s%.1f %.1f", drawing ? "L" : "M", frame.x(i), y(values[i])));
      boolean alone = !drawing && (i + 1 == values.length || !axis.has(values[i + 1]));
      if (alone || values.length <= DOTS) {
        dots.append(
            String.format(
                Locale.ROOT,
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.2\"/>",
                frame.x(i),
                y(values[i])));
      }
      drawing = true;
    }
    shapes.append("<g class=\"").append(style).append("\"><path class=\"line\" d=\"");
    shapes.append(path).append("\"/>").append(dots).append("</g>");
  }

  private void drawBand(
      String style,
      ToDoubleFunction<RunSummary.Column> low,
      ToDoubleFunction<RunSummary.Column> high) {
    StringBuilder there = new StringBuilder();
    StringBuilder back = new StringBuilder();
    for (int i = 0; i < frame.run.columns.size(); i++) {
      double bottom = low.applyAsDouble(frame.run.columns.get(i));
      double top = high.applyAsDouble(frame.run.columns.get(i));
      if (axis.has(bottom) && axis.has(top)) {
        there.append(
            String.format(
                Locale.ROOT, "%s%.1f %.1f", there.length() == 0 ? "M" : "L", frame.x(i), y(top)));
        back.insert(0, String.format(Locale.ROOT, "L%.1f %.1f", frame.x(i), y(bottom)));
      }
    }
    if (there.length() > 0) {
      shapes.append("<path class=\"").append(style).append("\" d=\"");
      shapes.append(there).append(back).append("Z\"/>");
    }
  }
}
