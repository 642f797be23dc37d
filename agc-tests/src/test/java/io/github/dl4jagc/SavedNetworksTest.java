package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.testing.JavaProcess;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** JSON, saved files, training that goes on after them, and files without the library. */
class SavedNetworksTest {

  private static final double THRESHOLD = 0.05;

  @TempDir Path folder;

  static Stream<IUpdater> innerUpdaters() {
    return Stream.of(new Sgd(0.5), new Nesterovs(0.3, 0.9), new Adam(0.05));
  }

  static Stream<AgcGradientNormalization> settings() {
    return Stream.of(
        new AgcGradientNormalization(new Adam(0.1)),
        AgcGradientNormalization.builder(new Nesterovs(0.1, 0.9))
            .clippingThreshold(0.02)
            .epsilon(0)
            .excludeOutputLayer(true)
            .excludeLayers("layer0", "layer1")
            .nonFiniteGradients(NonFiniteGradients.FAIL)
            .observeOnly(true)
            .startIteration(7)
            .excludeKinds(ParameterKind.BIAS, ParameterKind.GAIN)
            .excludeOutputWeights(true)
            .weightDecay(2e-5)
            .build(),
        new AgcGradientNormalization(new Sgd(0.1), 3e9), // YAML has it as text: 3.0E9
        AgcGradientNormalization.builder(
                new Sgd(new StepSchedule(ScheduleType.ITERATION, 0.5, 0.1, 2)))
            .clippingThreshold(new StepSchedule(ScheduleType.EPOCH, 0.5, 0.1, 2))
            .build());
  }

  @ParameterizedTest
  @MethodSource("settings")
  void jsonAndYamlRoundTripKeepEverything(AgcGradientNormalization settings) {
    MultiLayerConfiguration layers = Networks.dense(settings).getLayerWiseConfigurations();
    MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(layers.toJson());
    assertThat(read).isEqualTo(layers);
    assertThat(((DenseLayer) read.getConf(0).getLayer()).getIUpdater()).isEqualTo(settings);
    assertThat(MultiLayerConfiguration.fromYaml(layers.toYaml())).isEqualTo(layers);
    ComputationGraphConfiguration graph =
        Networks.denseGraph(new AgcGradientNormalization(settings.inner())).getConfiguration();
    assertThat(ComputationGraphConfiguration.fromJson(graph.toJson())).isEqualTo(graph);
  }

  @Test
  void jsonHoldsSettingsAndNoRuntimeState() {
    MultiLayerNetwork net = Networks.dense(new AgcGradientNormalization(new Sgd(0.1)));
    String before = net.getLayerWiseConfigurations().toJson();
    Agc.attach(net);
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    net.setIterationCount(0);
    assertThat(net.getLayerWiseConfigurations().toJson()).isEqualTo(before);
    assertThat(before)
        .contains("\"@class\" : \"io.github.dl4jagc.AgcGradientNormalization\"")
        .contains("\"clippingThreshold\" : 0.01");
  }

  @ParameterizedTest
  @MethodSource("innerUpdaters")
  void trainingGoesOnBitForBitAfterSaveAndRestore(IUpdater inner) throws IOException {
    MultiLayerNetwork whole = Networks.dense(new AgcGradientNormalization(inner, THRESHOLD));
    whole.setListeners(new AgcListener());
    for (int step = 0; step < 4; step++) {
      NetworkCheck.fit(whole, Networks.denseData(8, step));
    }
    File file = folder.resolve("net.zip").toFile();
    ModelSerializer.writeModel(whole, file, true);
    MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(file, true);
    restored.setListeners(new AgcListener());
    for (int step = 4; step < 8; step++) {
      NetworkCheck.fit(whole, Networks.denseData(8, step));
      NetworkCheck.fit(restored, Networks.denseData(8, step));
    }
    assertSameValues(restored.params(), whole.params());
    assertThat(AgcReport.of(restored).total().clippedUnits()).isPositive();
  }

