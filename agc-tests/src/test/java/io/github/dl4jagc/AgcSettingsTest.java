package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.models.StochasticDepth;
import io.github.dl4jagc.testing.Networks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.CycleSchedule;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.InverseSchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.PolySchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.SigmoidSchedule;
import org.nd4j.linalg.schedule.StepSchedule;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** Settings by themselves, and in an updater. */
class AgcSettingsTest {

  @Test
  void defaultsAreThePapers() {
    AgcSettings settings = AgcSettings.builder().build();
    assertThat(settings.clippingThreshold(7, 3)).isEqualTo(0.01);
    assertThat(settings.epsilon()).isEqualTo(1e-3);
    assertThat(settings.excludeOutputLayer()).isFalse();
    assertThat(settings.excludeLayers()).isEmpty();
    assertThat(settings.nonFiniteGradients()).isEqualTo(NonFiniteGradients.PASS_THROUGH);
    assertThat(settings.observeOnly()).isFalse();
    assertThat(settings.startIteration()).isZero();
    assertThat(settings.excludeKinds()).isEmpty();
    assertThat(settings.excludeOutputWeights()).isFalse();
    assertThat(settings.weightDecay()).isZero();
    assertThat(new AgcGradientNormalization(new Sgd(1)).settings()).isEqualTo(settings);
  }

  static List<UnaryOperator<AgcOptions<AgcSettings>>> options() {
    return List.of(
        b -> b.clippingThreshold(0.02),
        b -> b.clippingThreshold(new StepSchedule(ScheduleType.EPOCH, 0.1, 0.5, 1)),
        b -> b.epsilon(1e-4),
        b -> b.excludeOutputLayer(true),
        b -> b.excludeLayers("a"),
        b -> b.nonFiniteGradients(NonFiniteGradients.FAIL),
        b -> b.observeOnly(true),
        b -> b.startIteration(7),
        b -> b.excludeKinds(ParameterKind.GAIN, ParameterKind.BIAS),
        b -> b.excludeOutputWeights(true),
        b -> b.weightDecay(2e-5),
        b -> b.updateRatio(0.03),
        b -> b.updateRatio(new StepSchedule(ScheduleType.EPOCH, 0.05, 0.5, 2)),
        b -> b.updateRatio(0.03).clippingThreshold(AgcSettings.DEFAULT_CLIPPING_THRESHOLD),
        b -> b.updateRatio(0.03).biasEpsilon(0.5),
        b -> b.updateRatio(0.03).weightEpsilon(0.5));
  }

  @ParameterizedTest
  @MethodSource("options")
  void eachOptionMakesSettingsDifferent(UnaryOperator<AgcOptions<AgcSettings>> option) {
    AgcSettings one = option.apply(AgcSettings.builder()).build();
    assertThat(one)
        .isEqualTo(option.apply(AgcSettings.builder()).build())
        .hasSameHashCodeAs(option.apply(AgcSettings.builder()).build())
        .isNotEqualTo(AgcSettings.builder().build());
    assertThat(one.toString()).isNotEqualTo(AgcSettings.builder().build().toString());
    assertThat(new AgcGradientNormalization(new Sgd(1), one))
        .isEqualTo(new AgcGradientNormalization(new Sgd(1), one))
        .isNotEqualTo(new AgcGradientNormalization(new Sgd(1)))
        .isNotEqualTo(new AgcGradientNormalization(new Sgd(2), one));
  }

  @ParameterizedTest
  @MethodSource("options")
  void eachOptionSurvivesSerialisationAndJson(UnaryOperator<AgcOptions<AgcSettings>> option)
      throws Exception {
    AgcSettings settings = option.apply(AgcSettings.builder()).build();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(settings);
    }
    assertThat(new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject())
        .isEqualTo(settings);

