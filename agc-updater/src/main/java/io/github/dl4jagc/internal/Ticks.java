package io.github.dl4jagc.internal;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/** Round numbers along an axis. */
final class Ticks {

  private static final int ABOUT = 5;

  private Ticks() {}

  /** About five multiples of 1, 2 or 5 times a power of ten within the bounds. */
  static List<Double> of(double low, double high) {
    double step = step((high - low) / ABOUT);
    List<Double> ticks = new ArrayList<>();
    for (double k = Math.ceil(low / step); k * step <= high; k++) {
      ticks.add(k * step);
    }
    return ticks;
  }

  /** The round number at or above {@code atLeast}. */
  static double step(double atLeast) {
    double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= atLeast * (1 - 1e-9)) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  /**
   * Powers of ten, every second or third one where there are many; where there are hardly any,
   * twice and five times them too.
   */
  static List<Double> logarithmic(double low, double high) {
    int first = (int) Math.ceil(Math.log10(low) - 1e-9);
    int last = (int) Math.floor(Math.log10(high) + 1e-9);
    int stride = Math.max(1, (last - first + ABOUT) / (ABOUT + 1));
    List<Double> ticks = new ArrayList<>();
    boolean few = last - first < 2;
    for (int power = few ? first - 1 : first; power <= last; power += stride) {
      for (double factor : few ? new double[] {1, 2, 5} : new double[] {1}) {
        double tick = factor * Math.pow(10, power);
        if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) {
          ticks.add(tick);
        }
      }
    }
    return ticks;
  }

  /** Three significant digits: 0.01, 1500, 2.5e-7. */
  static String text(double value) {
    if (!Double.isFinite(value)) {
      return Double.isNaN(value) ? "none" : value > 0 ? "infinite" : "-infinite";
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(3));
    if (rounded.signum() == 0) {
      return "0";
    }
    rounded = rounded.stripTrailingZeros();
    int exponent = rounded.precision() - rounded.scale() - 1;
    return exponent >= -4 && exponent < 7
        ? rounded.toPlainString()
        : rounded.unscaledValue().toString().replaceFirst("(-?\\d)(\\d+)", "$1.$2")
            + "e"
            + exponent;
  }
}
