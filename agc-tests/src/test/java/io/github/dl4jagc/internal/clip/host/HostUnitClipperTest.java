package io.github.dl4jagc.internal.clip.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.NonFiniteGradients;
import io.github.dl4jagc.internal.clip.ClipCounter;
import io.github.dl4jagc.internal.clip.ClipTarget;
import io.github.dl4jagc.internal.clip.ClippingRule;
import io.github.dl4jagc.internal.units.Units;
import io.github.dl4jagc.testing.Oracle;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What the clipper of host memory counts, with BLAS and without. */
class HostUnitClipperTest {

  private static final long[] SHAPE = {5, 40};

  static Stream<Arguments> typesAndWays() {
    return Stream.of(DataType.FLOAT, DataType.DOUBLE)
        .flatMap(type -> Stream.of(true, false).map(blas -> Arguments.of(type, blas)));
  }

  private static ClipCounter clip(
      INDArray weights, INDArray gradient, boolean blas, ClippingRule rule) {
    ClipTarget target = new ClipTarget(weights, gradient, Units.of(gradient.shape(), 0));
    new HostUnitClipper(List.of(target), blas).clip(rule);
    return target.counter;
  }

  private static ClippingRule rule(double threshold) {
    return new ClippingRule(threshold, 1e-3, 1, NonFiniteGradients.PASS_THROUGH);
  }

  /** Far below the floor's bound, so that nothing is clipped whatever the norms are. */
  @ParameterizedTest
  @MethodSource("typesAndWays")
  void largestRatioIsThatOfTheLargestNormHoweverSmallAllAre(DataType type, boolean blas) {
    double size = type == DataType.FLOAT ? 1e-25 : 1e-140;
    INDArray weights = Nd4j.ones(type, SHAPE);
    INDArray gradient = Nd4j.ones(type, SHAPE).muli(size);
    gradient.getRow(1).muli(7);
    gradient.getRow(3).muli(9);
    gradient.getRow(4).muli(8);

    ClipCounter counter = clip(weights, gradient, blas, rule(0.01));

    assertThat(counter.largestRatio).isCloseTo(9 * size, within(9 * size * 1e-6));
    assertThat(counter.clippedUnits).isZero();
  }

  @ParameterizedTest
  @MethodSource("typesAndWays")
  void largestRatioIsThatOfALargerUnitWhereverItIs(DataType type, boolean blas) {
    for (int larger = 0; larger < SHAPE[0]; larger++) {
      INDArray gradient = Nd4j.ones(type, SHAPE).muli(type == DataType.FLOAT ? 1e-25 : 1e-140);
      gradient.getRow(larger).assign(1e-3);
      assertThat(clip(Nd4j.ones(type, SHAPE), gradient, blas, rule(1)).largestRatio)
          .isCloseTo(1e-3, within(1e-9));
    }
  }

  @ParameterizedTest
  @MethodSource("typesAndWays")
  void largestRatioOfZerosIsZero(DataType type, boolean blas) {
    INDArray gradient = Nd4j.zeros(type, SHAPE);
    gradient.putScalar(2, 3, -0.0);
    ClipCounter counter = clip(Nd4j.ones(type, SHAPE), gradient, blas, rule(0.01));
    assertThat(counter.largestRatio).isZero();
    assertThat(counter.nonFiniteUnits).isZero();
  }

  /** The smallest number of FLOAT, whose square is 0 there, and one whose square DOUBLE holds. */
  @ParameterizedTest
  @MethodSource("typesAndWays")
  void gradientsOfTheSmallestNumbersAreNotTakenForZeros(DataType type, boolean blas) {
    double smallest = type == DataType.FLOAT ? Float.MIN_VALUE : 1e-154;
    INDArray gradient = Nd4j.zeros(type, SHAPE);
    gradient.putScalar(2, 3, smallest);
    ClipCounter counter =
        clip(Nd4j.ones(type, SHAPE).divi(Math.sqrt(40)), gradient, blas, rule(0.01));
    assertThat(counter.largestRatio).isCloseTo(smallest, within(0.01 * smallest));
  }

  @ParameterizedTest
  @MethodSource("typesAndWays")
  void smallestScaleIsTheQuotientEvenIfNoElementCanHoldIt(DataType type, boolean blas) {
    double size = type == DataType.FLOAT ? 1e36 : 1e150;
    double threshold = type == DataType.FLOAT ? 1e-10 : 1e-150;
    INDArray gradient = Nd4j.zeros(type, SHAPE);
    gradient.putScalar(2, 3, size);
    ClipCounter counter = clip(Nd4j.zeros(type, SHAPE), gradient, blas, rule(threshold));
    double expected = threshold * 1e-3 / size;
    assertThat(counter.smallestScale).isCloseTo(expected, within(1e-5 * expected));
    assertThat(counter.clippedUnits).isOne();
  }

  @ParameterizedTest
  @EnumSource(NonFiniteGradients.class)
  void unitsWhoseWeightsAreNotFiniteAreNonFiniteUnits(NonFiniteGradients policy) {
    for (Object[] way : typesAndWays().map(Arguments::get).toArray(Object[][]::new)) {
      INDArray weights = Nd4j.ones((DataType) way[0], SHAPE);
      weights.putScalar(1, 17, Double.NaN);
      weights.putScalar(2, 39, Double.NEGATIVE_INFINITY);
      weights.putScalar(4, 0, Double.POSITIVE_INFINITY);
      INDArray gradient = Nd4j.ones((DataType) way[0], SHAPE);
      ClippingRule rule = new ClippingRule(0.5, 1e-3, 1, policy);

      ClipCounter counter = clip(weights, gradient, (Boolean) way[1], rule);

      assertThat(counter.nonFiniteUnits).isEqualTo(3);
      assertThat(counter.clippedUnits).isEqualTo(2);
      assertThat(counter.largestRatio).isCloseTo(1, within(1e-6));
      double[] expected = new double[200];
      Arrays.fill(expected, policy == NonFiniteGradients.ZERO ? 0 : 1);
      Arrays.fill(expected, 0, 40, 0.5);
      Arrays.fill(expected, 120, 160, 0.5);
      assertThat(Oracle.values(gradient)).containsExactly(expected, within(1e-6));
    }
  }

  @Test
  void exactNormsBesideOnesBeyondTheRangeAreCounted() {
    INDArray gradient = Nd4j.ones(DataType.DOUBLE, SHAPE);
    gradient.getRow(1).assign(1e154);
    ClipCounter counter = clip(Nd4j.ones(DataType.DOUBLE, SHAPE), gradient, true, rule(0.5));
    assertThat(counter.clippedUnits).isEqualTo(4);
    assertThat(counter.nonFiniteUnits).isOne();
    assertThat(counter.smallestScale).isEqualTo(0.5);
    assertThat(counter.largestRatio).isEqualTo(1);
  }
}
