package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.AgcReport.Statistics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Histograms of ratios, and the thresholds that are read off them. */
class RatioHistogramTest {

  private static RatioHistogram of(double... ratios) {
    long[] counts = new long[RatioHistogram.bins()];
    Arrays.stream(ratios).forEach(ratio -> counts[RatioHistogram.binOf(ratio)]++);
    return RatioHistogram.of(counts);
  }

  private static Statistics figures(double... ratios) {
    return new Statistics(1, 0, 0, 0, 0, 1, of(ratios));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "9.5e-7, 0", // below 2^-20
    "9.5367431640625E-7, 1",
    "1.0, 81",
    "1.1892071150027210, 82", // 2^(1/4)
    "1.18920711500272, 81",
    "1.4142135623730951, 83",
    "1.6817928305074292, 84",
    "1.9999999999999998, 84",
    "2.0, 85",
    "1048575.9, 160",
    "1048576, 161",
    "Infinity, 161"
  })
  void binsAreQuartersOfOctaves(double ratio, int bin) {
    assertThat(RatioHistogram.binOf(ratio)).isEqualTo(bin);
  }

  @Test
  void edgesAreTheSmallestRatiosOfTheirBins() {
    for (int bin = 1; bin < RatioHistogram.bins(); bin++) {
      double edge = RatioHistogram.lowerEdge(bin);
      assertThat(RatioHistogram.binOf(edge)).isEqualTo(bin);
      assertThat(RatioHistogram.binOf(Math.nextDown(edge))).isEqualTo(bin - 1);
      assertThat(edge).isCloseTo(Math.pow(2, (bin - 81) / 4.0), within(edge * 1e-15));
    }
    assertThat(RatioHistogram.lowerEdge(0)).isZero();
    assertThat(RatioHistogram.lowerEdge(RatioHistogram.bins())).isInfinite();
  }

  @Test
  void whatIsAddedCanBeSubtracted() {
    RatioHistogram before = of(0, 0.01, 0.5);
    RatioHistogram later = of(0.01, 3, 1e9);
    RatioHistogram both = before.plus(later);
    assertThat(both).isEqualTo(of(0, 0.01, 0.5, 0.01, 3, 1e9));
    assertThat(both.count()).isEqualTo(6);
    assertThat(both.count(RatioHistogram.binOf(0.01))).isEqualTo(2);
    assertThat(both.minus(before)).isEqualTo(later).hasSameHashCodeAs(later);
    assertThat(both.minus(both)).isEqualTo(RatioHistogram.EMPTY);
    assertThat(before.plus(RatioHistogram.EMPTY)).isEqualTo(before).isNotEqualTo(later);
    assertThatThrownBy(() -> before.minus(later))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("earlier must have no more than this histogram in any bin");
  }

  @Test
  void sharesAreThoseOfTheEdgesOfTheBinThatTheThresholdIsInOrBetweenThem() {
    // 0.0149 and 0.0151 lie in the bin from 2^-6.25 = 0.01314 to 2^-6 = 0.01563.
    Statistics figures = figures(0.0149, 0.0151, 0.5, 0.001, 0);
    int bin = RatioHistogram.binOf(0.015);
    assertThat(figures.clippedShareAt(RatioHistogram.lowerEdge(bin + 1))).isEqualTo(0.2);
    assertThat(figures.clippedShareAt(RatioHistogram.lowerEdge(bin))).isEqualTo(0.6);
    // log2(0.015) = -6.0589, which is 0.7644 of the way up.
    assertThat(figures.clippedShareAt(0.015)).isCloseTo(0.6 - 0.7644 * 0.4, within(1e-4));
  }

  @Test
  void atTheEdgeOfABinItsRatiosMayOrMayNotBeAbove() {
    Statistics figures = figures(0.125, 0.13, 1, 2);
    assertThat(figures.clippedShareAt(0.125)).isOne();
    assertThat(figures.clippedShareAt(Math.pow(2, -2.75))).isEqualTo(0.5);
  }

  @Test
  void unitsThatAreNotFiniteAreUnitsThatNoThresholdClips() {
    Statistics figures = new Statistics(1, 0, 0, 2, 1, 1, of(1, 1));
    assertThat(figures.clippedShareAt(0.1)).isEqualTo(0.5);
    assertThat(figures.thresholdFor(0.5)).isEqualTo(RatioHistogram.lowerEdge(1));
    assertThat(figures.thresholdFor(0.49)).isEqualTo(Math.pow(2, 0.25));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.99, 1})
  void noMoreThanTheWantedShareIsClippedAtTheThresholdForIt(double share) {
    Random random = new Random(7);
    for (int repeat = 0; repeat < 50; repeat++) {
      double[] ratios =
          random.doubles(500).map(uniform -> Math.exp(12 * uniform - 9)).toArray(); // 1e-4 to 20
      Statistics figures = figures(ratios);
      double threshold = figures.thresholdFor(share);
      long above = Arrays.stream(ratios).filter(ratio -> ratio >= threshold).count();
      assertThat(above / 500.0).isLessThanOrEqualTo(share);
      assertThat(figures.clippedShareAt(threshold)).isLessThanOrEqualTo(share);
      if (threshold > RatioHistogram.lowerEdge(1)) { // it is the smallest such edge
        double lower = RatioHistogram.lowerEdge(RatioHistogram.binOf(threshold) - 1);
        assertThat(figures.clippedShareAt(lower)).isGreaterThan(share);
      }
    }
  }

  @Test
  void thresholdsOfNothingAndOfRatiosBeyondAllBinsAreSaidToBeSo() {
    assertThat(Statistics.NONE.thresholdFor(0.1)).isNaN();
    assertThat(Statistics.NONE.clippedShareAt(0.1)).isZero();
    assertThat(figures(1e30, 1e30, 0.5).thresholdFor(0.1)).isInfinite();
    assertThat(figures(0, 0).thresholdFor(0)).isEqualTo(RatioHistogram.lowerEdge(1));
  }

  @Test
  void argumentsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> Statistics.NONE.clippedShareAt(0))
        .hasMessageContaining("threshold must be finite and > 0, got 0.0");
    assertThatThrownBy(() -> Statistics.NONE.thresholdFor(1.1))
        .hasMessageContaining("share must be in [0, 1], got 1.1");
    assertThatThrownBy(() -> Statistics.NONE.thresholdFor(Double.NaN))
        .hasMessageContaining("share must be in [0, 1], got NaN");
    assertThatThrownBy(() -> RatioHistogram.of(1, -1)).hasMessageContaining("counts >= 0");
    assertThatThrownBy(() -> RatioHistogram.of(new long[163])).hasMessageContaining("at most 162");
    assertThatThrownBy(() -> RatioHistogram.binOf(-1)).hasMessageContaining("ratio must be >= 0");
    assertThatThrownBy(() -> RatioHistogram.lowerEdge(163)).hasMessageContaining("from 0 to 162");
    assertThatThrownBy(() -> RatioHistogram.lowerEdge(-1)).hasMessageContaining("from 0 to 162");
  }

  @Test
  void countsThatALongCannotHoldAreRefused() {
    assertThatThrownBy(() -> RatioHistogram.of(Long.MAX_VALUE, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("counts must add up to no more than " + Long.MAX_VALUE);
    RatioHistogram half = RatioHistogram.of(Long.MAX_VALUE / 2 + 1);
    assertThatThrownBy(() -> half.plus(half)).isInstanceOf(IllegalArgumentException.class);
    assertThat(half.plus(RatioHistogram.of(0, 3)).count()).isEqualTo(Long.MAX_VALUE / 2 + 4);
  }

  @Test
  void histogramsSurviveSerialisation() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new ObjectOutputStream(bytes).writeObject(of(0.1, 0.2, 1e9));
    assertThat(new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject())
        .isEqualTo(of(0.1, 0.2, 1e9));
  }

  @Test
  void textSaysHowManyRatiosAreWhere() {
    assertThat(of(1, 1, 0)).hasToString("1 of 0.0 to 9.5e-07, 2 of 1.0 to 1.2");
    assertThat(RatioHistogram.EMPTY).hasToString("no ratios");
  }
}
