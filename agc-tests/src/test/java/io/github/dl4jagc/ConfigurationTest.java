package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.testing.ArrayClip;
import io.github.dl4jagc.testing.LogCapture;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** The settings themselves: defaults, checks, equality, copies, delegation. */
class ConfigurationTest {

  private static AgcGradientNormalization everyOption() {
    return AgcGradientNormalization.builder(new Nesterovs(0.1, 0.9))
        .clippingThreshold(0.02)
        .epsilon(1e-4)
        .excludeOutputLayer(true)
        .excludeLayers("a", "b")
        .nonFiniteGradients(NonFiniteGradients.ZERO)
        .observeOnly(true)
        .startIteration(7)
        .excludeKinds(ParameterKind.BIAS)
        .excludeOutputWeights(true)
        .weightDecay(2e-5)
        .build();
  }

  @Test
  void bothBuildersHaveTheSameOptions() {
    assertThat(everyOption().settings())
        .isEqualTo(
            AgcSettings.builder()
                .clippingThreshold(0.02)
                .epsilon(1e-4)
                .excludeOutputLayer(true)
                .excludeLayers("a", "b")
                .nonFiniteGradients(NonFiniteGradients.ZERO)
                .observeOnly(true)
                .startIteration(7)
                .excludeKinds(ParameterKind.BIAS)
                .excludeOutputWeights(true)
                .weightDecay(2e-5)
                .build());
  }

  @Test
  void defaultsAreThePapers() {
    AgcGradientNormalization agc = new AgcGradientNormalization(new Sgd(0.1));
    assertThat(agc.settings().clippingThreshold(0, 0)).isEqualTo(0.01);
    assertThat(agc.settings().epsilon()).isEqualTo(1e-3);
    assertThat(agc.settings().excludeOutputLayer()).isFalse();
    assertThat(agc.settings().excludeLayers()).isEmpty();
    assertThat(agc.settings().nonFiniteGradients()).isEqualTo(NonFiniteGradients.PASS_THROUGH);
    assertThat(agc).isEqualTo(new AgcGradientNormalization(new Sgd(0.1), 0.01));
  }

