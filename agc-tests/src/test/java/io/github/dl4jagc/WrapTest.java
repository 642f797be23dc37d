package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import io.github.dl4jagc.testing.OracleListener;
import java.io.File;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.zoo.model.ResNet50;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** AGC around the updaters of configurations that exist already. */
class WrapTest {

  private static final AgcSettings SETTINGS = AgcSettings.builder().clippingThreshold(0.05).build();

  @TempDir Path folder;

  @Test
  void wrappedConfigurationTrainsAsOneThatWasBuiltWithAgc() {
    MultiLayerConfiguration plain = Networks.dense(new Sgd(1)).getLayerWiseConfigurations();
    String before = plain.toJson();
    MultiLayerConfiguration wrapped = Agc.wrap(plain, SETTINGS);
    assertThat(plain.toJson()).as("the original is unchanged").isEqualTo(before);
    assertThat(wrapped)
        .isEqualTo(
            Networks.dense(new AgcGradientNormalization(new Sgd(1), 0.05))
                .getLayerWiseConfigurations());
    MultiLayerNetwork net = new MultiLayerNetwork(wrapped);
    net.init();
    net.setListeners(new AgcListener());
    Map<String, int[]> units = new HashMap<>();
    for (int layer = 0; layer < 3; layer++) {
      units.put(layer + "_W", new int[] {1});
      units.put(layer + "_b", new int[0]);
    }
    NetworkCheck.assertFitClips(net, Networks.denseData(8, 1), 0.05, units);
  }

  @Test
  void updatersOfBiasesAndOfLayersInsideOfLayersAreWrappedToo() {
    MultiLayerConfiguration plain =
        Networks.builder(new Adam(0.1))
            .biasUpdater(new Nesterovs(0.2, 0.9))
            .list()
            .layer(new Bidirectional(new LSTM.Builder().nOut(3).build()))
            .layer(new GlobalPoolingLayer())
            .layer(Networks.output(3))
            .setInputType(InputType.recurrent(4, 5))
            .build();
    MultiLayerNetwork net = new MultiLayerNetwork(Agc.wrap(plain, SETTINGS));
    net.init();
    AgcReport report = TestReports.attached(net);
    assertThat(report.rows()).hasSize(8);
    assertThat(report.rows()).allSatisfy(row -> assertThat(row.leftAlone()).isEmpty());
    assertThat(net.getLayer(2).getConfig().getUpdaterByParam("b"))
        .isEqualTo(new AgcGradientNormalization(new Nesterovs(0.2, 0.9), 0.05));
  }

  /** A layer with AGC and other settings, one with AGC and another bias updater, a plain one. */
  private static MultiLayerConfiguration mixed() {
    return Networks.builder(new Sgd(0.1))
        .list()
        .layer(
            new DenseLayer.Builder()
                .nOut(6)
                .updater(new AgcGradientNormalization(new Sgd(0.3), 0.3))
                .build())
        .layer(
            new DenseLayer.Builder()
                .nOut(5)
                .updater(
                    AgcGradientNormalization.builder(new Adam(0.2))
                        .clippingThreshold(new StepSchedule(ScheduleType.EPOCH, 0.1, 0.5, 2))
                        .epsilon(0)
                        .excludeLayers("layer1")
                        .nonFiniteGradients(NonFiniteGradients.FAIL)
                        .build())
                .biasUpdater(new AgcGradientNormalization(new Nesterovs(0.4, 0.9)))
                .build())
        .layer(Networks.output(3))
        .setInputType(InputType.feedForward(4))
        .build();
  }

  private static MultiLayerNetwork initialised(MultiLayerConfiguration configuration) {
    MultiLayerNetwork net = new MultiLayerNetwork(configuration);
    net.init();
    return net;
  }

