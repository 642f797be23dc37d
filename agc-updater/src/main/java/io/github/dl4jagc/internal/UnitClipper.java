package io.github.dl4jagc.internal;

import java.util.List;

/**
 * Clips a fixed list of arrays, over and over: the arithmetic of AGC behind one call, so that there
 * can be an implementation per kind of memory. Not thread-safe: one instance serves one network.
 */
interface UnitClipper {

  /**
   * Clips every unit of every target in place.
   *
   * @param rule threshold, floor and policy
   * @param tallies one per target; the figures of this call are added
   */
  void clip(ClippingRule rule, ClipTally[] tallies);

  /** The implementation for the memory that these arrays are in. */
  static UnitClipper of(List<ClipTarget> targets) {
    return new Nd4jUnitClipper(targets);
  }
}
