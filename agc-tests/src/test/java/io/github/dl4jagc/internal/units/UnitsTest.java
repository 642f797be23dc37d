package io.github.dl4jagc.internal.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How dimensions tell units apart. */
class UnitsTest {

  private static final long[] SHAPE = {2, 3, 5};

  @Test
  void unitsAreCountedAlongTheirDimensionsAndNormsRunOverTheOthers() {
    Units units = Units.of(SHAPE, 0, 2);
    assertThat(units.count()).isEqualTo(10);
    assertThat(units.unitDimensions()).containsExactly(0, 2);
    assertThat(units.normDimensions()).containsExactly(1);
  }

  @Test
  void withoutDimensionsTheWholeArrayIsOneUnit() {
    Units units = Units.of(SHAPE);
    assertThat(units.count()).isEqualTo(1);
    assertThat(units.unitDimensions()).isEmpty();
    assertThat(units.normDimensions()).containsExactly(0, 1, 2);
  }

  @Test
  void withAllDimensionsEachElementIsAUnit() {
    Units units = Units.of(SHAPE, 0, 1, 2);
    assertThat(units.count()).isEqualTo(30);
    assertThat(units.normDimensions()).isEmpty();
  }

  @Test
  void negativeDimensionsCountFromTheEndAndOrderDoesNotMatter() {
    assertThat(Units.of(SHAPE, -1, -3).unitDimensions()).containsExactly(0, 2);
    assertThat(Units.of(SHAPE, 2, 0).normDimensions()).containsExactly(1);
  }

  @Test
  void emptyArraysHaveNoUnits() {
    assertThat(Units.of(new long[] {3, 0}, 1).count()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, -4, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void dimensionsThatTheArrayDoesNotHaveAreRefused(int dimension) {
    assertThatThrownBy(() -> Units.of(SHAPE, dimension))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unitDimensions must be in [-3, 2] for an array of shape [2, 3, 5]")
        .hasMessageContaining("got [" + dimension + "]");
  }

  @Test
  void dimensionsThatAreNamedTwiceAreRefused() {
    for (int[] twice : new int[][] {{0, 0}, {1, -2}, {0, 2, -1}, {-3, 1, 0}}) {
      assertThatThrownBy(() -> Units.of(SHAPE, twice))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("each dimension once");
    }
  }

  @Test
  void whatIsGivenAndWhatIsReadMayBeChangedAfterwards() {
    long[] shape = SHAPE.clone();
    int[] dimensions = {2, 0};
    Units units = Units.of(shape, dimensions);
    assertThat(dimensions).containsExactly(2, 0);
    shape[0] = 7;
    dimensions[0] = 1;
    units.unitDimensions()[0] = 1;
    units.normDimensions()[0] = 0;
    assertThat(units.unitDimensions()).containsExactly(0, 2);
    assertThat(units.normDimensions()).containsExactly(1);
  }

  @Test
  void ofAnUnknownArrayAVectorIsOneUnitOfAMatrixAColumnOfMoreASliceOfTheFirstDimension() {
    for (long[] vector : new long[][] {{}, {7}, {1, 7}, {7, 1}, {1, 7, 1, 1}, {1, 1}}) {
      assertThat(Units.guessed(vector).unitDimensions()).isEmpty();
    }
    assertThat(Units.guessed(3, 7).unitDimensions()).containsExactly(1);
    assertThat(Units.guessed(3, 7, 2).unitDimensions()).containsExactly(0);
    assertThat(Units.guessed(1, 7, 2).unitDimensions()).containsExactly(0);
    assertThat(Units.guessed(3, 7, 2, 2).unitDimensions()).containsExactly(0);
  }

  @Test
  void unitsInWords() {
    assertThat(Units.of(new long[] {3, 7}).unit()).isEqualTo("the whole array");
    assertThat(Units.of(new long[] {3, 7}, 1).unit()).isEqualTo("a column (dimension 1)");
    assertThat(Units.of(new long[] {3, 7}, 0).unit()).isEqualTo("a row (dimension 0)");
    assertThat(Units.of(new long[] {3, 7}, 0, 1).unit()).isEqualTo("a slice of dimensions 0, 1");
    assertThat(Units.of(new long[] {3, 7, 2}, 2).unit()).isEqualTo("a slice of dimension 2");
    assertThat(Units.of(new long[] {3}, 0).unit()).isEqualTo("a slice of dimension 0");
  }

  @Test
  void moreUnitsThanAnIntCanCountAreRefused() {
    assertThatThrownBy(() -> Units.of(new long[] {1L << 20, 1L << 20}, 0, 1))
        .isInstanceOf(ArithmeticException.class);
  }
}
