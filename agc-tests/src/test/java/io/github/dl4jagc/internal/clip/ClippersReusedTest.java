package io.github.dl4jagc.internal.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.NonFiniteGradients;
import io.github.dl4jagc.internal.clip.host.HostUnitClipper;
import io.github.dl4jagc.internal.clip.nd4j.Nd4jUnitClipper;
import io.github.dl4jagc.internal.units.Units;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A clipper is made once and asked at every iteration: nothing is left of the one before. */
class ClippersReusedTest {

  enum Implementation {
    BLAS,
    JAVA,
    ND4J;

    UnitClipper of(ClipTarget target) {
      return this == ND4J
          ? new Nd4jUnitClipper(List.of(target), new Scratch())
          : new HostUnitClipper(List.of(target), this == BLAS);
    }
  }

  private static ClippingRule rule(double threshold, double epsilon) {
    return new ClippingRule(threshold, epsilon, 1, NonFiniteGradients.ZERO);
  }

  @ParameterizedTest
  @EnumSource
  void unitsThatWereClippedOrOverwrittenAreLeftAloneInTheNextIteration(Implementation which) {
    INDArray gradient = Nd4j.ones(DataType.DOUBLE, 3, 4);
    INDArray weights = Nd4j.ones(DataType.DOUBLE, 3, 4);
    ClipTarget target = new ClipTarget(weights, gradient, Units.of(gradient.shape(), 0));
    UnitClipper clipper = which.of(target);

    gradient.putScalar(0, 0, Double.NaN);
    gradient.getRow(1).muli(8);
    clipper.clip(rule(2, 1e-3));

    assertThat(gradient.getRow(0).toDoubleVector()).containsOnly(0);
    assertThat(gradient.getRow(1).toDoubleVector()).containsOnly(2);
    assertThat(gradient.getRow(2).toDoubleVector()).containsOnly(1);
    assertThat(target.counter.units).isEqualTo(3);
    assertThat(target.counter.clippedUnits).isEqualTo(1);
    assertThat(target.counter.nonFiniteUnits).isEqualTo(1);
    assertThat(target.counter.largestRatio).isEqualTo(8);
    assertThat(target.counter.smallestScale).isEqualTo(0.25);

    gradient.assign(1);
    gradient.getRow(2).muli(4);
    clipper.clip(rule(2, 1e-3));

    assertThat(gradient.getRow(0).toDoubleVector()).containsOnly(1);
    assertThat(gradient.getRow(1).toDoubleVector()).containsOnly(1);
    assertThat(gradient.getRow(2).toDoubleVector()).containsOnly(2);
    assertThat(target.counter.iterations).isEqualTo(1);
    assertThat(target.counter.units).isEqualTo(3);
    assertThat(target.counter.clippedUnits).isEqualTo(1);
    assertThat(target.counter.nonFiniteUnits).isZero();
    assertThat(target.counter.largestRatio).isEqualTo(4);
    assertThat(target.counter.smallestScale).isEqualTo(0.5);
  }

  /** Of three factors for the first unit and two for the second: the third is for one of them. */
  @Test
  void factorsInStepsAreForTheUnitThatNeedsThem() {
    INDArray weights = Nd4j.create(DataType.FLOAT, 3, 4);
    weights.getRow(0).assign(1e-33);
    weights.getRow(1).assign(1e10);
    weights.getRow(2).assign(1e38);
    INDArray gradient = Nd4j.valueArrayOf(new long[] {3, 4}, 1e30, DataType.FLOAT);
    gradient.getRow(2).assign(1e5);
    new Nd4jUnitClipper(
            List.of(new ClipTarget(weights, gradient, Units.of(weights.shape(), 0))), new Scratch())
        .clip(rule(1e-30, 0));
    assertThat(gradient.getRow(0).toDoubleVector()).containsOnly(0); // 1e-63
    for (double element : gradient.getRow(1).toDoubleVector()) {
      assertThat(element).isCloseTo(1e-20, within(1e-26));
    }
    assertThat(gradient.getRow(2).toFloatVector()).containsOnly(1e5f);
  }

  @ParameterizedTest
  @EnumSource
  void manyUnitsAreCountedOnceEach(Implementation which) {
    int units = 1000; // of several pieces of work
    INDArray gradient = Nd4j.ones(DataType.FLOAT, units, 300);
    ClipTarget target =
        new ClipTarget(
            Nd4j.ones(DataType.FLOAT, units, 300), gradient, Units.of(gradient.shape(), 0));
    for (int row = 0; row < units; row += 10) {
      gradient.getRow(row).muli(4);
    }
    which.of(target).clip(rule(2, 1e-3));
    assertThat(target.counter.units).isEqualTo(units);
    assertThat(target.counter.clippedUnits).isEqualTo(100);
    assertThat(target.counter.smallestScale).isCloseTo(0.5, within(1e-6));
    assertThat(target.counter.largestRatio).isCloseTo(4, within(1e-5));
  }
}
