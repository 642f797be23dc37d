package io.github.dl4jagc.experiments;

import io.github.dl4jagc.experiments.clippings.ClippingSpec;
import io.github.dl4jagc.experiments.support.Converters;
import io.github.dl4jagc.experiments.tasks.Network;
import java.util.List;
import picocli.CommandLine.Option;

/**
 * What runs differ in, each an option with several values: of a grid, or of those that are left.
 */
class Axes {

  @Option(
      names = "--networks",
      paramLabel = "<network>",
      split = ",",
      description = "Any of: ${COMPLETION-CANDIDATES}.%n  Default: ${DEFAULT-VALUE:-all}")
  List<Network> networks;

  @Option(
      names = "--updaters",
      paramLabel = "<updater>",
      split = ",",
      description = "Any of: ${COMPLETION-CANDIDATES}.%n  Default: ${DEFAULT-VALUE:-all}")
  List<Updater> updaters;

  @Option(
      names = "--clippings",
      paramLabel = "<clipping>",
      split = ",",
      converter = Converters.Clipping.class,
      description =
          "none; agc:0.01, AGC with a threshold; ratio:0.03, AGC with an update ratio; both with"
              + " /no-output, /no-stem, /no-scales or /no-biases, which leave these alone; DL4J's"
              + " elementwise:1, l2-layer:1, l2-parameter:1, unit-layer, unit-parameter;"
              + " autoclip:10, adagc:1.05, zclip:2.5, lars:0.001, lamb:1. Networks with batch"
              + " normalisation are trained with none alone.%n  Default: ${DEFAULT-VALUE:-all}")
  List<ClippingSpec> clippings;

  @Option(
      names = "--learning-rates",
      paramLabel = "<rate>",
      split = ",",
      converter = Converters.Positive.class,
      description =
          "The largest of a run, finite and > 0; with --rates-for they are for that batch size,"
              + " and linear in it.%n  Default: ${DEFAULT-VALUE:-all}")
  List<Double> learningRates;

  @Option(
      names = "--schedules",
      paramLabel = "<schedule>",
      split = ",",
      description =
          "How learning rates change during a run, any of:"
              + " ${COMPLETION-CANDIDATES}.%n  Default: ${DEFAULT-VALUE:-all}")
  List<Schedule> schedules;

  @Option(
      names = "--batch-sizes",
      paramLabel = "<count>",
      split = ",",
      converter = Converters.WholeNumber.class,
      description = "Examples in a minibatch.%n  Default: ${DEFAULT-VALUE:-as usual}")
  List<Integer> batchSizes;

  /** Whether a run has one of the values on each axis that has any. */
  boolean has(Run run) {
    return hasCell(run) && isIn(clippings, run.clipping) && isIn(learningRates, run.learningRate);
  }

  /** The same whatever its clipping and its rate. */
  boolean hasCell(Run run) {
    return isIn(networks, run.network)
        && isIn(updaters, run.updater)
        && isIn(schedules, run.schedule)
        && isIn(batchSizes, run.batchSize);
  }

  static <T> boolean isIn(List<T> wanted, T value) {
    return wanted == null || wanted.contains(value);
  }
}
