package io.github.dl4jagc.report.chart;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * Round numbers along an axis. In decimal arithmetic, which has no range and no last bit: any two
 * doubles are good bounds. What has no ticks, as bounds that are not finite, gets none.
 */
public final class Ticks {

  private static final int ABOUT = 5;

  private Ticks() {}

  /** About five multiples of 1, 2 or 5 times a power of ten within the bounds, ascending. */
  static List<Double> of(double low, double high) {
    List<Double> ticks = new ArrayList<>();
    if (isRange(low, high)) {
      BigDecimal last = new BigDecimal(high);
      BigDecimal step = step(last.subtract(new BigDecimal(low)), ABOUT);
      BigDecimal tick = new BigDecimal(low).divide(step, 0, RoundingMode.CEILING).multiply(step);
      for (; tick.compareTo(last) <= 0; tick = tick.add(step)) {
        double rounded = tick.doubleValue();
        if (ticks.isEmpty() || ticks.get(ticks.size() - 1) < rounded) {
          ticks.add(rounded);
        }
      }
    }
    return ticks;
  }

  private static boolean isRange(double low, double high) {
    return Double.NEGATIVE_INFINITY < low && low < high && high < Double.POSITIVE_INFINITY;
  }

  /** The round number at or above a part of the range: 1, 2 or 5 times a power of ten. */
  private static BigDecimal step(BigDecimal range, int parts) {
    // Seven digits: what is round but for its last bit is round.
    BigDecimal atLeast = range.divide(BigDecimal.valueOf(parts), MathContext.DECIMAL32);
    int exponent = atLeast.precision() - atLeast.scale() - 1;
    for (int factor : new int[] {1, 2, 5}) {
      BigDecimal step = BigDecimal.valueOf(factor).scaleByPowerOfTen(exponent);
      if (step.compareTo(atLeast) >= 0) {
        return step;
      }
    }
    return BigDecimal.ONE.scaleByPowerOfTen(exponent + 1);
  }

  /**
   * Powers of ten, every second or third one where there are many; where there are hardly any,
   * twice and five times them too, and where there are none of these either, {@linkplain #of other}
   * round numbers.
   */
  public static List<Double> logarithmic(double low, double high) {
    if (!(low > 0) || !isRange(low, high)) {
      return List.of();
    }
    int first = (int) Math.floor(Math.log10(low));
    int last = (int) Math.ceil(Math.log10(high));
    int stride = Math.max(1, (last - first + ABOUT) / (ABOUT + 1));
    boolean few = last - first < 4;
    List<Double> ticks = new ArrayList<>();
    for (int power = first; power <= last; power += stride) {
      for (int factor : few ? new int[] {1, 2, 5} : new int[] {1}) {
        double tick = BigDecimal.valueOf(factor).scaleByPowerOfTen(power).doubleValue();
        if (tick >= low && tick <= high) {
          ticks.add(tick);
        }
      }
    }
    return ticks.size() > 1 ? ticks : of(low, high);
  }

  /** A tick with all its digits, which are few as it is round. */
  public static String label(double tick) {
    return text(BigDecimal.valueOf(tick));
  }

  /** Three significant digits: 0.01, 1500, 2.5e-7. */
  public static String text(double value) {
    if (!Double.isFinite(value)) {
      return Double.isNaN(value) ? "none" : value > 0 ? "infinite" : "-infinite";
    }
    return text(new BigDecimal(value).round(new MathContext(3)));
  }

  private static String text(BigDecimal value) {
    if (value.signum() == 0) {
      return "0";
    }
    BigDecimal stripped = value.stripTrailingZeros();
    int exponent = stripped.precision() - stripped.scale() - 1;
    return exponent >= -4 && exponent < 7
        ? stripped.toPlainString()
        : stripped.unscaledValue().toString().replaceFirst("(-?\\d)(\\d+)", "$1.$2")
            + "e"
            + exponent;
  }
}
