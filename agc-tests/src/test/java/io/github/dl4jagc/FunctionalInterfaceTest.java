package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertRelativelyClose;
import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
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
      assertRelativelyClose(before.get(name).sub(net.getParam(name)), expected, 1e-7);
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
      assertRelativelyClose(functional.params(), Oracle.values(updater.params()), 1e-8);
    }
  }

  @Test
  void defaultThresholdIsThePapers() {
    ComputationGraph one = Networks.denseGraph(new Sgd(1));
    ComputationGraph other = Networks.denseGraph(new Sgd(1));
    NetworkCheck.computeGradient(one, Networks.denseData(8, 4));
    NetworkCheck.computeGradient(other, Networks.denseData(8, 4));
    double[] unclipped = Oracle.values(one.gradient().gradient());
    assertThat(unclipped).containsExactly(Oracle.values(other.gradient().gradient()));
    Agc.apply(one);
    Agc.apply(other, 0.01);
    assertThat(Oracle.values(one.gradient().gradient()))
        .containsExactly(Oracle.values(other.gradient().gradient()))
        .isNotEqualTo(unclipped);
  }

  @Test
  void settingsExcludeAndAreAskedForTheirScheduleAndReported() {
    ComputationGraph net = Networks.denseGraph(new Sgd(1));
    AgcSettings settings =
        AgcSettings.builder()
            .clippingThreshold(1e-4)
            .excludeLayers("first")
            .excludeOutputLayer(true)
            .build();
    MultiDataSet data = Networks.denseData(8, 4);
    NetworkCheck.computeGradient(net, data);
    Map<String, INDArray> before = NetworkCheck.copies(net.gradient().gradientForVariable());
    Agc.apply(net, settings);
    Map<String, INDArray> after = net.gradient().gradientForVariable();
    for (String excluded : List.of("first_W", "first_b", "out_W", "out_b")) {
      assertSameValues(after.get(excluded), before.get(excluded));
    }
    double[] expected =
        Oracle.clip(net.getParam("second_W"), before.get("second_W"), 8e-4, 1e-3, 1);
    assertRelativelyClose(after.get("second_W"), expected, 1e-10);
    AgcReport report = AgcReport.of(net);
    assertThat(report.row("second", "W").orElseThrow().latest().clippedUnits()).isEqualTo(5);
    assertThat(report.row("out", "W").orElseThrow().leftAlone()).contains("output layer");
  }

  private static List<Model> networksWithGradients(IUpdater updater) {
    List<Model> networks = List.of(Networks.dense(updater), Networks.denseGraph(updater));
    networks.forEach(net -> NetworkCheck.computeGradient(net, Networks.denseData(8, 4)));
    return networks;
  }

  @Test
  void otherExclusionsAreHeeded() {
    for (Model net : networksWithGradients(new Sgd(1))) {
      INDArray gradient = net.gradient().gradient();
      INDArray before = gradient.dup();
      long output = 5 * 3 + 3;
      INDArray ofOutput = gradient.get(interval(gradient.length() - output, gradient.length()));
      INDArray outputBefore = ofOutput.dup();
      Agc.apply(
          net, AgcSettings.builder().clippingThreshold(1e-4).excludeOutputLayer(true).build());
      assertThat(ofOutput).isEqualTo(outputBefore);
      assertThat(gradient).isNotEqualTo(before);
      Agc.apply(net, 1e-4);
      assertThat(ofOutput).isNotEqualTo(outputBefore);
    }
  }

  /** DL4J lets a network be initialised once; its subclasses may do so again. */
  @SuppressWarnings("overrides") // of a method in DL4J
  private static final class InitialisedAgain extends MultiLayerNetwork {
    private static final long serialVersionUID = 1L;

    InitialisedAgain(MultiLayerConfiguration configuration) {
      super(configuration);
      init();
    }

    void initAgain() {
      initCalled = false;
      layers = null;
      solver = null;
      init();
      initGradientsView();
    }
  }

  @Test
  void networkWithNewParametersIsReadAnew() {
    InitialisedAgain net =
        new InitialisedAgain(Networks.dense(new Sgd(1)).getLayerWiseConfigurations());
    NetworkCheck.computeGradient(net, Networks.denseData(8, 4));
    Agc.apply(net, 1e-3);
    net.initAgain();
    net.params().muli(10);
    NetworkCheck.computeGradient(net, Networks.denseData(8, 4));
    INDArray mean = net.gradient().getGradientFor("0_W").div(8);
    Agc.apply(net, 1e-3);
    assertRelativelyClose(
        net.gradient().getGradientFor("0_W").div(8),
        Oracle.clip(net.getParam("0_W"), mean, 1e-3, 1e-3, 1),
        1e-10);
  }

  @Test
  void gradientsThatAreNotFiniteAreWarnedOfOncePerParameterHoweverOftenSettingsChange() {
    for (Model net : networksWithGradients(new Sgd(1))) {
      net.gradient().gradient().putScalar(0, Double.NaN);
      try (LogCapture log = new LogCapture()) {
        for (int call = 0; call < 3; call++) {
          Agc.apply(net);
          Agc.apply(net, AgcSettings.builder().excludeOutputLayer(true).build());
        }
        assertThat(log.messages())
            .singleElement()
            .asString()
            .contains("parameter \"W\": 1 of 6 units have a NaN or infinite norm");
      }
      assertThat(AgcReport.of(net).total().nonFiniteUnits()).isEqualTo(6);
    }
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
    assertThatThrownBy(() -> Agc.apply(net, (AgcSettings) null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("settings");
    assertThatThrownBy(() -> Agc.apply(net, AgcSettings.builder().excludeLayers("nope").build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nope")
        .hasMessageContaining("layer0");
    assertThatThrownBy(() -> Agc.apply(net.getLayer(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("MultiLayerNetwork or ComputationGraph");
  }
}
