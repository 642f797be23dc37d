package io.github.dl4jagc.report.chart;

import java.math.BigDecimal;

/** SVG that is being written. */
final class SvgText {

  private final StringBuilder text = new StringBuilder();

  /**
   * Adds elements or a part of a path.
   *
   * @param format with {@code %s} for each of the values; doubles get one decimal place at most
   */
  SvgText add(String format, Object... values) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] instanceof Double) {
        values[i] = number((Double) values[i]);
      }
    }
    text.append(values.length == 0 ? format : String.format(format, values));
    return this;
  }

  private static String number(double value) {
    long tenths = Math.round(10 * value);
    return tenths % 10 == 0
        ? String.valueOf(tenths / 10)
        : BigDecimal.valueOf(tenths, 1).toPlainString();
  }

  /** Adds a path, if there is any. */
  SvgText path(String style, SvgText path) {
    return path.isEmpty() ? this : add("<path class=\"%s\" d=\"%s\"/>", style, path);
  }

  boolean isEmpty() {
    return text.length() == 0;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
