package io.github.dl4jagc.internal.clip.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.internal.clip.ClipTarget;
import io.github.dl4jagc.internal.clip.Scratch;
import io.github.dl4jagc.internal.clip.SharedMemory;
import io.github.dl4jagc.internal.units.Units;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Groups that are copied in parts, as copies are to be of a certain size. */
class GroupOperationsTest {

  /** Shapes, the dimensions that tell units apart, and the largest part. */
  static Stream<Arguments> shapes() {
    return Stream.of(
        Arguments.of(new long[] {10, 100}, new int[] {0}, 1000), // all at once
        Arguments.of(new long[] {300, 1000}, new int[] {0}, 300_000), // few units, too
        Arguments.of(new long[] {5000, 1000}, new int[] {0}, 2_500_000), // in two equal parts
        Arguments.of(new long[] {5001, 1000}, new int[] {0}, 2_501_000), // in two unequal ones
        Arguments.of(new long[] {2, 4_300_000}, new int[] {0}, 4_300_000), // a unit is not cut
        Arguments.of(new long[] {140_000}, new int[] {}, 140_000),
        Arguments.of(new long[] {40, 50, 1000}, new int[] {0, 2}, 150_000), // along the first
        Arguments.of(new long[] {2, 50, 60_000}, new int[] {0, 2}, 136_400), // along the second
        Arguments.of(new long[] {2, 1_500_000, 3}, new int[] {0, 2}, 4_500_000));
  }

  private static INDArray values(DataType type, long[] shape) {
    INDArray array = Nd4j.create(DataType.FLOAT, shape);
    for (long i = 0; i < array.length(); i++) {
      array.data().put(i, value(i));
    }
    return array.castTo(type);
  }

  private static int value(long i) {
    return (int) (i % 11 % 7);
  }

  private static TargetGroup group(INDArray array, int... unitDimensions) {
    return TargetGroup.of(
            List.of(new ClipTarget(array, array, Units.of(array.shape(), unitDimensions))))
        .get(0);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void copiesAreAboutAsLargeAsIsWanted(long[] shape, int[] units, long expected) {
    TargetGroup group = group(Nd4j.create(DataType.FLOAT, shape), units);
    assertThat(GroupOperations.copyLength(group)).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void allPartsAreMeasuredAndScaled(long[] shape, int[] units, long copyLength) {
    INDArray array = values(DataType.HALF, shape);
    INDArray before = array.castTo(DataType.DOUBLE);
    TargetGroup group = group(array, units);
    INDArray weightNorms = Nd4j.create(DataType.DOUBLE, group.units());
    INDArray gradientNorms = Nd4j.create(DataType.DOUBLE, group.units());
    INDArray factors = Nd4j.create(DataType.DOUBLE, group.units());
    for (int unit = 0; unit < group.units(); unit++) {
      factors.putScalar(unit, 1 << unit % 3);
    }
    Scratch scratch = new Scratch();
    scratch.reserve(copyLength);
    GroupOperations operations =
        new GroupOperations(group, weightNorms, gradientNorms, factors, type -> false, scratch);

    operations.computeNorms();
    operations.scale();

    assertThat(SharedMemory.bufferOf(scratch.array(1)).length()).isEqualTo(copyLength);
    double[] squares = new double[group.units()];
    INDArray after = array.castTo(DataType.DOUBLE);
    long inner = shape.length == 3 ? shape[2] : 1;
    long outer = units.length == 0 ? array.length() : array.length() / shape[0];
    for (long i = 0; i < array.length(); i++) {
      int unit = (int) (i / outer * inner + i % inner);
      double value = before.data().getDouble(i);
      squares[unit] += value * value;
      if (after.data().getDouble(i) != value * (1 << unit % 3)) {
        assertThat(after.data().getDouble(i))
            .as("element %d", i)
            .isEqualTo(value * (1 << unit % 3));
      }
    }
    for (int unit = 0; unit < group.units(); unit++) {
      double expected = Math.sqrt(squares[unit]);
      assertThat(weightNorms.getDouble(unit)).isCloseTo(expected, within(1e-9 * expected));
      assertThat(gradientNorms.getDouble(unit)).isCloseTo(expected, within(1e-9 * expected));
    }
  }
}
