package io.github.dl4jagc.internal;

import java.util.List;

/**
 * Clips a fixed list of arrays, over and over: the arithmetic of AGC behind one call, so that there
 * is an implementation per kind of memory. Not thread-safe: one instance serves one network.
 */
interface UnitClipper {

  /**
   * Clips every unit of every target in place.
   *
   * @param rule threshold, floor and policy
   */
  void clip(ClippingRule rule);

  /**
   * Brings the targets' figures up to date. An implementation whose arrays live on a device does
   * not fetch them at each call of {@link #clip}: that would make the device wait for the host.
   */
  void readFigures();

  /** Whether {@link #readFigures} costs nothing. */
  boolean hasFiguresAtOnce();

  /** The implementation for the memory that these arrays are in. */
  static UnitClipper of(List<ClipTarget> targets) {
    return ClipperChoice.forTargets(targets);
  }
}
