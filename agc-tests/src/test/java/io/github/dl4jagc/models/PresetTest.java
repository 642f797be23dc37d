package io.github.dl4jagc.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.Networks;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** What the two presets set; that timm's is timm's, its own numbers say in NfResNetWeightsTest. */
class PresetTest {

  private static final double GAMMA = 1.7139588594436646;

  private static NfResNet.Builder imageNet(Preset preset) {
    return NfResNet.builder().depth(26).inputShape(3, 32, 32).classes(5).preset(preset);
  }

  private static <T extends Layer> Map<String, T> layers(
      ComputationGraphConfiguration configuration, Class<T> type) {
    return configuration.getVertices().entrySet().stream()
        .filter(vertex -> vertex.getValue() instanceof LayerVertex)
        .map(vertex -> Map.entry(vertex.getKey(), layer(configuration, vertex.getKey())))
        .filter(layer -> type.isInstance(layer.getValue()))
        .collect(Collectors.toMap(Map.Entry::getKey, layer -> type.cast(layer.getValue())));
  }

  private static Layer layer(ComputationGraphConfiguration configuration, String name) {
    return ((LayerVertex) configuration.getVertices().get(name)).getLayerConf().getLayer();
  }

  private static ScaledActivation activation(
      ComputationGraphConfiguration configuration, String name) {
    return (ScaledActivation) ((PreActivation) layer(configuration, name)).getActivationFn();
  }

  @Test
  void deepMindPadsAsSameAndStridesInTheShortcut() {
    ComputationGraphConfiguration configuration = imageNet(Preset.DEEPMIND).build().conf();
    assertThat(layers(configuration, StandardizedConvolution.class).values())
        .allMatch(each -> each.getConvolutionMode() == ConvolutionMode.Same)
        .allMatch(each -> each.epsilon() == 0 && each.scale() == 1 && each.getGainInit() == 1);
    assertThat(layers(configuration, SubsamplingLayer.class)).containsOnlyKeys("stem-pooled");
    assertThat(
            layers(configuration, StandardizedConvolution.class)
                .get("stage2-block1-shortcut")
                .getStride())
        .containsExactly(2, 2);
    assertThat(activation(configuration, "activation").outputScale()).isEqualTo(GAMMA);
    assertThat(activation(configuration, "stage1-block2-activation1").outputScale())
        .isCloseTo(GAMMA / Math.sqrt(1.04), within(1e-15));
    assertThat(layers(configuration, SkipInit.class)).hasSize(8);
  }

  @Test
  void timmPadsAlikeOnAllSidesAndPoolsInTheShortcut() {
    ComputationGraphConfiguration configuration = imageNet(Preset.TIMM).build().conf();
    Map<String, StandardizedConvolution> convolutions =
        layers(configuration, StandardizedConvolution.class);
    convolutions.forEach(
        (name, each) -> {
          int kernel = each.getKernelSize()[0];
          assertThat(each.getConvolutionMode()).as(name).isEqualTo(ConvolutionMode.Truncate);
          assertThat(each.getPadding()).as(name).containsExactly(kernel / 2, kernel / 2);
          assertThat(each.epsilon()).as(name).isEqualTo(1e-5);
          assertThat(each.scale()).as(name).isEqualTo(GAMMA);
          assertThat(each.getGainInit()).as(name).isEqualTo(name.endsWith("conv3") ? 0 : 1);
        });
    Map<String, SubsamplingLayer> poolings = layers(configuration, SubsamplingLayer.class);
    assertThat(poolings)
        .containsOnlyKeys(
            "stem-pooled",
            "stage2-block1-shortcut-pooled",
            "stage3-block1-shortcut-pooled",
            "stage4-block1-shortcut-pooled");
    assertThat(poolings.get("stem-pooled").getPadding()).containsExactly(1, 1);
    assertThat(convolutions.get("stage2-block1-shortcut").getStride()).containsExactly(1, 1);
    assertThat(activation(configuration, "activation").outputScale()).isEqualTo(1);
    assertThat(activation(configuration, "stage1-block2-activation1").outputScale())
        .isCloseTo(1 / Math.sqrt(1.04), within(1e-15));
    assertThat(layers(configuration, SkipInit.class)).isEmpty();
  }

