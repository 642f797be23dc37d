package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertRelativelyClose;
import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.ArrayClip;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** {@link Agc#clip} on cases small enough to be computed by hand. */
class ClipTest {

  private static INDArray array(double... values) {
    return Nd4j.createFromArray(values);
  }

  @Test
  void gradientAboveTheBoundIsScaledDownToIt() {
    // ||W|| = 5, bound = 0.5, ||G|| = 10: scale 0.05
    INDArray gradient = array(6, 8);
    ArrayClip.clip(array(3, 4), gradient, 0.1, 1e-3);
    assertThat(gradient.toDoubleVector()).containsExactly(new double[] {0.3, 0.4}, within(1e-15));
  }

  @Test
  void gradientBelowTheBoundIsLeftBitForBit() {
    INDArray gradient = array(0.1, -0.0);
    ArrayClip.clip(array(3, 4), gradient, 0.1, 1e-3);
    assertThat(gradient.toDoubleVector()).containsExactly(0.1, -0.0);
  }

  @ParameterizedTest
  @EnumSource(names = {"HALF", "BFLOAT16", "FLOAT", "DOUBLE"})
  void atEqualityTheGradientIsLeftAsItIs(DataType type) {
    // 0.5 * ||(3, 4)|| = 2.5 = ||(1.5, 2)||, all exact in binary
    INDArray gradient = array(1.5, 2).castTo(type);
    ArrayClip.clip(array(3, 4).castTo(type), gradient, 0.5, 1e-3);
    assertThat(Oracle.values(gradient)).containsExactly(1.5, 2);
  }

  @Test
  void unitsAreClippedEachByItsOwnNorm() {
    INDArray weights = Nd4j.createFromArray(new double[][] {{3, 0}, {4, 1}});
    INDArray gradient = Nd4j.createFromArray(new double[][] {{6, 0.01}, {8, 0.02}});
    ArrayClip.clip(weights, gradient, 0.1, 1e-3, 1);
    assertThat(Oracle.values(gradient))
        .containsExactly(new double[] {0.3, 0.01, 0.4, 0.02}, within(1e-15));
  }

  @Test
  void zeroWeightsStillMoveBecauseOfTheFloor() {
    INDArray gradient = array(3, 4);
    ArrayClip.clip(array(0, 0), gradient, 0.01, 1e-3);
    assertThat(gradient.toDoubleVector()).containsExactly(new double[] {6e-6, 8e-6}, within(1e-20));
  }

  @Test
  void zeroWeightsAreFrozenWithoutAFloor() {
    INDArray gradient = array(3, -4);
    ArrayClip.clip(array(0, 0), gradient, 0.01, 0);
    assertThat(gradient.toDoubleVector()).containsExactly(0, -0.0);
  }

  @Test
  void zeroGradientStaysZero() {
    INDArray gradient = array(0, 0);
    ArrayClip.clip(array(0, 0), gradient, 0.01, 0);
    assertThat(gradient.toDoubleVector()).containsExactly(0, 0);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void nonFiniteUnitIsLeftUntouchedAndDoesNotTouchTheOthers(double bad) {
    INDArray weights = Nd4j.createFromArray(new double[][] {{3, 4}, {3, 4}});
    INDArray gradient = Nd4j.createFromArray(new double[][] {{bad, 7}, {6, 8}});
    ArrayClip.clip(weights, gradient, 0.1, 1e-3, 0);
    assertThat(Oracle.values(gradient))
        .containsExactly(new double[] {bad, 7, 0.3, 0.4}, within(1e-15));
  }

  @Test
  void nonFiniteWeightsGiveNoBound() {
    INDArray gradient = Nd4j.createFromArray(new double[][] {{6, 8}, {6, 8}});
    INDArray weights =
        Nd4j.createFromArray(new double[][] {{Double.NaN, 1}, {Double.POSITIVE_INFINITY, 1}});
    ArrayClip.clip(weights, gradient, 0.1, 1e-3, 0);
    assertThat(Oracle.values(gradient)).containsExactly(6, 8, 6, 8);
  }

  @Test
  void halfPrecisionSquaresThatOverflowAreClippedAllTheSame() {
    // 300 * 300 is beyond HALF: a norm in HALF would be infinite. ||W|| = 5, bound 0.5.
    INDArray gradient = array(300, 400).castTo(DataType.HALF);
    ArrayClip.clip(array(3, 4).castTo(DataType.HALF), gradient, 0.1, 1e-3);
    assertThat(Oracle.values(gradient)).containsExactly(new double[] {0.3, 0.4}, within(2e-4));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e25, 1e19, 1e-19, 1e-25, 1e-30, 1e-36})
  void floatGradientsWhoseSquaresAFloatCannotHoldAreClippedExactly(double size) {
    INDArray weights = array(3 * size * 1e-1, 4 * size * 1e-1).castTo(DataType.FLOAT);
    INDArray gradient = array(6 * size, 8 * size).castTo(DataType.FLOAT);
    double[] expected = Oracle.clip(weights, gradient, 0.1, 0);
    ArrayClip.clip(weights, gradient, 0.1, 0);
    assertRelativelyClose(gradient, expected, 1e-6);
    assertThat(expected[0] / size).isCloseTo(0.03, within(1e-6));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e150, 1e-150})
  void doubleGradientsWhoseSquaresADoubleCanJustHoldAreClippedExactly(double size) {
    INDArray weights = array(0.3 * size, 0.4 * size);
    INDArray gradient = array(6 * size, 8 * size);
    double[] expected = Oracle.clip(weights, gradient, 0.1, 0);
    ArrayClip.clip(weights, gradient, 0.1, 0);
    assertRelativelyClose(gradient, expected, 1e-12);
  }

  @Test
  void scaleBeyondTheRangeOfFloatIsStillApplied() {
    INDArray gradient = array(3e38, 0, -3e38).castTo(DataType.FLOAT);
    INDArray weights = array(0, 0, 0).castTo(DataType.FLOAT);
    double[] expected = Oracle.clip(weights, gradient, 0.01, 1e-3);
    ArrayClip.clip(weights, gradient, 0.01, 1e-3);
    assertRelativelyClose(gradient, expected, 1e-5);
  }

  @Test
  void rangeIsExactUnitByUnitInOneArray() {
    INDArray weights =
        Nd4j.createFromArray(new float[][] {{3e24f, 4e24f}, {3e-31f, 4e-31f}, {3, 4}, {0, 0}});
    INDArray gradient =
        Nd4j.createFromArray(new float[][] {{6e25f, 8e25f}, {6e-30f, 8e-30f}, {6, 8}, {0, 1e-40f}});
    double[] expected = Oracle.clip(weights, gradient, 0.1, 0, 0);
    ArrayClip.clip(weights, gradient, 0.1, 0, 0);
    assertRelativelyClose(gradient, expected, 1e-6);
  }

  @Test
  void normOfAMillionFloatsDoesNotDrift() {
    INDArray weights = Nd4j.ones(DataType.FLOAT, 1_000_000);
    INDArray gradient = Nd4j.ones(DataType.FLOAT, 1_000_000).muli(0.1);
    // ||W|| = 1000, bound = 10, ||G|| = 100.0000015 (0.1f): every element becomes 0.01
    ArrayClip.clip(weights, gradient, 0.01, 1e-3);
    // A sum in FLOAT alone errs by 8e-5 here.
    assertThat(gradient.getDouble(0)).isCloseTo(0.01, within(1e-6 * 0.01));
    assertThat(gradient.getDouble(999_999)).isCloseTo(0.01, within(1e-6 * 0.01));
  }

  @Test
  void oneElementUnitsAreClippedByTheirAbsoluteValue() {
    INDArray gradient = Nd4j.createFromArray(new double[][] {{5, -5}, {0.01, 0.5}});
    INDArray weights = Nd4j.createFromArray(new double[][] {{1, -2}, {3, -4}});
    ArrayClip.clip(weights, gradient, 0.1, 1e-3, 0, 1);
    assertThat(Oracle.values(gradient))
        .containsExactly(new double[] {0.1, -0.2, 0.01, 0.4}, within(1e-15));
  }

  @Test
  void scalarIsOneUnit() {
    INDArray gradient = Nd4j.scalar(-5.0);
    ArrayClip.clip(Nd4j.scalar(2.0), gradient, 0.1, 1e-3);
    assertThat(gradient.getDouble()).isCloseTo(-0.2, within(1e-15));
  }

  @Test
  void emptyArrayHasNothingToClip() {
    INDArray empty = Nd4j.empty(DataType.FLOAT);
    assertThat(ArrayClip.clip(Nd4j.empty(DataType.FLOAT), empty, 0.1, 1e-3)).isSameAs(empty);
  }

  @Test
  void negativeDimensionsCountFromTheEnd() {
    INDArray weights = Networks.gaussian(1, 3, 4);
    INDArray one = Networks.gaussian(2, 3, 4);
    INDArray other = one.dup();
    ArrayClip.clip(weights, one, 0.1, 1e-3, 1);
    ArrayClip.clip(weights, other, 0.1, 1e-3, -1);
    assertSameValues(other, one);
  }

  @Test
  void onlyTheViewIsTouched() {
    INDArray whole = Nd4j.ones(DataType.FLOAT, 5, 6).muli(9);
    INDArray view = whole.get(NDArrayIndex.interval(1, 4), NDArrayIndex.interval(2, 5));
    ArrayClip.clip(Nd4j.ones(DataType.FLOAT, 3, 3), view, 0.01, 1e-3, 0);
    for (int i = 0; i < 5; i++) {
      for (int j = 0; j < 6; j++) {
        boolean inside = i >= 1 && i < 4 && j >= 2 && j < 5;
        assertThat(whole.getDouble(i, j)).isCloseTo(inside ? 0.01 : 9, within(1e-8));
      }
    }
  }

  @Test
  void wrongArgumentsAreNamed() {
    INDArray w = array(1, 2);
    assertThatThrownBy(() -> ArrayClip.clip(null, w, 0.01, 1e-3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("weights");
    assertThatThrownBy(() -> ArrayClip.clip(w, null, 0.01, 1e-3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gradient");
    assertThatThrownBy(() -> ArrayClip.clip(w, array(1, 2, 3), 0.01, 1e-3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2]")
        .hasMessageContaining("[3]");
    assertThatThrownBy(() -> ArrayClip.clip(w, Nd4j.createFromArray(1, 2), 0.01, 1e-3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("INT");
    assertThatThrownBy(() -> ArrayClip.clip(w, w.dup(), 0.01, 1e-3, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unitDimensions");
    assertThatThrownBy(() -> ArrayClip.clip(w, w.dup(), 0.01, 1e-3, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("once");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.1, Double.NaN, Double.POSITIVE_INFINITY})
  void badThresholdIsRefusedWithItsValue(double threshold) {
    assertThatThrownBy(() -> ArrayClip.clip(array(1), array(1), threshold, 1e-3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "clippingThreshold must be finite and > 0, got " + threshold + "; the paper uses 0.01");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e-9, Double.NaN, Double.POSITIVE_INFINITY})
  void badEpsilonIsRefusedWithItsValue(double epsilon) {
    assertThatThrownBy(() -> ArrayClip.clip(array(1), array(1), 0.01, epsilon))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("epsilon must be finite and >= 0, got " + epsilon);
  }

  @Test
  void unitsThatAreNotFiniteFollowThePolicy() {
    INDArray weights = Nd4j.ones(2, 2);
    INDArray gradient = Nd4j.createFromArray(new float[][] {{Float.NaN, 1}, {0.5f, 0}});
    AgcOptions<AgcSettings> settings = AgcSettings.builder().clippingThreshold(1);

    INDArray left = Agc.clip(weights, gradient.dup(), settings.build(), 0);
    assertThat(left.getDouble(0, 0)).isNaN();
    assertThat(left.getDouble(0, 1)).isOne();

    INDArray zeroed =
        Agc.clip(
            weights,
            gradient.dup(),
            settings.nonFiniteGradients(NonFiniteGradients.ZERO).build(),
            0);
    assertThat(Oracle.values(zeroed)).containsExactly(0, 0, 0.5, 0);

    assertThatThrownBy(
            () ->
                Agc.clip(
                    weights,
                    gradient.dup(),
                    settings.nonFiniteGradients(NonFiniteGradients.FAIL).build(),
                    0))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("1 of 2 units of an array of shape [2, 2] have a NaN");
  }

  static List<UnaryOperator<AgcOptions<AgcSettings>>> optionsThatAnArrayHasNoUseFor() {
    return List.of(
        b -> b.clippingThreshold(new StepSchedule(ScheduleType.EPOCH, 0.1, 0.5, 1)),
        b -> b.updateRatio(0.03),
        b -> b.excludeOutputLayer(true),
        b -> b.excludeOutputWeights(true),
        b -> b.excludeLayers("a"),
        b -> b.excludeKinds(ParameterKind.BIAS),
        b -> b.observeOnly(true),
        b -> b.startIteration(1),
        b -> b.weightDecay(0.1));
  }

  @ParameterizedTest
  @MethodSource("optionsThatAnArrayHasNoUseFor")
  void optionsThatAnArrayHasNoUseForAreRefused(UnaryOperator<AgcOptions<AgcSettings>> option) {
    AgcSettings settings =
        option.apply(AgcSettings.builder().clippingThreshold(0.02).epsilon(0.1)).build();
    INDArray gradient = Nd4j.ones(3);
    assertThatThrownBy(() -> Agc.clip(Nd4j.ones(3), gradient, settings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "settings must have clippingThreshold, epsilon and nonFiniteGradients alone, got {")
        .hasMessageNotContaining("epsilon=0.1");
    assertThat(gradient).isEqualTo(Nd4j.ones(3));
  }

  @Test
  void settingsAreNeeded() {
    assertThatThrownBy(() -> Agc.clip(Nd4j.ones(3), Nd4j.ones(3), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("settings must not be null");
  }
}
