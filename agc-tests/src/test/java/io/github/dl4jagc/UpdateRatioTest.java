package io.github.dl4jagc;

import static io.github.dl4jagc.OneUnit.agc;
import static io.github.dl4jagc.OneUnit.one;
import static io.github.dl4jagc.OneUnit.step;
import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** What {@code updateRatio} does; that its bound holds is in {@link UpdateRatioBoundTest}. */
class UpdateRatioTest {

  @TempDir private Path folder;

  @Test
  void aStepOfSgdIsAsLongAsItMayBe() {
    // 0.5 * 10 = 5, of which 0.1 * 5 is left
    assertThat(step(one(agc(new Sgd(0.5), 0.1)), 0, 6, 8))
        .containsExactly(new double[] {2.7, 3.6}, within(1e-12));
  }

  @Test
  void withoutANumberItIsTheDefault() {
    AgcSettings settings = AgcSettings.builder().updateRatio().build();
    assertThat(settings).isEqualTo(AgcSettings.builder().updateRatio(0.02).build());
    assertThat(settings.updateRatio(0, 0)).isEqualTo(AgcSettings.DEFAULT_UPDATE_RATIO);
  }

  @Test
  void aShorterStepOfSgdIsAsItWas() {
    MultiLayerNetwork net = one(agc(new Sgd(0.5), 0.1));
    assertThat(step(net, 0, 0.3, 0.4)).containsExactly(3 - 0.5 * 0.3, 4 - 0.5 * 0.4);
    assertThat(AgcReport.of(net).total().clippedUnits()).isZero();
    assertThat(AgcReport.of(net).total().largestRatio()).isCloseTo(0.05, within(1e-12));
  }

  @Test
  void aGradientOfNesterovsLeavesRoomForItsMomentum() {
    MultiLayerNetwork net = one(agc(new Nesterovs(0.5, 0.9), 0.1));
    // Of 0.5 * 10 is left 0.1 * (1 - 0.9) * 5 = 0.05; the first step is 1.9 times that.
    double[] first = step(net, 0, 6, 8);
    assertThat(first)
        .containsExactly(new double[] {3 - 0.095 * 0.6, 4 - 0.095 * 0.8}, within(1e-12));
    // The norm is 5 - 0.095 now: 0.81 of the velocity and 1.9 times the gradient's new bound.
    double second = 0.81 * 0.05 + 1.9 * 0.01 * (5 - 0.095);
    assertThat(step(net, 1, 6, 8))
        .containsExactly(
            new double[] {first[0] - second * 0.6, first[1] - second * 0.8}, within(1e-12));
    assertThat(AgcReport.of(net).latest().largestRatio())
        .as("10 * rate / (1 - momentum) / norm")
        .isCloseTo(10 * 0.5 / 0.1 / (5 - 0.095), within(1e-9));
  }

  @Test
  void whatAnyOtherUpdaterLeavesIsBoundedItself() {
    MultiLayerNetwork net = one(agc(new Adam(1), 0.1));
    // Adam's first update is (1, 1): of its length, the root of 2, 0.5 is left.
    double each = 0.5 / Math.sqrt(2);
    assertThat(step(net, 0, 6, 8)).containsExactly(new double[] {3 - each, 4 - each}, within(1e-7));
    assertThat(AgcReport.of(net).latest().largestRatio()).isCloseTo(Math.sqrt(2) / 5, within(1e-7));
  }

  @Test
  void noOpLeavesTheGradientAndSoItIsBounded() {
    assertThat(step(one(agc(new NoOp(), 0.1)), 0, 6, 8))
        .containsExactly(new double[] {2.7, 3.6}, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.0})
  void aRateOfZeroClipsNothing(double rate) {
    MultiLayerNetwork net = one(agc(new Nesterovs(rate, 0.9), 0.1));
    assertThat(step(net, 0, 6e30, 8e30)).containsExactly(3, 4);
    assertThat(AgcReport.of(net).total().clippedUnits()).isZero();
    assertThat(AgcReport.of(net).total().largestRatio()).isZero();
  }

