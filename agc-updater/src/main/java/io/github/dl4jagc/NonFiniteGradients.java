package io.github.dl4jagc;

/**
 * What to do with a unit whose gradient norm or weight norm is NaN or infinite. Whatever the
 * policy, the unit is counted in {@link AgcReport}, and the other units of the same parameter are
 * clipped as usual.
 */
public enum NonFiniteGradients {
  /**
   * Leaves the unit's gradient untouched and logs a warning that names the layer and the parameter:
   * the default, so that a defect stays visible where DL4J's own tools look for it.
   */
  PASS_THROUGH,
  /** Sets the unit's gradient to zero, so that this unit skips the step, and logs a warning. */
  ZERO,
  /**
   * Throws an {@link ArithmeticException} that names the layer, the parameter and the iteration.
   */
  FAIL
}
