package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.AgcReport.Statistics;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.learning.config.Sgd;

/** Reports: read of a network, subtracted from each other, reduced to their totals. */
class AgcReportArithmeticTest {

  private static final Statistics LATEST = TestReports.statistics(1, 10, 3, 1, 0.25, 0.04);
  private static final Statistics BEFORE = TestReports.statistics(4, 40, 9, 1, 0.5, 0.02);
  private static final Statistics AFTER = TestReports.statistics(7, 70, 20, 5, 2, 0.005);

  private static AgcReport report(int milliseconds, ReportRow... rows) {
    return new AgcReport(List.of(rows), Duration.ofMillis(milliseconds));
  }

  private static ReportRow row(String layer, Statistics total) {
    return TestReports.row(layer, "W", 10, null, LATEST, total);
  }

  private static Statistics since(Statistics before, Statistics after) {
    return withTotal(after).since(withTotal(before)).total();
  }

  private static AgcReport withTotal(Statistics total) {
    return report(0, TestReports.row("a", "W", 10, null, Statistics.NONE, total));
  }

  private static void assertSame(Statistics actual, Statistics expected) {
    assertThat(actual)
        .usingRecursiveComparison()
        .withEqualsForType(Double::equals, Double.class)
        .isEqualTo(expected);
  }

  private static void assertSame(AgcReport actual, AgcReport expected) {
    assertThat(actual)
        .usingRecursiveComparison()
        .withEqualsForType(Double::equals, Double.class)
        .isEqualTo(expected);
  }

