package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.testing.ChosenClipper;
import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** Settings that count what they would clip, for ever or up to an iteration. */
class ObservingTest {

  private static final double THRESHOLD = 0.1;

  @RegisterExtension final ChosenClipper clippers = new ChosenClipper();

  private static AgcOptions<AgcSettings> settings() {
    return AgcSettings.builder().clippingThreshold(THRESHOLD);
  }

  private static MultiLayerNetwork network(IUpdater inner, AgcSettings settings) {
    MultiLayerNetwork net = Networks.dense(new AgcGradientNormalization(inner, settings));
    net.setListeners(new AgcListener());
    return net;
  }

  private static INDArray stateOf(MultiLayerNetwork net) {
    return ((BaseMultiLayerUpdater<?>) net.getUpdater()).getUpdaterStateViewArray();
  }

  static Stream<Arguments> updatersAndClippers() {
    return InnerUpdatersTest.innerUpdaters()
        .flatMap(
            inner ->
                Stream.of("host", "java", "nd4j")
                    .map(clipper -> Arguments.of(inner.get()[0], clipper)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("updatersAndClippers")
  void updatesAreThoseOfTheInnerUpdaterBitForBit(IUpdater inner, String clipper) {
    clippers.choose(clipper);
    MultiLayerNetwork observed = network(inner, settings().observeOnly(true).build());
    MultiLayerNetwork bare = Networks.dense(inner.clone());
    for (int iteration = 0; iteration < 5; iteration++) {
      NetworkCheck.fit(observed, Networks.denseData(8, iteration));
      NetworkCheck.fit(bare, Networks.denseData(8, iteration));
      assertSameValues(observed.params(), bare.params());
    }
    if (stateOf(bare) != null) {
      assertSameValues(stateOf(observed), stateOf(bare));
    }
    NetworkCheck.assertClippedSome(observed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "java", "nd4j"})
  void countsAreThoseOfClipping(String clipper) {
    clippers.choose(clipper);
    MultiLayerNetwork observed = network(new Sgd(1), settings().observeOnly(true).build());
    MultiLayerNetwork clipped = network(new Sgd(1), settings().build());
    NetworkCheck.fit(observed, Networks.denseData(8, 1));
    NetworkCheck.fit(clipped, Networks.denseData(8, 1));
    AgcReport.Statistics wouldBe = AgcReport.of(observed).total();
    AgcReport.Statistics are = AgcReport.of(clipped).total();
    assertThat(are.clippedUnits()).isPositive();
    assertThat(wouldBe.clippedUnits()).isEqualTo(are.clippedUnits());
    assertThat(wouldBe.smallestScale()).isEqualTo(are.smallestScale()).isLessThan(1);
    assertThat(wouldBe.largestRatio()).isEqualTo(are.largestRatio());
  }

  @Test
  void clippingStartsAtTheStartIterationAndCountingAtTheFirst() {
    MultiLayerNetwork late = network(new Nesterovs(0.3, 0.9), settings().startIteration(3).build());
    MultiLayerNetwork observed =
        network(new Nesterovs(0.3, 0.9), settings().observeOnly(true).build());
    for (int iteration = 0; iteration < 3; iteration++) {
      NetworkCheck.fit(late, Networks.denseData(8, iteration));
      NetworkCheck.fit(observed, Networks.denseData(8, iteration));
    }
    assertSameValues(late.params(), observed.params());
    assertThat(AgcReport.of(late).total().clippedUnits())
        .isEqualTo(AgcReport.of(observed).total().clippedUnits())
        .isPositive();

    MultiLayerNetwork clipping = Agc.wrap(observed, settings().build());
    clipping.setListeners(new AgcListener());
    NetworkCheck.fit(late, Networks.denseData(8, 3));
    NetworkCheck.fit(clipping, Networks.denseData(8, 3));
    assertSameValues(late.params(), clipping.params());
    NetworkCheck.fit(observed, Networks.denseData(8, 3));
    assertThat(late.params()).isNotEqualTo(observed.params());
  }

  @Test
  void iterationsAreThoseOfTheNetworkAlsoWhereItTrainsOn() {
    MultiLayerNetwork resumed = network(new Sgd(1), settings().startIteration(3).build());
    resumed.setIterationCount(3);
    MultiLayerNetwork clipping = network(new Sgd(1), settings().build());
    NetworkCheck.fit(resumed, Networks.denseData(8, 1));
    NetworkCheck.fit(clipping, Networks.denseData(8, 1));
    assertSameValues(resumed.params(), clipping.params());
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "java", "nd4j"})
  void unitsThatAreNotFiniteAreLeftUntouchedAndCounted(String clipper) {
    clippers.choose(clipper);
    MultiLayerNetwork net = Networks.dense(new Sgd(1));
    NetworkCheck.computeGradient(net, Networks.denseData(8, 1));
    INDArray gradient = net.gradient().gradient();
    gradient.putScalar(0, Double.NaN);
    INDArray before = gradient.dup();
    try (LogCapture log = new LogCapture()) {
      Agc.apply(
          net, settings().observeOnly(true).nonFiniteGradients(NonFiniteGradients.ZERO).build());
      assertThat(log.messages())
          .singleElement()
          .asString()
          .contains("parameter \"W\": 1 of 6 units", "left untouched");
    }
    assertSameValues(gradient, before);
    assertThat(AgcReport.of(net).total().nonFiniteUnits()).isEqualTo(1);
  }

  @Test
  void failStillFails() {
    MultiLayerNetwork net = Networks.dense(new Sgd(1));
    NetworkCheck.computeGradient(net, Networks.denseData(8, 1));
    net.gradient().gradient().putScalar(0, Double.NaN);
    AgcSettings settings =
        settings().observeOnly(true).nonFiniteGradients(NonFiniteGradients.FAIL).build();
    assertThatThrownBy(() -> Agc.apply(net, settings)).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void agcApplyHeedsTheStartIteration() {
    MultiLayerNetwork net = Networks.dense(new Sgd(1));
    NetworkCheck.computeGradient(net, Networks.denseData(8, 1));
    INDArray before = net.gradient().gradient().dup();
    Agc.apply(net, settings().startIteration(1).build());
    assertSameValues(net.gradient().gradient(), before);
    net.setIterationCount(1);
    Agc.apply(net, settings().startIteration(1).build());
    assertThat(net.gradient().gradient()).isNotEqualTo(before);
  }

  private static SameDiff graph(IUpdater updater) {
    SameDiff sd = SameDiff.create();
    SDVariable in = sd.placeHolder("in", DataType.DOUBLE, -1, 4);
    SDVariable label = sd.placeHolder("label", DataType.DOUBLE, -1, 3);
    SDVariable weights = sd.var("weights", Networks.gaussian(3, 4, 3));
    SDVariable bias = sd.var("bias", Networks.gaussian(4, 3));
    sd.loss().softmaxCrossEntropy("loss", label, in.mmul(weights).add(bias), null);
    sd.setLossVariables("loss");
    sd.setTrainingConfig(
        TrainingConfig.builder()
            .updater(updater)
            .dataSetFeatureMapping("in")
            .dataSetLabelMapping("label")
            .build());
    return sd;
  }

  @Test
  void sameInSameDiff() {
    SameDiff observed =
        graph(
            new AgcGradientNormalization(
                new Adam(0.1), settings().clippingThreshold(1e-3).observeOnly(true).build()));
    observed.setListeners(new AgcSameDiffListener());
    SameDiff bare = graph(new Adam(0.1));
    for (int step = 0; step < 3; step++) {
      DataSet data = new DataSet(Networks.gaussian(step, 8, 4), Networks.oneHot(step, 8, 3));
      observed.fit(data);
      bare.fit(data);
    }
    for (String name : new String[] {"weights", "bias"}) {
      assertSameValues(observed.getVariable(name).getArr(), bare.getVariable(name).getArr());
    }
    assertThat(AgcReport.of(observed).total().clippedUnits()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE})
  void negativeStartIterationsAreRefused(int iteration) {
    assertThatThrownBy(() -> AgcSettings.builder().startIteration(iteration))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("startIteration must be >= 0, got " + iteration);
  }
}
