package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.AgcReport.Row;
import io.github.dl4jagc.AgcReport.Statistics;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.learning.config.Sgd;

/** Reports: read of a network, subtracted from each other, reduced to their totals. */
class AgcReportArithmeticTest {

  private static final Statistics LATEST = new Statistics(1, 10, 3, 1, 0.25, 0.04);
  private static final Statistics BEFORE = new Statistics(4, 40, 9, 1, 0.5, 0.02);
  private static final Statistics AFTER = new Statistics(7, 70, 20, 5, 2, 0.005);

  private static AgcReport report(int milliseconds, Row... rows) {
    return new AgcReport(List.of(rows), Duration.ofMillis(milliseconds));
  }

  private static Row row(String layer, Statistics total) {
    return new Row(layer, "W", 10, null, LATEST, total);
  }

  private static Statistics since(Statistics before, Statistics after) {
    return report(0, row("a", after)).since(report(0, row("a", before))).rows().get(0).total();
  }

  private static void assertSame(Statistics actual, Statistics expected) {
    assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
  }

  private static void assertSame(AgcReport actual, AgcReport expected) {
    assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
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
  void reportsOfANetworkAreThoseOfWhateverListenerIsAsked() {
    MultiLayerNetwork net = network();
    assertThat(AgcReport.of(net).rows()).as("not bound yet").isEmpty();
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    assertThat(AgcReport.of(net).total().clippedUnits()).isPositive();
    assertSame(AgcReport.of(net), new AgcListener().report(net));
    assertThat(AgcReport.of(net.clone()).rows()).as("a clone has its own").isEmpty();
  }

  @Test
  void graphsOfSameDiffThatWereNeverBoundHaveAnEmptyReport() {
    SameDiff graph = SameDiff.create();
    assertThat(AgcReport.of(graph).rows()).isEmpty();
    assertSame(AgcReport.of(graph), new AgcSameDiffListener().report(graph));
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
        report(250, new Row("a", "W", 10, "frozen layer", LATEST, AFTER), row("new", BEFORE));
    AgcReport since = later.since(earlier);
    assertSame(
        since,
        report(
            150,
            new Row("a", "W", 10, "frozen layer", LATEST, new Statistics(3, 30, 11, 4, 2, 0.005)),
            row("new", BEFORE)));
    assertSame(later.total(), new Statistics(7, 110, 29, 6, 2, 0.005));
    assertSame(earlier, report(100, row("a", BEFORE)));
  }

  @Test
  void extremesAreThoseOfTheWholeAsLongAsThereMayHaveBeenSuch() {
    Statistics after = new Statistics(5, 50, 10, 1, 0.5, 0.02);
    assertThat(since(BEFORE, after).largestRatio()).isEqualTo(0.5);
    assertThat(since(BEFORE, after).smallestScale()).isEqualTo(0.02);
  }

  @Test
  void scaleIsOneIfNothingWasClippedSince() {
    assertSame(
        since(BEFORE, new Statistics(5, 50, 9, 2, 0.5, 0.02)), new Statistics(1, 10, 0, 1, 0.5, 1));
  }

  @Test
  void ratioIsZeroIfNoUnitWithFiniteNormsWasSeenSince() {
    assertSame(
        since(BEFORE, new Statistics(5, 50, 9, 11, 0.5, 0.02)), new Statistics(1, 10, 0, 10, 0, 1));
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
    assertSame(earlier.merge(later.since(earlier)).totals(), later.totals());
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
    assertSame(sum.totals(), before.totals());
  }

  static Stream<Arguments> notEarlier() {
    return Stream.of(
        Arguments.of(report(0, row("b", BEFORE)), "it has b/W, which this one does not have"),
        Arguments.of(
            report(0, new Row("", "v", 10, null, LATEST, BEFORE)),
            "it has v, which this one does not have"),
        Arguments.of(
            report(0, new Row("a", "W", 5, null, LATEST, BEFORE)),
            "a/W has 5 units in it, and 10 here"),
        Arguments.of(
            report(9, row("a", new Statistics(5, 40, 9, 1, 0.5, 0.02))),
            "a/W has counted 5 iterations (9 of 40 units clipped (22.50%), 1 not finite, largest"
                + " ratio 0.500, smallest scale 0.0200) in it, and 4 iterations (9 of 40 units"),
        Arguments.of(report(9, row("a", new Statistics(4, 41, 9, 1, 0.5, 0.02))), "9 of 41 units"),
        Arguments.of(
            report(9, row("a", new Statistics(4, 40, 10, 1, 0.5, 0.02))), "10 of 40 units"),
        Arguments.of(report(9, row("a", new Statistics(4, 40, 9, 2, 0.5, 0.02))), "2 not finite"),
        Arguments.of(report(9, row("a", new Statistics(4, 40, 9, 1, 0.6, 0.02))), "ratio 0.6"),
        Arguments.of(report(9, row("a", new Statistics(4, 40, 9, 1, 0.5, 0.01))), "scale 0.01"),
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
    Row leftAlone = new Row("b", "W", 10, "frozen layer", Statistics.NONE, Statistics.NONE);
    AgcReport report = report(100, row("a", BEFORE), leftAlone);
    assertSame(
        report.totals(),
        report(100, new Row("a", "W", 10, null, Statistics.NONE, BEFORE), leftAlone));
    assertSame(report.totals().latest(), Statistics.NONE);
    assertSame(report.totals().total(), report.total());
    assertThat(Arrays.asList(report.totals().toString().split("\\R")).get(2))
        .contains("- ", "22.50%");
  }
}
