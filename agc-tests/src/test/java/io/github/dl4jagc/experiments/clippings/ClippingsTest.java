package io.github.dl4jagc.experiments.clippings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.experiments.tasks.Network;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.FixedSchedule;

class ClippingsTest {

  private static final double RATE = 0.125;

  private final DataSet minibatch = data();

  private static DataSet data() {
    try {
      return Network.DENSE3.data(null).minibatches(16, 1).get(0);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static ComputationGraph network(String spec, IUpdater inner) {
    Clipping clipping = ClippingSpec.of(spec).clipping();
    ComputationGraphConfiguration configuration =
        Network.DENSE3.configuration(clipping.around(inner), 5);
    clipping.configure(configuration);
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    network.addListeners(
        clipping.listeners(new FixedSchedule(RATE)).toArray(new TrainingListener[0]));
    return network;
  }

  private static Map<String, INDArray> weights(ComputationGraph network) {
    Map<String, INDArray> copies = new LinkedHashMap<>();
    network.paramTable().forEach((name, weights) -> copies.put(name, weights.dup()));
    return copies;
  }

  /** What one iteration changes each parameter by. */
  private Map<String, INDArray> steps(ComputationGraph network) {
    Map<String, INDArray> before = weights(network);
    network.fit(minibatch);
    Map<String, INDArray> steps = weights(network);
    steps.replaceAll((name, after) -> after.sub(before.get(name)));
    return steps;
  }

  private static double norm(INDArray array) {
    return array.norm2Number().doubleValue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "autoclip:100", "zclip:2.5", "l2-layer:1e9", "adagc:1.05"})
  void whatIsInBoundsIsThePlainStep(String spec) {
    Map<String, INDArray> plain = steps(network("none", new Sgd(RATE)));
    Map<String, INDArray> steps = steps(network(spec, new Sgd(RATE)));
    // AdaGC's warm-up bounds the norm of all gradients by 1, which is not exceeded here.
    double all = Math.sqrt(plain.values().stream().mapToDouble(s -> Math.pow(norm(s), 2)).sum());
    double factor = spec.startsWith("adagc") ? Math.min(1, RATE / all) : 1;
    plain.forEach(
        (name, step) ->
            assertThat(steps.get(name).distance2(step.mul(factor)))
                .as(name)
                .isLessThan(1e-5 * norm(step)));
  }

  @Test
  void larsGivesEachGradientTheNormOfItsWeightsButLeavesZerosAlone() {
    ComputationGraph network = network("lars:0.01", new Sgd(RATE));
    Map<String, INDArray> before = weights(network);
    Map<String, INDArray> plain = steps(network("none", new Sgd(RATE)));
    steps(network)
        .forEach(
            (name, step) ->
                assertThat(norm(step))
                    .as(name)
                    .isCloseTo(
                        name.endsWith("_W")
                            ? RATE * 0.01 * norm(before.get(name))
                            : norm(plain.get(name)),
                        within(1e-6)));
  }

  @Test
  void lambGivesEachStepTheNormOfItsWeightsAndKeepsItsDirection() {
    ComputationGraph network = network("lamb:0.5", new Adam(RATE));
    Map<String, INDArray> before = weights(network);
    Map<String, INDArray> plain = steps(network("none", new Adam(RATE)));
    steps(network)
        .forEach(
            (name, step) -> {
              double expected =
                  name.endsWith("_W") ? 0.5 * RATE * norm(before.get(name)) : norm(plain.get(name));
              INDArray direction = plain.get(name).mul(expected / norm(plain.get(name)));
              assertThat(step.distance2(direction)).as(name).isLessThan(1e-4 * expected);
            });
  }

  @Test
  void autoClipIsBoundedByThePercentileOfTheNormsSoFar() {
    AutoClip clip = new AutoClip(50);
    assertThat(clip.bound(4)).isEqualTo(4);
    assertThat(clip.bound(2)).isEqualTo(3); // half way from 2 to 4
    assertThat(clip.bound(9)).isEqualTo(4); // of 2, 4, 9
    assertThat(new AutoClip(10).factors(new double[] {3, 4}, new double[2])).containsExactly(1, 1);
    AutoClip tenth = new AutoClip(10);
    tenth.bound(1);
    // Of 1 and 5 the tenth percentile is 1.4.
    assertThat(tenth.factors(new double[] {3, 4}, new double[2]))
        .containsExactly(new double[] {0.28, 0.28}, within(1e-12));
  }

  @Test
  void zClipBringsOutliersDownAndLearnsFromWhatIsLeft() {
    ZClip clip = new ZClip(2.5);
    for (int i = 0; i < 25; i++) {
      double norm = i % 2 == 0 ? 9 : 11; // the mean is 9.96, the variance 0.9984
      assertThat(clip.bound(norm)).isEqualTo(norm);
    }
    assertThat(clip.bound(10.5)).isEqualTo(10.5);
    double mean = 0.97 * 9.96 + 0.03 * 10.5;
    double deviation = Math.sqrt(0.97 * 0.9984 + 0.03 * Math.pow(10.5 - mean, 2));
    double score = (30 - mean) / deviation;
    assertThat(clip.bound(30)).isCloseTo(mean + 6.25 * deviation / score, within(1e-5));
    assertThat(clip.bound(5)).isEqualTo(5);
  }

  @Test
  void adaGcBoundsEachByTheRunningMeanOfItsBoundedNorms() {
    AdaGc clip = new AdaGc(1.05);
    double[] none = new double[2];
    for (int i = 0; i < 99; i++) {
      assertThat(clip.factors(new double[] {0.3, 0.4}, none)).containsExactly(1, 1);
    }
    // Of norm 5, bounded by 1: 0.6 and 0.8; the smallest so far stay 0.3 and 0.4.
    assertThat(clip.factors(new double[] {3, 4}, none))
        .containsExactly(new double[] {0.2, 0.2}, within(1e-12));
    // The warm-up is over.
    assertThat(clip.factors(new double[] {0.63, 0.4}, none))
        .containsExactly(new double[] {0.5, 1}, within(1e-12));
    double mean = 0.98 * 0.3 + 0.02 * 0.315;
    assertThat(clip.factors(new double[] {1, 0.1}, none))
        .containsExactly(new double[] {1.05 * mean, 1}, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({
    "elementwise:0.5, ClipElementWiseAbsoluteValue, 0.5",
    "l2-layer:2, ClipL2PerLayer, 2",
    "l2-parameter:3, ClipL2PerParamType, 3",
    "unit-layer, RenormalizeL2PerLayer, 1",
    "unit-parameter, RenormalizeL2PerParamType, 1",
  })
  void dl4jClipsInEveryLayer(String spec, GradientNormalization expected, double threshold) {
    ComputationGraphConfiguration configuration = Network.LSTM.configuration(new Sgd(RATE), 1);
    ClippingSpec.of(spec).clipping().configure(configuration);
    assertThat(configuration.getVertices().values())
        .hasSize(3)
        .allSatisfy(
            vertex -> {
              org.deeplearning4j.nn.conf.layers.Layer layer =
                  ((LayerVertex) vertex).getLayerConf().getLayer();
              BaseLayer base =
                  (BaseLayer)
                      (layer instanceof BaseLayer
                          ? layer
                          : ((org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer) layer)
                              .getUnderlying());
              assertThat(base.getGradientNormalization()).isEqualTo(expected);
              assertThat(base.getGradientNormalizationThreshold()).isEqualTo(threshold);
            });
  }

  @Test
  void agcHasTheThresholdAndLeavesAloneWhatIsNamed() {
    ClippingSpec spec = ClippingSpec.of("agc:0.02/no-output/no-stem/no-scales/no-biases");
    AgcSettings settings =
        ((AgcGradientNormalization) spec.clipping().around(new Sgd(RATE))).settings();
    assertThat(settings.clippingThreshold(0, 0)).isEqualTo(0.02);
    assertThat(settings.excludeOutputLayer()).isTrue();
    assertThat(settings.excludeLayers()).containsExactlyInAnyOrder("stem", "*-scale");
    assertThat(settings.excludeKinds()).hasSize(1);
    assertThat(spec.isAgc()).isTrue();
    assertThat(ClippingSpec.of("none").isAgc()).isFalse();
  }

  @Test
  void updateRatioHasItsFloorAndNoThreshold() {
    ClippingSpec spec = ClippingSpec.of("ratio:0.03/floor=0.1");
    AgcSettings settings =
        ((AgcGradientNormalization) spec.clipping().around(new Adam(RATE))).settings();
    assertThat(settings)
        .isEqualTo(AgcSettings.builder().updateRatio(0.03).biasEpsilon(0.1).build());
    assertThat(spec.isAgc()).isTrue();
  }

  @Test
  void updateRatioBoundsEveryUnitsStep() {
    for (IUpdater inner : new IUpdater[] {new Sgd(1), new Adam(1)}) {
      ComputationGraph network = network("ratio:0.03", inner);
      Map<String, INDArray> before = weights(network);
      steps(network)
          .forEach(
              (name, step) -> {
                if (name.endsWith("_W")) {
                  INDArray bounds = before.get(name).norm2(0).muli(0.0301);
                  assertThat(bounds.sub(step.norm2(0)).minNumber().doubleValue())
                      .as(name)
                      .isPositive();
                }
              });
    }
  }

  @Test
  void stemsAndScalesAreNamedAsInTheNetworks() {
    ComputationGraph network =
        new ComputationGraph(
            Network.FASHION_NF.configuration(
                ClippingSpec.of("agc:0.01/no-stem/no-scales").clipping().around(new Sgd(RATE)), 1));
    network.init();
    assertThat(network.paramTable().keySet())
        .anyMatch(name -> name.startsWith("stem_"))
        .anyMatch(name -> name.matches(".*-scale_.*"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | must begin with one of [none, agc",
        "clip:1 | must begin with one of",
        "none:1 | none has no number",
        "agc | agc needs one number, as in agc:0.1",
        "agc:1:2 | agc needs one number",
        "agc:-1 | its number must be finite and > 0",
        "agc:x | its number must be finite and > 0",
        "agc:0.1/output | must be no-output, no-stem, no-scales or no-biases",
        "ratio:0.1/floor=0 | its number must be finite and > 0",
        "lars:1/no-output | lars leaves nothing alone",
      })
  void whatSaysNothingIsRefused(String text, String bound) {
    assertThatThrownBy(() -> ClippingSpec.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(bound)
        .hasMessageEndingWith(", got '" + text + "'");
  }

  @Test
  void specificationsAreWhatIsWritten() {
    for (String text : Arrays.asList("none", "agc:0.01/no-output", "lamb:1")) {
      assertThat(ClippingSpec.of(text)).hasToString(text).isEqualTo(ClippingSpec.of(text));
    }
    assertThat(ClippingSpec.of("l2-layer:1.0")).isEqualTo(ClippingSpec.of("l2-layer:1"));
  }
}
