package io.github.dl4jagc.report.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Axes and their ticks: for any two doubles, as a training may give any. */
@Timeout(60)
class AxisTest {

  private static final double[] SPECIAL = {
    0,
    -0.0,
    1,
    -1,
    0.1,
    0.6931471805599453,
    1e-5,
    100,
    1e15,
    9007199254740993.0,
    1e17,
    Double.MIN_VALUE,
    -Double.MIN_VALUE,
    Double.MIN_NORMAL,
    1e-300,
    1e300,
    Double.MAX_VALUE,
    -Double.MAX_VALUE,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };

  /** Special values and random bits in all pairs, and each with its neighbours. */
  private static void forAnyTwo(BiConsumer<Double, Double> check) {
    List<Double> values = new ArrayList<>();
    for (double each : SPECIAL) {
      values.add(each);
    }
    Random random = new Random(1);
    for (int i = 0; i < 40; i++) {
      values.add(Double.longBitsToDouble(random.nextLong()));
      values.add(random.nextGaussian());
    }
    for (double one : values) {
      values.forEach(other -> check.accept(one, other));
      double neighbour = one;
      for (int ulps = 1; ulps < 8; ulps++) {
        neighbour = Math.nextUp(neighbour);
        check.accept(one, neighbour);
      }
      check.accept(one, one * (1 + 1e-9));
      check.accept(one, one * (1 + 1e-5));
    }
  }

  private static void checkTicks(List<Double> ticks, double low, double high, int least, int most) {
    String range = "ticks from " + low + " to " + high;
    assertThat(ticks).as(range).hasSizeBetween(least, most).doesNotHaveDuplicates().isSorted();
    assertThat(ticks).as(range).allMatch(tick -> low <= tick && tick <= high);
  }

  @Test
  void anyBoundsHaveAFewAscendingTicksWithinThem() {
    forAnyTwo(
        (low, high) -> {
          checkTicks(Ticks.of(low, high), low, high, 0, 6);
          checkTicks(Ticks.logarithmic(low, high), low, high, 0, 12);
        });
  }

  @Test
  void ticksAreRoundNumbers() {
    assertThat(Ticks.of(0, 1)).containsExactly(0.0, 0.2, 0.4, 0.6, 0.8, 1.0);
    assertThat(Ticks.of(-0.3, 0.3)).containsExactly(-0.2, 0.0, 0.2);
    assertThat(Ticks.of(1e300, 1e301)).containsExactly(2e300, 4e300, 6e300, 8e300, 1e301);
    assertThat(Ticks.of(-Double.MAX_VALUE, Double.MAX_VALUE)).containsExactly(-1e308, 0.0, 1e308);
    assertThat(Ticks.logarithmic(0.05, 50)).containsExactly(0.1, 1.0, 10.0);
    assertThat(Ticks.logarithmic(0.15, 0.6)).containsExactly(0.2, 0.5);
    assertThat(Ticks.logarithmic(0.011, 0.019)).containsExactly(0.012, 0.014, 0.016, 0.018);
    assertThat(Ticks.label(0.69314)).isEqualTo("0.69314");
  }

  @Test
  void anyTwoValuesHaveAPlaceOnTheirAxisAndTwoTicksAtLeast() {
    forAnyTwo(
        (one, other) -> {
          if (!Double.isFinite(one) || !Double.isFinite(other)) {
            return;
          }
          double smallest = Math.min(one, other);
          double largest = Math.max(one, other);
          for (Axis kind :
              List.of(Axis.linear("l"), Axis.logarithmic("log"), Axis.byRange("by range"))) {
            Axis.Scale axis = kind.over(List.of(one, other));
            String values = kind.title + " axis of " + smallest + " and " + largest;
            assertThat(axis.has(largest)).as(values).isTrue();
            for (double each : new double[] {smallest, largest}) {
              if (axis.has(each)) {
                assertThat(axis.share(each)).as(values).isBetween(-1e-9, 1 + 1e-9);
              }
            }
            assertThat(axis.ticks()).as(values).hasSizeBetween(2, 12);
            assertThat(axis.ticks()).as(values).allMatch(tick -> axis.share(tick) >= -1e-9);
          }
        });
  }
}