  @Test
  void restoredNetworkWithoutListenerSaysSo() throws IOException {
    ComputationGraph net = Networks.denseGraph(new AgcGradientNormalization(new Adam(0.1)));
    File file = folder.resolve("net.zip").toFile();
    ModelSerializer.writeModel(net, file, true);
    ComputationGraph restored = ModelSerializer.restoreComputationGraph(file);
    assertThatThrownBy(() -> NetworkCheck.fit(restored, Networks.denseData(8, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("new AgcListener()");
  }

  /** Thresholds differ between layers: unwrapped, their updater blocks become one. */
  private static MultiLayerNetwork withTwoThresholds(IUpdater inner, double... thresholds) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(new AgcGradientNormalization(inner, thresholds[0]))
                .list()
                .layer(new DenseLayer.Builder().nIn(4).nOut(6).build())
                .layer(
                    new DenseLayer.Builder()
                        .nIn(6)
                        .nOut(5)
                        .updater(new AgcGradientNormalization(inner, thresholds[1]))
                        .build())
                .layer(new DenseLayer.Builder().nIn(5).nOut(5).updater(inner.clone()).build())
                .layer(Networks.output(3))
                .build());
    net.init();
    net.setListeners(new AgcListener());
    return net;
  }

  @ParameterizedTest
  @MethodSource("innerUpdaters")
  void unwrappedNetworkTrainsOnAsTheWrappedOneWouldWithoutClipping(IUpdater inner) {
    // Thresholds so large that nothing is clipped: the following steps must be the same.
    MultiLayerNetwork net = withTwoThresholds(inner, 1e9, 1e8);
    for (int step = 0; step < 3; step++) {
      NetworkCheck.fit(net, Networks.denseData(8, step));
    }
    MultiLayerNetwork plain = Agc.unwrap(net);
    assertThat(plain.getLayerWiseConfigurations().toJson()).doesNotContain("dl4jagc");
    assertThat(plain.params()).isNotSameAs(net.params());
    assertSameValues(plain.params(), net.params());
    assertThat(plain.getIterationCount()).isEqualTo(3);
    double[] paramsBefore = Oracle.values(net.params());
    for (int step = 3; step < 6; step++) {
      NetworkCheck.fit(plain, Networks.denseData(8, step));
    }
    assertThat(Oracle.values(net.params()))
        .as("the original is unchanged")
        .containsExactly(paramsBefore);
    for (int step = 3; step < 6; step++) {
      NetworkCheck.fit(net, Networks.denseData(8, step));
    }
    assertSameValues(plain.params(), net.params());
  }

  @ParameterizedTest
  @MethodSource("innerUpdaters")
  void unwrappedGraphTrainsOnAsTheWrappedOneWouldWithoutClipping(IUpdater inner) {
    ComputationGraph net = Networks.denseGraph(new AgcGradientNormalization(inner, 1e9));
    net.setListeners(new AgcListener());
    for (int step = 0; step < 3; step++) {
      NetworkCheck.fit(net, Networks.denseData(8, step));
    }
    ComputationGraph plain = Agc.unwrap(net);
    assertThat(plain.getConfiguration().toJson()).doesNotContain("dl4jagc");
    assertThat(plain.getIterationCount()).isEqualTo(3);
    for (int step = 3; step < 6; step++) {
      NetworkCheck.fit(plain, Networks.denseData(8, step));
      NetworkCheck.fit(net, Networks.denseData(8, step));
    }
    assertSameValues(plain.params(), net.params());
  }

  @Test
  void unwrapOfAPlainNetworkIsACopy() {
    MultiLayerNetwork net = Networks.dense(new Adam(0.1));
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    MultiLayerNetwork copy = Agc.unwrap(net);
    assertThat(copy).isNotSameAs(net);
    double[] before = Oracle.values(net.params());
    assertThat(Oracle.values(copy.params())).containsExactly(before);
    NetworkCheck.fit(copy, Networks.denseData(8, 2));
    assertThat(Oracle.values(net.params())).as("the original is unchanged").containsExactly(before);
    assertThatThrownBy(() -> Agc.unwrap((MultiLayerNetwork) null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void savedFileOfAnUnwrappedNetworkOpensInAProcessWithoutTheLibrary() throws Exception {
    MultiLayerNetwork net = withTwoThresholds(new Adam(0.05), 0.01, 0.02);
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    Path file = folder.resolve("plain.zip");
    ModelSerializer.writeModel(Agc.unwrap(net), file.toFile(), true);
    assertThat(openInAProcessWithoutTheLibrary(file)).contains("opened with 113 parameters");

    Path wrapped = folder.resolve("wrapped.zip"); // the check itself can fail
    ModelSerializer.writeModel(net, wrapped.toFile(), true);
    assertThat(openInAProcessWithoutTheLibrary(wrapped))
        .doesNotContain("opened with")
        .as("what docs/saving.md quotes")
        .contains(
            "Error deserializing MultiLayerConfiguration - configuration may have a custom layer,"
                + " vertex or preprocessor, in pre version 1.0.0-beta JSON format.",
            "Could not resolve type id 'io.github.dl4jagc.AgcGradientNormalization' as a subtype of"
                + " `org.nd4j.linalg.learning.config.IUpdater`: no such class found");
  }

  private String openInAProcessWithoutTheLibrary(Path file) throws Exception {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("agc-updater") && !entry.contains("agc-examples"))
            .collect(Collectors.joining(File.pathSeparator));
    return JavaProcess.run(folder, classPath, OpenSavedNetwork.class, file.toString());
  }
}
