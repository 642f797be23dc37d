package io.github.dl4jagc.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.zoo.ModelMetaData;
import org.deeplearning4j.zoo.PretrainedType;
import org.deeplearning4j.zoo.ZooModel;
import org.deeplearning4j.zoo.ZooType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.learning.config.Sgd;

class NfResNetZooModelTest {

  private static NfResNetZooModel.Builder model() {
    return NfResNetZooModel.builder().depth(26).inputShape(3, 32, 32).numClasses(7);
  }

  @Test
  void itsNetworkIsTheNfResNetOfTheSameSettings() {
    ComputationGraph network =
        model().preset(Preset.TIMM).seed(5).updater(new Sgd(0.5)).build().init();
    ComputationGraph same =
        NfResNet.builder()
            .depth(26)
            .inputShape(3, 32, 32)
            .classes(7)
            .preset(Preset.TIMM)
            .seed(5)
            .updater(new Sgd(0.5))
            .build()
            .init();
    assertThat(network.getConfiguration()).isEqualTo(same.getConfiguration());
    assertThat(network.params()).isEqualTo(same.params());
  }

  @Test
  void metaDataAreThoseOfTheImages() {
    ZooModel<ComputationGraph> model = model().build();
    ModelMetaData before = model.metaData();
    assertThat(before.getInputShape()).isDeepEqualTo(new int[][] {{3, 32, 32}});
    assertThat(before.getNumOutputs()).isEqualTo(1);
    assertThat(before.getZooType()).isEqualTo(ZooType.CNN);
    assertThat(model.modelType()).isEqualTo(ComputationGraph.class);
    model.setInputShape(new int[][] {{1, 64, 48}});
    assertThat(model.metaData().getInputShape()).isDeepEqualTo(new int[][] {{1, 64, 48}});
    ComputationGraph network = model.init();
    assertThat(network.getParam("stem_W").size(1)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void pretrainedWeightsAreRefused(PretrainedType type) {
    NfResNetZooModel model = model().build();
    assertThat(model.pretrainedAvailable(type)).isFalse();
    assertThatThrownBy(() -> model.initPretrained(type))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContainingAll("No weights are hosted", "" + type, "NfResNetWeights.readTimm");
  }

  @Test
  void shapesThatAreNotThreeNumbersAreRefused() {
    NfResNetZooModel model = model().build();
    assertThatThrownBy(() -> model.setInputShape(new int[2][3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("one shape", "[[0, 0, 0], [0, 0, 0]]");
    assertThatThrownBy(() -> model.setInputShape(new int[][] {{224, 224}}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("three numbers", "[224, 224]");
    assertThatThrownBy(() -> NfResNetZooModel.builder().inputShape(3, 0, 224))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[3, 0, 224]");
  }
}
