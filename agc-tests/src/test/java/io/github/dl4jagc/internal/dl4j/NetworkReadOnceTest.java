package io.github.dl4jagc.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.Agc;
import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.NonFiniteGradients;
import io.github.dl4jagc.internal.binding.BoundClipper;
import io.github.dl4jagc.internal.binding.GradientClipper;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.lang.ref.WeakReference;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Sgd;

/** A network is read when it is first clipped, and again only where that is out of date. */
class NetworkReadOnceTest {

  private static final AgcSettings DEFAULTS = AgcSettings.builder().build();

  private static GradientClipper clipperOf(BaseMultiLayerUpdater<?> updater) {
    return BoundClipper.of(updater.getUpdaterBlocks().get(0));
  }

  @Test
  void boundNetworkIsNotReadAgainAtEachIteration() {
    AgcGradientNormalization agc = new AgcGradientNormalization(new Sgd(1), 1e-3);
    MultiLayerNetwork layers = Networks.dense(agc);
    ComputationGraph graph = Networks.denseGraph(agc);
    layers.setListeners(new AgcListener());
    graph.setListeners(new AgcListener());
    NetworkCheck.fit(layers, Networks.denseData(8, 1));
    NetworkCheck.fit(graph, Networks.denseData(8, 1));
    GradientClipper ofLayers = clipperOf((BaseMultiLayerUpdater<?>) layers.getUpdater());
    GradientClipper ofGraph = clipperOf(graph.getUpdater());
    assertThat(ofLayers).isNotNull();
    assertThat(ofGraph).isNotNull();
    NetworkCheck.fit(layers, Networks.denseData(8, 2));
    NetworkCheck.fit(graph, Networks.denseData(8, 2));
    assertThat(clipperOf((BaseMultiLayerUpdater<?>) layers.getUpdater())).isSameAs(ofLayers);
    assertThat(clipperOf(graph.getUpdater())).isSameAs(ofGraph);
  }

  @Test
  void networkIsReadOnceHoweverOftenItIsClippedAndWithWhateverThreshold() {
    for (Model net : List.of(Networks.dense(new Sgd(1)), Networks.denseGraph(new Sgd(1)))) {
      NetworkCheck.computeGradient(net, Networks.denseData(8, 4));
      Agc.apply(net, 0.1);
      GradientClipper clipper = FunctionalClipping.boundTo(net, DEFAULTS).clipper;
      Agc.apply(net, 0.1);
      Agc.apply(net, 0.05);
      Agc.apply(
          net,
          AgcSettings.builder().epsilon(0).nonFiniteGradients(NonFiniteGradients.ZERO).build());
      assertThat(FunctionalClipping.boundTo(net, DEFAULTS).clipper).isSameAs(clipper);
      assertThat(AgcReport.of(net).total().iterations()).isEqualTo(4);
    }
  }

  @Test
  void clipperForOtherExclusionsIsForgottenWithoutAReport() throws InterruptedException {
    ComputationGraph net = Networks.denseGraph(new Sgd(1)).convertDataType(DataType.HALF);
    net.setInputs(Networks.gaussian(1, 8, 4).castTo(DataType.HALF));
    net.setLabels(Networks.oneHot(1, 8, 3).castTo(DataType.HALF));
    net.computeGradientAndScore();
    Agc.apply(net);
    WeakReference<GradientClipper> clipper =
        new WeakReference<>(FunctionalClipping.boundTo(net, DEFAULTS).clipper);
    Agc.apply(net, AgcSettings.builder().excludeLayers("first").build());
    for (int i = 0; i < 50 && clipper.get() != null; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(clipper.get()).isNull();
    AgcReport report = AgcReport.of(net);
    assertThat(report.row("first", "W").orElseThrow().total().iterations()).isEqualTo(1);
    assertThat(report.row("out", "W").orElseThrow().total().iterations()).isEqualTo(2);
  }

  private static WeakReference<Object> weightsOfAClippedNetworkThatIsGone() {
    MultiLayerNetwork net = Networks.dense(new Sgd(1));
    NetworkCheck.computeGradient(net, Networks.denseData(8, 4));
    Agc.apply(net);
    return new WeakReference<>(net.params().data());
  }

  @Test
  void arraysOfANetworkThatIsGoneAreNotKeptUntilAnotherIsClipped() throws InterruptedException {
    WeakReference<Object> weights = weightsOfAClippedNetworkThatIsGone();
    for (int i = 0; i < 100 && weights.get() != null; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(weights.get()).isNull();
  }
}
