package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import java.io.File;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** SameDiff graphs with convolution, matmul, bias and more, against the oracle. */
class SameDiffTest {

  private static final double THRESHOLD = 0.05;

  private static final Map<String, int[]> UNITS = new LinkedHashMap<>();

  static {
    UNITS.put("filters", new int[] {3}); // [kH, kW, iC, oC]
    UNITS.put("depthwise", new int[] {2, 3}); // [kH, kW, iC, multiplier]
    UNITS.put("weights", new int[] {1}); // x @ W, [nIn, nOut]
    UNITS.put("bias", new int[0]);
    UNITS.put("transposed", new int[] {0}); // x @ W', [nOut, nIn]
  }

  private static SameDiff graph(IUpdater updater) {
    SameDiff sd = SameDiff.create();
    SDVariable in = sd.placeHolder("in", DataType.DOUBLE, -1, 2, 6, 6);
    SDVariable label = sd.placeHolder("label", DataType.DOUBLE, -1, 3);
    SDVariable filters = sd.var("filters", Networks.gaussian(1, 3, 3, 2, 4));
    SDVariable first = sd.cnn().conv2d(in, filters, Conv2DConfig.builder().kH(3).kW(3).build());
    SDVariable depthwise = sd.var("depthwise", Networks.gaussian(2, 2, 2, 4, 2));
    SDVariable second =
        sd.cnn()
            .depthWiseConv2d(
                sd.math().tanh(first), depthwise, Conv2DConfig.builder().kH(2).kW(2).build());
    SDVariable flat = sd.math().tanh(second).reshape(-1, 8 * 3 * 3);
    SDVariable weights = sd.var("weights", Networks.gaussian(3, 72, 6));
    SDVariable bias = sd.var("bias", Networks.gaussian(4, 6));
    SDVariable hidden = sd.math().tanh(flat.mmul(weights).add(bias));
    SDVariable transposed = sd.var("transposed", Networks.gaussian(5, 3, 6));
    SDVariable logits = sd.mmul(hidden, transposed, false, true, false);
    sd.loss().softmaxCrossEntropy("loss", label, logits, null);
    sd.setLossVariables("loss");
    sd.setTrainingConfig(
        TrainingConfig.builder()
            .updater(updater)
            .dataSetFeatureMapping("in")
            .dataSetLabelMapping("label")
            .build());
    return sd;
  }

  private static DataSet data(long seed) {
    return new DataSet(Networks.gaussian(seed, 8, 2, 6, 6), Networks.oneHot(seed, 8, 3));
  }

  private static Map<String, INDArray> variables(SameDiff sd) {
    Map<String, INDArray> copies = new HashMap<>();
    UNITS.keySet().forEach(name -> copies.put(name, sd.getVariable(name).getArr().dup()));
    return copies;
  }

  private static void assertStepIsTheOracles(SameDiff sd, DataSet data, double threshold) {
    Map<String, INDArray> before = variables(sd);
    Map<String, INDArray> placeholders =
        Map.of("in", data.getFeatures(), "label", data.getLabels());
    Map<String, INDArray> gradients =
        sd.calculateGradients(placeholders, UNITS.keySet().toArray(new String[0]));
    sd.fit(data);
    UNITS.forEach(
        (name, units) -> {
          double[] expected =
              Oracle.clip(before.get(name), gradients.get(name), threshold, 1e-3, units);
          double[] update = Oracle.values(before.get(name).sub(sd.getVariable(name).getArr()));
          assertThat(update).as(name).containsExactly(expected, within(1e-10));
        });
  }

  @Test
  void everyVariableIsClippedByItsConsumersUnits() {
    SameDiff sd = graph(new AgcGradientNormalization(new Sgd(1), THRESHOLD));
    AgcSameDiffListener listener = new AgcSameDiffListener();
    sd.setListeners(listener);
    try (LogCapture log = new LogCapture()) {
      for (int step = 0; step < 3; step++) {
        assertStepIsTheOracles(sd, data(step), THRESHOLD);
      }
      assertThat(log.messages()).isEmpty();
    }
    AgcReport report = AgcReport.of(sd);
    assertThat(report.rows()).hasSize(UNITS.size());
    assertThat(report.row("", "filters").orElseThrow().units()).isEqualTo(4);
    assertThat(report.row("", "transposed").orElseThrow().units()).isEqualTo(3);
    assertThat(report.total().iterations()).isEqualTo(3);
    assertThat(report.total().clippedUnits()).isPositive();
    assertThat(report.toString()).contains("\nfilters ");
  }

