package io.github.dl4jagc.internal.clip.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.internal.clip.ClipTarget;
import io.github.dl4jagc.internal.units.Units;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Units of several runs, of which each has elements of a size of its own. */
class HostUnitsTest {

  private static final int[] INNER_RUNS = {3, 4, 2, 2};
  private static final int[] OUTER_RUNS = {5, 4, 1, 2};
  private static final int[] LONG_RUNS = {2, 3, 3, 5};

  static Stream<Arguments> layouts() {
    return Stream.of(INNER_RUNS, OUTER_RUNS, LONG_RUNS)
        .flatMap(
            shape ->
                Stream.of(DataType.FLOAT, DataType.DOUBLE)
                    .flatMap(
                        type ->
                            Stream.of(true, false).map(blas -> Arguments.of(shape, type, blas))));
  }

  /** One array, whose second dimension tells units apart. */
  private static final class Case {
    final INDArray array;
    final HostTarget layout;
    final HostUnits units;

    Case(int[] shape, DataType type, boolean blas, double size) {
      long[] sizes = {shape[0], shape[1], shape[2], shape[3]};
      int length = shape[0] * shape[1] * shape[2] * shape[3];
      array =
          Nd4j.createFromArray(
                  IntStream.rangeClosed(1, length).mapToDouble(i -> i * size).toArray())
              .castTo(type)
              .reshape('c', sizes);
      layout = HostTarget.of(new ClipTarget(array, array, Units.of(sizes, 1)));
      units = new HostUnits(layout, array, blas);
    }

    INDArray unit(int number) {
      return array.tensorAlongDimension(number, 0, 2, 3);
    }

    /** In Java, of elements times {@code factor}. */
    double norm(int number, double factor) {
      double sum = 0;
      for (double each : unit(number).dup('c').castTo(DataType.DOUBLE).data().asDouble()) {
        sum += each * factor * (each * factor);
      }
      return Math.sqrt(sum);
    }
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void normsAreThoseOfAllRunsOfAUnit(int[] shape, DataType type, boolean blas) {
    Case one = new Case(shape, type, blas, 1);
    for (int unit = 0; unit < shape[1]; unit++) {
      double expected = one.norm(unit, 1);
      long start = one.layout.startOf(unit);
      assertThat(one.units.norm(start)).isCloseTo(expected, within(1e-6 * expected));
    }
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void rescuedNormsAreThoseOfAllRunsWhateverTheirSize(int[] shape, DataType type, boolean blas) {
    for (double size :
        type == DataType.FLOAT ? new double[] {1e-30, 1e30} : new double[] {1e-150, 1e150}) {
      Case one = new Case(shape, type, blas, size);
      for (int unit = 0; unit < shape[1]; unit++) {
        double expected = one.norm(unit, 1 / size) * size;
        long start = one.layout.startOf(unit);
        double rescued = one.units.rescuedNorm(start, one.units.norm(start));
        assertThat(rescued).isCloseTo(expected, within(1e-6 * expected));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void unitsAreZeroIfAllOfTheirRunsAre(int[] shape, DataType type, boolean blas) {
    Case one = new Case(shape, type, blas, 1);
    for (int run = 0; run < one.layout.runs; run++) {
      for (int element = 0; element < one.layout.runLength; element++) {
        one.array.assign(0);
        long start = one.layout.startOf(2);
        assertThat(one.units.rescuedNorm(start, 0)).isZero();
        one.array
            .reshape(one.array.length())
            .putScalar(
                start + run * one.layout.runStep + element * one.layout.elementStep,
                Float.MIN_NORMAL);
        assertThat(one.units.rescuedNorm(start, 0))
            .isCloseTo(Float.MIN_NORMAL, within(1e-6 * Float.MIN_NORMAL));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void scalingAndSettingToZeroChangeAllRunsOfAUnitAndNoOther(
      int[] shape, DataType type, boolean blas) {
    for (int unit = 0; unit < shape[1]; unit++) {
      Case one = new Case(shape, type, blas, 1);
      INDArray expected = one.array.dup('c');
      INDArray changed = expected.tensorAlongDimension(unit, 0, 2, 3);
      changed.muli(0.25);
      one.units.scale(one.layout.startOf(unit), 0.25);
      assertThat(one.array).isEqualTo(expected);
      changed.assign(0);
      one.units.setToZero(one.layout.startOf(unit));
      assertThat(one.array).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void aScaleOfZeroMakesAUnitZero(int[] shape, DataType type, boolean blas) {
    Case one = new Case(shape, type, blas, 1);
    one.units.scale(one.layout.startOf(1), 0);
    assertThat(one.unit(1).maxNumber().doubleValue()).isZero();
    assertThat(one.unit(0).minNumber().doubleValue()).isPositive();
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void onlyNormsWhoseSquaresStayInRangeAreExact(int[] shape, DataType type, boolean blas) {
    HostUnits units = new Case(shape, type, blas, 1).units;
    for (double norm : new double[] {1, 1e15, type == DataType.FLOAT ? 1e-15 : 1e-140}) {
      assertThat(units.isExact(norm)).as("%s", norm).isTrue();
    }
    boolean squaredInFloat = type == DataType.FLOAT && blas && shape == LONG_RUNS;
    assertThat(units.isExact(1e-30)).isEqualTo(!squaredInFloat);
    assertThat(units.isExact(Double.POSITIVE_INFINITY)).isEqualTo(!squaredInFloat);
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void squaresThatAreTooSmallRaiseTheUpperBoundByWhatTheyCanBe(
      int[] shape, DataType type, boolean blas) {
    Case one = new Case(shape, type, blas, 1);
    double most = one.layout.unitSize() * Float.MIN_NORMAL;
    assertThat(one.units.upperBound(0)).isEqualTo(Math.sqrt(most));
    assertThat(one.units.upperBound(Math.sqrt(most)))
        .isCloseTo(Math.sqrt(2 * most), within(1e-6 * Math.sqrt(most)));
  }
}
