package io.github.dl4jagc.internal.clip.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.NonFiniteGradients;
import io.github.dl4jagc.internal.clip.ClipTarget;
import io.github.dl4jagc.internal.clip.ClippingRule;
import io.github.dl4jagc.internal.units.Units;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Norms of DOUBLE arrays, as squares give them, made as exact as they matter. */
class NormRescueTest {

  private static final int WEIGHTS_AT = 2;
  private static final int GRADIENTS_AT = 7;
  private static final double STRANGER = 5;

  private double[] norms;
  private ClippingRule rule = rule(0.5, 1e-3);
  private ClippingRule rescued;

  private static ClippingRule rule(double threshold, double epsilon) {
    return new ClippingRule(threshold, epsilon, 1, NonFiniteGradients.PASS_THROUGH);
  }

  /** Units of two elements, 3 and 4 times a size of its own. */
  private static INDArray units(double... sizes) {
    INDArray array = Nd4j.create(DataType.DOUBLE, sizes.length, 2);
    for (int i = 0; i < sizes.length; i++) {
      array.putScalar(i, 0, 3 * sizes[i]);
      array.putScalar(i, 1, 4 * sizes[i]);
    }
    return array;
  }

  private static void putNaiveNorms(INDArray array, double[] into, int at) {
    for (int i = 0; i < array.rows(); i++) {
      double x = array.getDouble(i, 0);
      double y = array.getDouble(i, 1);
      into[at + i] = Math.sqrt(x * x + y * y);
    }
  }

  private void rescue(INDArray weights, INDArray gradient) {
    TargetGroup group =
        TargetGroup.of(List.of(new ClipTarget(weights, gradient, Units.of(gradient.shape(), 0))))
            .get(0);
    norms = new double[12];
    Arrays.fill(norms, STRANGER);
    putNaiveNorms(weights, norms, WEIGHTS_AT);
    putNaiveNorms(gradient, norms, GRADIENTS_AT);
    rescued = NormRescue.rescue(group, norms, WEIGHTS_AT, GRADIENTS_AT, rule);
    for (int i = 0; i < norms.length; i++) {
      boolean weightNorm = i >= WEIGHTS_AT && i < WEIGHTS_AT + gradient.rows();
      boolean gradientNorm = i >= GRADIENTS_AT && i < GRADIENTS_AT + gradient.rows();
      if (!weightNorm && !gradientNorm) {
        assertThat(norms[i]).as("a stranger").isEqualTo(STRANGER);
      }
    }
  }

  private void assertNorms(int at, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(norms[at + i]).isCloseTo(expected[i], within(1e-12 * expected[i]));
    }
  }

  @Test
  void normsThatAreExactAreLeft() {
    rescue(units(1, 2, 3), units(4, 5, 6));
    assertThat(rescued).isSameAs(rule);
    assertNorms(WEIGHTS_AT, 5, 10, 15);
    assertNorms(GRADIENTS_AT, 20, 25, 30);
  }

  @Test
  void gradientsThatAreAllTinyGiveExactRatios() {
    rescue(units(1, 2, 3), units(1e-200, 3e-200, 2e-200));
    assertThat(rescued).isSameAs(rule);
    assertNorms(GRADIENTS_AT, 5e-200, 15e-200, 10e-200);
    assertNorms(WEIGHTS_AT, 5, 10, 15);
  }

  @Test
  void tinyNormsAreExactWhereTheFloorIsTinyToo() {
    rule = rule(0.5, 1e-250);
    rescue(units(1e-200, 1, 1e-180), units(1e-190, 7, 0));
    assertThat(rescued).isSameAs(rule);
    assertNorms(WEIGHTS_AT, 5e-200, 5, 5e-180);
    assertNorms(GRADIENTS_AT, 5e-190, 35, 0);
  }

  @Test
  void normsOfLargeElementsAreExactUpToTheLargestDouble() {
    rescue(units(1e200, 1, 1e307), units(1, 1e250, 3e307));
    assertThat(rescued).isSameAs(rule);
    assertNorms(WEIGHTS_AT, 5e200, 5, 5e307);
    assertNorms(GRADIENTS_AT, 5, 5e250, 15e307);
  }

  @Test
  void normsBeyondTheLargestDoubleShrinkAllOfTheGroupAndItsRule() {
    double shrinking = 0x1p-40;
    rescue(units(1, 4e307, 2), units(4e307, 3, 1e300));
    assertThat(rescued.epsilon()).isEqualTo(rule.epsilon() * shrinking);
    assertNorms(WEIGHTS_AT, 5 * shrinking, 5 * (4e307 * shrinking), 10 * shrinking);
    assertNorms(GRADIENTS_AT, 5 * (4e307 * shrinking), 15 * shrinking, 5 * (1e300 * shrinking));
  }

  @Test
  void weightsAloneBeyondTheLargestDoubleShrinkTheGradientsToo() {
    rescue(units(1, 4e307, 2), units(1, 2, 3));
    assertNorms(WEIGHTS_AT, 5 * 0x1p-40, 5 * (4e307 * 0x1p-40), 10 * 0x1p-40);
    assertNorms(GRADIENTS_AT, 5 * 0x1p-40, 10 * 0x1p-40, 15 * 0x1p-40);
    assertThat(rescued.epsilon()).isEqualTo(rule.epsilon() * 0x1p-40);
  }

  @Test
  void gradientsAloneBeyondTheLargestDoubleShrinkTheWeightsToo() {
    rescue(units(1, 2, 3), units(1, 4e307, 2));
    assertNorms(WEIGHTS_AT, 5 * 0x1p-40, 10 * 0x1p-40, 15 * 0x1p-40);
    assertNorms(GRADIENTS_AT, 5 * 0x1p-40, 5 * (4e307 * 0x1p-40), 10 * 0x1p-40);
    assertThat(rescued.epsilon()).isEqualTo(rule.epsilon() * 0x1p-40);
  }

  @Test
  void whatIsNotFiniteStaysThatAndShrinksNothing() {
    rescue(units(1, Double.NaN, 3), units(Double.POSITIVE_INFINITY, 5, Double.NaN));
    assertThat(rescued).isSameAs(rule);
    assertThat(norms[WEIGHTS_AT + 1]).isNaN();
    assertThat(norms[GRADIENTS_AT]).isInfinite();
    assertThat(norms[GRADIENTS_AT + 2]).isNaN();
    assertNorms(WEIGHTS_AT, 5);
  }

  @Test
  void unitsOfOneElementLoseTheirSign() {
    INDArray array = Nd4j.createFromArray(new double[] {-2, 3});
    TargetGroup group =
        TargetGroup.of(List.of(new ClipTarget(array, array, Units.of(array.shape(), 0)))).get(0);
    norms = new double[] {STRANGER, -2, 3, 4, -1e-300, STRANGER};
    assertThat(NormRescue.rescue(group, norms, 1, 3, rule)).isSameAs(rule);
    assertThat(norms).containsExactly(STRANGER, 2, 3, 4, 1e-300, STRANGER);
  }
}
