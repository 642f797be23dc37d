package io.github.dl4jagc.internal.clip.nd4j;

import io.github.dl4jagc.internal.clip.ClipTarget;
import io.github.dl4jagc.internal.clip.SharedMemory;
import io.github.dl4jagc.internal.clip.UnitPattern;
import io.github.dl4jagc.internal.units.Units;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Targets of one pattern at a constant distance in memory, seen as one array, so that one operation
 * serves them all. A target without a pattern is a group of its own. Immutable.
 */
final class TargetGroup {

  final List<ClipTarget> targets;

  /**
   * Views of the weights and the gradients of all targets, of shape {@code [targets, units...,
   * elements of a unit...]}. Dimensions of one element are left out, but for one that tells units
   * apart and one that does not.
   */
  final INDArray weights;

  final INDArray gradient;

  /** How many dimensions of the views tell units apart. */
  final int unitDimensions;

  private TargetGroup(List<ClipTarget> targets, Axes weights, Axes gradient) {
    this.targets = targets;
    this.weights = weights.view(targets.get(0).weights);
    this.gradient = gradient.view(targets.get(0).gradient);
    this.unitDimensions = gradient.unitDimensions;
  }

  /** The units of one target. */
  int unitsOfTarget() {
    return targets.get(0).units.count();
  }

  /** The units of all targets. */
  int units() {
    return targets.size() * unitsOfTarget();
  }

  /** The elements of a unit. */
  long unitSize() {
    return gradient.length() / units();
  }

  /**
   * Sets gradients of units to zero: by assignment, as no factor does that to NaN and infinity.
   *
   * @param units by their numbers, those of the first target first
   */
  void setToZero(BitSet units) {
    for (int target = 0; target < targets.size(); target++) {
      INDArray part = targets.size() == 1 ? gradient : Views.slice(gradient, target);
      int from = target * unitsOfTarget();
      if (units.nextClearBit(from) >= from + unitsOfTarget()) {
        part.assign(0);
        continue;
      }
      for (int unit = units.nextSetBit(from);
          unit >= 0 && unit < from + unitsOfTarget();
          unit = units.nextSetBit(unit + 1)) {
        unitOf(part, unit - from).assign(0);
      }
    }
  }

  /** The elements of one unit of one target. */
  private INDArray unitOf(INDArray part, long unit) {
    INDArray view = part;
    long units = unitsOfTarget();
    long left = unit;
    while (view.rank() > gradient.rank() - unitDimensions) {
      units /= view.size(0);
      view = Views.slice(view, left / units);
      left %= units;
    }
    return view;
  }

  /** All targets but the empty ones, in few groups. */
  static List<TargetGroup> of(List<ClipTarget> targets) {
    List<TargetGroup> groups = new ArrayList<>();
    List<List<ClipTarget>> kinds = new ArrayList<>();
    for (ClipTarget target : targets) {
      if (target.gradient.isEmpty()) {
        continue;
      }
      if (UnitPattern.of(target) == null) {
        groups.add(alone(target));
        continue;
      }
      List<ClipTarget> kind = new ArrayList<>();
      for (List<ClipTarget> each : kinds) {
        kind = areAlike(each.get(0), target) ? each : kind;
      }
      if (kind.isEmpty()) {
        kinds.add(kind);
      }
      kind.add(target);
    }
    for (List<ClipTarget> kind : kinds) {
      Progressions.of(kind).forEach(alike -> groups.add(together(alike)));
    }
    return groups;
  }

  /** Whether targets that have a pattern can be of one group, if their distances are right. */
  private static boolean areAlike(ClipTarget one, ClipTarget other) {
    return SharedMemory.areOfOneBuffer(one.weights, other.weights)
        && SharedMemory.areOfOneBuffer(one.gradient, other.gradient)
        && one.hasRuleOf(other)
        && UnitPattern.of(one).isSame(UnitPattern.of(other));
  }

  private static TargetGroup together(List<ClipTarget> targets) {
    return new TargetGroup(
        targets, axes(targets, target -> target.weights), axes(targets, target -> target.gradient));
  }

  private static Axes axes(List<ClipTarget> targets, Function<ClipTarget, INDArray> array) {
    UnitPattern pattern = UnitPattern.of(targets.get(0));
    long first = array.apply(targets.get(0)).offset();
    long second = array.apply(targets.get(Math.min(1, targets.size() - 1))).offset();
    return new Axes()
        .add(targets.size(), second - first)
        .add(pattern.groups, pattern.outer * pattern.rowLength())
        .add(pattern.unitsInGroup, pattern.inner)
        .endOfUnits()
        .add(pattern.outer, pattern.rowLength())
        .add(pattern.inner, 1)
        .end();
  }

  private static TargetGroup alone(ClipTarget target) {
    return new TargetGroup(
        List.of(target), axes(target.weights, target.units), axes(target.gradient, target.units));
  }

  private static Axes axes(INDArray array, Units units) {
    Axes axes = new Axes();
    for (int dimension : units.unitDimensions()) {
      axes.add(array.size(dimension), array.stride(dimension));
    }
    axes.endOfUnits();
    for (int dimension : units.normDimensions()) {
      axes.add(array.size(dimension), array.stride(dimension));
    }
    return axes.end();
  }

  /** The shape and the strides of a view, while they are put together. */
  private static final class Axes {
    private final List<Long> sizes = new ArrayList<>();
    private final List<Long> strides = new ArrayList<>();
    private int unitDimensions;

    Axes add(long size, long stride) {
      if (size > 1) {
        sizes.add(size);
        strides.add(stride);
      }
      return this;
    }

    Axes endOfUnits() {
      atLeastOneSince(0);
      unitDimensions = sizes.size();
      return this;
    }

    Axes end() {
      atLeastOneSince(unitDimensions);
      return this;
    }

    private void atLeastOneSince(int dimension) {
      if (sizes.size() == dimension) {
        sizes.add(1L);
        strides.add(1L);
      }
    }

    INDArray view(INDArray first) {
      return Nd4j.create(
          SharedMemory.bufferOf(first),
          sizes.stream().mapToLong(Long::longValue).toArray(),
          strides.stream().mapToLong(Long::longValue).toArray(),
          first.offset(),
          'c',
          first.dataType());
    }
  }
}
