package io.github.dl4jagc.internal.clip.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.NonFiniteGradients;
import io.github.dl4jagc.internal.clip.ClipTarget;
import io.github.dl4jagc.internal.clip.ClippingRule;
import io.github.dl4jagc.internal.clip.Scratch;
import io.github.dl4jagc.internal.clip.SharedMemory;
import io.github.dl4jagc.internal.clip.UnitPattern;
import io.github.dl4jagc.internal.units.Units;
import io.github.dl4jagc.testing.Oracle;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The ND4J path by itself: parameters of equal shape in one flat array, as a network has them,
 * grouped and one by one, with norms taken in place and of copies, against the oracle.
 */
class Nd4jUnitClipperTest {

  private static final double THRESHOLD = 0.5;
  private static final double EPSILON = 1e-3;

  /** Shape, order and unit dimensions of the parameters that DL4J's layers have. */
  private enum Shape {
    DENSE('f', new long[] {5, 7}, 1),
    CONVOLUTION('c', new long[] {6, 3, 2, 2}, 0),
    DECONVOLUTION('c', new long[] {3, 6, 2, 2}, 1),
    DECONVOLUTION_3D('c', new long[] {2, 2, 2, 5, 3}, 3),
    DEPTHWISE('c', new long[] {3, 3, 4, 2}, 2, 3),
    LOCALLY_CONNECTED('c', new long[] {4, 6, 5}, 0, 2),
    ATTENTION('c', new long[] {2, 3, 5}, 0, 1),
    BIAS('c', new long[] {1, 9}),
    ONE_ELEMENT('c', new long[] {1, 1}),
    UNITS_OF_ONE_ELEMENT('c', new long[] {6}, 0),
    VECTOR_WITH_A_UNIT_DIMENSION_OF_ONE('c', new long[] {1, 8}, 0);

    final char order;
    final long[] shape;
    final int[] unitDimensions;

    Shape(char order, long[] shape, int... unitDimensions) {
      this.order = order;
      this.shape = shape;
      this.unitDimensions = unitDimensions;
    }

    long length() {
      return Nd4j.create(shape).length();
    }
  }