  @Test
  void settingsReplaceThoseOfLayersThatHaveAgcAlreadyAndTheirInnerUpdatersStay() {
    MultiLayerConfiguration before = mixed();
    String json = before.toJson();
    MultiLayerConfiguration wrapped = Agc.wrap(before, SETTINGS);
    assertThat(before.toJson()).as("the original is unchanged").isEqualTo(json);
    assertThat(wrapped.getConf(0).getLayer().getUpdaterByParam("W"))
        .isEqualTo(new AgcGradientNormalization(new Sgd(0.3), 0.05));
    assertThat(wrapped.getConf(1).getLayer().getUpdaterByParam("W"))
        .isEqualTo(new AgcGradientNormalization(new Adam(0.2), 0.05));
    assertThat(wrapped.getConf(1).getLayer().getUpdaterByParam("b"))
        .isEqualTo(new AgcGradientNormalization(new Nesterovs(0.4, 0.9), 0.05));
    assertThat(wrapped.getConf(2).getLayer().getUpdaterByParam("W"))
        .isEqualTo(new AgcGradientNormalization(new Sgd(0.1), 0.05));
    assertThat(Agc.wrap(wrapped, SETTINGS)).as("wrapped twice is wrapped once").isEqualTo(wrapped);
  }

  @Test
  void settingsReplaceThoseOfAGraphThatHasAgcAlready() {
    ComputationGraphConfiguration wrapped =
        Agc.wrap(
            Networks.denseGraph(new AgcGradientNormalization(new Adam(0.1))).getConfiguration(),
            AgcSettings.builder().clippingThreshold(0.5).excludeOutputLayer(true).build());
    ComputationGraph net = new ComputationGraph(wrapped);
    net.init();
    AgcGradientNormalization agc =
        (AgcGradientNormalization) net.getLayer("first").getConfig().getUpdaterByParam("W");
    assertThat(agc.inner()).isEqualTo(new Adam(0.1));
    assertThat(agc.settings().clippingThreshold(0, 0)).isEqualTo(0.5);
    AgcReport report = TestReports.attached(net);
    assertThat(report.row("out", "W").orElseThrow().leftAlone()).contains("output layer");
  }

  @Test
  void whatWrapReplacesIsLogged() {
    try (LogCapture log = new LogCapture()) {
      MultiLayerNetwork wrapped = Agc.wrap(initialised(mixed()), SETTINGS);
      assertThat(log.messages())
          .singleElement()
          .asString()
          .startsWith("WARN AGC: wrap replaces settings by (clippingThreshold=0.05")
          .contains("those of [layer0] were (clippingThreshold=0.3")
          .contains("those of [layer1] were (clippingThreshold=0.01")
          .contains("excludeLayers=[layer1]")
          .contains("Layers with plain updaters get AGC: [layer2].")
          .contains("Agc.withSettings(net, settings ->")
          .contains("#settings-are-replaced");
      log.messages().clear();
      Agc.wrap(wrapped, SETTINGS);
      Agc.wrap(Networks.dense(new Sgd(1)), SETTINGS);
      assertThat(log.messages()).as("nothing is lost").isEmpty();
    }
  }

  @Test
  void settingsChangeLayerByLayerAndTheRestStays() {
    MultiLayerNetwork net = initialised(mixed());
    Agc.attach(net);
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    MultiLayerNetwork changed =
        Agc.withSettings(
            net,
            settings ->
                settings.toBuilder()
                    .clippingThreshold(2 * settings.clippingThreshold(0, 0))
                    .build());
    assertThat(changed.getLayer(0).getConfig().getUpdaterByParam("W"))
        .isEqualTo(new AgcGradientNormalization(new Sgd(0.3), 0.6));
    assertThat(changed.getLayer(1).getConfig().getUpdaterByParam("W"))
        .isEqualTo(
            AgcGradientNormalization.builder(new Adam(0.2))
                .clippingThreshold(0.2)
                .epsilon(0)
                .excludeLayers("layer1")
                .nonFiniteGradients(NonFiniteGradients.FAIL)
                .build());
    assertThat(changed.getLayer(1).getConfig().getUpdaterByParam("b"))
        .isEqualTo(new AgcGradientNormalization(new Nesterovs(0.4, 0.9), 0.02));
    assertThat(changed.getLayer(2).getConfig().getUpdaterByParam("W")).isEqualTo(new Sgd(0.1));
    assertThat(changed.params()).isEqualTo(net.params());
    assertThat(changed.getUpdater().getStateViewArray())
        .isEqualTo(net.getUpdater().getStateViewArray());
    assertThat(changed.getIterationCount()).isEqualTo(1);
    NetworkCheck.fit(changed, Networks.denseData(8, 2));
    assertThat(
            AgcReport.of(changed).row("layer0", "W").orElseThrow().rule().orElseThrow().threshold())
        .isEqualTo(0.6);
    assertThat(net.getLayer(0).getConfig().getUpdaterByParam("W"))
        .as("the original is unchanged")
        .isEqualTo(new AgcGradientNormalization(new Sgd(0.3), 0.3));
  }

