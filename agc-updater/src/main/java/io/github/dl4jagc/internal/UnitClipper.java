package io.github.dl4jagc.internal;

/**
 * Clips a fixed list of arrays, over and over: the arithmetic of AGC behind one call, so that there
 * is an implementation per kind of memory. Not thread-safe: one instance serves one network.
 */
interface UnitClipper {

  /**
   * Clips every unit of every target in place; what it counts is in the targets when it returns.
   *
   * @param rule threshold, floor and policy
   */
  void clip(ClippingRule rule);
}
