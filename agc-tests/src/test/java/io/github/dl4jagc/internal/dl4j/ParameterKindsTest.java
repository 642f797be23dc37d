package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.ParameterKind.BIAS;
import static io.github.dl4jagc.ParameterKind.GAIN;
import static io.github.dl4jagc.ParameterKind.WEIGHT;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.models.SkipInit;
import io.github.dl4jagc.models.StandardizedConvolution;
import io.github.dl4jagc.testing.Networks;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.layers.*;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.misc.DummyConfig;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is a weight, a bias, a gain: of DL4J's layers and of custom ones. */
class ParameterKindsTest {

  private static final long[] SHAPE = {4, 3};

  private static Arguments layer(TrainingConfig layer, Map<String, ParameterKind> kinds) {
    return Arguments.of(Named.of(layer.getClass().getSimpleName(), layer), kinds);
  }

  private static DenseLayer dense() {
    return new DenseLayer.Builder().nIn(4).nOut(3).hasLayerNorm(true).build();
  }

  static Stream<Arguments> layers() {
    SimpleRnn recurrent = new SimpleRnn.Builder().nIn(4).nOut(3).hasLayerNorm(true).build();
    return Stream.of(
        layer(dense(), Map.of("W", WEIGHT, "b", BIAS, "g", GAIN)),
        layer(Networks.output(3), Map.of("W", WEIGHT, "b", BIAS)),
        layer(recurrent, Map.of("W", WEIGHT, "RW", WEIGHT, "b", BIAS, "g", GAIN)),
        layer(
            new Bidirectional(recurrent),
            Map.of("fW", WEIGHT, "bRW", WEIGHT, "fb", BIAS, "bb", BIAS, "fg", GAIN, "bg", GAIN)),
        layer(new LastTimeStep(recurrent), Map.of("W", WEIGHT, "b", BIAS, "g", GAIN)),
        layer(new FrozenLayer(dense()), Map.of("W", WEIGHT, "b", BIAS, "g", GAIN)),
        layer(
            new LSTM.Builder().nIn(4).nOut(3).build(),
            Map.of("W", WEIGHT, "RW", WEIGHT, "b", BIAS)),
        layer(
            new ConvolutionLayer.Builder(3, 3).nIn(4).nOut(3).build(),
            Map.of("W", WEIGHT, "b", BIAS)),
        layer(
            new SeparableConvolution2D.Builder(3, 3).nIn(4).nOut(3).build(),
            Map.of("W", WEIGHT, "pW", WEIGHT, "b", BIAS)),
        layer(new BatchNormalization(), Map.of("gamma", GAIN, "beta", BIAS)),
        layer(new PReLULayer.Builder().build(), Map.of("W", GAIN)),
        layer(
            new ElementWiseMultiplicationLayer.Builder().nIn(4).nOut(4).build(),
            Map.of("W", GAIN, "b", BIAS)),
        layer(
            new OCNNOutputLayer.Builder().nIn(4).hiddenLayerSize(3).build(),
            Map.of("v", WEIGHT, "w", WEIGHT, "r", BIAS)),
        layer(
            new AutoEncoder.Builder().nIn(4).nOut(3).build(),
            Map.of("W", WEIGHT, "b", BIAS, "vb", BIAS)),
        layer(
            new VariationalAutoencoder.Builder().nIn(4).nOut(3).build(),
            Map.of("e0W", WEIGHT, "e0b", BIAS, "pZXMeanW", WEIGHT, "pZXMeanb", BIAS)),
        layer(
            new LocallyConnected1D.Builder().nIn(4).nOut(3).kernelSize(2).setInputSize(5).build(),
            Map.of("W", WEIGHT, "b", BIAS)),
        layer(
            new AttentionVertex.Builder()
                .nInQueries(4)
                .nInKeys(4)
                .nInValues(4)
                .nOut(3)
                .nHeads(1)
                .headSize(3)
                .projectInput(true)
                .build(),
            Map.of("Wq", WEIGHT, "Wk", WEIGHT, "Wv", WEIGHT, "Wo", WEIGHT)),
        layer(
            new StandardizedConvolution.Builder(3, 3).nIn(4).nOut(3).build(),
            Map.of("W", WEIGHT, "b", BIAS, "g", GAIN)),
        layer(new SkipInit.Builder(0.2).build(), Map.of("scale", GAIN)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layers")
  void kindsAreTheInitialisersButForGains(TrainingConfig layer, Map<String, ParameterKind> kinds) {
    Map<String, ParameterKind> found = new LinkedHashMap<>();
    kinds.forEach((name, kind) -> found.put(name, new LayerUnits().kindOf(layer, name, SHAPE)));
    assertThat(found).isEqualTo(kinds);
  }

  @Test
  void ofAVertexThatDeclaresNothingTheShapeDecides() {
    DummyConfig vertex = new DummyConfig("custom");
    LayerUnits units = new LayerUnits();
    assertThat(units.kindOf(vertex, "p", new long[] {4, 3})).isEqualTo(WEIGHT);
    assertThat(units.kindOf(vertex, "p", new long[] {4, 1, 3})).isEqualTo(WEIGHT);
    assertThat(units.kindOf(vertex, "p", new long[] {1, 3})).isEqualTo(BIAS);
    assertThat(units.kindOf(vertex, "p", new long[] {3})).isEqualTo(BIAS);
    assertThat(units.kindOf(vertex, "p", new long[0])).isEqualTo(BIAS);
  }
}
