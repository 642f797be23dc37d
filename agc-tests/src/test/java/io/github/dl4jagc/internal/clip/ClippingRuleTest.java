package io.github.dl4jagc.internal.clip;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.NonFiniteGradients;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The formula, by hand: powers of two, so that all results are exact. */
class ClippingRuleTest {

  private static ClippingRule rule(double threshold, double epsilon, double divisor) {
    return new ClippingRule(threshold, epsilon, divisor, NonFiniteGradients.ZERO);
  }

  @ParameterizedTest
  @CsvSource({
    "8, 4, 1", // at the bound
    "8, 4.0000001, 0.9999999750000006", // just above it
    "8, 16, 0.25",
    "8, 1, 1",
    "0.25, 2, 0.125", // the floor: 0.5 * 0.5 / 2
    "0.5, 0.25, 1",
    "0, 4, 0.0625",
    "8, 0, 1",
    "0, 0, 1",
  })
  void gradientsAboveTheBoundAreScaledToIt(
      double weightNorm, double gradientNorm, double expected) {
    assertThat(rule(0.5, 0.5, 1).scale(weightNorm, gradientNorm)).isEqualTo(expected);
  }

  @Test
  void withoutAFloorGradientsOfZeroWeightsBecomeZero() {
    assertThat(rule(0.5, 0, 1).scale(0, 4)).isZero();
    assertThat(rule(0.5, 0, 1).scale(0, 0)).isEqualTo(1);
  }

  @Test
  void boundsAreThoseOfTheGradientBeforeItIsDivided() {
    assertThat(rule(0.5, 0.25, 8).bound(2)).isEqualTo(8);
    assertThat(rule(0.5, 0.25, 8).bound(0.125)).isEqualTo(1);
    assertThat(rule(0.5, 0.25, 8).scale(2, 8)).isEqualTo(1);
    assertThat(rule(0.5, 0.25, 8).scale(2, 16)).isEqualTo(0.5);
  }

  @Test
  void ratiosAreThoseOfTheGradientAfterItIsDivided() {
    assertThat(rule(0.5, 0.25, 8).ratio(2, 32)).isEqualTo(2);
    assertThat(rule(0.5, 0.25, 8).ratio(0, 32)).isEqualTo(16);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void normsThatAreNotFiniteHaveNoScale(double bad) {
    assertThat(rule(0.5, 0.25, 1).scale(bad, 1)).isNaN();
    assertThat(rule(0.5, 0.25, 1).scale(1, bad)).isNaN();
    assertThat(rule(0.5, 0.25, 1).ratio(1, bad)).isNaN();
  }

  @Test
  void ratiosToNothingAreNone() {
    assertThat(rule(0.5, 0, 1).ratio(0, 4)).isNaN();
    assertThat(rule(0.5, 0, 1).ratio(Double.NaN, 4)).isNaN();
  }

  @Test
  void ratiosThatADoubleCannotHoldAreTheLargestThatItCan() {
    assertThat(rule(0.5, 0, 1).ratio(Double.MIN_VALUE, 4)).isEqualTo(Double.MAX_VALUE);
  }

  @Test
  void whatIsClippedIsScaledAndWhatIsNotFiniteBecomesZeroIfThePolicySaysSo() {
    ClippingRule zeroes = rule(0.5, 0.25, 1);
    assertThat(zeroes.isToBeScaled(0.5)).isTrue();
    assertThat(zeroes.isToBeScaled(1)).isFalse();
    assertThat(zeroes.isToBeScaled(Double.NaN)).isFalse();
    assertThat(zeroes.isToBeZeroed(Double.NaN)).isTrue();
    assertThat(zeroes.isToBeZeroed(0)).isFalse();
    ClippingRule passes = new ClippingRule(0.5, 0.25, 1, NonFiniteGradients.PASS_THROUGH);
    assertThat(passes.isToBeZeroed(Double.NaN)).isFalse();
  }

  @Test
  void whoObservesChangesNothingAndSeesTheSame() {
    ClippingRule rule = rule(0.5, 0.25, 8);
    assertThat(rule.observeOnly()).isFalse();
    ClippingRule observeOnly = rule.withObserveOnly();
    assertThat(observeOnly.observeOnly()).isTrue();
    assertThat(observeOnly.isToBeScaled(0.5)).isFalse();
    assertThat(observeOnly.isToBeZeroed(Double.NaN)).isFalse();
    assertThat(observeOnly.scale(2, 16)).isEqualTo(rule.scale(2, 16)).isEqualTo(0.5);
    assertThat(observeOnly.ratio(2, 32)).isEqualTo(rule.ratio(2, 32)).isEqualTo(2);
  }
}
