package io.github.dl4jagc.internal;

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

  /** How many times the smallest value the largest one is, for a scale to become logarithmic. */
  private static final double LOG_FROM = 100;

  /** How values become heights. */
  enum Scale {
    LINEAR,
    /** Values of zero are left out. */
    LOGARITHMIC,
    /** Linear, unless all values are positive and some tower above others. */
    BY_RANGE
  }

  private final PageFrame frame;
  private final String description;
  private final StringBuilder shapes = new StringBuilder();
  private final List<Runnable> drawings = new ArrayList<>();
  private double smallest = Double.POSITIVE_INFINITY;
  private double largest = Double.NEGATIVE_INFINITY;
  private double smallestPositive = Double.POSITIVE_INFINITY;
  private boolean logarithmic;

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
  String svg(Scale scale) {
    if (smallest > largest) {
      return "<p class=\"none\">No finite value in this file.</p>";
    }
    logarithmic =
        scale == Scale.LOGARITHMIC
            ? smallestPositive < largest
            : scale == Scale.BY_RANGE && smallest > 0 && largest / smallest > LOG_FROM;
    if (logarithmic) {
      smallest = smallestPositive;
    } else if (smallest == largest) {
      double around = smallest == 0 ? 1 : Math.abs(smallest) / 2;
      smallest -= around;
      largest += around;
    } else {
      double margin = (largest - smallest) / 20;
      smallest = smallest >= 0 && smallest < largest / 3 ? 0 : smallest - margin;
      largest += margin;
    }
    frame.open(shapes, HEIGHT, description);
    for (double tick :
        logarithmic ? Ticks.logarithmic(smallest, largest) : Ticks.of(smallest, largest)) {
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
              Ticks.text(tick)));
    }
    frame.iterations(shapes, HEIGHT - BOTTOM + 16);
    drawings.forEach(Runnable::run);
    return frame.close(shapes, TOP, HEIGHT - BOTTOM);
  }

  private double y(double value) {
    double share =
        logarithmic
            ? Math.log(value / smallest) / Math.log(largest / smallest)
            : (value - smallest) / (largest - smallest);
    return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
  }

  private boolean isDrawn(double value) {
    return Double.isFinite(value) && !(logarithmic && value <= 0);
  }

  private void drawLine(String style, double[] values) {
    StringBuilder path = new StringBuilder();
    StringBuilder dots = new StringBuilder();
    boolean drawing = false;
    for (int i = 0; i < values.length; i++) {
      if (!isDrawn(values[i])) {
        drawing = false;
        continue;
      }
      path.append(
          String.format(Locale.ROOT, "%s%.1f %.1f", drawing ? "L" : "M", frame.x(i), y(values[i])));
      boolean alone = !drawing && (i + 1 == values.length || !isDrawn(values[i + 1]));
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
      if (isDrawn(bottom) && isDrawn(top)) {
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
