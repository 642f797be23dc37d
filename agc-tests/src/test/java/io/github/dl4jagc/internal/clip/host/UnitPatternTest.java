package io.github.dl4jagc.internal.clip.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.internal.clip.ClipTarget;
import io.github.dl4jagc.internal.clip.UnitPattern;
import io.github.dl4jagc.internal.units.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Where units lie in memory: as a pattern, and as runs. */
class UnitPatternTest {

  private static ClipTarget target(DataType type, char order, long[] shape, int... units) {
    return new ClipTarget(
        Nd4j.create(type, shape, order), Nd4j.create(type, shape, order), Units.of(shape, units));
  }

  private static Arguments layout(
      String name, char order, long[] shape, int[] units, long... pattern) {
    return Arguments.of(name, order, shape, units, pattern);
  }

  private static long[] shape(long... shape) {
    return shape;
  }

  private static int[] along(int... dimensions) {
    return dimensions;
  }

  /** Groups, outer, units in a group, inner: the examples of the Javadoc, and the edges. */
  static Stream<Arguments> layouts() {
    return Stream.of(
        layout("convolution", 'c', shape(4, 3, 2, 2), along(0), 1, 1, 4, 12),
        layout("dense", 'f', shape(5, 3), along(1), 1, 1, 3, 5),
        layout("dense in 'c' order", 'c', shape(5, 3), along(1), 1, 5, 3, 1),
        layout("depthwise", 'c', shape(2, 2, 3, 4), along(2, 3), 1, 4, 12, 1),
        layout("deconvolution", 'c', shape(3, 4, 2, 2), along(1), 1, 3, 4, 4),
        layout("locally connected", 'c', shape(2, 5, 3), along(0, 2), 2, 5, 3, 1),
        layout("whole array", 'c', shape(3, 4), along(), 1, 1, 1, 12),
        layout("each element", 'c', shape(3, 4), along(0, 1), 1, 1, 12, 1),
        layout("dimensions of one element", 'c', shape(1, 3, 1, 4, 1), along(1), 1, 1, 3, 4),
        layout("one element", 'c', shape(1, 1), along(0), 1, 1, 1, 1));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layouts")
  void arraysOfLayersHaveThePatternOfTheirLayer(
      String name, char order, long[] shape, int[] units, long[] expected) {
    UnitPattern pattern = UnitPattern.of(target(DataType.FLOAT, order, shape, units));
    assertThat(pattern).isNotNull();
    assertThat(shape(pattern.groups, pattern.outer, pattern.unitsInGroup, pattern.inner))
        .containsExactly(expected);
    assertThat(pattern.units()).isEqualTo(expected[0] * expected[2]);
    assertThat(pattern.unitSize()).isEqualTo(expected[1] * expected[3]);
  }

  /** The elements of each unit, by walking through the array. */
  private static Set<Set<Long>> elementsOfUnits(ClipTarget target) {
    INDArray array = target.gradient;
    List<Set<Long>> units = new ArrayList<>();
    for (int unit = 0; unit < target.units.count(); unit++) {
      units.add(new TreeSet<>());
    }
    long[] index = new long[array.rank()];
    for (long i = 0; i < array.length(); i++) {
      long left = i;
      for (int dimension = array.rank() - 1; dimension >= 0; dimension--) {
        index[dimension] = left % array.size(dimension);
        left /= array.size(dimension);
      }
      int unit = 0;
      for (int dimension : target.units.unitDimensions()) {
        unit = (int) (unit * array.size(dimension) + index[dimension]);
      }
      long place = 0;
      for (int dimension = 0; dimension < index.length; dimension++) {
        place += index[dimension] * array.stride(dimension);
      }
      units.get(unit).add(place);
    }
    return Set.copyOf(units);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layouts")
  void runsAreTheElementsOfEachUnit(
      String name, char order, long[] shape, int[] units, long[] expected) {
    ClipTarget target = target(DataType.DOUBLE, order, shape, units);
    UnitPattern pattern = UnitPattern.of(target);
    List<Set<Long>> found = new ArrayList<>();
    for (long unit = 0; unit < pattern.units(); unit++) {
      Set<Long> elements = new TreeSet<>();
      for (long run = 0; run < pattern.outer; run++) {
        for (long element = 0; element < pattern.inner; element++) {
          elements.add(pattern.startOf(unit) + run * pattern.rowLength() + element);
        }
      }
      assertThat(elements).hasSize((int) pattern.unitSize());
      found.add(elements);
    }
    assertThat(Set.copyOf(found)).isEqualTo(elementsOfUnits(target));
  }

  @Test
  void patternsThatChangeTooOftenAreNone() {
    long[] shape = {2, 3, 2, 3, 2};
    assertThat(UnitPattern.of(target(DataType.FLOAT, 'c', shape, 1, 3))).isNull();
    assertThat(UnitPattern.of(target(DataType.FLOAT, 'c', shape, 0, 2, 4))).isNull();
    assertThat(UnitPattern.of(target(DataType.FLOAT, 'c', shape, 0, 4))).isNotNull();
    assertThat(UnitPattern.of(target(DataType.FLOAT, 'c', shape, 0, 3))).isNotNull();
  }

  @Test
  void weightsInAnotherOrderThanTheGradientHaveNoPattern() {
    long[] shape = {3, 4};
    for (boolean swapped : new boolean[] {false, true}) {
      INDArray one = Nd4j.create(DataType.FLOAT, shape, 'c');
      INDArray other = Nd4j.create(DataType.FLOAT, shape, 'f');
      ClipTarget target =
          swapped
              ? new ClipTarget(one, other, Units.of(shape, 0))
              : new ClipTarget(other, one, Units.of(shape, 0));
      assertThat(UnitPattern.of(target)).isNull();
      assertThat(HostUnitClipper.takes(target)).isFalse();
    }
  }

  @Test
  void viewsWithGapsHaveNoPattern() {
    INDArray gaps =
        Nd4j.create(DataType.FLOAT, 3, 8).get(NDArrayIndex.all(), NDArrayIndex.interval(0, 4));
    assertThat(UnitPattern.of(new ClipTarget(gaps, gaps, Units.of(gaps.shape(), 0)))).isNull();
  }

  @Test
  void emptyArraysHaveNoUnits() {
    INDArray empty = Nd4j.empty(DataType.FLOAT);
    UnitPattern pattern = UnitPattern.of(new ClipTarget(empty, empty, Units.of(new long[] {0})));
    assertThat(pattern.units()).isZero();
    assertThat(pattern.unitSize()).isEqualTo(1);
  }

  @Test
  void patternsAreTheSameIfAllOfTheirNumbersAre() {
    List<UnitPattern> patterns = new ArrayList<>();
    patterns.add(UnitPattern.of(target(DataType.FLOAT, 'c', shape(2, 2, 2, 2), 0, 2)));
    patterns.add(UnitPattern.of(target(DataType.FLOAT, 'c', shape(3, 2, 2, 2), 0, 2)));
    patterns.add(UnitPattern.of(target(DataType.FLOAT, 'c', shape(2, 3, 2, 2), 0, 2)));
    patterns.add(UnitPattern.of(target(DataType.FLOAT, 'c', shape(2, 2, 3, 2), 0, 2)));
    patterns.add(UnitPattern.of(target(DataType.FLOAT, 'c', shape(2, 2, 2, 3), 0, 2)));
    for (UnitPattern one : patterns) {
      assertThat(patterns.stream().filter(one::isSame).count()).isEqualTo(1);
    }
    assertThat(
            patterns
                .get(0)
                .isSame(UnitPattern.of(target(DataType.FLOAT, 'c', shape(2, 2, 2, 2), 0, 2))))
        .isTrue();
  }

  @Test
  void onlyFloatAndDoubleOfOneTypeAreForTheHost() {
    long[] shape = {3, 4};
    assertThat(HostUnitClipper.takes(target(DataType.FLOAT, 'c', shape, 0))).isTrue();
    assertThat(HostUnitClipper.takes(target(DataType.DOUBLE, 'c', shape, 0))).isTrue();
    assertThat(HostUnitClipper.takes(target(DataType.HALF, 'c', shape, 0))).isFalse();
    assertThat(
            HostUnitClipper.takes(
                new ClipTarget(
                    Nd4j.create(DataType.FLOAT, shape),
                    Nd4j.create(DataType.DOUBLE, shape),
                    Units.of(shape, 0))))
        .isFalse();
  }
}