    MultiLayerConfiguration configuration =
        Agc.wrap(Networks.dense(new Sgd(0.1)).getLayerWiseConfigurations(), settings);
    assertThat(updater(MultiLayerConfiguration.fromJson(configuration.toJson()), 0).settings())
        .isEqualTo(settings);
    assertThat(updater(MultiLayerConfiguration.fromYaml(configuration.toYaml()), 0).settings())
        .isEqualTo(settings);
  }

  @ParameterizedTest
  @MethodSource("options")
  void eachOptionSurvivesTheWayThroughABuilder(UnaryOperator<AgcOptions<AgcSettings>> option) {
    AgcSettings settings = option.apply(AgcSettings.builder()).build();
    assertThat(settings.toBuilder().build()).isEqualTo(settings);
  }

  /** A new option has to be listed above, or no test would miss it. */
  @Test
  void everyFieldIsMadeDifferentByAnOption() throws Exception {
    AgcSettings defaults = AgcSettings.builder().build();
    for (Field field : AgcSettings.class.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers())) {
        continue;
      }
      field.setAccessible(true);
      List<Object> values = new ArrayList<>();
      for (UnaryOperator<AgcOptions<AgcSettings>> option : options()) {
        AgcSettings settings = option.apply(AgcSettings.builder()).build();
        values.add(field.get(settings));
        assertThat(field.get(settings.toBuilder().build()))
            .as(field.getName())
            .isEqualTo(field.get(settings));
      }
      assertThat(values)
          .as(field.getName())
          .anyMatch(value -> !Objects.equals(value, valueOf(field, defaults)));
    }
  }

  private static Object valueOf(Field field, AgcSettings settings) {
    try {
      return field.get(settings);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aBuilderOfSettingsLeavesThemAsTheyAre() {
    AgcSettings settings = AgcSettings.builder().excludeKinds(ParameterKind.BIAS).build();
    AgcSettings other = settings.toBuilder().excludeKinds(ParameterKind.GAIN).epsilon(1).build();
    assertThat(settings)
        .isEqualTo(AgcSettings.builder().excludeKinds(ParameterKind.BIAS).build())
        .isNotEqualTo(other);
  }

  @Test
  void aFixedScheduleIsANumber() {
    assertThat(AgcSettings.builder().clippingThreshold(new FixedSchedule(0.03)).build())
        .isEqualTo(AgcSettings.builder().clippingThreshold(0.03).build());
  }

  static List<ISchedule> schedules() {
    return List.of(
        new StepSchedule(ScheduleType.ITERATION, 0.1, 0.5, 1e8),
        new MapSchedule(ScheduleType.EPOCH, Map.of(0, 0.1, 7, 1e-9)),
        new ExponentialSchedule(ScheduleType.EPOCH, 0.1, 0.9),
        new InverseSchedule(ScheduleType.EPOCH, 0.1, 0.5, 2),
        new PolySchedule(ScheduleType.ITERATION, 0.1, 2, 1_000_000_000),
        new SigmoidSchedule(ScheduleType.ITERATION, 0.1, 0.5, 12),
        new CycleSchedule(ScheduleType.ITERATION, 0.1, 100),
        new WithOptionalFields());
  }

  /** Has a field that is null, one in single precision, and one that is a schedule. */
  @JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.ANY)
  static final class WithOptionalFields implements ISchedule {
    private static final long serialVersionUID = 1L;

    private final Double peak = null;
    private final float start = 0.1f;
    private final ISchedule rest = new FixedSchedule(0.5);

    @Override
    public double valueAt(int iteration, int epoch) {
      return iteration == 0 ? start : peak != null ? peak : rest.valueAt(iteration, epoch);
    }

    @Override
    public ISchedule clone() {
      return this;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof WithOptionalFields;
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void anyScheduleSurvivesJsonAndYaml(ISchedule schedule) {
    MultiLayerConfiguration configuration =
        Networks.dense(
                AgcGradientNormalization.builder(new Sgd(0.1)).clippingThreshold(schedule).build())
            .getLayerWiseConfigurations();
    assertThat(MultiLayerConfiguration.fromJson(configuration.toJson())).isEqualTo(configuration);
    assertThat(MultiLayerConfiguration.fromYaml(configuration.toYaml())).isEqualTo(configuration);
  }

  @Test
  void minusZeroIsZero() {
    assertThat(AgcSettings.builder().weightDecay(-0.0).build())
        .isEqualTo(AgcSettings.builder().weightDecay(0.0).build());
    assertThat(AgcSettings.builder().epsilon(-0.0).build())
        .isEqualTo(AgcSettings.builder().epsilon(0.0).build());
    assertThat(new StochasticDepth(-0.0)).isEqualTo(new StochasticDepth(0.0));
  }

  @Test
  void kindsAreASet() {
    AgcSettings settings =
        AgcSettings.builder().excludeKinds(ParameterKind.GAIN, ParameterKind.BIAS).build();
    assertThat(settings.excludeKinds())
        .containsExactly(ParameterKind.BIAS, ParameterKind.GAIN)
        .isUnmodifiable();
    assertThat(settings)
        .isEqualTo(
            AgcSettings.builder()
                .excludeKinds(ParameterKind.BIAS, ParameterKind.GAIN, ParameterKind.BIAS)
                .build());
    assertThatThrownBy(() -> AgcSettings.builder().excludeKinds(ParameterKind.BIAS, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("excludeKinds must be of [WEIGHT, BIAS, GAIN], got null");
  }

  @Test
  void settingsOfAnUpdaterNeedBoth() {
    assertThatThrownBy(() -> new AgcGradientNormalization(new Sgd(1), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("settings must not be null");
    assertThatThrownBy(() -> new AgcGradientNormalization(null, AgcSettings.builder().build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("inner must be the updater to wrap, got null");
  }

  /** Of the format with the version 3. */
  @Test
  void aConfigurationOfThisVersionIsReadAndWrittenAsItWas() throws IOException {
    String json = resource("/configuration-0.3.0.json");
    MultiLayerConfiguration configuration = MultiLayerConfiguration.fromJson(json);

    assertThat(updater(configuration, 0))
        .isEqualTo(AgcGradientNormalization.builder(new Adam(0.01)).updateRatio(0.03).build());
    assertThat(updater(configuration, 1))
        .isEqualTo(
            AgcGradientNormalization.builder(new Nesterovs(0.1, 0.9))
                .clippingThreshold(0.02)
                .updateRatio(
                    new MapSchedule.Builder(ScheduleType.EPOCH).add(0, 0.1).add(3, 0.01).build())
                .biasEpsilon(0.5)
                .build());
    assertThat(updater(configuration, 2))
        .isEqualTo(AgcGradientNormalization.builder(new Sgd(0.5)).observeOnly(true).build());
    ObjectMapper mapper = NeuralNetConfiguration.mapper();
    assertThat(mapper.readTree(configuration.toJson())).isEqualTo(mapper.readTree(json));
  }

  /** Of the format with the version 2. */
  @Test
  void aConfigurationOfTheVersionBeforeIsRead() throws IOException {
    MultiLayerConfiguration configuration =
        MultiLayerConfiguration.fromJson(resource("/configuration-0.2.0.json"));

    assertThat(updater(configuration, 0))
        .isEqualTo(
            AgcGradientNormalization.builder(new Nesterovs(0.1, 0.9))
                .clippingThreshold(0.02)
                .excludeOutputWeights(true)
                .weightDecay(2e-5)
                .build());
    assertThat(updater(configuration, 1))
        .isEqualTo(
            AgcGradientNormalization.builder(new Adam(1e-3))
                .clippingThreshold(
                    new MapSchedule.Builder(ScheduleType.EPOCH).add(0, 0.1).add(3, 0.01).build())
                .epsilon(1e-4)
                .excludeLayers("fir*")
                .nonFiniteGradients(NonFiniteGradients.ZERO)
                .startIteration(100)
                .excludeKinds(ParameterKind.BIAS, ParameterKind.GAIN)
                .build());
    assertThat(updater(configuration, 2))
        .isEqualTo(
            AgcGradientNormalization.builder(new Sgd(0.5))
                .excludeOutputLayer(true)
                .observeOnly(true)
                .build());
  }

  @Test
  void anUpdateRatioInTheFormatBeforeIsRefused() {
    String json =
        Networks.dense(AgcGradientNormalization.builder(new Adam(0.01)).updateRatio(0.03).build())
            .getLayerWiseConfigurations()
            .toJson()
            .replace("\"formatVersion\" : 3", "\"formatVersion\" : 2");
    assertThatThrownBy(() -> MultiLayerConfiguration.fromJson(json))
        .rootCause()
        .hasMessageContaining("AgcGradientNormalization in JSON has a field")
        .hasMessageContaining("that this version does not know");
  }

  /** A restored network that gets an update ratio is to have it alone. */
  @Test
  void aDefaultThresholdGivesWayToAnUpdateRatioAlsoAfterJson() {
    MultiLayerConfiguration restored =
        MultiLayerConfiguration.fromJson(
            Networks.dense(new AgcGradientNormalization(new Adam(0.01)))
                .getLayerWiseConfigurations()
                .toJson());
    AgcSettings settings = updater(restored, 0).settings();
    assertThat(settings.clippingThreshold(0, 0)).isEqualTo(0.01);
    assertThat(settings.toBuilder().updateRatio(0.03).build())
        .isEqualTo(AgcSettings.builder().updateRatio(0.03).build());
  }

  @Test
  void aThresholdThatWasSetStaysBesideAnUpdateRatioUntilItIsTakenBack() {
    AgcOptions<AgcSettings> both = AgcSettings.builder().clippingThreshold(0.02).updateRatio(0.03);
    assertThat(both.build().clippingThreshold(0, 0)).isEqualTo(0.02);
    assertThat(both.withoutClippingThreshold().build())
        .isEqualTo(AgcSettings.builder().updateRatio(0.03).build());
    AgcSettings alone = AgcSettings.builder().updateRatio(0.03).build();
    assertThat(alone.hasClippingThreshold()).isFalse();
    assertThat(alone.clippingThreshold(0, 0)).isInfinite();
    assertThat(AgcSettings.builder().build().updateRatio(0, 0)).isInfinite();
  }

  private static String resource(String name) throws IOException {
    return new String(
        AgcSettingsTest.class.getResourceAsStream(name).readAllBytes(), StandardCharsets.UTF_8);
  }

  private static AgcGradientNormalization updater(
      MultiLayerConfiguration configuration, int layer) {
    return (AgcGradientNormalization)
        ((BaseLayer) configuration.getConf(layer).getLayer()).getIUpdater();
  }
}
