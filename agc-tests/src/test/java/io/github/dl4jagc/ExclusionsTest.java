package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** Parameters that settings leave alone by name, by kind, and by their place in the network. */
class ExclusionsTest {

  private static AgcOptions<AgcSettings> settings() {
    return AgcSettings.builder().clippingThreshold(1e-6);
  }

  /** "stem", "block1/conv", "block2/conv" with layer norm, "block2/norm", "head". */
  private static ComputationGraph graph(AgcSettings settings) {
    ComputationGraph net =
        new ComputationGraph(
            Networks.builder(new AgcGradientNormalization(new Sgd(1), settings))
                .graphBuilder()
                .addInputs("in")
                .addLayer("stem", new DenseLayer.Builder().nOut(6).build(), "in")
                .addLayer("block1/conv", new DenseLayer.Builder().nOut(5).build(), "stem")
                .addLayer(
                    "block2/conv",
                    new DenseLayer.Builder().nOut(5).hasLayerNorm(true).build(),
                    "block1/conv")
                .addLayer("block2/norm", new BatchNormalization(), "block2/conv")
                .addLayer("head", Networks.output(3), "block2/norm")
                .setOutputs("head")
                .setInputTypes(InputType.feedForward(4))
                .build());
    net.init();
    Agc.attach(net);
    return net;
  }

  /** What is left alone though it has a gradient, with the reason. */
  private static Map<String, String> leftAlone(AgcReport report) {
    Map<String, String> reasons = new TreeMap<>();
    for (ReportRow row : report.rows()) {
      row.leftAlone()
          .filter(reason -> !reason.contains("an update"))
          .ifPresent(reason -> reasons.put(row.layer() + " " + row.parameter(), reason));
    }
    return reasons;
  }

  private static Map<String, String> leftAlone(AgcOptions<AgcSettings> settings) {
    return leftAlone(AgcReport.of(graph(settings.build())));
  }

  @Test
  void layersAreExcludedByPatterns() {
    assertThat(leftAlone(settings().excludeLayers("block?/c*", "stem")))
        .isEqualTo(
            Map.of(
                "stem W", "excluded layer",
                "stem b", "excluded layer",
                "block1/conv W", "excluded layer",
                "block1/conv b", "excluded layer",
                "block2/conv W", "excluded layer",
                "block2/conv b", "excluded layer",
                "block2/conv g", "excluded layer"));
  }

  @Test
  void aPatternThatMeansNoLayerIsAnErrorThatListsThem() {
    assertThatThrownBy(() -> graph(settings().excludeLayers("stem", "blok*").build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("excludeLayers must name layers of the network, got \"blok*\"")
        .hasMessageContaining("there are [block1/conv, block2/conv, block2/norm, head, in, stem]");
  }

  @Test
  void kindsAreExcludedInEveryLayer() {
    assertThat(leftAlone(settings().excludeKinds(ParameterKind.BIAS)))
        .isEqualTo(
            Map.of(
                "stem b", "excluded kind",
                "block1/conv b", "excluded kind",
                "block2/conv b", "excluded kind",
                "block2/norm beta", "excluded kind",
                "head b", "excluded kind"));
    assertThat(leftAlone(settings().excludeKinds(ParameterKind.GAIN)))
        .isEqualTo(Map.of("block2/conv g", "excluded kind", "block2/norm gamma", "excluded kind"));
  }

  @Test
  void weightsOfTheHeadAreExcludedAndItsBiasIsClipped() {
    assertThat(leftAlone(settings().excludeOutputWeights(true)))
        .isEqualTo(Map.of("head W", "weights of the output layer"));
    assertThat(leftAlone(settings().excludeOutputWeights(true).excludeOutputLayer(true)))
        .isEqualTo(Map.of("head W", "output layer", "head b", "output layer"));
  }

  @Test
  void whatIsNotExcludedIsClipped() {
    MultiLayerNetwork net =
        Networks.dense(
            new AgcGradientNormalization(
                new Sgd(1), settings().excludeOutputWeights(true).build()));
    net.setListeners(new AgcListener());
    Map<String, int[]> units = Networks.denseUnits();
    units.put("2_W", NetworkCheck.NOT_CLIPPED);
    NetworkCheck.assertFitClips(net, Networks.denseData(8, 1), 1e-6, units);
  }

  @Test
  void agcApplyHeedsWhatTheLatestSettingsExclude() {
    MultiLayerNetwork net = Networks.dense(new Sgd(1));
    NetworkCheck.computeGradient(net, Networks.denseData(8, 1));
    Agc.apply(net, settings().excludeOutputWeights(true).build());
    assertThat(leftAlone(AgcReport.of(net)))
        .isEqualTo(Map.of("layer2 W", "weights of the output layer"));
    Agc.apply(net, settings().excludeKinds(ParameterKind.WEIGHT).build());
    assertThat(leftAlone(AgcReport.of(net)))
        .isEqualTo(
            Map.of(
                "layer0 W", "excluded kind",
                "layer1 W", "excluded kind",
                "layer2 W", "excluded kind"));
  }

  private static SameDiff sameDiff(AgcSettings settings) {
    SameDiff sd = SameDiff.create();
    SDVariable in = sd.placeHolder("in", DataType.DOUBLE, -1, 4);
    SDVariable label = sd.placeHolder("label", DataType.DOUBLE, -1, 3);
    SDVariable weights = sd.var("dense/W", Networks.gaussian(1, 4, 3));
    SDVariable bias = sd.var("dense/b", Networks.gaussian(2, 3));
    SDVariable gain = sd.var("gain", Networks.gaussian(3, 3));
    sd.loss().softmaxCrossEntropy("loss", label, in.mmul(weights).add(bias).mul(gain), null);
    sd.setLossVariables("loss");
    sd.setTrainingConfig(
        TrainingConfig.builder()
            .updater(new AgcGradientNormalization(new Sgd(1), settings))
            .dataSetFeatureMapping("in")
            .dataSetLabelMapping("label")
            .build());
    sd.setListeners(new AgcSameDiffListener());
    sd.fit(new DataSet(Networks.gaussian(1, 8, 4), Networks.oneHot(1, 8, 3)));
    return sd;
  }

  @Test
  void variablesAreExcludedByPatternsAndKinds() {
    assertThat(leftAlone(AgcReport.of(sameDiff(settings().excludeLayers("dense*").build()))))
        .isEqualTo(Map.of(" dense/W", "excluded variable", " dense/b", "excluded variable"));
    assertThat(
            leftAlone(
                AgcReport.of(
                    sameDiff(
                        settings().excludeKinds(ParameterKind.BIAS, ParameterKind.GAIN).build()))))
        .isEqualTo(Map.of(" dense/b", "excluded kind", " gain", "excluded kind"));
  }

  @Test
  void wrongNamesAndOptionsForAGraphAreNamed() {
    assertThatThrownBy(() -> sameDiff(settings().excludeLayers("conv*").build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "excludeLayers must name variables that the graph trains, got \"conv*\"")
        .hasMessageContaining("dense/W");
    assertThatThrownBy(() -> sameDiff(settings().excludeOutputWeights(true).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("excludeOutputWeights must be false, got true");
  }
}