  @Test
  void theRateIsTheOneThatTheUpdaterHasAtTheIteration() {
    ISchedule rates =
        new MapSchedule.Builder(ScheduleType.ITERATION).add(0, 0.01).add(1, 1).build();
    MultiLayerNetwork net = one(agc(new Sgd(rates), 0.1));
    double[] first = step(net, 0, 6, 8); // 0.01 * 10 is within 0.5
    assertThat(first).containsExactly(new double[] {2.94, 3.92}, within(1e-12));
    double[] second = step(net, 1, 6, 8);
    assertThat(second).containsExactly(new double[] {2.94 * 0.9, 3.92 * 0.9}, within(1e-12));

    net.setLearningRate(1e6);
    net.gradient().gradient().assign(Nd4j.createFromArray(6., 8.).reshape(1, 2));
    Agc.attach(net);
    assertThat(step(net, 2, 6, 8))
        .containsExactly(new double[] {2.94 * 0.81, 3.92 * 0.81}, within(1e-12));
  }

  @Test
  void theRatioMayBeASchedule() {
    ISchedule ratios =
        new MapSchedule.Builder(ScheduleType.ITERATION).add(0, 0.1).add(1, 0.2).add(2, -1).build();
    MultiLayerNetwork net =
        one(AgcGradientNormalization.builder(new Sgd(1)).updateRatio(ratios).build());
    assertThat(step(net, 0, 6, 8)).containsExactly(new double[] {2.7, 3.6}, within(1e-12));
    assertThat(step(net, 1, 6, 8))
        .containsExactly(new double[] {2.7 * 0.8, 3.6 * 0.8}, within(1e-12));
    assertThatThrownBy(() -> step(net, 2, 6, 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("updateRatio at iteration 2, epoch 0 from MapSchedule")
        .hasMessageContaining("must be finite and > 0, got -1.0");
  }

  static Stream<IUpdater> updaters() {
    return Stream.of(
        new Sgd(0.5),
        new Nesterovs(0.3, 0.9),
        new Adam(0.05),
        new AMSGrad(0.05),
        new AdaMax(0.05),
        new Nadam(0.05),
        new AdaGrad(0.1),
        new AdaDelta(),
        new RmsProp(0.05),
        new NoOp());
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void aBoundThatIsNeverReachedIsThePlainUpdaterBitForBit(IUpdater inner) {
    assertTrainsAs(inner, agc(inner, 1e9), 12);
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void aLookIsThePlainUpdaterBitForBit(IUpdater inner) {
    assertTrainsAs(
        inner,
        AgcGradientNormalization.builder(inner).updateRatio(1e-4).observeOnly(true).build(),
        12);
    assertTrainsAs(
        inner,
        AgcGradientNormalization.builder(inner).updateRatio(1e-4).startIteration(12).build(),
        12);
  }

  private static void assertTrainsAs(IUpdater plain, IUpdater other, int iterations) {
    MultiLayerNetwork expected = Networks.dense(plain.clone());
    MultiLayerNetwork actual = Networks.dense(other);
    Agc.attach(actual);
    for (int iteration = 0; iteration < iterations; iteration++) {
      NetworkCheck.fit(expected, Networks.denseData(8, iteration));
      NetworkCheck.fit(actual, Networks.denseData(8, iteration));
    }
    assertThat(Oracle.values(actual.params())).containsExactly(Oracle.values(expected.params()));
    assertThat(AgcReport.of(actual).total().iterations()).isEqualTo(iterations);
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void whatIsReportedIsWhatAStepChangesAUnitBy(IUpdater inner) {
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(inner).updateRatio(1e9).biasEpsilon(0.1).build());
    Agc.attach(net);
    Map<String, INDArray> before = NetworkCheck.copies(net.paramTable());
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    // Of the first step of Nesterovs, in which its momentum is (1 + m) times the gradient.
    double gain = inner instanceof Nesterovs ? 1.9 * 0.1 : 1;
    Networks.denseUnits()
        .forEach(
            (name, units) -> {
              double[] norms = Oracle.norms(before.get(name), units);
              double[] steps = Oracle.norms(before.get(name).sub(net.getParam(name)), units);
              double largest = 0;
              for (int unit = 0; unit < norms.length; unit++) {
                largest = Math.max(largest, steps[unit] / Math.max(norms[unit], 0.1) / gain);
              }
              assertThat(
                      AgcReport.of(net)
                          .row("layer" + name.charAt(0), name.substring(2))
                          .orElseThrow()
                          .latest()
                          .largestRatio())
                  .as(name)
                  .isCloseTo(largest, within(1e-9 * Math.max(1, largest)));
            });
  }

  @Test
  void aThresholdBesideItClipsTheGradientFirst() {
    MultiLayerNetwork both =
        Networks.dense(
            AgcGradientNormalization.builder(new Adam(0.05))
                .clippingThreshold(0.1)
                .updateRatio(0.02)
                .build());
    MultiLayerNetwork expected = Networks.dense(new AgcGradientNormalization(new Adam(0.05), 0.1));
    Agc.attach(both);
    Agc.attach(expected);
    for (int iteration = 0; iteration < 6; iteration++) {
      Map<String, INDArray> before = NetworkCheck.copies(both.paramTable());
      expected.params().assign(both.params());
      NetworkCheck.fit(both, Networks.denseData(8, iteration));
      NetworkCheck.fit(expected, Networks.denseData(8, iteration));
      Networks.denseUnits()
          .forEach(
              (name, units) -> {
                INDArray old = before.get(name);
                double floor = units.length == 0 ? 1 : 0.1;
                double[] clipped =
                    Oracle.clip(old, old.sub(expected.getParam(name)), 0.02, floor, units);
                assertThat(Oracle.values(old.sub(both.getParam(name))))
                    .as(name)
                    .containsExactly(clipped, within(1e-9));
              });
    }
    assertThat(AgcReport.of(both).total().units())
        .as("each once an iteration")
        .isEqualTo(6 * (6 + 1 + 5 + 1 + 3 + 1));
  }

  @Test
  void weightsAndBiasesThatAreZeroMoveByTheirFloors() {
    for (double floor : new double[] {1, 0.25, 1e-3}) {
      MultiLayerNetwork net =
          Networks.dense(
              AgcGradientNormalization.builder(new Adam(10))
                  .updateRatio(0.03)
                  .weightEpsilon(floor / 2)
                  .biasEpsilon(floor)
                  .build());
      net.getParam("2_W").assign(0);
      Agc.attach(net);
      NetworkCheck.fit(net, Networks.denseData(8, 1));
      for (double step : Oracle.norms(net.getParam("2_W"), Networks.denseUnits().get("2_W"))) {
        assertThat(step).isCloseTo(0.03 * floor / 2, within(1e-12));
      }
      assertThat(net.getParam("2_b").norm2Number().doubleValue())
          .isCloseTo(0.03 * floor, within(1e-12));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "java", "nd4j"})
  void allClippersHaveAFloorOfWeightsAndOneOfBiases(String clipper) {
    System.setProperty("io.github.dl4jagc.clipper", clipper);
    try {
      // Weights of one unit and a bias have the same pattern in memory.
      MultiLayerNetwork net =
          new MultiLayerNetwork(
              Networks.builder(agc(new Adam(10), 0.03))
                  .list()
                  .layer(
                      new OutputLayer.Builder(LossFunction.MSE)
                          .activation(Activation.IDENTITY)
                          .nIn(1)
                          .nOut(1)
                          .build())
                  .build());
      net.init();
      net.params().assign(1e-5);
      Agc.attach(net);
      net.fit(
          Nd4j.createFromArray(new double[][] {{1}}), Nd4j.createFromArray(new double[][] {{9}}));
      assertThat(Oracle.values(net.params()))
          .containsExactly(new double[] {1e-5 + 0.03 * 0.1, 1e-5 + 0.03}, within(1e-12));
    } finally {
      System.clearProperty("io.github.dl4jagc.clipper");
    }
  }

  @Test
  void whatIsExcludedTrainsAsItWould() {
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(new Adam(0.5))
                .updateRatio(0.01)
                .excludeLayers("layer1")
                .build());
    MultiLayerNetwork plain = Networks.dense(new Adam(0.5));
    Agc.attach(net);
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    NetworkCheck.fit(plain, Networks.denseData(8, 1));
    assertSameValues(net.getParam("1_W"), plain.getParam("1_W"));
    assertThat(Oracle.values(net.getParam("0_W")))
        .isNotEqualTo(Oracle.values(plain.getParam("0_W")));
  }

  @Test
  void aWrappedNetworkHasItAlone() {
    MultiLayerNetwork net =
        Agc.wrap(Networks.dense(new Adam(0.5)), AgcSettings.builder().updateRatio(0.01).build());
    Agc.attach(net);
    Map<String, INDArray> before = NetworkCheck.copies(net.paramTable());
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    for (int layer = 0; layer < 3; layer++) {
      INDArray old = before.get(layer + "_W");
      double[] norms = Oracle.norms(old, 1);
      double[] steps = Oracle.norms(old.sub(net.getParam(layer + "_W")), 1);
      for (int unit = 0; unit < norms.length; unit++) {
        assertThat(steps[unit]).isCloseTo(0.01 * norms[unit], within(1e-12));
      }
    }
  }

  static Stream<IUpdater> withState() {
    return Stream.of(new Sgd(1), new Nesterovs(1, 0.9), new Adam(0.3), new RmsProp(0.3));
  }

  @ParameterizedTest
  @MethodSource("withState")
  void trainingGoesOnBitForBitAfterSaveAndRestore(IUpdater inner) throws Exception {
    MultiLayerNetwork whole = Networks.dense(agc(inner, 0.02));
    Agc.attach(whole);
    for (int step = 0; step < 4; step++) {
      NetworkCheck.fit(whole, Networks.denseData(8, step));
    }
    File file = folder.resolve("net.zip").toFile();
    ModelSerializer.writeModel(whole, file, true);
    MultiLayerNetwork restored = MultiLayerNetwork.load(file, true);
    Agc.attach(restored);
    for (int step = 4; step < 8; step++) {
      NetworkCheck.fit(whole, Networks.denseData(8, step));
      NetworkCheck.fit(restored, Networks.denseData(8, step));
    }
    assertThat(Oracle.values(restored.params())).containsExactly(Oracle.values(whole.params()));
    assertThat(AgcReport.of(restored).total().clippedUnits()).isPositive();
  }

  @Test
  void aLoopOfItsOwnWithARateStepsAsFitDoes() {
    AgcSettings settings = AgcSettings.builder().updateRatio(0.02).build();
    MultiLayerNetwork fitted = Networks.dense(new AgcGradientNormalization(new Sgd(0.3), settings));
    MultiLayerNetwork looped = Networks.dense(new Sgd(0.3));
    Agc.attach(fitted);
    for (int iteration = 0; iteration < 5; iteration++) {
      MultiDataSet data = Networks.denseData(8, iteration);
      NetworkCheck.fit(fitted, data);
      NetworkCheck.computeGradient(looped, data);
      Agc.apply(looped, settings, 0.3);
      NetworkCheck.update(looped, iteration);
      NetworkCheck.assertSameParameters(looped, fitted);
    }
    NetworkCheck.assertClippedSome(looped);
  }

  @Test
  void aLoopOfItsOwnBoundsWhatAnyUpdaterLeaves() {
    AgcSettings settings = AgcSettings.builder().updateRatio(0.02).build();
    MultiLayerNetwork fitted =
        Networks.dense(new AgcGradientNormalization(new Adam(0.01), settings));
    MultiLayerNetwork looped = Networks.dense(new Adam(0.01));
    Agc.attach(fitted);
    for (int iteration = 0; iteration < 5; iteration++) {
      MultiDataSet data = Networks.denseData(8, iteration);
      NetworkCheck.fit(fitted, data);
      NetworkCheck.computeGradient(looped, data);
      looped
          .getUpdater()
          .update(looped, looped.gradient(), iteration, 0, 8, LayerWorkspaceMgr.noWorkspaces());
      Agc.applyToUpdate(looped, settings);
      looped.params().subi(looped.gradient().gradient());
      NetworkCheck.assertSameParameters(looped, fitted);
    }
    NetworkCheck.assertClippedSome(looped);
  }
}
