package io.github.dl4jagc;

import static io.github.dl4jagc.OneUnit.agc;
import static io.github.dl4jagc.OneUnit.one;
import static io.github.dl4jagc.OneUnit.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.testing.LogCapture;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** What {@code updateRatio} refuses, and what it warns of. */
class UpdateRatioArgumentsTest {

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void aRateThatIsNotFiniteIsNamedWithItsIteration(double rate) {
    assertThatThrownBy(() -> step(one(agc(new Sgd(rate), 0.1)), 4, 6, 8))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("a learning rate that is finite, got " + rate + " at iteration 4");
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 1.5, -0.1, Double.NaN})
  void aMomentumThatNeverDecaysIsRefused(double momentum) {
    assertThatThrownBy(() -> step(one(agc(new Nesterovs(0.1, momentum), 0.1)), 0, 6, 8))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("a momentum in [0, 1), got " + momentum + " at iteration 0");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.03, Double.NaN, Double.POSITIVE_INFINITY})
  void badRatiosAreRefused(double ratio) {
    assertThatThrownBy(() -> AgcSettings.builder().updateRatio(ratio))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("updateRatio must be finite and > 0, got " + ratio);
    assertThatThrownBy(() -> AgcSettings.builder().updateRatio(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("updateRatio must be a number or a schedule, got null");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e-9, Double.NaN, Double.POSITIVE_INFINITY})
  void badFloorsAreRefused(double floor) {
    AgcOptions<AgcSettings> builder = AgcSettings.builder().updateRatio(0.03);
    assertThatThrownBy(() -> builder.biasEpsilon(floor))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("biasEpsilon must be finite and >= 0, got " + floor);
    assertThatThrownBy(() -> builder.weightEpsilon(floor))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("weightEpsilon must be finite and >= 0, got " + floor);
  }

  @Test
  void floorsOfARatioWithoutOneAreRefused() {
    AgcOptions<AgcSettings> ofBiases = AgcSettings.builder().biasEpsilon(0.5);
    assertThatThrownBy(ofBiases::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("biasEpsilon is the floor that updateRatio has for biases")
        .hasMessageContaining("got 0.5 without an updateRatio");
    AgcOptions<AgcSettings> ofWeights = AgcSettings.builder().weightEpsilon(0);
    assertThatThrownBy(ofWeights::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("weightEpsilon is the floor that updateRatio has for weights")
        .hasMessageContaining("got 0.0 without an updateRatio");
  }

  @Test
  void aFloorOfAThresholdWithoutOneIsRefused() {
    AgcOptions<AgcSettings> builder = AgcSettings.builder().updateRatio(0.03).epsilon(0.5);
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("epsilon is the floor that clippingThreshold has, got 0.5")
        .hasMessageContaining("set weightEpsilon and biasEpsilon");
    assertThat(builder.clippingThreshold(0.01).build().epsilon()).isEqualTo(0.5);
  }

  @Test
  void aRatioThatMayTurnAUnitRoundIsNamedOnce() {
    try (LogCapture log = new LogCapture()) {
      AgcSettings.builder().updateRatio(0.99).build();
      AgcSettings.builder().updateRatio(3.5e17).build();
      AgcSettings.builder().updateRatio(3.5e17).build();
      assertThat(log.messages())
          .singleElement()
          .asString()
          .contains("updateRatio is 3.5E17, so a unit may turn round in one step");
    }
  }

  @Test
  void functionsSayWhatTheyNeed() {
    MultiLayerNetwork net = one(new Sgd(1));
    AgcSettings ratio = AgcSettings.builder().updateRatio(0.02).build();
    assertThatThrownBy(() -> Agc.apply(net, ratio))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("updateRatio has no learning rate here")
        .hasMessageContaining("Agc.applyToUpdate(model, settings)");
    AgcSettings threshold = AgcSettings.builder().clippingThreshold(0.02).build();
    assertThatThrownBy(() -> Agc.apply(net, threshold, 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("settings must have an updateRatio, got clippingThreshold=0.02");
    assertThatThrownBy(() -> Agc.applyToUpdate(net, threshold))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("settings must have an updateRatio");
    AgcSettings decay = ratio.toBuilder().weightDecay(1e-4).build();
    assertThatThrownBy(() -> Agc.applyToUpdate(net, decay))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("weightDecay must not be set");
    for (double rate : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> Agc.apply(net, ratio, rate))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("learningRate must be finite and >= 0, got " + rate);
    }
  }
}
