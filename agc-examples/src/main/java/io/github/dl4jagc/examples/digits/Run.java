package io.github.dl4jagc.examples.digits;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.examples.support.Text;
import java.util.OptionalDouble;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/** What one training run is given: a learning rate, and a clipping threshold or none. */
final class Run {

  /** The momentum of every run. */
  static final double MOMENTUM = 0.9;

  private final double learningRate;
  private final OptionalDouble threshold;

  private Run(double learningRate, OptionalDouble threshold) {
    this.learningRate = learningRate;
    this.threshold = threshold;
  }

  /** Nesterovs alone. */
  static Run plain(double learningRate) {
    return new Run(learningRate, OptionalDouble.empty());
  }

  /** AGC around the same Nesterovs. */
  static Run agc(double learningRate, double threshold) {
    return new Run(learningRate, OptionalDouble.of(threshold));
  }

  /** The learning rate. */
  double learningRate() {
    return learningRate;
  }

  /** The clipping threshold; empty without AGC. */
  OptionalDouble threshold() {
    return threshold;
  }

  /** The updater to train with. */
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

  @Override
  public String toString() {
    return "learning rate "
        + Text.number(learningRate)
        + ", "
        + (threshold.isPresent() ? "AGC " + Text.number(threshold.getAsDouble()) : "plain");
  }
}
