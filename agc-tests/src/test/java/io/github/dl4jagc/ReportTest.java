package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.report.AgcReportWriter;
import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** The figures: against the oracle, merged, serialised, printed and logged. */
class ReportTest {

  static MultiLayerNetwork network(double threshold, NonFiniteGradients policy) {
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(new Sgd(0.1))
                .clippingThreshold(threshold)
                .nonFiniteGradients(policy)
                .build());
    net.setListeners(new AgcListener());
    return net;
  }

  static AgcReport report(MultiLayerNetwork net) {
    return TestReports.attached(net);
  }

  @Test
  void figuresAreTheOracles() {
    double threshold = 0.1;
    MultiLayerNetwork net = network(threshold, NonFiniteGradients.PASS_THROUGH);
    long clippedInTotal = 0;
    for (int step = 0; step < 3; step++) {
      MultiDataSet data = Networks.denseData(8, step);
      Map<String, INDArray> gradients = NetworkCheck.meanGradients(net, data);
      double[] bounds = Oracle.norms(net.getParam("0_W"), 1);
      double[] norms = Oracle.norms(gradients.get("0_W"), 1);
      NetworkCheck.fit(net, data);
      double largest = 0;
      double smallest = 1;
      long clipped = 0;
      for (int unit = 0; unit < norms.length; unit++) {
        largest = Math.max(largest, norms[unit] / bounds[unit]);
        if (norms[unit] > threshold * bounds[unit]) {
          clipped++;
          smallest = Math.min(smallest, threshold * bounds[unit] / norms[unit]);
        }
      }
      clippedInTotal += clipped;
      ReportRow row = report(net).row("layer0", "W").orElseThrow();
      assertThat(row.units()).isEqualTo(6);
      assertThat(row.latest().iterations()).isEqualTo(1);
      assertThat(row.latest().units()).isEqualTo(6);
      assertThat(row.latest().clippedUnits()).isEqualTo(clipped);
      assertThat(row.latest().largestRatio()).isCloseTo(largest, within(1e-10));
      assertThat(row.latest().smallestScale()).isCloseTo(smallest, within(1e-10));
      assertThat(row.total().clippedUnits()).isEqualTo(clippedInTotal);
      assertThat(row.total().iterations()).isEqualTo(step + 1);
      assertThat(row.total().units()).isEqualTo(6 * (step + 1));
    }
    assertThat(clippedInTotal).isBetween(1L, 17L);
    assertThat(report(net).total().units()).isEqualTo(3 * (6 + 1 + 5 + 1 + 3 + 1));
  }

  @Test
  void ratiosAreCountedOnceForEachUnitAndIteration() {
    MultiLayerNetwork net = network(0.1, NonFiniteGradients.PASS_THROUGH);
    RatioHistogram expected = RatioHistogram.EMPTY;
    for (int step = 0; step < 3; step++) {
      MultiDataSet data = Networks.denseData(8, step);
      double[] weights = Oracle.norms(net.getParam("0_W"), 1);
      double[] gradients = Oracle.norms(NetworkCheck.meanGradients(net, data).get("0_W"), 1);
      NetworkCheck.fit(net, data);
      long[] counts = new long[RatioHistogram.bins()];
      for (int unit = 0; unit < weights.length; unit++) {
        counts[RatioHistogram.binOf(gradients[unit] / weights[unit])]++;
      }
      ReportRow row = report(net).row("layer0", "W").orElseThrow();
      assertThat(row.latest().ratios()).isEqualTo(RatioHistogram.of(counts));
      expected = expected.plus(RatioHistogram.of(counts));
      assertThat(row.total().ratios()).isEqualTo(expected);
      int bin = RatioHistogram.binOf(0.1);
      double[] edges = {RatioHistogram.lowerEdge(bin), RatioHistogram.lowerEdge(bin + 1)};
      report(net)
          .rows()
          .forEach(
              each ->
                  assertThat(each.latest().clippedShare())
                      .isBetween(
                          each.latest().clippedShareAt(edges[1]),
                          each.latest().clippedShareAt(edges[0])));
    }
    AgcReport.Statistics weights = report(net).total(row -> row.parameter().equals("W"));
    assertThat(weights.ratios().count()).isEqualTo(3 * (6 + 5 + 3));
    assertThat(report(net).latest(row -> row.parameter().equals("b")).ratios().count())
        .isEqualTo(3);
  }

  @Test
  void unitsWithoutAFloorHaveInfiniteRatiosIfTheyHaveAGradient() {
    MultiLayerNetwork net =
        Networks.dense(AgcGradientNormalization.builder(new Sgd(0.1)).epsilon(0).build());
    net.setListeners(new AgcListener());
    net.getParam("0_b").assign(0);
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    ReportRow bias = report(net).row("layer0", "b").orElseThrow();
    assertThat(bias.latest().clippedUnits()).isOne();
    assertThat(bias.latest().ratios().count(RatioHistogram.bins() - 1)).isOne();
    assertThat(bias.latest().clippedShareAt(1e5)).isOne();
  }

  @Test
  void nonFiniteUnitsAreCountedAndPassedThroughWithAWarningThatNamesThem() {
    MultiLayerNetwork net = network(0.01, NonFiniteGradients.PASS_THROUGH);
    try (LogCapture log = new LogCapture()) {
      NetworkCheck.computeGradient(net, Networks.denseData(8, 1));
      Agc.attach(net);
      net.gradient().getGradientFor("1_W").putScalar(0, 2, Double.NaN);
      NetworkCheck.update(net, 0);
      assertThat(net.getParam("1_W").getDouble(0, 2)).isNaN();
      assertThat(net.getParam("1_W").getDouble(1, 2)).isFinite();
      assertThat(log.messages())
          .singleElement()
          .asString()
          .contains("WARN", "\"layer1\"", "\"W\"", "1 of 5 units", "left untouched");
    }
    ReportRow row = report(net).row("layer1", "W").orElseThrow();
    assertThat(row.latest().nonFiniteUnits()).isEqualTo(1);
    assertThat(row.latest().clippedUnits()).isEqualTo(4);
    assertThat(row.latest().largestRatio()).isFinite();
  }

  @Test
  void nonFiniteUnitsAreZeroedOnDemand() {
    MultiLayerNetwork net = network(0.01, NonFiniteGradients.ZERO);
    Agc.attach(net);
    NetworkCheck.computeGradient(net, Networks.denseData(8, 1));
    INDArray before = net.getParam("1_W").getColumn(2).dup();
    net.gradient().getGradientFor("1_W").putScalar(0, 2, Double.POSITIVE_INFINITY);
    NetworkCheck.update(net, 0);
    assertSameValues(net.getParam("1_W").getColumn(2), before);
    assertThat(report(net).latest().nonFiniteUnits()).isEqualTo(1);
  }

  @Test
  void nonFiniteUnitsFailOnDemandAndLeaveTheNetworkAsItWas() {
    MultiLayerNetwork net = network(0.01, NonFiniteGradients.FAIL);
    Agc.attach(net);
    INDArray before = net.params().dup();
    NetworkCheck.computeGradient(net, Networks.denseData(8, 1));
    net.gradient().getGradientFor("1_b").putScalar(0, Double.NaN);
    assertThatThrownBy(() -> NetworkCheck.update(net, 17))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("\"layer1\"")
        .hasMessageContaining("\"b\"")
        .hasMessageContaining("iteration 17");
    assertSameValues(net.params(), before);
    NetworkCheck.fit(net, Networks.denseData(8, 2));
    assertThat(net.params()).isNotEqualTo(before);
  }

  private static ReportRow row(
      String layer, String leftAlone, AgcReport.Statistics latest, AgcReport.Statistics total) {
    return TestReports.row(layer, "W", 10, leftAlone, latest, total);
  }

  @Test
  void mergedReportsAddCountsAndKeepExtremes() {
    AgcReport one =
        new AgcReport(
            List.of(
                row(
                    "a",
                    null,
                    TestReports.statistics(1, 10, 3, 1, 0.5, 0.2),
                    TestReports.statistics(4, 40, 9, 1, 0.9, 0.1)),
                row(
                    "only one",
                    "frozen layer",
                    AgcReport.Statistics.NONE,
                    AgcReport.Statistics.NONE)));
    AgcReport other =
        new AgcReport(
            List.of(
                row(
                    "a",
                    null,
                    TestReports.statistics(1, 10, 5, 0, 0.7, 0.3),
                    TestReports.statistics(6, 60, 11, 2, 0.8, 0.05))));
    AgcReport merged = one.merge(other);
    assertThat(merged.rows()).hasSize(2);
    ReportRow a = merged.row("a", "W").orElseThrow();
    assertThat(a.latest().units()).isEqualTo(20);
    assertThat(a.latest().clippedUnits()).isEqualTo(8);
    assertThat(a.latest().largestRatio()).isEqualTo(0.7);
    assertThat(a.latest().smallestScale()).isEqualTo(0.2);
    assertThat(a.total().iterations()).isEqualTo(10);
    assertThat(a.total().clippedUnits()).isEqualTo(20);
    assertThat(a.total().nonFiniteUnits()).isEqualTo(3);
    assertThat(a.total().clippedShare()).isEqualTo(0.2);
    assertThat(merged.toString())
        .isEqualTo(new AgcReport(List.of(a, merged.row("only one", "W").orElseThrow())).toString());
    assertThat(one.row("a", "W").orElseThrow().total().iterations())
        .as("the reports themselves are unchanged")
        .isEqualTo(4);
  }

  @Test
  void clippingTimeGrowsWithEveryIterationAndIsAddedByAMerge() {
    MultiLayerNetwork net = network(0.01, NonFiniteGradients.PASS_THROUGH);
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    AgcReport first = report(net);
    assertThat(first.clippingTime()).isPositive();
    NetworkCheck.fit(net, Networks.denseData(8, 2));
    AgcReport second = report(net);
    assertThat(second.clippingTime()).isGreaterThan(first.clippingTime());
    assertThat(first.merge(second).clippingTime())
        .isEqualTo(first.clippingTime().plus(second.clippingTime()));
  }

  @Test
  void reportSurvivesSerialisation() throws Exception {
    MultiLayerNetwork net = network(0.01, NonFiniteGradients.PASS_THROUGH);
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(report(net));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      AgcReport read = (AgcReport) in.readObject();
      assertThat(read).hasToString(report(net).toString());
      assertThat(read.clippingTime()).isEqualTo(report(net).clippingTime());
    }
  }

  @Test
  void unboundNetworkHasAnEmptyReport() {
    assertThat(AgcReport.of(Networks.dense(new AgcGradientNormalization(new Sgd(0.1)))).rows())
        .isEmpty();
  }

  @Test
  void eachKindOfParameterIsToldApartAndKeptInMerges() {
    MultiLayerNetwork net = network(0.01, NonFiniteGradients.ZERO);
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    AgcReport merged = report(net).merge(report(net)).withoutLatest();
    assertThat(merged.row("layer1", "W").orElseThrow().kind()).isEqualTo(ParameterKind.WEIGHT);
    assertThat(merged.row("layer1", "b").orElseThrow().kind()).isEqualTo(ParameterKind.BIAS);
    assertThat(merged.rules())
        .containsExactly(TestReports.rule(0.01, NonFiniteGradients.ZERO, false));
  }

  @Test
  void figuresOfNoNetworkAreRefusedByName() {
    AgcReportWriter writer = AgcReportWriter.csv(Path.of("target", "no-figures.csv"));
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> AgcReport.of((Model) null),
            () -> AgcReport.of((SameDiff) null),
            () -> writer.write(null, 0, 0))) {
      assertThatThrownBy(call)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("network whose figures are asked for must not be null");
    }
  }

  @Test
  void noReportCannotBeMerged() {
    AgcReport report = new AgcReport(List.of());
    assertThatThrownBy(() -> report.merge(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other must be the report to merge, got null");
  }

  @Test
  void networkThatWasNeverBoundHasNoReportYet() {
    MultiLayerNetwork net = Networks.dense(new AgcGradientNormalization(new Sgd(0.1)));
    net.getUpdater();
    assertThat(AgcReport.of(net).rows()).isEmpty();
  }

  @Test
  void layersOfOneNameHaveRowsOfTheirOwnEvenIfAnotherIsCalledSo() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(new AgcGradientNormalization(new Sgd(0.1)))
                .list()
                .layer(new DenseLayer.Builder().name("a").nOut(6).build())
                .layer(new DenseLayer.Builder().name("a").nOut(6).build())
                .layer(new DenseLayer.Builder().name("a#1").nOut(6).build())
                .layer(Networks.output(3))
                .setInputType(InputType.feedForward(4))
                .build());
    net.init();
    Agc.attach(net);
    assertThat(AgcReport.of(net).rows())
        .filteredOn(row -> row.parameter().equals("W"))
        .extracting(ReportRow::layer)
        .containsExactly("a#0", "a#1#1", "a#1", "layer3");
  }
}