  @Test
  void settingsOfAGraphChange() {
    ComputationGraph net =
        Networks.denseGraph(
            AgcGradientNormalization.builder(new Adam(0.1)).excludeOutputLayer(true).build());
    ComputationGraph changed =
        Agc.withSettings(net, settings -> settings.toBuilder().clippingThreshold(1e-3).build());
    NetworkCheck.fit(changed, Networks.denseData(8, 1));
    AgcReport report = AgcReport.of(changed);
    assertThat(report.row("out", "W").orElseThrow().leftAlone()).contains("output layer");
    assertThat(report.row("first", "W").orElseThrow().rule().orElseThrow().threshold())
        .isEqualTo(1e-3);
  }

  @Test
  void settingsThatAreNotThereCannotChange() {
    assertThatThrownBy(() -> Agc.withSettings(Networks.dense(new Sgd(1)), settings -> settings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got none in any layer: write Agc.wrap(net, settings)");
    MultiLayerNetwork net = Networks.dense(new AgcGradientNormalization(new Sgd(1)));
    assertThatThrownBy(() -> Agc.withSettings(net, settings -> null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("What change returns must not be null");
    assertThatThrownBy(() -> Agc.withSettings(net, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("change must not be null");
  }

  static Stream<IUpdater> innerUpdaters() {
    return Stream.of(new Sgd(0.5), new Nesterovs(0.3, 0.9), new Adam(0.05));
  }

  @ParameterizedTest
  @MethodSource("innerUpdaters")
  void restoredNetworkTrainsOnWithAnotherThreshold(IUpdater inner) throws Exception {
    // Two thresholds, so that two updater blocks become one when both get the same.
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(new AgcGradientNormalization(inner, 0.05))
                .list()
                .layer(new DenseLayer.Builder().nOut(6).build())
                .layer(
                    new DenseLayer.Builder()
                        .nOut(5)
                        .updater(new AgcGradientNormalization(inner, 0.01))
                        .build())
                .layer(Networks.output(3))
                .setInputType(InputType.feedForward(4))
                .build());
    net.init();
    net.setListeners(new AgcListener());
    for (int step = 0; step < 4; step++) {
      NetworkCheck.fit(net, Networks.denseData(8, step));
    }
    File file = folder.resolve("net.zip").toFile();
    net.save(file, true);
    MultiLayerNetwork restored = MultiLayerNetwork.load(file, true);
    MultiLayerNetwork changed =
        Agc.wrap(restored, AgcSettings.builder().clippingThreshold(1e-3).build());
    assertThat(changed.getLayerWiseConfigurations().getConf(1).getLayer().getUpdaterByParam("W"))
        .isEqualTo(new AgcGradientNormalization(inner, 1e-3));
    assertThat(changed.getIterationCount()).isEqualTo(4);
    assertThat(changed.getListeners()).hasOnlyElementsOfType(AgcListener.class).hasSize(1);

    // What DL4J alone makes of the gradients that AGC with the new threshold leaves.
    MultiLayerNetwork oracle = Agc.unwrap(restored);
    oracle.setListeners(OracleListener.columns(1e-3));
    for (int step = 4; step < 8; step++) {
      NetworkCheck.fit(changed, Networks.denseData(8, step));
      NetworkCheck.fit(oracle, Networks.denseData(8, step));
    }
    assertThat(Oracle.values(changed.params()))
        .containsExactly(Oracle.values(oracle.params()), within(1e-10));
    assertThat(restored.params()).as("the original is unchanged").isEqualTo(net.params());
  }

  @Test
  void graphWithPlainUpdatersTrainsOnWithAgc() {
    ComputationGraph net = Networks.denseGraph(new Adam(0.05));
    for (int step = 0; step < 4; step++) {
      NetworkCheck.fit(net, Networks.denseData(8, step));
    }
    ComputationGraph wrapped = Agc.wrap(net, SETTINGS);
    assertThat(wrapped.getIterationCount()).isEqualTo(4);
    net.setListeners(OracleListener.columns(0.05));
    for (int step = 4; step < 8; step++) {
      NetworkCheck.fit(wrapped, Networks.denseData(8, step));
      NetworkCheck.fit(net, Networks.denseData(8, step));
    }
    assertThat(Oracle.values(wrapped.params()))
        .containsExactly(Oracle.values(net.params()), within(1e-10));
  }

  @Test
  void zooModelTrainsOneStepWithEveryGradientInBounds() {
    ComputationGraph zoo =
        ResNet50.builder()
            .numClasses(10)
            .inputShape(new int[] {3, 96, 96})
            .updater(new Nesterovs(0.1, 0.9))
            .build()
            .init();
    ComputationGraphConfiguration wrapped =
        Agc.wrap(zoo.getConfiguration(), AgcSettings.builder().excludeOutputLayer(true).build());
    ComputationGraph net = new ComputationGraph(wrapped);
    net.init();
    AgcListener listener = new AgcListener();
    net.setListeners(listener);
    INDArray before = net.getParam("res2a_branch2a_W").dup();
    net.fit(
        new INDArray[] {Networks.gaussian(1, 2, 3, 96, 96).castTo(DataType.FLOAT)},
        new INDArray[] {Nd4j.eye(10).get(org.nd4j.linalg.indexing.NDArrayIndex.interval(0, 2))});
    AgcReport report = AgcReport.of(net);
    assertThat(report.total().clippedUnits()).isPositive();
    assertThat(report.rows().stream().filter(row -> row.leftAlone().isEmpty()).count())
        .as("53 convolutions and their batch norms: W, b, gamma, beta")
        .isEqualTo(53 * 4);
    assertThat(report.row("output", "W").orElseThrow().leftAlone()).contains("output layer");
    // The first Nesterovs step is (1 + momentum) * learning rate * gradient.
    double[] bounds = Oracle.norms(before, 0);
    double[] steps = Oracle.norms(before.sub(net.getParam("res2a_branch2a_W")), 0);
    for (int filter = 0; filter < steps.length; filter++) {
      assertThat(steps[filter]).isLessThanOrEqualTo(1.9 * 0.1 * 0.01 * bounds[filter] * 1.0001);
    }
  }

  /** A network of someone's own, which only they can make. */
  @SuppressWarnings("overrides") // in MultiLayerNetwork itself
  private static final class Own extends MultiLayerNetwork {
    private static final long serialVersionUID = 1L;

    Own(MultiLayerConfiguration configuration) {
      super(configuration);
    }
  }

  @Test
  void whatExtendsANetworkIsCopiedAsTheNetwork() {
    Own own = new Own(mixed());
    own.init();
    MultiLayerNetwork wrapped = Agc.wrap(own, SETTINGS);
    MultiLayerNetwork changed = Agc.withSettings(wrapped, settings -> settings);
    MultiLayerNetwork plain = Agc.unwrap(own);
    for (MultiLayerNetwork copy : new MultiLayerNetwork[] {wrapped, changed, plain}) {
      assertThat(copy).isExactlyInstanceOf(MultiLayerNetwork.class);
      assertThat(copy.params()).isEqualTo(own.params());
    }
  }

  @Test
  void aLayerIsNoNetwork() {
    Layer layer = Networks.dense(new Sgd(1)).getLayer(0);
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> Agc.attach(layer),
            () -> Agc.wrap(layer, SETTINGS),
            () -> Agc.withSettings(layer, settings -> settings),
            () -> Agc.unwrap(layer))) {
      assertThatThrownBy(call)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("MultiLayerNetwork or ComputationGraph, got")
          .hasMessageContaining("#not-a-network");
    }
  }

  @Test
  void nullArgumentsAreNamed() {
    assertThatThrownBy(() -> Agc.wrap((MultiLayerConfiguration) null, SETTINGS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("configuration");
    assertThatThrownBy(
            () ->
                Agc.wrap(
                    Networks.dense(new Sgd(1)).getLayerWiseConfigurations(), (AgcSettings) null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("settings");
    assertThatThrownBy(() -> Agc.wrap((MultiLayerNetwork) null, SETTINGS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("net must not be null");
    assertThatThrownBy(() -> Agc.wrap(Networks.denseGraph(new Sgd(1)), (AgcSettings) null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("settings");
  }
}
