package io.github.dl4jagc.experiments.spark;

import java.util.Locale;

/** How DL4J distributes the training. */
enum Mode {
  /** Each worker trains some minibatches; then all weights are averaged. */
  AVERAGING,

  /** Workers send each other the large elements of every update, and do not wait. */
  SHARED;

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
