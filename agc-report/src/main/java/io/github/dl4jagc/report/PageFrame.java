package io.github.dl4jagc.report;

import java.math.BigDecimal;
import java.util.Locale;

/** What all charts of a page share, so that the same iteration is at the same place in each. */
final class PageFrame {

  private static final double TOTAL = 1000;
  private static final double RIGHT = 14;
  private static final double CHARACTER = 6.3;
  private static final int TICKS = 8;

  /** Characters of a layer's name; of a longer one the end is shown, as names share beginnings. */
  private static final int LONGEST_NAME = 30;

  final RunSummary run;

  /** Where the plots begin, and how wide they are. */
  final double left;

  final double width;

  PageFrame(RunSummary run) {
    this.run = run;
    int longest = run.layers.stream().mapToInt(name -> shortened(name).length()).max().orElse(0);
    this.left = Math.max(64, 14 + CHARACTER * longest);
    this.width = TOTAL - left - RIGHT;
  }

  static String shortened(String name) {
    return name.length() <= LONGEST_NAME
        ? name
        : "\u2026" + name.substring(name.length() - LONGEST_NAME + 1);
  }

  /** The middle of a column. */
  double x(int column) {
    return left + (column + 0.5) * width / run.columns.size();
  }

  void open(StringBuilder svg, double height, String description) {
    open(svg, height, description, "plot");
  }

  void open(StringBuilder svg, double height, String description, String style) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg class=\"%s\" viewBox=\"0 0 %.0f %.1f\" role=\"img\" aria-label=\"%s\">",
            style,
            TOTAL,
            height,
            escape(description)));
  }

  /** With the line that follows the mouse. */
  String close(StringBuilder svg, double top, double bottom) {
    return svg.append(
            String.format(
                Locale.ROOT,
                "<path class=\"cross\" d=\"M0 %.1fV%.1f\" visibility=\"hidden\"/></svg>",
                top,
                bottom))
        .toString();
  }

  /** The labels of the time axis: round iterations. */
  void iterations(StringBuilder svg, double y) {
    long range = (long) run.lastIteration - run.firstIteration;
    long step = Math.max(1, Ticks.step(BigDecimal.valueOf(range), TICKS).longValue());
    long next = run.firstIteration == 0 ? 0 : (run.firstIteration + step - 1) / step * step;
    for (int i = 0; i < run.columns.size(); i++) {
      RunSummary.Column column = run.columns.get(i);
      if (next > column.last) {
        continue;
      }
      boolean exact = column.first == column.last;
      svg.append(
          String.format(
              Locale.ROOT,
              "<text class=\"tick middle\" x=\"%.1f\" y=\"%.1f\">%d</text>",
              x(i),
              y,
              exact ? column.first : Math.max(next, column.first)));
      next = (column.last / step + 1) * step;
    }
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