  @Test
  void nullInnerIsRefused() {
    assertThatThrownBy(() -> new AgcGradientNormalization((Sgd) null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("inner must be the updater to wrap, got null");
  }

  @Test
  void agcInsideOfAgcIsRefused() {
    AgcGradientNormalization agc = new AgcGradientNormalization(new Sgd(0.1));
    assertThatThrownBy(() -> new AgcGradientNormalization(agc))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("inner must not itself be an AgcGradientNormalization")
        .hasMessageContaining("Sgd");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.1, Double.NaN, Double.POSITIVE_INFINITY})
  void badThresholdIsRefused(double threshold) {
    assertThatThrownBy(() -> new AgcGradientNormalization(new Sgd(0.1), threshold))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "clippingThreshold must be finite and > 0, got " + threshold + "; the paper uses 0.01");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e-9, Double.NaN, Double.POSITIVE_INFINITY})
  void badEpsilonIsRefused(double epsilon) {
    AgcOptions<AgcGradientNormalization> builder = AgcGradientNormalization.builder(new Sgd(0.1));
    assertThatThrownBy(() -> builder.epsilon(epsilon))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("epsilon must be finite and >= 0, got " + epsilon);
  }

  /** Warnings that name {@code value}; each test has a value of its own, as each is named once. */
  private static List<String> warnings(LogCapture log, String value) {
    return log.messages().stream()
        .filter(message -> message.startsWith("WARN AGC: clippingThreshold"))
        .filter(message -> message.contains(value))
        .collect(Collectors.toList());
  }

  @Test
  void thresholdAboveOneIsNamedOnceWithTheReason() {
    try (LogCapture log = new LogCapture()) {
      AgcGradientNormalization agc = new AgcGradientNormalization(new Sgd(0.1), 1.25e17);
      AgcGradientNormalization copy = agc.clone();
      assertThat(copy.settings().clippingThreshold(0, 0)).isEqualTo(1.25e17);
      ArrayClip.clip(Nd4j.ones(3), Nd4j.ones(3), 1.25e17, 1e-3);
      assertThat(warnings(log, "1.25E17"))
          .singleElement()
          .asString()
          .contains(
              "clippingThreshold is 1.25E17", "the norm of its weights", "the paper uses 0.01")
          .endsWith("/docs/troubleshooting.md#large-threshold)");
    }
  }

  @Test
  void scheduleThatRisesAboveOneIsNamedOncePerMagnitude() {
    ISchedule rising = new ExponentialSchedule(ScheduleType.ITERATION, 0.5e19, 1.001);
    try (LogCapture log = new LogCapture()) {
      AgcGradientNormalization agc =
          AgcGradientNormalization.builder(new Sgd(0.1)).clippingThreshold(rising).build();
      for (int iteration = 0; iteration < 1000; iteration++) {
        agc.settings().clippingThreshold(iteration, 0);
      }
      assertThat(warnings(log, "E18").size() + warnings(log, "E19").size())
          .as("from 2^62.1 to 2^63.6")
          .isEqualTo(2);
    }
  }

  @Test
  void thresholdsOfPapersAreNotComplainedOf() {
    try (LogCapture log = new LogCapture()) {
      for (double threshold : new double[] {0.01, 0.16, 1}) {
        new AgcGradientNormalization(new Sgd(0.1), threshold);
      }
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void nullOptionsAreRefused() {
    AgcOptions<AgcGradientNormalization> builder = AgcGradientNormalization.builder(new Sgd(0.1));
    assertThatThrownBy(() -> builder.clippingThreshold((ISchedule) null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("clippingThreshold");
    assertThatThrownBy(() -> builder.nonFiniteGradients(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nonFiniteGradients");
    assertThatThrownBy(() -> builder.excludeLayers("a", null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("excludeLayers");
  }

  @Test
  void scheduleIsAskedByIterationOrEpoch() {
    AgcGradientNormalization byIteration =
        AgcGradientNormalization.builder(new Sgd(0.1))
            .clippingThreshold(new StepSchedule(ScheduleType.ITERATION, 0.08, 0.5, 10))
            .build();
    assertThat(byIteration.settings().clippingThreshold(0, 7)).isEqualTo(0.08);
    assertThat(byIteration.settings().clippingThreshold(10, 0)).isEqualTo(0.04);
    AgcGradientNormalization byEpoch =
        AgcGradientNormalization.builder(new Sgd(0.1))
            .clippingThreshold(new StepSchedule(ScheduleType.EPOCH, 0.08, 0.5, 10))
            .build();
    assertThat(byEpoch.settings().clippingThreshold(10, 0)).isEqualTo(0.08);
    assertThat(byEpoch.settings().clippingThreshold(0, 10)).isEqualTo(0.04);
  }

  @Test
  void scheduleThatTurnsBadSaysWhen() {
    AgcGradientNormalization agc =
        AgcGradientNormalization.builder(new Sgd(0.1))
            .clippingThreshold(
                new MapSchedule.Builder(ScheduleType.ITERATION).add(0, 0.1).add(3, -1.0).build())
            .build();
    assertThat(agc.settings().clippingThreshold(2, 0)).isEqualTo(0.1);
    assertThatThrownBy(() -> agc.settings().clippingThreshold(3, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("clippingThreshold at iteration 3, epoch 1")
        .hasMessageContaining("got -1.0");
  }

  @Test
  void equalSettingsAndInnerUpdatersAreEqual() {
    assertThat(everyOption()).isEqualTo(everyOption()).hasSameHashCodeAs(everyOption());
    assertThat(new AgcGradientNormalization(new Sgd(0.1)))
        .isNotEqualTo(new AgcGradientNormalization(new Sgd(0.2)))
        .isNotEqualTo(new AgcGradientNormalization(new Sgd(0.1), 0.02))
        .isNotEqualTo(new AgcGradientNormalization(new NoOp()))
        .isNotEqualTo(new Sgd(0.1))
        .isNotEqualTo(everyOption());
  }

  @Test
  void cloneIsEqualButHasItsOwnInnerUpdater() {
    AgcGradientNormalization original = everyOption();
    AgcGradientNormalization copy = original.clone();
    assertThat(copy).isEqualTo(original);
    copy.setLrAndSchedule(0.5, null);
    assertThat(original.getLearningRate(0, 0)).isEqualTo(0.1);
    assertThat(copy.getLearningRate(0, 0)).isEqualTo(0.5);
  }

  @Test
  void cloneKeepsAThresholdSchedule() {
    AgcGradientNormalization original =
        AgcGradientNormalization.builder(new Sgd(0.1))
            .clippingThreshold(new StepSchedule(ScheduleType.ITERATION, 0.08, 0.5, 10))
            .build();
    assertThat(original.clone()).isEqualTo(original);
    assertThat(original.clone().settings().clippingThreshold(10, 0)).isEqualTo(0.04);
  }

  @Test
  void everythingElseIsTheInnerUpdaters() {
    AgcGradientNormalization agc =
        new AgcGradientNormalization(new Adam(new StepSchedule(ScheduleType.EPOCH, 0.1, 0.1, 1)));
    assertThat(agc.stateSize(7)).isEqualTo(14);
    assertThat(agc.hasLearningRate()).isTrue();
    assertThat(agc.getLearningRate(100, 1)).isEqualTo(new Adam(0.1).getLearningRate(0, 0) * 0.1);
    agc.setLrAndSchedule(0.3, null);
    assertThat(agc.getLearningRate(0, 5)).isEqualTo(0.3);
    assertThat(new AgcGradientNormalization(new NoOp()).hasLearningRate()).isFalse();
  }

  @Test
  void toStringNestsTheInnerUpdater() {
    assertThat(everyOption().toString())
        .startsWith("AgcGradientNormalization(Nesterovs(")
        .contains("clippingThreshold=0.02", "epsilon=1.0E-4", "[a, b]", "ZERO");
  }

  @Test
  void exclusionsAreCopiedFromTheCaller() {
    String[] names = {"a"};
    AgcGradientNormalization agc =
        AgcGradientNormalization.builder(new Sgd(0.1)).excludeLayers(names).build();
    names[0] = "b";
    assertThat(agc.settings().excludeLayers()).containsExactly("a");
  }

  @Test
  void exclusionsAddUp() {
    AgcSettings one =
        AgcSettings.builder()
            .excludeLayers("a")
            .excludeKinds(ParameterKind.GAIN)
            .excludeLayers("b", "a")
            .excludeKinds(ParameterKind.BIAS)
            .excludeLayers()
            .excludeKinds()
            .build();
    assertThat(one.excludeLayers()).containsExactly("a", "b");
    assertThat(one.excludeKinds()).containsExactly(ParameterKind.BIAS, ParameterKind.GAIN);
    assertThat(one.toBuilder().excludeLayers("c").build().excludeLayers())
        .containsExactly("a", "b", "c");
    assertThat(one.excludeLayers()).containsExactly("a", "b");
  }

  @Test
  void aCallWithNullExcludesNothing() {
    AgcOptions<AgcSettings> builder = AgcSettings.builder();
    assertThatThrownBy(() -> builder.excludeLayers("a", null));
    assertThatThrownBy(() -> builder.excludeKinds(ParameterKind.BIAS, null));
    assertThat(builder.build()).isEqualTo(AgcSettings.builder().build());
  }
}
