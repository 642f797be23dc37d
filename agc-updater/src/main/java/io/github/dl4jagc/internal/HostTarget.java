package io.github.dl4jagc.internal;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A target whose arrays lie in host memory in a regular pattern: {@code groups} blocks one after
 * the other, each of {@code outer} rows, each row with one run of {@code inner} elements of every
 * unit.
 *
 * <pre>
 * convolution [nOut, nIn, kH, kW] in 'c' order, dense [nIn, nOut] in 'f' order:  outer = 1
 * depthwise convolution [kH, kW, nIn, multiplier]:                               inner = 1
 * deconvolution [nIn, nOut, kH, kW]:                                             outer, inner > 1
 * locally connected [positions, features, nOut]:                                 groups, outer > 1
 * </pre>
 */
final class HostTarget {

  final ClipTarget target;

  /**
   * A unit as the fewest runs: their number, and the distance from the start of one to the next.
   */
  final long runs;

  final long runStep;

  /** A run: its elements, and the distance from one to the next. */
  final long runLength;

  final int elementStep;

  private final long groups;
  private final long outer;
  private final long unitsInGroup;
  private final long inner;

  private HostTarget(ClipTarget target, long groups, long outer, long unitsInGroup, long inner) {
    this.target = target;
    this.groups = groups;
    this.outer = outer;
    this.unitsInGroup = unitsInGroup;
    this.inner = inner;
    long rowLength = unitsInGroup * inner;
    boolean alongRows = inner >= outer || rowLength > Integer.MAX_VALUE;
    this.runs = alongRows ? outer : inner;
    this.runStep = alongRows ? rowLength : 1;
    this.runLength = alongRows ? inner : outer;
    this.elementStep = alongRows ? 1 : (int) rowLength;
  }

  /** The units of all groups. */
  long units() {
    return groups * unitsInGroup;
  }

  /** The elements of a unit. */
  long unitSize() {
    return outer * inner;
  }

  /** Where a unit's first run begins. */
  long startOf(long unit) {
    long group = unit / unitsInGroup;
    return group * outer * unitsInGroup * inner + unit % unitsInGroup * inner;
  }

  /** The pattern of a target, or {@code null} if it is of another type or not regular. */
  static HostTarget of(ClipTarget target) {
    INDArray weights = target.weights;
    INDArray gradient = target.gradient;
    DataType type = gradient.dataType();
    if (type != weights.dataType() || (type != DataType.FLOAT && type != DataType.DOUBLE)) {
      return null;
    }
    if (gradient.isEmpty()) {
      return new HostTarget(target, 0, 1, 1, 1);
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
        ? new HostTarget(target, sizes[3], sizes[2], sizes[1], sizes[0])
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
