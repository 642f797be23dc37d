package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.testing.ArrayClip;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.util.List;
import java.util.regex.Matcher;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** What users get wrong in networks and files, and that the network survives it. */
class BadInputTest {

  private static MultiLayerNetwork withLayersNamed(AgcGradientNormalization agc, String... names) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(agc)
                .list()
                .layer(new DenseLayer.Builder().name(names[0]).nIn(4).nOut(6).build())
                .layer(new DenseLayer.Builder().name(names[1]).nIn(6).nOut(5).build())
                .layer(Networks.output(3))
                .build());
    net.init();
    return net;
  }

  @Test
  void scheduleThatTurnsBadInMidTrainingStopsItAndLeavesTheNetworkUsable() {
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(new Sgd(0.1))
                .clippingThreshold(
                    new MapSchedule.Builder(ScheduleType.ITERATION)
                        .add(0, 0.1)
                        .add(2, Double.NaN)
                        .add(3, 0.1)
                        .build())
                .build());
    net.setListeners(new AgcListener());
    NetworkCheck.fit(net, Networks.denseData(8, 0));
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    INDArray before = net.params().dup();
    assertThatThrownBy(() -> NetworkCheck.fit(net, Networks.denseData(8, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("clippingThreshold at iteration 2, epoch 0")
        .hasMessageContaining("got NaN");
    assertSameValues(net.params(), before);
    net.setIterationCount(3);
    NetworkCheck.fit(net, Networks.denseData(8, 3));
    assertThat(net.params()).isNotEqualTo(before);
  }

  @Test
  void nameOfSeveralLayersIsNotGuessed() {
    assertThatThrownBy(
            () ->
                Agc.attach(
                    withLayersNamed(
                        AgcGradientNormalization.builder(new Sgd(0.1)).excludeLayers("a").build(),
                        "a",
                        "a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"a\"")
        .hasMessageContaining("a#0, a#1, layer2");
  }

  @Test
  void layersOfOneNameAreToldApartByTheirIndices() {
    MultiLayerNetwork net =
        withLayersNamed(
            AgcGradientNormalization.builder(new Sgd(0.1)).excludeLayers("a#1").build(), "a", "a");
    AgcReport report = TestReports.attached(net);
    assertThat(report.rows()).hasSize(6);
    assertThat(report.row("a#0", "W").orElseThrow().leftAlone()).isEmpty();
    assertThat(report.row("a#1", "W").orElseThrow().leftAlone()).contains("excluded layer");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "clippingThreshold",
        "epsilon",
        "excludeOutputLayer",
        "excludeLayers",
        "nonFiniteGradients",
        "observeOnly",
        "startIteration",
        "excludeKinds",
        "excludeOutputWeights",
        "weightDecay"
      })
  void jsonWithoutAFieldIsRefused(String field) {
    String json = json();
    String without = json.replaceFirst("\"" + field + "\" : [^,}\\n]+,?", "");
    without = without.replaceFirst(",(\\s*\\})", "$1");
    assertThat(without).isNotEqualTo(json);
    String broken = without;
    assertThatThrownBy(() -> MultiLayerConfiguration.fromJson(broken))
        .hasStackTraceContaining("must have the field \"" + field + "\"");
  }

  @Test
  void jsonWithoutAnInnerUpdaterIsRefused() {
    String broken = json().replaceFirst("\"inner\" : \\{[^}]*\\},", "");
    assertThatThrownBy(() -> MultiLayerConfiguration.fromJson(broken))
        .hasStackTraceContaining("must have the field \"inner\"");
  }

  @ParameterizedTest
  @CsvSource({
    "clippingThreshold, -3, clippingThreshold must be finite",
    "epsilon, -1, epsilon must be finite",
    "startIteration, -1, startIteration must be >= 0",
    "weightDecay, -1, weightDecay must be finite"
  })
  void jsonWithABadValueIsRefused(String field, String bad, String message) {
    String broken = withField(field, bad);
    assertThatThrownBy(() -> MultiLayerConfiguration.fromJson(broken))
        .hasStackTraceContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "excludeOutputLayer | 7 | true or false",
        "excludeOutputLayer | 0 | true or false",
        "excludeOutputLayer | \"true\" | true or false",
        "nonFiniteGradients | 2 | one of [PASS_THROUGH, ZERO, FAIL]",
        "nonFiniteGradients | \"2\" | one of [PASS_THROUGH, ZERO, FAIL]",
        "nonFiniteGradients | \"zero\" | one of [PASS_THROUGH, ZERO, FAIL]",
        "clippingThreshold | true | a number",
        "clippingThreshold | \"much\" | a number",
        "clippingThreshold | \"0.02\" | a number",
        "clippingThreshold | \"NaN\" | a number",
        "epsilon | [ 0.001 ] | a number",
        "epsilon | \"0x1p-3\" | a number",
        "epsilon | \"1.0E7\" | a number",
        "excludeLayers | \"layer0\" | a list of names",
        "excludeLayers | [ 1 ] | a list of names",
        "excludeLayers | [ null ] | a list of names",
        "observeOnly | 1 | true or false",
        "startIteration | 2.5 | a whole number",
        "startIteration | \"7\" | a whole number",
        "startIteration | 3000000000 | a whole number",
        "excludeKinds | [ \"WEIGHTS\" ] | a list of [WEIGHT, BIAS, GAIN]",
        "excludeKinds | [ 1 ] | a list of [WEIGHT, BIAS, GAIN]",
        "excludeKinds | \"BIAS\" | a list of [WEIGHT, BIAS, GAIN]",
        "excludeOutputWeights | 0 | true or false",
        "weightDecay | false | a number",
        "weightDecay | \"1e-4\" | a number",
        "excludeKinds | [ null ] | a list of [WEIGHT, BIAS, GAIN]",
        "excludeLayers | [ [ \"a\" ] ] | a list of names",
        "excludeLayers | {} | a list of names",
        "inner | 3 | an IUpdater",
        "clippingThresholdSchedule | 0.5 | an ISchedule"
      })
  void jsonValueOfAnotherTypeIsRefusedRatherThanConverted(
      String field, String value, String expected) {
    String broken = withField(field, value);
    assertThatThrownBy(() -> MultiLayerConfiguration.fromJson(broken))
        .hasStackTraceContaining(
            "must have " + expected + " in the field \"" + field + "\", got " + compact(value));
  }

  private static String compact(String json) {
    return json.replace("[ ", "[").replace(" ]", "]");
  }

  private static String withField(String field, String value) {
    String json = json();
    String old = "\"" + field + "\" : (\\{[^}]*\\}|\\[[^\\]]*\\]|[^,}\\s]+)";
    String changed =
        field.equals("clippingThresholdSchedule") // written in place of the number
            ? json.replaceFirst("\"clippingThreshold\" : [^,]+", "\"" + field + "\" : " + value)
            : json.replaceFirst(old, Matcher.quoteReplacement("\"" + field + "\" : " + value));
    assertThat(changed).isNotEqualTo(json);
    return changed;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"inner\" : {\"@class\" : \"org.nd4j.linalg.learning.config.Sgd\", \"learningRate\" : 9}",
        "\"clippingThreshold\" : 0.5",
        "\"epsilon\" : 0.5",
        "\"excludeOutputLayer\" : true",
        "\"excludeLayers\" : [ ]",
        "\"nonFiniteGradients\" : \"FAIL\"",
        "\"momentOfNorms\" : 1, \"momentOfNorms\" : 2"
      })
  void jsonFieldThatComesTwiceIsRefused(String again) {
    String name = again.substring(1, again.indexOf('"', 1));
    String agc = "(\"io.github.dl4jagc.AgcGradientNormalization\",)";
    String first = json().replaceFirst(agc, "$1 " + Matcher.quoteReplacement(again) + ",");
    String last =
        json()
            .replaceAll(
                "(\"nonFiniteGradients\" : \"PASS_THROUGH\")",
                "$1, " + Matcher.quoteReplacement(again));
    for (String broken : List.of(first, last)) {
      assertThatThrownBy(() -> MultiLayerConfiguration.fromJson(broken))
          .hasStackTraceContaining("has the field \"" + name + "\" more than once");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"initialValue\" : 0.1 | \"initialValue\" : \"0x1p-3\"",
        "\"initialValue\" : 0.1 | \"initialValue\" : \"0.1\"",
        "\"initialValue\" : 0.1 | \"initialValue\" : 0.1, \"decay\" : 0.5",
        "\"scheduleType\" : \"EPOCH\" | \"scheduleType\" : 1",
        "\"scheduleType\" : \"EPOCH\" | \"scheduleType\" : \"epoch\"",
        "\"step\" : 2.0 | \"step\" : \"2\"",
      })
  void aScheduleInJsonIsReadAsItStandsOrRefused(String right, String wrong) {
    String json = scheduleJson();
    String broken = json.replace(right, wrong);
    assertThat(broken).isNotEqualTo(json);
    assertThatThrownBy(() -> MultiLayerConfiguration.fromJson(broken))
        .hasStackTraceContaining(
            "must have an ISchedule in the field \"clippingThresholdSchedule\", got {")
        .hasStackTraceContaining(wrong.replace(" : ", ":").replace(", ", ","));
  }

  @ParameterizedTest
  @CsvSource({
    "1.0E7, true",
    "\"1.0E7\", true",
    "0x1p-3, false",
    "'\"0.5\"', false",
    "'\"yes\"', false"
  })
  void yamlHasNumbersThatOnlyJavaTakesForSome(String epsilon, boolean isNumber) {
    String yaml =
        Networks.dense(AgcGradientNormalization.builder(new NoOp()).epsilon(0.125).build())
            .getLayerWiseConfigurations()
            .toYaml();
    String changed = yaml.replace("epsilon: 0.125", "epsilon: " + epsilon);
    assertThat(changed).isNotEqualTo(yaml);
    if (isNumber) {
      assertThat(MultiLayerConfiguration.fromYaml(changed).toJson())
          .contains("\"epsilon\" : 1.0E7");
    } else {
      assertThatThrownBy(() -> MultiLayerConfiguration.fromYaml(changed))
          .hasStackTraceContaining("must have a number in the field \"epsilon\", got \"");
    }
  }

  private static String scheduleJson() {
    return Networks.dense(
            AgcGradientNormalization.builder(new NoOp())
                .clippingThreshold(new StepSchedule(ScheduleType.EPOCH, 0.1, 0.5, 2))
                .build())
        .getLayerWiseConfigurations()
        .toJson();
  }

  @Test
  void jsonWithAThresholdBesideAScheduleIsRefused() {
    String json = scheduleJson();
    assertThat(MultiLayerConfiguration.fromJson(json).toJson()).isEqualTo(json);
    String field = "\"clippingThresholdSchedule\"";
    String broken = json.replace(field, "\"clippingThreshold\" : 0.2, " + field);
    assertThat(broken).isNotEqualTo(json);
    assertThatThrownBy(() -> MultiLayerConfiguration.fromJson(broken))
        .hasStackTraceContaining("clippingThreshold 0.2 beside a clippingThresholdSchedule");
  }

  @Test
  void jsonOfANewerVersionIsRefusedRatherThanReadInPart() {
    String newer = json().replaceFirst("\"epsilon\"", "\"momentOfNorms\" : 3, \"epsilon\"");
    assertThatThrownBy(() -> MultiLayerConfiguration.fromJson(newer))
        .hasStackTraceContaining("has a field \"momentOfNorms\" (value 3)")
        .hasStackTraceContaining("with the version that wrote it");
  }

  /** As version 0.1.0 wrote it. */
  @Test
  void jsonWithoutAFormatIsRefused() {
    String withoutVersion = json().replaceFirst("\"formatVersion\" : 3,", "");
    assertThat(withoutVersion).isNotEqualTo(json());
    assertThatThrownBy(() -> MultiLayerConfiguration.fromJson(withoutVersion))
        .hasStackTraceContaining("has the formatVersion null, and this version knows [2, 3]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"4", "1", "\"2\"", "3.5", "null"})
  void anotherFormatIsRefused(String version) {
    String other = withField("formatVersion", version);
    assertThatThrownBy(() -> MultiLayerConfiguration.fromJson(other))
        .hasStackTraceContaining(
            "has the formatVersion " + version + ", and this version knows [2, 3]");
  }

  private static String json() {
    String json =
        Networks.dense(new AgcGradientNormalization(new NoOp()))
            .getLayerWiseConfigurations()
            .toJson();
    assertThat(MultiLayerConfiguration.fromJson(json)).isNotNull();
    return json;
  }

  @Test
  void overlappingArraysAreRefused() {
    INDArray whole = Nd4j.rand(4, 6);
    INDArray one = whole.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 4));
    INDArray other = whole.get(NDArrayIndex.all(), NDArrayIndex.interval(2, 6));
    INDArray before = whole.dup();
    assertThatThrownBy(() -> ArrayClip.clip(one, other, 0.01, 1e-3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("weights and gradient must not share memory");
    assertThatThrownBy(() -> ArrayClip.clip(whole, whole, 0.01, 1e-3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("share memory");
    assertSameValues(whole, before);
  }

  @Test
  void viewsOfOneArrayThatDoNotOverlapAreFine() {
    INDArray whole = Nd4j.ones(2, 3).muli(5);
    ArrayClip.clip(whole.getRow(0), whole.getRow(1), 0.01, 1e-3);
    assertSameValues(whole.getRow(0), Nd4j.ones(3).muli(5));
    assertThat(whole.getDouble(1, 0)).isLessThan(0.06);
  }

  @Test
  void viewsThatLieBetweenEachOthersElementsAreRefused() {
    INDArray whole = Nd4j.ones(3, 4);
    INDArray left = whole.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2));
    INDArray right = whole.get(NDArrayIndex.all(), NDArrayIndex.interval(2, 4));
    assertThatThrownBy(() -> ArrayClip.clip(left, right, 0.01, 1e-3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must not share memory or lie between each other's elements");
    assertSameValues(whole, Nd4j.ones(3, 4));
    ArrayClip.clip(left, right.dup(), 0.01, 1e-3);
  }

  @Test
  void gradientThatRepeatsElementsIsRefused() {
    INDArray row = Nd4j.rand(6);
    INDArray repeated =
        Nd4j.create(row.data(), new long[] {4, 6}, new long[] {0, 1}, 0, 'c', row.dataType());
    assertThatThrownBy(() -> ArrayClip.clip(Nd4j.rand(4, 6), repeated, 0.01, 1e-3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("repeat elements");
  }
}