  /** Where padding and shortcuts are alike, in the first stage of a small network. */
  @Test
  void gammaInTheConvolutionsIsGammaInTheActivationsButForTheStem() {
    INDArray images = Networks.gaussian(1, 2, 1, 8, 8);
    INDArray[] outputs = new INDArray[2];
    for (Preset preset : Preset.values()) {
      ComputationGraphConfiguration configuration =
          NfResNet.builder()
              .small(4, 2)
              .inputShape(1, 8, 8)
              .preset(preset)
              .skipInit(true)
              .build()
              .conf();
      configuration.setDataType(DataType.DOUBLE);
      ComputationGraph network = new ComputationGraph(configuration);
      network.init();
      network
          .paramTable()
          .forEach(
              (name, values) -> {
                if (name.endsWith("_scale")) {
                  values.assign(0.7);
                } else if (name.endsWith("_W")) {
                  values.muli(1e3); // so that timm's epsilon does not matter
                }
              });
      network.getParam("stem_g").divi(preset.filterScale(GAMMA));
      outputs[preset.ordinal()] = network.feedForward(images, false).get("stage1-block2").dup();
    }
    assertThat(outputs[0].amaxNumber().doubleValue()).isGreaterThan(1);
    assertThat(outputs[0].sub(outputs[1]).amaxNumber().doubleValue()).isLessThan(1e-6);
  }

  @ParameterizedTest
  @EnumSource
  void headsStartWithSmallWeights(Preset preset) {
    INDArray weights = imageNet(preset).build().init().getParam("output_W");
    assertThat(weights.stdNumber().doubleValue()).isBetween(0.009, 0.011);
  }

  @Test
  void optionsAfterThePresetChangeIt() {
    NfResNet network =
        imageNet(Preset.TIMM).skipInit(true).publishedGamma(false).zeroOutputLayer(true).build();
    ComputationGraphConfiguration configuration = network.conf();
    assertThat(layers(configuration, SkipInit.class)).hasSize(8);
    assertThat(layers(configuration, StandardizedConvolution.class).values())
        .allMatch(each -> each.getGainInit() == 1)
        .allMatch(each -> Math.abs(each.scale() - 1.71286) < 1e-5);
    assertThat(network.init().getParam("output_W").amaxNumber().doubleValue()).isZero();
  }

  @Test
  void gammaIsThatOfTheActivationFunction() {
    assertThat(
            layers(
                    imageNet(Preset.TIMM).activation(Activation.SWISH).build().conf(),
                    StandardizedConvolution.class)
                .get("stem")
                .scale())
        .isEqualTo(1.7881293296813965);
    assertThat(
            activation(
                    imageNet(Preset.DEEPMIND).activation(new ExactGelu()).build().conf(),
                    "activation")
                .outputScale())
        .isEqualTo(1.7015043497085571);
  }

  /** DeepMind: rate * i / n. timm: rate * i / (n - 1). */
  @Test
  void stochasticDepthRisesAsInTheReference() {
    assertThat(dropRates(Preset.DEEPMIND)).containsExactly(new double[] {0.1, 0.2}, within(1e-15));
    assertThat(dropRates(Preset.TIMM)).containsExactly(new double[] {0.15, 0.3}, within(1e-15));
  }

  /** Of the second block and the third, as the first is always there. */
  private static double[] dropRates(Preset preset) {
    ComputationGraphConfiguration configuration =
        NfResNet.builder().small(4, 1).preset(preset).stochasticDepth(0.3).build().conf();
    Map<String, DropoutLayer> layers = layers(configuration, DropoutLayer.class);
    assertThat(layers).containsOnlyKeys("stage2-block1-drop", "stage3-block1-drop");
    return new TreeMap<>(layers)
        .values().stream()
            .mapToDouble(each -> ((StochasticDepth) each.getIDropout()).rate())
            .toArray();
  }

  /** As scales that start at 0 have one. */
  @Test
  void gainsThatStartAtZeroHaveTheUpdaterOfTheScales() {
    ComputationGraph network =
        NfResNet.builder()
            .small(4, 1)
            .inputShape(1, 8, 8)
            .classes(3)
            .preset(Preset.TIMM)
            .updater(new Sgd(0))
            .scaleUpdater(new Sgd(0.1))
            .build()
            .init();
    Map<String, INDArray> before =
        network.paramTable().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().dup()));
    network.getParam("output_W").assign(Networks.gaussian(2, 16, 3));
    before.put("output_W", network.getParam("output_W").dup());
    network.fit(
        new DataSet(
            Networks.gaussian(3, 3, 1, 8, 8).castTo(DataType.FLOAT),
            Nd4j.eye(3).castTo(DataType.FLOAT)));
    for (String name : before.keySet()) {
      assertThat(network.getParam(name).equals(before.get(name)))
          .as(name)
          .isEqualTo(!name.matches("stage.-block1-conv2_[bg]"));
    }
  }
}
