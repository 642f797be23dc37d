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
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** The figures: against the oracle, merged, serialised, printed and logged. */
class ReportTest {

  private static MultiLayerNetwork network(double threshold, NonFiniteGradients policy) {
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(new Sgd(0.1))
                .clippingThreshold(threshold)
                .nonFiniteGradients(policy)
                .build());
    net.setListeners(new AgcListener());
    return net;
  }

  private static AgcReport report(MultiLayerNetwork net) {
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
      report(net)
          .rows()
          .forEach(
              each ->
                  assertThat(each.latest().clippedShare())
                      .isBetween(
                          each.latest().clippedShareAt(0.1).atLeast(),
                          each.latest().clippedShareAt(0.1).atMost()));
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
    assertThat(bias.latest().clippedShareAt(1e5).atLeast()).isOne();
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
  void tableHasALineForEachParameterAndTheReasonsForThoseLeftAlone() {
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(new Sgd(0.1)).excludeOutputLayer(true).build());
    net.setListeners(new AgcListener());
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    String[] lines = report(net).toString().split("\\R");
    assertThat(lines).hasSize(2 + 6 + 4 + 1);
    assertThat(lines[12])
        .startsWith("AGC limits nearly every step of 2 of 2 layers: it sets the step size")
        .contains("/docs/choosing-the-threshold.md");
    assertThat(lines[0]).contains("in the latest iteration", "in all iterations");
    assertThat(lines[2]).startsWith("layer0/W").contains("100.00%");
    assertThat(lines[6]).startsWith("layer2/W").contains("left alone: output layer");
    assertThat(lines[8]).startsWith("weights").contains("11");
    assertThat(lines[9]).startsWith("biases and gains").contains("2");
    assertThat(lines[10]).startsWith("all that AGC clips").contains("13");
    assertThat(lines[11]).isEqualTo("threshold 0.01, PASS_THROUGH");
  }

  @Test
  void eachReasonForLeavingAParameterAloneIsSaidInWords() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(
                    AgcGradientNormalization.builder(new Sgd(0.1))
                        .excludeLayers("excluded")
                        .excludeOutputLayer(true)
                        .build())
                .list()
                .layer(new FrozenLayer(new DenseLayer.Builder().nOut(4).build()))
                .layer(new AutoEncoder.Builder().name("coder").nOut(4).build())
                .layer(new BatchNormalization.Builder().name("norm").build())
                .layer(new DenseLayer.Builder().name("plain").nOut(4).updater(new Sgd(1)).build())
                .layer(new DenseLayer.Builder().name("excluded").nOut(4).build())
                .layer(new OutputLayer.Builder().name("out").nOut(3).build())
                .setInputType(InputType.feedForward(4))
                .build());
    net.init();
    Agc.attach(net);
    Map<String, String> reasons = new TreeMap<>();
    AgcReport.of(net)
        .rows()
        .forEach(
            row ->
                reasons.put(
                    row.layer() + "/" + row.parameter(), row.leftAlone().orElse("clipped")));
    assertThat(reasons)
        .containsEntry("layer0/W", "frozen layer")
        .containsEntry("coder/W", "clipped")
        .containsEntry("coder/vb", "trained by layer-wise pretraining alone")
        .containsEntry("norm/gamma", "clipped")
        .containsEntry("norm/mean", "gets an update, not a gradient")
        .containsEntry("plain/W", "plain updater Sgd")
        .containsEntry("excluded/W", "excluded layer")
        .containsEntry("out/W", "output layer");
  }

  @Test
  void unboundNetworkHasAnEmptyReport() {
    assertThat(AgcReport.of(Networks.dense(new AgcGradientNormalization(new Sgd(0.1)))).rows())
        .isEmpty();
  }

  @Test
  void aNetworkThatTrainsWithoutAgcHasTheReasons() {
    MultiLayerNetwork net = Networks.dense(new Sgd(0.1));
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    AgcReport report = AgcReport.of(net);
    assertThat(report.rows())
        .hasSize(6)
        .allMatch(row -> row.leftAlone().orElseThrow().equals("plain updater Sgd"));
    assertThat(report.toString()).contains("nothing is clipped").doesNotContain("no iteration");
    assertThat(AgcReport.of(Networks.denseGraph(new Sgd(0.1))).rows()).as("not trained").isEmpty();
  }

  /** Of 50 iterations, 40 were observed only. */
  @Test
  void whatWasOnlyObservedIsToldFromWhatWasClipped() {
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(new Sgd(1e-3))
                .clippingThreshold(1e-5)
                .startIteration(40)
                .build());
    net.setListeners(new AgcListener(49));
    try (LogCapture log = new LogCapture()) {
      for (int i = 0; i < 50; i++) {
        NetworkCheck.fit(net, Networks.denseData(8, i));
      }
      assertThat(log.messages().get(1))
          .contains("units clipped (100.00%; 100.00% of all so far, 80.00% only observed)");
    }
    AgcReport.Statistics total = AgcReport.of(net).total();
    assertThat(total.clippedUnits()).isEqualTo(total.units());
    assertThat(total.observedUnits()).isEqualTo(total.units() / 5 * 4);
    assertThat(total.observedShare()).isEqualTo(0.8);
    assertThat(AgcReport.of(net).toString())
        .contains("of all iterations' units 80.00% were only observed");
    assertThat(total.toString()).contains("(100.00%; 80.00% only observed)");
  }

  @Test
  void unitsThatAreNotFiniteHaveNoRatioAndNoScaleInATable() {
    MultiLayerNetwork net = network(0.01, NonFiniteGradients.PASS_THROUGH);
    net.params().assign(Double.NaN);
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    String table = report(net).toString();
    assertThat(table.split("\\R")[2])
        .startsWith("layer0/W")
        .containsPattern("0\\.00% +6 +- +- \\| +0\\.00% +- +-$");
    assertThat(report(net).total().toString()).contains("largest ratio none");
  }

  @Test
  void listenerLogsOneLineEverySoManyIterationsAndNamesTheMostClippedLayers() {
    MultiLayerNetwork net = Networks.dense(new AgcGradientNormalization(new Sgd(0.1)));
    net.setListeners(new AgcListener(5));
    try (LogCapture log = new LogCapture()) {
      for (int step = 0; step < 11; step++) {
        NetworkCheck.fit(net, Networks.denseData(8, step));
      }
      assertThat(log.messages()).hasSize(3);
      assertThat(log.messages().get(1))
          .startsWith("INFO AGC at iteration 5: ")
          .contains(
              "threshold 0.01, PASS_THROUGH: weights: ",
              "of 14 units clipped (",
              "; biases and gains: 3 of 3 units clipped (100.00%; 100.00% of all so far), 0 not",
              "; most in layer0/W",
              ". AGC limits nearly every step of ",
              "/docs/choosing-the-threshold.md).");
    }
  }

  @Test
  void whatWasNotMeasuredIsNotPrintedAsZero() {
    MultiLayerNetwork net = network(0.01, NonFiniteGradients.PASS_THROUGH);
    AgcReport before = report(net);
    assertThat(before.rows()).hasSize(6);
    assertThat(before.toString()).contains("layer0/W").doesNotContain("0.00%", "0.00 ");
    assertThat(before.toString().split("\\R")[2].substring(40).replaceAll("\\s+", ""))
        .isEqualTo("|----|---");
    assertThat(before.toString()).endsWith(String.format("no iteration yet%n"));
    assertThat(before.rules()).isEmpty();
    assertThat(before.total()).hasToString("no units seen");
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    assertThat(report(net).toString()).contains("100.00%").doesNotContain("no iteration yet");
  }

  @Test
  void whatIsOnlyObservedIsSaidToBeSo() {
    MultiLayerNetwork net =
        Networks.dense(AgcGradientNormalization.builder(new Sgd(0.1)).observeOnly(true).build());
    net.setListeners(new AgcListener(1));
    try (LogCapture log = new LogCapture()) {
      NetworkCheck.fit(net, Networks.denseData(8, 1));
      assertThat(log.messages())
          .singleElement()
          .asString()
          .contains("threshold 0.01, PASS_THROUGH, observed only", "would have been clipped");
    }
    assertThat(report(net).rules())
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactly(TestReports.rule(0.01, NonFiniteGradients.PASS_THROUGH, true));
    assertThat(report(net).toString()).contains("would clip").doesNotContain(" clipped ");
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
  void aNetworkInWhichNothingIsClippedHasNoLineAfterTheWarning() {
    MultiLayerNetwork net = Networks.dense(new Sgd(0.1));
    net.setListeners(new AgcListener(1));
    try (LogCapture log = new LogCapture()) {
      NetworkCheck.fit(net, Networks.denseData(8, 1));
      NetworkCheck.fit(net, Networks.denseData(8, 2));
      assertThat(log.messages()).singleElement().asString().contains("nothing will be clipped");
    }
  }

  @Test
  void aNetworkOfWhichEveryParameterIsLeftAloneHasALineThatSaysSo() {
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(new Sgd(0.1))
                .excludeLayers("layer0", "layer1", "layer2")
                .build());
    net.setListeners(new AgcListener(1));
    try (LogCapture log = new LogCapture()) {
      NetworkCheck.fit(net, Networks.denseData(8, 1));
      assertThat(log.messages())
          .containsExactly("INFO AGC at iteration 0: every parameter is left alone");
    }
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

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void frequencyBelowOneIsRefused(int frequency) {
    assertThatThrownBy(() -> new AgcListener(frequency))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reportFrequency must be >= 1, got " + frequency);
  }

  @Test
  void networkThatWasTrainedWithoutAgcSaysWhyNothingWasClipped() {
    for (Model net :
        List.of(Networks.dense(new Nesterovs(0.1, 0.9)), Networks.denseGraph(new Sgd(0.1)))) {
      assertThat(AgcReport.of(net).rows()).as("not trained yet").isEmpty();
      NetworkCheck.fit(net, Networks.denseData(8, 1));
      AgcReport report = AgcReport.of(net);
      assertThat(report.rows())
          .hasSize(6)
          .allSatisfy(
              row -> assertThat(row.leftAlone().orElseThrow()).startsWith("plain updater "));
      assertThat(report.toString()).contains("left alone: plain updater");
    }
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
