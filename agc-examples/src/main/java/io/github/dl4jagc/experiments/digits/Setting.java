package io.github.dl4jagc.experiments.digits;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.experiments.support.Text;
import java.util.OptionalDouble;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/** What runs that differ in the seed alone have in common: a learning rate, and AGC or not. */
final class Setting {

  /** The momentum of every run. */
  static final double MOMENTUM = 0.9;

  private final double learningRate;
  private final OptionalDouble threshold;

  /**
   * @param learningRate finite and &gt; 0
   * @param threshold the clipping threshold; empty without AGC
   */
  Setting(double learningRate, OptionalDouble threshold) {
    this.learningRate = learningRate;
    this.threshold = threshold;
  }

  /** The learning rate. */
  double learningRate() {
    return learningRate;
  }

  /** The clipping threshold; empty without AGC. */
  OptionalDouble threshold() {
    return threshold;
  }

  /** Nesterovs, with AGC around it or alone. */
  IUpdater updater(boolean excludeOutputLayer) {
    Nesterovs nesterovs = new Nesterovs(learningRate, MOMENTUM);
    if (threshold.isEmpty()) {
      return nesterovs;
    }
    return AgcGradientNormalization.builder(nesterovs)
        .clippingThreshold(threshold.getAsDouble())
        .excludeOutputLayer(excludeOutputLayer)
        .build();
  }

  /** A threshold in words: {@code plain} or {@code AGC 0.01}. */
  static String name(OptionalDouble threshold) {
    return threshold.isPresent() ? "AGC " + Text.number(threshold.getAsDouble()) : "plain";
  }

  @Override
  public String toString() {
    return "learning rate " + Text.number(learningRate) + ", " + name(threshold);
  }
}
