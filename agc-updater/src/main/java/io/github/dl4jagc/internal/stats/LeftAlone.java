package io.github.dl4jagc.internal.stats;

import org.nd4j.linalg.learning.config.IUpdater;

/** Why AGC leaves a parameter alone. */
public enum LeftAlone {
  FROZEN("frozen layer"),

  /** Only {@code pretrain} trains it; {@code fit} passes it by. */
  PRETRAINED_ONLY("trained by layer-wise pretraining alone"),

  /** What DL4J calls its gradient is an update already: running statistics, centers. */
  UPDATE("gets an update, not a gradient"),
  PLAIN_UPDATER("plain updater") {
    @Override
    String because(IUpdater updater) {
      return super.because(updater) + " " + updater.getClass().getSimpleName();
    }
  },

  EXCLUDED_LAYER("excluded layer"),
  OUTPUT_LAYER("output layer"),
  OUTPUT_WEIGHTS("weights of the output layer"),
  EXCLUDED_KIND("excluded kind"),
  EXCLUDED_VARIABLE("excluded variable");

  private final String text;

  LeftAlone(String text) {
    this.text = text;
  }

  /** The reason in words, as reports have it. */
  String because(IUpdater updater) {
    return text;
  }
}