  static Stream<Arguments> shapesAndTypes() {
    return Stream.of(Shape.values())
        .flatMap(
            shape ->
                Stream.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16)
                    .flatMap(
                        type ->
                            Stream.of(true, false)
                                .map(inPlace -> Arguments.of(shape, type, inPlace))));
  }

  private static double tolerance(DataType type, boolean normsInPlace) {
    switch (type) {
      case DOUBLE:
        return 1e-12;
      case FLOAT:
        return 1e-6;
      default: // one rounding to 11 or 8 bits; and norms, if they are taken in that type
        return (type == DataType.BFLOAT16 ? 4e-3 : 5e-4) * (normsInPlace ? 8 : 1);
    }
  }

  /** Some parameters at a constant distance, then some at another, with strangers in between. */
  private static List<ClipTarget> parameters(Shape shape, DataType type) {
    long length = shape.length();
    long[] gaps = {500, 500, 500, 500, 11, 11, 2}; // wider than the parameters are
    long total = gaps.length * (length + 500);
    Random random = new Random(7);
    INDArray weights = values(random, total).castTo(type);
    INDArray gradient = values(random, total).castTo(type);
    List<ClipTarget> targets = new ArrayList<>();
    long offset = 5;
    for (long gap : gaps) {
      targets.add(
          new ClipTarget(
              part(weights, offset, shape),
              part(gradient, offset, shape),
              Units.of(shape.shape, shape.unitDimensions)));
      offset += length + gap;
    }
    return targets;
  }

  private static INDArray part(INDArray flat, long offset, Shape shape) {
    return flat.get(NDArrayIndex.interval(offset, offset + shape.length()))
        .reshape(shape.order, shape.shape);
  }

  /** Between 0.5 and 2 in size: no norm is far from another. */
  private static INDArray values(Random random, long length) {
    return Nd4j.createFromArray(
        random.doubles(length, 0.5, 2).map(x -> random.nextBoolean() ? x : -x).toArray());
  }

  private static ClippingRule rule(double threshold, NonFiniteGradients policy) {
    return new ClippingRule(threshold, EPSILON, 1, policy);
  }

  private static void clip(List<ClipTarget> targets, boolean normsInPlace, ClippingRule rule) {
    Predicate<DataType> isExact = type -> normsInPlace;
    new Nd4jUnitClipper(targets, new Scratch(), isExact).clip(rule);
  }

  @ParameterizedTest
  @MethodSource("shapesAndTypes")
  void groupedIsWhatTheOracleSays(Shape shape, DataType type, boolean normsInPlace) {
    List<ClipTarget> targets = parameters(shape, type);
    List<double[]> expected = new ArrayList<>();
    for (ClipTarget target : targets) {
      expected.add(
          Oracle.clip(target.weights, target.gradient, THRESHOLD, EPSILON, shape.unitDimensions));
    }

    clip(targets, normsInPlace, rule(THRESHOLD, NonFiniteGradients.PASS_THROUGH));

    for (int i = 0; i < targets.size(); i++) {
      double[] actual = Oracle.values(targets.get(i).gradient);
      for (int k = 0; k < actual.length; k++) {
        assertThat(actual[k])
            .as("parameter %d, element %d", i, k)
            .isCloseTo(
                expected.get(i)[k],
                within(tolerance(type, normsInPlace) * Math.abs(expected.get(i)[k])));
      }
      assertThat(targets.get(i).counter.units).isEqualTo(targets.get(i).units.count());
    }
  }

  @ParameterizedTest
  @MethodSource("shapesAndTypes")
  void groupedIsWhatOneByOneIs(Shape shape, DataType type, boolean normsInPlace) {
    List<ClipTarget> grouped = parameters(shape, type);
    List<ClipTarget> alone = parameters(shape, type);
    ClippingRule rule = rule(THRESHOLD, NonFiniteGradients.PASS_THROUGH);

    clip(grouped, normsInPlace, rule);
    alone.forEach(target -> clip(List.of(target), normsInPlace, rule));

    boolean sumsInTheType = normsInPlace && type != DataType.DOUBLE; // in another order, then
    for (int i = 0; i < grouped.size(); i++) {
      assertThat(Oracle.values(grouped.get(i).gradient))
          .containsExactly(
              Oracle.values(alone.get(i).gradient),
              within(sumsInTheType ? 2 * tolerance(type, true) : 0));
      assertThat(grouped.get(i).counter.clippedUnits).isEqualTo(alone.get(i).counter.clippedUnits);
    }
  }

  @ParameterizedTest
  @MethodSource("shapesAndTypes")
  void whatIsNotClippedKeepsEveryBitAndSoDoStrangers(
      Shape shape, DataType type, boolean normsInPlace) {
    List<ClipTarget> targets = parameters(shape, type);
    INDArray all = flatOf(targets.get(0).gradient);
    // The first unit of the second parameter alone is above the bound.
    ClipTarget second = targets.get(1);
    second.gradient.putScalar(new long[second.gradient.rank()], 200);
    double[] before = Oracle.values(all);

    clip(targets, normsInPlace, rule(20, NonFiniteGradients.PASS_THROUGH));

    assertThat(second.counter.clippedUnits).isEqualTo(1);
    int[] unit = unitOfFirstElement(second.gradient, shape);
    double[] after = Oracle.values(all);
    int start = (int) second.gradient.offset();
    List<Integer> changed = new ArrayList<>();
    for (int i = 0; i < after.length; i++) {
      if (Double.doubleToRawLongBits(after[i]) != Double.doubleToRawLongBits(before[i])) {
        changed.add(i - start);
      }
    }
    assertThat(changed).isNotEmpty().isSubsetOf(boxed(unit));
  }

  private static INDArray flatOf(INDArray view) {
    return Nd4j.create(
        SharedMemory.bufferOf(view), SharedMemory.bufferOf(view).length()); // all of the memory
  }

  /** Where the elements of unit 0 lie behind the array's first one. */
  private static int[] unitOfFirstElement(INDArray array, Shape shape) {
    boolean[] unitDimension = new boolean[array.rank()];
    for (int dimension : shape.unitDimensions) {
      unitDimension[dimension] = true;
    }
    List<Integer> offsets = new ArrayList<>(List.of(0));
    for (int dimension = 0; dimension < array.rank(); dimension++) {
      if (!unitDimension[dimension]) {
        List<Integer> more = new ArrayList<>();
        for (int offset : offsets) {
          for (int i = 0; i < array.size(dimension); i++) {
            more.add(offset + i * array.stride(dimension));
          }
        }
        offsets = more;
      }
    }
    return offsets.stream().mapToInt(Integer::intValue).toArray();
  }

  private static List<Integer> boxed(int[] values) {
    List<Integer> list = new ArrayList<>();
    for (int value : values) {
      list.add(value);
    }
    return list;
  }

  @ParameterizedTest
  @MethodSource("shapesAndTypes")
  void zeroOverwritesTheUnitsThatAreNotFiniteAndNoOthers(
      Shape shape, DataType type, boolean normsInPlace) {
    List<ClipTarget> targets = parameters(shape, type);
    long[] first = new long[targets.get(0).gradient.rank()];
    targets.get(1).gradient.putScalar(first, Double.NaN);
    targets.get(2).gradient.putScalar(first, Double.NEGATIVE_INFINITY);
    targets.get(5).gradient.assign(Double.POSITIVE_INFINITY);
    INDArray all = flatOf(targets.get(0).gradient);
    double[] before = Oracle.values(all);

    clip(targets, normsInPlace, rule(1e30, NonFiniteGradients.ZERO));

    double[] expected = before.clone();
    for (int target : new int[] {1, 2}) {
      int start = (int) targets.get(target).gradient.offset();
      for (int offset : unitOfFirstElement(targets.get(target).gradient, shape)) {
        expected[start + offset] = 0;
      }
    }
    int start = (int) targets.get(5).gradient.offset();
    for (int i = 0; i < shape.length(); i++) {
      expected[start + i] = 0;
    }
    assertThat(Oracle.values(all)).isEqualTo(expected);
    assertThat(targets.get(1).counter.nonFiniteUnits).isEqualTo(1);
    assertThat(targets.get(5).counter.nonFiniteUnits).isEqualTo(targets.get(5).units.count());
  }

  @Test
  void parametersAtConstantDistancesAreFewGroups() {
    List<ClipTarget> targets = parameters(Shape.CONVOLUTION, DataType.FLOAT);
    // Gaps of 500 put five at one distance; then two at another.
    assertThat(TargetGroup.of(targets)).extracting(g -> g.targets.size()).containsExactly(5, 2);
  }

  /** Larger than what is copied at once, in each dimension that may be cut. */
  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "HALF"})
  void largeGroupsAreCutWithoutALoss(DataType type) {
    long[] shape = {300, 500};
    long distance = 2 * 150_000;
    INDArray weights = values(new Random(3), 4 * distance).castTo(type);
    INDArray gradient = values(new Random(4), 4 * distance).castTo(type);
    List<ClipTarget> targets = new ArrayList<>();
    List<double[]> expected = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ClipTarget target =
          new ClipTarget(
              weights
                  .get(NDArrayIndex.interval(i * distance, i * distance + 150_000))
                  .reshape(shape),
              gradient
                  .get(NDArrayIndex.interval(i * distance, i * distance + 150_000))
                  .reshape(shape),
              Units.of(shape, 0));
      targets.add(target);
      expected.add(Oracle.clip(target.weights, target.gradient, THRESHOLD, EPSILON, 0));
    }
    assertThat(TargetGroup.of(targets)).hasSize(1);
    targets.get(3).gradient.getRow(7).putScalar(2, Double.NaN);

    clip(targets, false, rule(THRESHOLD, NonFiniteGradients.ZERO));

    for (int i = 0; i < 4; i++) {
      double[] actual = Oracle.values(targets.get(i).gradient);
      double worst = 0;
      for (int k = 0; k < actual.length; k++) {
        double wanted = i == 3 && k / 500 == 7 ? 0 : expected.get(i)[k];
        worst = Math.max(worst, Math.abs(actual[k] - wanted) / Math.max(Math.abs(wanted), 1e-3));
      }
      assertThat(worst).isLessThan(tolerance(type, false));
    }
  }

  @Test
  void theSameWeightsTwiceAreBothClipped() {
    INDArray weights = Nd4j.ones(DataType.DOUBLE, 5);
    INDArray gradient = Nd4j.ones(DataType.DOUBLE, 20);
    List<ClipTarget> targets = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      targets.add(
          new ClipTarget(
              weights,
              gradient.get(NDArrayIndex.interval(10 * i, 10 * i + 5)),
              Units.of(new long[] {5})));
    }
    clip(targets, true, rule(0.5, NonFiniteGradients.PASS_THROUGH));
    assertThat(gradient.getDouble(0)).isCloseTo(0.5, within(1e-12));
    assertThat(gradient.getDouble(5)).isEqualTo(1);
    assertThat(gradient.getDouble(14)).isCloseTo(0.5, within(1e-12));
  }

  /** The scale is 1e-70 in FLOAT, which cannot hold it, and 1e-303 in DOUBLE, which can. */
  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void scalesTooSmallForTheTypeAreAppliedExactly(DataType type) {
    double big = type == DataType.FLOAT ? 1e35 : 1e150;
    double threshold = type == DataType.FLOAT ? 1e-32 : 1e-150;
    INDArray gradient = Nd4j.zeros(type, 2, 3, 4);
    gradient.putScalar(new long[] {1, 0, 0}, 0.6 * big).putScalar(new long[] {1, 2, 3}, -0.8 * big);
    gradient.putScalar(new long[] {0, 1, 1}, 1e-31);
    INDArray weights = Nd4j.zeros(type, 2, 3, 4);
    ClipTarget target = new ClipTarget(weights, gradient, Units.of(new long[] {2, 3, 4}, 0));

    clip(
        List.of(target),
        NormPrecision.isExact(type),
        rule(threshold, NonFiniteGradients.PASS_THROUGH));

    double bound = threshold * EPSILON;
    double tolerance = type == DataType.FLOAT ? 1e-5 : 1e-12;
    assertThat(gradient.getDouble(1, 0, 0)).isCloseTo(0.6 * bound, within(0.6 * bound * tolerance));
    assertThat(gradient.getDouble(1, 2, 3))
        .isCloseTo(-0.8 * bound, within(0.8 * bound * tolerance));
    assertThat(target.counter.smallestScale).isCloseTo(bound / big, within(1e-3 * bound / big));
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE", "HALF", "BFLOAT16"})
  void arraysWithoutAPatternAreClippedToo(DataType type) {
    INDArray weights = values(new Random(1), 6 * 8 * 5).reshape(6, 8, 5).castTo(type);
    INDArray parent = values(new Random(2), 12 * 8 * 10).reshape(12, 8, 10).castTo(type);
    INDArray gradient =
        parent.get(
            NDArrayIndex.interval(0, 2, 12), NDArrayIndex.all(), NDArrayIndex.interval(1, 2, 10));
    double[] expected = Oracle.clip(weights, gradient, THRESHOLD, EPSILON, 1);
    double[] others = Oracle.values(parent);

    ClipTarget target = new ClipTarget(weights, gradient, Units.of(gradient.shape(), 1));
    assertThat(UnitPattern.of(target)).isNull();
    clip(
        List.of(target),
        NormPrecision.isExact(type),
        rule(THRESHOLD, NonFiniteGradients.PASS_THROUGH));

    double[] actual = Oracle.values(gradient);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i])
          .isCloseTo(expected[i], within(tolerance(type, false) * Math.abs(expected[i])));
    }
    gradient.assign(0);
    INDArray untouched = Nd4j.createFromArray(others).reshape(12, 8, 10);
    untouched
        .get(NDArrayIndex.interval(0, 2, 12), NDArrayIndex.all(), NDArrayIndex.interval(1, 2, 10))
        .assign(0);
    assertThat(Oracle.values(parent)).isEqualTo(Oracle.values(untouched));
  }

  @Test
  void typesOfWeightsAndGradientMayDiffer() {
    INDArray weights = values(new Random(1), 20).reshape(4, 5).castTo(DataType.FLOAT);
    INDArray gradient = values(new Random(2), 20).reshape(4, 5);
    double[] expected = Oracle.clip(weights, gradient, THRESHOLD, EPSILON, 0);
    clip(
        List.of(new ClipTarget(weights, gradient, Units.of(new long[] {4, 5}, 0))),
        false,
        rule(THRESHOLD, NonFiniteGradients.PASS_THROUGH));
    for (int i = 0; i < expected.length; i++) {
      assertThat(Oracle.values(gradient)[i])
          .isCloseTo(expected[i], within(1e-12 * Math.abs(expected[i])));
    }
  }
}
