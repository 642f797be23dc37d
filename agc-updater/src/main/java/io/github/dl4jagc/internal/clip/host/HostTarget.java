package io.github.dl4jagc.internal.clip.host;

import io.github.dl4jagc.internal.clip.ClipTarget;
import io.github.dl4jagc.internal.clip.UnitPattern;
import org.nd4j.linalg.api.buffer.DataType;

/** A FLOAT or DOUBLE target whose units lie in host memory in a regular pattern. */
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

  private final UnitPattern pattern;

  private HostTarget(ClipTarget target, UnitPattern pattern) {
    this.target = target;
    this.pattern = pattern;
    long rowLength = pattern.unitsInGroup * pattern.inner;
    boolean alongRows = pattern.inner >= pattern.outer || rowLength > Integer.MAX_VALUE;
    this.runs = alongRows ? pattern.outer : pattern.inner;
    this.runStep = alongRows ? rowLength : 1;
    this.runLength = alongRows ? pattern.inner : pattern.outer;
    this.elementStep = alongRows ? 1 : (int) rowLength;
  }

  /** Of a target, or {@code null} if it is of another type or has no pattern. */
  static HostTarget of(ClipTarget target) {
    DataType type = target.gradient.dataType();
    if (type != target.weights.dataType() || (type != DataType.FLOAT && type != DataType.DOUBLE)) {
      return null;
    }
    UnitPattern pattern = UnitPattern.of(target);
    return pattern == null ? null : new HostTarget(target, pattern);
  }

  /** The units of all groups. */
  long units() {
    return pattern.units();
  }

  /** The elements of a unit. */
  long unitSize() {
    return pattern.unitSize();
  }

  /** Where a unit's first run begins. */
  long startOf(long unit) {
    long group = unit / pattern.unitsInGroup;
    return group * pattern.outer * pattern.unitsInGroup * pattern.inner
        + unit % pattern.unitsInGroup * pattern.inner;
  }
}
