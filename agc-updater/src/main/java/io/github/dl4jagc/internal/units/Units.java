package io.github.dl4jagc.internal.units;

import static io.github.dl4jagc.internal.check.Troubleshooting.UNIT_DIMENSIONS;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How an array splits into units: the dimensions that tell units apart, and the others, over which
 * a unit's norm runs. Units are numbered in row-major ('c') order of the unit dimensions.
 * Immutable.
 */
public final class Units {

  private final int[] unitDimensions;
  private final int[] normDimensions;
  private final int count;

  private Units(long[] shape, int[] unitDimensions) {
    this.unitDimensions = unitDimensions;
    this.normDimensions =
        IntStream.range(0, shape.length)
            .filter(each -> Arrays.binarySearch(unitDimensions, each) < 0)
            .toArray();
    long units = 1;
    for (int dimension : unitDimensions) {
      units *= shape[dimension];
    }
    this.count = Math.toIntExact(units);
  }

  /**
   * @param unitDimensions in any order, negative ones counted from the end; none if the whole array
   *     is one unit
   * @throws IllegalArgumentException if a dimension is out of range or named twice
   */
  public static Units of(long[] shape, int... unitDimensions) {
    int rank = shape.length;
    UNIT_DIMENSIONS.require(
        Arrays.stream(unitDimensions).allMatch(each -> each >= -rank && each < rank),
        "unitDimensions must be in [{}, {}] for an array of shape {}, got {}",
        -rank,
        rank - 1,
        shape,
        unitDimensions);
    int[] sorted =
        Arrays.stream(unitDimensions)
            .map(each -> each < 0 ? each + rank : each)
            .sorted()
            .distinct()
            .toArray();
    UNIT_DIMENSIONS.require(
        sorted.length == unitDimensions.length,
        "unitDimensions must name each dimension once, got {} for an array of shape {}",
        unitDimensions,
        shape);
    return new Units(shape, sorted);
  }

  /**
   * The units of an array of which nothing but its shape is known: the whole of a vector, wherever
   * it lies; a column of a matrix, as DL4J and SameDiff have [nIn, nOut]; else a slice of the first
   * dimension, as arrays begin with what is repeated.
   */
  public static Units guessed(long... shape) {
    return !isMatrix(shape) ? of(shape) : of(shape, shape.length == 2 ? 1 : 0);
  }

  /** Whether an array is more than one vector, wherever that lies in it. */
  public static boolean isMatrix(long... shape) {
    return Arrays.stream(shape).filter(size -> size > 1).count() > 1;
  }

  /** The number of units, 0 for an empty array. */
  public int count() {
    return count;
  }

  /** The dimensions that tell units apart, ascending. */
  public int[] unitDimensions() {
    return unitDimensions.clone();
  }

  /** What a unit is, in words. */
  public String unit() {
    if (unitDimensions.length == 0) {
      return "the whole array";
    }
    String dimensions = Arrays.toString(unitDimensions).replaceAll("[\\[\\]]", "");
    return normDimensions.length == 1 && unitDimensions.length == 1
        ? (unitDimensions[0] == 1 ? "a column" : "a row") + " (dimension " + dimensions + ")"
        : "a slice of dimension" + (unitDimensions.length > 1 ? "s " : " ") + dimensions;
  }

  /** The dimensions over which a unit's norm runs, ascending. */
  public int[] normDimensions() {
    return normDimensions.clone();
  }
}