  private static MultiLayerNetwork network() {
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(new Sgd(0.1))
                .clippingThreshold(0.1)
                .excludeOutputLayer(true)
                .build());
    net.setListeners(new AgcListener());
    return net;
  }

  @Test
  void aNetworkHasAReportOfItsOwnOnceItIsBound() {
    MultiLayerNetwork net = network();
    assertThat(AgcReport.of(net).rows()).as("not bound yet").isEmpty();
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    assertThat(AgcReport.of(net).total().clippedUnits()).isPositive();
    assertThat(AgcReport.of(net.clone()).rows()).as("a clone has its own").isEmpty();
  }

  @Test
  void graphsOfSameDiffThatWereNeverBoundHaveAnEmptyReport() {
    SameDiff graph = SameDiff.create();
    assertThat(AgcReport.of(graph).rows()).isEmpty();
  }

  @Test
  void reportsOfNothingAreRefused() {
    assertThatThrownBy(() -> AgcReport.of((Model) null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("network whose figures are asked for must not be null");
    assertThatThrownBy(() -> report(0).since(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("earlier must be the report to subtract, got null");
    assertThatThrownBy(() -> AgcReport.of((SameDiff) null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("network whose figures are asked for must not be null");
  }

  @Test
  void countsIterationsAndTimesAreSubtractedAndLatestIsKept() {
    AgcReport earlier = report(100, row("a", BEFORE));
    AgcReport later =
        report(
            250, TestReports.row("a", "W", 10, "frozen layer", LATEST, AFTER), row("new", BEFORE));
    AgcReport since = later.since(earlier);
    assertSame(
        since,
        report(
            150,
            TestReports.row(
                "a",
                "W",
                10,
                "frozen layer",
                LATEST,
                TestReports.statistics(3, 30, 11, 4, 2, 0.005)),
            row("new", BEFORE)));
    assertSame(later.total(), TestReports.statistics(7, 110, 29, 6, 2, 0.005));
    assertSame(earlier, report(100, row("a", BEFORE)));
  }

  @Test
  void extremesAreThoseOfTheWholeAsLongAsThereMayHaveBeenSuch() {
    Statistics after = TestReports.statistics(5, 50, 10, 1, 0.5, 0.02);
    assertThat(since(BEFORE, after).largestRatio()).isEqualTo(0.5);
    assertThat(since(BEFORE, after).smallestScale()).isEqualTo(0.02);
  }

  @Test
  void scaleIsOneIfNothingWasClippedSince() {
    assertSame(
        since(BEFORE, TestReports.statistics(5, 50, 9, 2, 0.5, 0.02)),
        TestReports.statistics(1, 10, 0, 1, 0.5, 1));
  }

  @Test
  void ratioIsZeroIfNoUnitWithFiniteNormsWasSeenSince() {
    assertSame(
        since(BEFORE, TestReports.statistics(5, 50, 9, 11, 0.5, 0.02)),
        TestReports.statistics(1, 10, 0, 10, 0, 1));
  }

  @Test
  void nothingIsSeenBetweenAReportAndItself() {
    AgcReport report = report(100, row("a", BEFORE), row("b", AFTER));
    AgcReport since = report.since(report);
    assertSame(since.total(), Statistics.NONE);
    assertThat(since.clippingTime()).isZero();
    assertSame(since.latest(), report.latest());
  }

  @Test
  void whatWasSubtractedCanBeMergedAgain() {
    AgcReport earlier = report(100, row("a", BEFORE), row("b", Statistics.NONE), row("c", AFTER));
    AgcReport later = report(130, row("a", AFTER), row("b", BEFORE), row("c", AFTER));
    assertSame(earlier.merge(later.since(earlier)).withoutLatest(), later.withoutLatest());
  }

  @Test
  void aTrainingIsTheSumOfItsParts() {
    MultiLayerNetwork net = network();
    AgcReport start = AgcReport.of(net);
    AgcReport sum = start;
    AgcReport before = start;
    long clipped = 0;
    for (int step = 0; step < 4; step++) {
      NetworkCheck.fit(net, Networks.denseData(8, step));
      AgcReport now = AgcReport.of(net);
      AgcReport part = now.since(before);
      assertThat(part.total().iterations()).isEqualTo(1);
      assertThat(part.total().units()).isEqualTo(now.latest().units());
      assertThat(part.total().clippedUnits()).isEqualTo(now.latest().clippedUnits());
      assertThat(part.clippingTime()).isPositive();
      clipped += now.latest().clippedUnits();
      sum = sum.merge(part);
      before = now;
    }
    assertThat(before.since(start).total().clippedUnits()).isEqualTo(clipped).isPositive();
    assertSame(sum.withoutLatest(), before.withoutLatest());
  }

  static Stream<Arguments> notEarlier() {
    return Stream.of(
        Arguments.of(report(0, row("b", BEFORE)), "it has b/W, which this one does not have"),
        Arguments.of(
            report(0, TestReports.row("", "v", 10, null, LATEST, BEFORE)),
            "it has v, which this one does not have"),
        Arguments.of(
            report(0, TestReports.row("a", "W", 5, null, LATEST, BEFORE)),
            "a/W has 5 units in it, and 10 here"),
        Arguments.of(
            report(9, row("a", TestReports.statistics(5, 40, 9, 1, 0.5, 0.02))),
            "a/W has counted 5 iterations (9 of 40 units clipped (22.50%), 1 not finite, largest"
                + " ratio 0.500, smallest scale 0.0200) in it, and 4 iterations (9 of 40 units"),
        Arguments.of(
            report(9, row("a", TestReports.statistics(4, 41, 9, 1, 0.5, 0.02))), "9 of 41 units"),
        Arguments.of(
            report(9, row("a", TestReports.statistics(4, 40, 10, 1, 0.5, 0.02))), "10 of 40 units"),
        Arguments.of(
            report(9, row("a", TestReports.statistics(4, 40, 9, 2, 0.5, 0.02))), "2 not finite"),
        Arguments.of(
            report(9, row("a", TestReports.statistics(4, 40, 9, 1, 0.6, 0.02))), "ratio 0.6"),
        Arguments.of(
            report(9, row("a", TestReports.statistics(4, 40, 9, 1, 0.5, 0.01))), "scale 0.01"),
        Arguments.of(
            report(11, row("a", BEFORE)), "clipping took PT0.011S in it, and PT0.01S here"));
  }

  @ParameterizedTest
  @MethodSource("notEarlier")
  void anEarlierReportThatIsNoneIsRefused(AgcReport earlier, String why) {
    AgcReport later = report(10, row("a", BEFORE));
    assertThatThrownBy(() -> later.since(earlier))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("earlier must be an earlier report of the same networks, but")
        .hasMessageContaining(why)
        .hasMessageContaining("; write later.since(earlier)");
  }

  @Test
  void totalsAreAReportWithoutLatestIteration() {
    ReportRow leftAlone =
        TestReports.row("b", "W", 10, "frozen layer", Statistics.NONE, Statistics.NONE);
    AgcReport report = report(100, row("a", BEFORE), leftAlone);
    assertSame(
        report.withoutLatest(),
        report(100, TestReports.row("a", "W", 10, null, Statistics.NONE, BEFORE), leftAlone));
    assertSame(report.withoutLatest().latest(), Statistics.NONE);
    assertSame(report.withoutLatest().total(), report.total());
    assertThat(Arrays.asList(report.withoutLatest().toString().split("\\R")).get(2))
        .contains("- ", "22.50%");
  }

  private static Statistics withRatios(long iterations, double largest, double... ratios) {
    long[] counts = new long[RatioHistogram.bins()];
    Arrays.stream(ratios).forEach(ratio -> counts[RatioHistogram.binOf(ratio)]++);
    return new Statistics(iterations, 0, 0, 0, largest, 1, RatioHistogram.of(counts));
  }

  /** 0.3 lies in the bin from 2^-1.75 = 0.2973 to 2^-1.5 = 0.3536. */
  @Test
  void theLargestRatioSinceIsBoundedByItsBin() {
    Statistics before = withRatios(1, 4, 4);
    assertThat(since(before, withRatios(3, 4, 4, 0.3, 0.1)).largestRatio())
        .isEqualTo(Math.pow(2, -1.5));
    assertThat(since(before, withRatios(3, 7, 4, 0.3, 7)).largestRatio()).isEqualTo(7);
    assertThat(since(before, withRatios(3, 4, 4, 4, 4)).largestRatio()).isEqualTo(4);
  }

  @Test
  void whatOneIterationHasCountedSinceIsExactlyTheLatest() {
    Statistics latest = withRatios(1, 0.3, 0.3);
    ReportRow later = TestReports.row("a", "W", 1, null, latest, withRatios(2, 4, 4, 0.3));
    ReportRow earlier = TestReports.row("a", "W", 1, null, LATEST, withRatios(1, 4, 4));
    assertThat(report(0, later).since(report(0, earlier)).rows().get(0).total().largestRatio())
        .isEqualTo(0.3);
  }

  @Test
  void reportsOfOtherParametersAreNotMerged() {
    ReportRow three = TestReports.row("l", "W", 3, null, LATEST, BEFORE);
    ReportRow seven = TestReports.row("l", "W", 7, null, LATEST, BEFORE);
    ReportRow bias = TestReports.row("l", "W", ParameterKind.BIAS, 3, null, LATEST, BEFORE);
    for (ReportRow other : List.of(seven, bias)) {
      assertThatThrownBy(() -> report(0, three).merge(report(0, other)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(
              "l/W is a " + other.kind() + " of " + other.units() + " units in it")
          .hasMessageContaining("and a WEIGHT of 3 here");
      assertThatThrownBy(() -> report(0, other).merge(report(0, three)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void noReportHasTwoRowsOfOneParameter() {
    ReportRow row = row("a", BEFORE);
    assertThatThrownBy(() -> new AgcReport(List.of(row, row)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rows must be one for each parameter, got two of a/W");
  }

  @Test
  void aRowIsMadeOfItsFieldsAgain() {
    MultiLayerNetwork net = network();
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    for (ReportRow row : AgcReport.of(net).withoutLatest().rows()) {
      assertThat(ReportRow.of(row.fields()))
          .usingRecursiveComparison()
          .withEqualsForType(Double::equals, Double.class)
          .isEqualTo(row);
    }
    assertThat(AgcReport.of(net).row("layer2", "W").orElseThrow().fields())
        .containsEntry("leftAlone", "output layer")
        .containsEntry("seen", null)
        .containsEntry("share", null)
        .containsEntry("largestRatio", null);
  }

  /** Without these, bounds would be claimed that do not hold. */
  @ParameterizedTest
  @CsvSource({
    "ratios, 80:5, seen must be the sum of the ratios and of \"nonFinite\", 6",
    "ratios, , seen must be",
    "seen, 9, seen must be",
    "clipped, 10, clipped must be at most the sum of the ratios, 9",
    "observed, 4, observed must be at most",
    "clipped, -1, clipped must be a whole number >= 0, got -1",
    "nonFinite, x, nonFinite must be a whole number",
    "kind, WEIGHTS, kind must be a ParameterKind, got WEIGHTS",
    "form, x, form must be a ClippingForm",
    "observeOnly, yes, observeOnly must be true or false",
    "threshold, x, threshold must be a number",
    "ratios, 162:9, ratios must be such as",
    "ratios, 80:-9, ratios must be such as",
    "ratios, 80, ratios must be such as"
  })
  void fieldsThatDoNotFitToEachOtherAreRefused(String name, String value, String message) {
    Map<String, Object> fields = row("a", TestReports.statistics(1, 10, 3, 1, 5, 0.1)).fields();
    fields.put("form", "GRADIENT");
    fields.put("threshold", 0.01);
    fields.put("nonFiniteGradients", "ZERO");
    fields.put("observeOnly", false);
    fields.put("ratios", "80:9");
    assertThat(ReportRow.of(fields).total().units()).isEqualTo(10);
    fields.put(name, value);
    assertThatThrownBy(() -> ReportRow.of(fields))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
    fields.remove("layer");
    fields.put(name, null);
    assertThatThrownBy(() -> ReportRow.of(fields)).isInstanceOf(IllegalArgumentException.class);
  }
}
