package io.github.dl4jagc.internal.clip;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How the units of an array lie in memory where they lie in a regular pattern: {@code groups}
 * blocks one after the other, each of {@code outer} rows, each row with one run of {@code inner}
 * elements of every unit. Seen as an array of shape {@code [groups, outer, units in a group,
 * inner]} in 'c' order, a unit's norm runs over the second and the last dimension.
 *
 * <pre>
 * convolution [nOut, nIn, kH, kW] in 'c' order, dense [nIn, nOut] in 'f' order:  outer = 1
 * depthwise convolution [kH, kW, nIn, multiplier]:                               inner = 1
 * deconvolution [nIn, nOut, kH, kW]:                                             outer, inner > 1
 * locally connected [positions, features, nOut]:                                 groups, outer > 1
 * </pre>
 *
 * Immutable.
 */
public final class UnitPattern {

  public final long groups;
  public final long outer;
  public final long unitsInGroup;
  public final long inner;

  private UnitPattern(long groups, long outer, long unitsInGroup, long inner) {
    this.groups = groups;
    this.outer = outer;
    this.unitsInGroup = unitsInGroup;
    this.inner = inner;
  }

  /** The units of all groups. */
  public long units() {
    return groups * unitsInGroup;
  }

  /** The elements of a unit. */
  public long unitSize() {
    return outer * inner;
  }

  /** The elements of a row, one run of every unit in a group. */
  public long rowLength() {
    return unitsInGroup * inner;
  }

  /** Where a unit's first run begins. */
  public long startOf(long unit) {
    return unit / unitsInGroup * outer * rowLength() + unit % unitsInGroup * inner;
  }

  /** Whether the other pattern is the same. */
  public boolean isSame(UnitPattern other) {
    return groups == other.groups
        && outer == other.outer
        && unitsInGroup == other.unitsInGroup
        && inner == other.inner;
  }

  /**
   * The pattern of a target, or {@code null} if it has none, or none that its weights and its
   * gradient share.
   */
  public static UnitPattern of(ClipTarget target) {
    INDArray weights = target.weights;
    INDArray gradient = target.gradient;
    if (gradient.isEmpty()) {
      return new UnitPattern(0, 1, 1, 1);
    }
    boolean[] tellsUnits = new boolean[gradient.rank()];
    for (int dimension : target.units.unitDimensions()) {
      tellsUnits[dimension] = true;
    }
    // From the innermost dimension outwards: inner, units, outer, groups; each may be missing.
    long[] sizes = {1, 1, 1, 1};
    int level = 0;
    long length = 1;
    for (int found = innermost(gradient, length); found >= 0; found = innermost(gradient, length)) {
      if (weights.stride(found) != length) {
        return null; // weights in another order than the gradient
      }
      boolean isUnitLevel = level % 2 == 1;
      if (tellsUnits[found] != isUnitLevel) {
        level++;
      }
      if (level > 3) {
        return null;
      }
      sizes[level] *= gradient.size(found);
      length *= gradient.size(found);
    }
    return length == gradient.length()
        ? new UnitPattern(sizes[3], sizes[2], sizes[1], sizes[0])
        : null;
  }

  /** The dimension of more than one element whose stride is {@code stride}, or -1. */
  private static int innermost(INDArray array, long stride) {
    for (int dimension = 0; dimension < array.rank(); dimension++) {
      if (array.stride(dimension) == stride && array.size(dimension) > 1) {
        return dimension;
      }
    }
    return -1;
  }
}
