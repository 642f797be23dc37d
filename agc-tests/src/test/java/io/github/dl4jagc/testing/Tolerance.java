package io.github.dl4jagc.testing;

import org.nd4j.linalg.api.buffer.DataType;

/** How far a clipped element may be from the oracle's, by type. */
public final class Tolerance {

  private Tolerance() {}

  /** Relative to the element. */
  public static double of(DataType type) {
    switch (type) {
      case DOUBLE:
        return 1e-12;
      case FLOAT:
        return 1e-6;
      case HALF: // half a unit in the last place, and the scale's own error
        return 1.1 * Math.pow(2, -11);
      default:
        return 1.1 * Math.pow(2, -8);
    }
  }

  /** Half of the smallest step of subnormal numbers, in which small results are rounded. */
  public static double smallest(DataType type) {
    return type == DataType.HALF ? Math.pow(2, -25) : 0;
  }
}
