package io.github.dl4jagc.internal.clip;

/**
 * Clips a fixed list of arrays, over and over: the arithmetic of AGC behind one call, so that there
 * is an implementation per kind of memory. Not thread-safe: one instance serves one network.
 */
public interface UnitClipper {

  /**
   * The system property that forces an implementation: {@code host}, {@code java} (the same without
   * BLAS) or {@code nd4j}. Unset: host memory on the CPU backend, ND4J operations on any other.
   */
  String PROPERTY = "io.github.dl4jagc.clipper";

  /**
   * Clips every unit of every target in place; what it counts is in the targets when it returns.
   *
   * @param rule threshold, floor and policy
   */
  void clip(ClippingRule rule);
}
