package io.github.dl4jagc.experiments.digits;

/** What one training run is given: a setting and a seed. */
final class Run {

  private final Setting setting;
  private final long seed;

  /**
   * @param setting what it has in common with other runs
   * @param seed of the initial weights and of the order of the minibatches
   */
  Run(Setting setting, long seed) {
    this.setting = setting;
    this.seed = seed;
  }

  /** What it has in common with other runs. */
  Setting setting() {
    return setting;
  }

  /** The seed of the initial weights and of the order of the minibatches. */
  long seed() {
    return seed;
  }

  @Override
  public String toString() {
    return setting + ", seed " + seed;
  }
}
