package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

/** {@link Agc#apply} in a training loop of one's own. */
class FunctionalInterfaceTest {

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sumOverTheMinibatchIsClippedAsTheMeanWouldBe(boolean miniBatch) {
    double threshold = 0.1;
    MultiLayerNetwork net = Networks.dense(Networks.builder(new Sgd(1)).miniBatch(miniBatch));
    MultiDataSet data = Networks.denseData(8, 4);
    Map<String, INDArray> mean = NetworkCheck.meanGradients(net, data);
    Map<String, INDArray> before = NetworkCheck.copies(net.paramTable());
    NetworkCheck.computeGradient(net, data);
    Agc.apply(net, threshold);
    NetworkCheck.update(net, 0);
    for (String name : before.keySet()) {
      int[] units = name.endsWith("W") ? new int[] {1} : new int[0];
      double[] expected = Oracle.clip(before.get(name), mean.get(name), threshold, 1e-3, units);
      ClipTest.assertRelativelyClose(
          before.get(name).sub(net.getParam(name)).addi(1e-30), expected, 1e-7);
    }
  }

  @Test
  void sameTrainingAsTheUpdaterForm() {
    MultiLayerNetwork functional = Networks.dense(new Adam(0.05));
    MultiLayerNetwork updater = Networks.dense(new AgcGradientNormalization(new Adam(0.05), 0.02));
    updater.setListeners(new AgcListener());
    for (int step = 0; step < 5; step++) {
      MultiDataSet data = Networks.denseData(8, step);
      NetworkCheck.fit(updater, data);
      NetworkCheck.computeGradient(functional, data);
      Agc.apply(functional, 0.02);
      NetworkCheck.update(functional, step);
      ClipTest.assertRelativelyClose(functional.params(), Oracle.values(updater.params()), 1e-8);
    }
  }

  @Test
  void defaultThresholdIsThePapers() {
    ComputationGraph one = Networks.denseGraph(new Sgd(1));
    ComputationGraph other = Networks.denseGraph(new Sgd(1));
    NetworkCheck.computeGradient(one, Networks.denseData(8, 4));
    NetworkCheck.computeGradient(other, Networks.denseData(8, 4));
    Agc.apply(one);
    Agc.apply(other, 0.01);
    assertThat(one.gradient().gradient()).isEqualTo(other.gradient().gradient());
    INDArray unclipped = one.clone().getGradientsViewArray();
    assertThat(one.gradient().gradient()).isNotEqualTo(unclipped);
  }

  @Test
  void settingsExcludeAndAreAskedForTheirScheduleAndReported() {
    ComputationGraph net = Networks.denseGraph(new Sgd(1));
    AgcGradientNormalization settings =
        AgcGradientNormalization.builder(new NoOp())
            .clippingThreshold(1e-4)
            .excludeLayers("first")
            .excludeOutputLayer(true)
            .build();
    MultiDataSet data = Networks.denseData(8, 4);
    NetworkCheck.computeGradient(net, data);
    Map<String, INDArray> before = NetworkCheck.copies(net.gradient().gradientForVariable());
    Agc.apply(net, settings);
    Map<String, INDArray> after = net.gradient().gradientForVariable();
    assertThat(after.get("first_W")).isEqualTo(before.get("first_W"));
    assertThat(after.get("out_W")).isEqualTo(before.get("out_W"));
    double[] expected =
        Oracle.clip(net.getParam("second_W"), before.get("second_W"), 8e-4, 1e-3, 1);
    ClipTest.assertRelativelyClose(after.get("second_W"), expected, 1e-10);
    AgcReport report = new AgcListener().report(net);
    assertThat(report.row("second", "W").orElseThrow().latest().clippedUnits()).isEqualTo(5);
    assertThat(report.row("out", "W").orElseThrow().leftAlone()).contains("output layer");
  }

  @Test
  void wrongCallsAreNamed() {
    MultiLayerNetwork net = Networks.dense(new Sgd(1));
    assertThatThrownBy(() -> Agc.apply(net))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("computeGradientAndScore()");
    assertThatThrownBy(() -> Agc.apply((Model) null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("null");
    NetworkCheck.computeGradient(net, Networks.denseData(8, 4));
    assertThatThrownBy(() -> Agc.apply(net, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("clippingThreshold must be finite and > 0, got -1.0");
    assertThatThrownBy(() -> Agc.apply(net, (AgcGradientNormalization) null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("settings");
    assertThatThrownBy(
            () ->
                Agc.apply(
                    net,
                    AgcGradientNormalization.builder(new NoOp()).excludeLayers("nope").build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nope")
        .hasMessageContaining("layer0");
    assertThatThrownBy(() -> Agc.apply(net.getLayer(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("MultiLayerNetwork or ComputationGraph");
  }
}
