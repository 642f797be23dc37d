package io.github.dl4jagc.internal.clip.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.internal.clip.ClipTarget;
import io.github.dl4jagc.internal.units.Units;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Which parameters are one group, and its units, numbered through. */
class TargetGroupTest {

  /** Positions, features and outputs of a locally connected layer: six units of five elements. */
  private static final long[] SHAPE = {2, 5, 3};

  private static final int UNITS = 6;
  private static final int LENGTH = 30;

  private final INDArray weights = Nd4j.create(DataType.FLOAT, 2 * LENGTH);
  private final INDArray gradient = Nd4j.create(DataType.FLOAT, 2 * LENGTH);

  private static INDArray part(INDArray whole, int target) {
    return whole
        .get(NDArrayIndex.interval(target * LENGTH, (target + 1) * LENGTH))
        .reshape('c', SHAPE);
  }

  private TargetGroup group(int targets) {
    List<ClipTarget> list = new ArrayList<>();
    for (int target = 0; target < targets; target++) {
      list.add(
          new ClipTarget(part(weights, target), part(gradient, target), Units.of(SHAPE, 0, 2)));
    }
    List<TargetGroup> groups = TargetGroup.of(list);
    assertThat(groups).hasSize(1);
    return groups.get(0);
  }

  private void assertZeros(TargetGroup group, BitSet units) {
    gradient.assign(1);
    group.setToZero(units);
    for (int i = 0; i < 2 * LENGTH; i++) {
      int within = i % LENGTH;
      int unit = i / LENGTH * UNITS + within / 15 * 3 + within % 3;
      assertThat(gradient.getDouble(i))
          .as("element %d of unit %d, zeros are %s", i, unit, units)
          .isEqualTo(units.get(unit) ? 0 : 1);
    }
  }

  @Test
  void theUnitsThatAreAskedForBecomeZeroAndNoOthers() {
    for (int targets = 1; targets <= 2; targets++) {
      TargetGroup group = group(targets);
      assertThat(group.units()).isEqualTo(targets * UNITS);
      assertThat(group.unitSize()).isEqualTo(5);
      for (int one = 0; one < group.units(); one++) {
        for (int other = one; other < group.units(); other++) {
          BitSet units = new BitSet();
          units.set(one);
          units.set(other);
          assertZeros(group, units);
        }
      }
    }
  }

  @Test
  void allUnitsOfOneParameterBecomeZeroWithoutTouchingTheOther() {
    BitSet first = new BitSet();
    first.set(0, UNITS);
    BitSet second = new BitSet();
    second.set(UNITS, 2 * UNITS);
    BitSet all = new BitSet();
    all.set(0, 2 * UNITS);
    BitSet oneMore = (BitSet) first.clone();
    oneMore.set(UNITS + 4);
    for (BitSet units : List.of(first, second, all, oneMore, new BitSet())) {
      assertZeros(group(2), units);
    }
  }

  @Test
  void groupsNeedOneDistanceInBothArrays() {
    INDArray weights = Nd4j.ones(DataType.FLOAT, 100);
    INDArray gradient = Nd4j.ones(DataType.FLOAT, 100);
    List<ClipTarget> targets = new ArrayList<>();
    int[] gradientOffsets = {0, 10, 30}; // weights: 0, 10, 20
    for (int i = 0; i < 3; i++) {
      targets.add(
          new ClipTarget(
              weights.get(NDArrayIndex.interval(10 * i, 10 * i + 5)),
              gradient.get(NDArrayIndex.interval(gradientOffsets[i], gradientOffsets[i] + 5)),
              Units.of(new long[] {5})));
    }
    assertThat(TargetGroup.of(targets)).extracting(g -> g.targets.size()).containsExactly(2, 1);
  }

  /** As in a network of blocks whose first differs: equal neighbours at changing distances. */
  @Test
  void theLongestProgressionsAreFoundAmongOthers() {
    INDArray weights = Nd4j.ones(DataType.FLOAT, 1000);
    INDArray gradient = Nd4j.ones(DataType.FLOAT, 1000);
    List<ClipTarget> targets = new ArrayList<>();
    for (int offset : new int[] {0, 7, 100, 130, 200, 230, 300, 330, 400, 430}) {
      targets.add(
          new ClipTarget(
              weights.get(NDArrayIndex.interval(offset, offset + 5)),
              gradient.get(NDArrayIndex.interval(offset, offset + 5)),
              Units.of(new long[] {5})));
    }
    assertThat(TargetGroup.of(targets))
        .extracting(g -> g.targets.get(0).weights.offset() + ": " + g.targets.size())
        .containsExactly("0: 5", "7: 1", "130: 4");
  }

  @Test
  void arraysOfDifferentMemoryAreNoGroup() {
    List<ClipTarget> targets = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      targets.add(
          new ClipTarget(
              Nd4j.ones(DataType.FLOAT, 3, 4),
              Nd4j.ones(DataType.FLOAT, 3, 4),
              Units.of(new long[] {3, 4}, 0)));
    }
    assertThat(TargetGroup.of(targets)).hasSize(3);
  }
}
