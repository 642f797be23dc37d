package io.github.dl4jagc;

/**
 * What is compared with a bound, and where in a step. The settings and the inner updater decide
 * which; a report says it of each parameter.
 */
public enum ClippingForm {

  /**
   * {@code ||G|| / max(||W||, epsilon)} against {@link AgcOptions#clippingThreshold
   * clippingThreshold}, before the inner updater: the paper's.
   */
  GRADIENT("gradient:weight ratio"),

  /**
   * {@code ||G|| * learningRate / (1 - momentum) / max(||W||, floor)} against {@link
   * AgcOptions#updateRatio updateRatio}, before {@code Sgd} or {@code Nesterovs}.
   */
  STEP("update ratio, by the gradient"),

  /**
   * {@code ||U|| / max(||W||, floor)} against {@link AgcOptions#updateRatio updateRatio}, where
   * {@code U} is the update that any other inner updater has made.
   */
  UPDATE("update ratio");

  private final String ratio;

  ClippingForm(String ratio) {
    this.ratio = ratio;
  }

  /** {@return what the ratio is of, in words, such as "update ratio"} */
  public String ratio() {
    return ratio;
  }
}
