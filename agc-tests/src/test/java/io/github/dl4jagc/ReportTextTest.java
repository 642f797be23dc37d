package io.github.dl4jagc;

import static io.github.dl4jagc.ReportTest.network;
import static io.github.dl4jagc.ReportTest.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** Reports in words: as a table, and as a line in the log. */
class ReportTextTest {

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

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void frequencyBelowOneIsRefused(int frequency) {
    assertThatThrownBy(() -> new AgcListener(frequency))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reportFrequency must be >= 1, got " + frequency);
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
}