  @Test
  void goesOnBitForBitAfterSaveAndLoad(@TempDir Path folder) {
    SameDiff whole = graph(new AgcGradientNormalization(new Adam(0.05), THRESHOLD));
    whole.setListeners(new AgcSameDiffListener());
    whole.fit(data(1));
    whole.fit(data(2));
    File file = folder.resolve("graph.fb").toFile();
    whole.save(file, true);
    SameDiff loaded = SameDiff.load(file, true);
    assertThatThrownBy(() -> loaded.fit(data(3)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("new AgcSameDiffListener()");
    SameDiff again = SameDiff.load(file, true);
    again.setListeners(new AgcSameDiffListener());
    whole.fit(data(3));
    again.fit(data(3));
    variables(whole)
        .forEach((name, values) -> assertSameValues(again.getVariable(name).getArr(), values));
  }

  @Test
  void explicitUnitsWin() {
    SameDiff sd = graph(new AgcGradientNormalization(new Sgd(1), THRESHOLD));
    sd.setListeners(new AgcSameDiffListener(Map.of("weights", new int[] {0})));
    Map<String, INDArray> before = variables(sd);
    DataSet data = data(1);
    INDArray gradient =
        sd.calculateGradients(
                Map.of("in", data.getFeatures(), "label", data.getLabels()), "weights")
            .get("weights");
    sd.fit(data);
    assertThat(Oracle.values(before.get("weights").sub(sd.getVariable("weights").getArr())))
        .containsExactly(
            Oracle.clip(before.get("weights"), gradient, THRESHOLD, 1e-3, 0), within(1e-10));
  }

  @Test
  void unknownConsumersAreTakenByRankWithAWarning() {
    SameDiff sd = SameDiff.create();
    SDVariable in = sd.placeHolder("in", DataType.DOUBLE, -1, 4);
    SDVariable label = sd.placeHolder("label", DataType.DOUBLE, -1, 4);
    SDVariable odd = sd.var("odd scale", Networks.gaussian(1, 8, 4));
    sd.loss().meanSquaredError("loss", label, sd.math().max(in, odd), null);
    sd.setLossVariables("loss");
    sd.setTrainingConfig(
        TrainingConfig.builder()
            .updater(new AgcGradientNormalization(new Sgd(1), 1e-4))
            .dataSetFeatureMapping("in")
            .dataSetLabelMapping("label")
            .build());
    AgcSameDiffListener listener = new AgcSameDiffListener();
    sd.setListeners(listener);
    try (LogCapture log = new LogCapture()) {
      sd.fit(new DataSet(Networks.gaussian(2, 8, 4), Networks.gaussian(3, 8, 4)));
      assertThat(log.messages())
          .singleElement()
          .asString()
          .contains("WARN", "\"odd scale\"", "[8, 4]", "dimension 1", "new AgcSameDiffListener");
    }
    assertThat(AgcReport.of(sd).row("", "odd scale").orElseThrow().latest().clippedUnits())
        .isEqualTo(4);
  }

  /** One layer, whose gradients a huge label makes large enough to be clipped always. */
  private static SameDiff oneLayer(AgcSameDiffListener listener) {
    SameDiff sd = SameDiff.create();
    SDVariable in = sd.placeHolder("in", DataType.DOUBLE, -1, 4);
    SDVariable label = sd.placeHolder("label", DataType.DOUBLE, -1, 2);
    sd.loss()
        .meanSquaredError("loss", label, in.mmul(sd.var("w", Networks.gaussian(1, 4, 2))), null);
    sd.setLossVariables("loss");
    sd.setTrainingConfig(
        TrainingConfig.builder()
            .updater(new AgcGradientNormalization(new Sgd(1), THRESHOLD))
            .dataSetFeatureMapping("in")
            .dataSetLabelMapping("label")
            .build());
    sd.setListeners(listener);
    return sd;
  }

  private static DataSet hugeLabels() {
    return new DataSet(Networks.gaussian(2, 8, 4), Networks.gaussian(3, 8, 2).mul(1e6));
  }

  /**
   * Ways to give a variable another array in the middle of a training. SameDiff may keep two arrays
   * from then on, of which it trains one.
   */
  static Stream<Arguments> replacements() {
    return Stream.of(
        replacement("setArray", (sd, array) -> sd.getVariable("w").setArray(array)),
        replacement("setArray, other order", (sd, a) -> sd.getVariable("w").setArray(a.dup('f'))),
        replacement("associate", (sd, array) -> sd.associateArrayWithVariable(array, "w")),
        replacement("setArrayForVariable", (sd, array) -> sd.setArrayForVariable("w", array)),
        replacement("assignArray", (sd, array) -> sd.assignArray(array, sd.getVariable("w"))),
        replacement("assign", (sd, array) -> sd.getVariable("w").getArr().assign(array)));
  }

  private static Arguments replacement(String name, BiConsumer<SameDiff, INDArray> replacement) {
    return Arguments.of(name, replacement);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("replacements")
  void weightsThatAreReplacedAreThoseOfTheBound(
      String name, BiConsumer<SameDiff, INDArray> replacement) {
    SameDiff sd = oneLayer(new AgcSameDiffListener());
    sd.fit(hugeLabels());
    replacement.accept(sd, Networks.gaussian(7, 4, 2).mul(5));
    for (int step = 0; step < 4; step++) {
      INDArray trained = sd.getFunction("grad").getVariable("w").getArr();
      INDArray before = trained.dup();
      sd.fit(hugeLabels());
      assertThat(Oracle.values(trained.sub(before).norm2(0)))
          .as("steps of columns, all of which are clipped")
          .containsExactly(Oracle.values(before.norm2(0).mul(THRESHOLD)), within(1e-9));
    }
  }

  @Test
  void aGraphWhoseFirstIterationFailsIsNotKept() throws InterruptedException {
    AgcSameDiffListener listener = new AgcSameDiffListener();
    WeakReference<SameDiff> graph = new WeakReference<>(failedGraph(listener));
    for (int i = 0; i < 50 && graph.get() != null; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(graph.get()).isNull();
    Reference.reachabilityFence(listener);
  }

  /** Another listener ends the first iteration before the graph has updaters. */
  private static SameDiff failedGraph(AgcSameDiffListener listener) {
    SameDiff sd = oneLayer(listener);
    sd.addListeners(
        new BaseListener() {
          @Override
          public boolean isActive(Operation operation) {
            return true;
          }

          @Override
          public void iterationStart(SameDiff graph, At at, MultiDataSet data, long etlTimeMs) {
            throw new IllegalStateException("no data");
          }
        });
    assertThatThrownBy(() -> sd.fit(hugeLabels())).hasMessage("no data");
    return sd;
  }

  @Test
  void aListenerGoesOnToAnotherGraphAfterOneThatFailed() {
    AgcSameDiffListener listener = new AgcSameDiffListener();
    SameDiff failed = failedGraph(listener);
    SameDiff next = oneLayer(listener);
    next.fit(hugeLabels());
    assertThat(AgcReport.of(next).total().clippedUnits()).isEqualTo(2);
    assertThat(AgcReport.of(failed).rows()).isEmpty();
  }

  @Test
  void excludedVariablesAreLeftAlone() {
    SameDiff sd =
        graph(
            AgcGradientNormalization.builder(new Sgd(1))
                .clippingThreshold(1e-4)
                .excludeLayers("transposed")
                .build());
    AgcSameDiffListener listener = new AgcSameDiffListener();
    sd.setListeners(listener);
    sd.fit(data(1));
    AgcReport report = AgcReport.of(sd);
    assertThat(report.row("", "transposed").orElseThrow().leftAlone())
        .contains("excluded variable");
    assertThat(report.row("", "weights").orElseThrow().latest().clippedUnits()).isPositive();
  }

  @Test
  void withoutAListenerItDoesNotTrainAndSaysWhatToWrite() {
    SameDiff sd = graph(new AgcGradientNormalization(new Nesterovs(0.1)));
    Map<String, INDArray> before = variables(sd);
    assertThatThrownBy(() -> sd.fit(data(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("sd.setListeners(new AgcSameDiffListener())");
    variables(sd).forEach((name, values) -> assertSameValues(values, before.get(name)));
  }

  @Test
  void listenerOnAGraphWithoutAgcWarnsOnce() {
    SameDiff sd = graph(new Sgd(0.1));
    sd.setListeners(new AgcSameDiffListener());
    try (LogCapture log = new LogCapture()) {
      sd.fit(data(1));
      sd.fit(data(2));
      assertThat(log.messages()).singleElement().asString().contains("nothing will be clipped");
    }
  }

  @Test
  void wrongNamesAndOptionsAreNamed() {
    SameDiff excluded =
        graph(AgcGradientNormalization.builder(new Sgd(1)).excludeLayers("nope").build());
    excluded.setListeners(new AgcSameDiffListener());
    assertThatThrownBy(() -> excluded.fit(data(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("excludeLayers")
        .hasMessageContaining("\"nope\"")
        .hasMessageContaining("weights");
    SameDiff dimensions = graph(new AgcGradientNormalization(new Sgd(1)));
    dimensions.setListeners(new AgcSameDiffListener(Map.of("nope", new int[] {0})));
    assertThatThrownBy(() -> dimensions.fit(data(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unitDimensions");
    SameDiff output =
        graph(AgcGradientNormalization.builder(new Sgd(1)).excludeOutputLayer(true).build());
    output.setListeners(new AgcSameDiffListener());
    assertThatThrownBy(() -> output.fit(data(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("excludeOutputLayer");
    assertThatThrownBy(() -> new AgcSameDiffListener(null))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
