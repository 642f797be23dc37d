package io.github.dl4jagc.experiments.support;

import java.math.BigDecimal;
import java.util.Locale;

/** Numbers as they are shown, the same way everywhere. */
public final class Text {

  private Text() {}

  /** The shortest decimal that reads back as the value: 0.01, 1, 1.0E-7. */
  public static String number(double value) {
    String plain = new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    return plain.length() <= 8 ? plain : Double.toString(value);
  }

  /** A share as a percentage with one decimal: 98.3%. */
  public static String percent(double share) {
    return inPercent(share) + "%";
  }

  /** The same without the sign, for a column whose header has it: 98.3. */
  public static String inPercent(double share) {
    return String.format(Locale.ROOT, "%.1f", 100 * share);
  }

  /** A number with three decimals. */
  public static String decimals(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
