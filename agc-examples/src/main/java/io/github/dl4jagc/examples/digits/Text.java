package io.github.dl4jagc.examples.digits;

import java.math.BigDecimal;
import java.util.Locale;

/** Numbers as they are shown, the same way everywhere. */
public final class Text {

  private Text() {}

  /**
   * The shortest decimal that reads back as {@code value}: 0.01, 1, 1.0E-7.
   *
   * @param value any number
   * @return the text
   */
  public static String number(double value) {
    String plain = new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    return plain.length() <= 8 ? plain : Double.toString(value);
  }

  /**
   * A share with one decimal: 98.3%.
   *
   * @param share in [0, 1]
   * @return the text
   */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }

  /**
   * Three decimals.
   *
   * @param value any number
   * @return the text
   */
  public static String decimals(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
