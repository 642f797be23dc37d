package io.github.dl4jagc.internal.stats;

import org.nd4j.linalg.learning.config.IUpdater;

/** Why AGC leaves a parameter alone. */
public enum LeftAlone {
  /** Its layer is frozen. */
  FROZEN("frozen layer"),

  /** Only {@code pretrain} trains it; {@code fit} passes it by. */
  PRETRAINED_ONLY("trained by layer-wise pretraining alone"),

  /** What DL4J calls its gradient is an update already: running statistics, centers. */
  UPDATE("gets an update, not a gradient"),

  /** Its updater is not an AGC one. */
  PLAIN_UPDATER("plain updater") {
    @Override
    String because(IUpdater updater) {
      return super.because(updater) + " " + updater.getClass().getSimpleName();
    }
  },

  /** The settings exclude its layer by name. */
  EXCLUDED_LAYER("excluded layer"),

  /** The settings exclude the output layer, and it belongs to one. */
  OUTPUT_LAYER("output layer"),

  /** The settings exclude the weights of the output layer, and it is one of them. */
  OUTPUT_WEIGHTS("weights of the output layer"),

  /** The settings exclude its kind. */
  EXCLUDED_KIND("excluded kind"),

  /** The settings exclude it by name: a variable of a SameDiff graph. */
  EXCLUDED_VARIABLE("excluded variable");

  private final String text;

  LeftAlone(String text) {
    this.text = text;
  }

  /**
   * The reason in words, as reports have it.
   *
   * @param updater the parameter's updater
   */
  String because(IUpdater updater) {
    return text;
  }
}
