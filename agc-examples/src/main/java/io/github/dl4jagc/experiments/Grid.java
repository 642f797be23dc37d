package io.github.dl4jagc.experiments;

import io.github.dl4jagc.experiments.clippings.ClippingSpec;
import io.github.dl4jagc.experiments.support.Converters;
import io.github.dl4jagc.experiments.tasks.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/**
 * The axes of an experiment, each an option: every network with every updater, and so on. A command
 * sets those that are not given.
 */
final class Grid {

  private static final ClippingSpec NOTHING = ClippingSpec.of("none");

  @Option(
      names = "--networks",
      paramLabel = "<network>",
      split = ",",
      description = "Any of: ${COMPLETION-CANDIDATES}.%n  Default: ${DEFAULT-VALUE}")
  List<Network> networks;

  @Option(
      names = "--updaters",
      paramLabel = "<updater>",
      split = ",",
      description = "Any of: ${COMPLETION-CANDIDATES}.%n  Default: ${DEFAULT-VALUE}")
  List<Updater> updaters = List.of(Updater.NESTEROVS);

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
              + " normalisation are trained with none alone.%n  Default: ${DEFAULT-VALUE}")
  List<ClippingSpec> clippings;

  @Option(
      names = "--learning-rates",
      paramLabel = "<rate>",
      split = ",",
      converter = Converters.Positive.class,
      description =
          "The largest of a run, finite and > 0; with --rates-for they are for that batch size,"
              + " and linear in it.%n  Default: ${DEFAULT-VALUE}")
  List<Double> learningRates;

  @Option(
      names = "--rates-for",
      paramLabel = "<batch size>",
      converter = Converters.WholeNumber.class,
      description = "The batch size that learning rates are given for.%n  Default: any")
  Integer ratesFor;

  @Option(
      names = "--schedules",
      paramLabel = "<schedule>",
      split = ",",
      description =
          "How learning rates change during a run, any of:"
              + " ${COMPLETION-CANDIDATES}.%n  Default: ${DEFAULT-VALUE}")
  List<Schedule> schedules = List.of(Schedule.CONSTANT);

  @Option(
      names = "--batch-sizes",
      paramLabel = "<count>",
      split = ",",
      converter = Converters.WholeNumber.class,
      description = "Examples in a minibatch.%n  Default: ${DEFAULT-VALUE:-those of each network}")
  List<Integer> batchSizes = List.of();

  @Option(
      names = "--epochs",
      paramLabel = "<count>",
      converter = Converters.WholeNumber.class,
      description = "Passes over the training part.%n  Default: as usual for each network")
  Integer epochs;

  @Option(
      names = "--seeds",
      paramLabel = "<count>",
      converter = Converters.WholeNumber.class,
      description = "Runs of each cell, with seeds from 1.%n  Default: ${DEFAULT-VALUE}")
  int seeds = 3;

  /**
   * All runs, in the order in which they are to be made: seed by seed, so that what is there after
   * an interruption can be compared.
   *
   * @throws picocli.CommandLine.ParameterException if a value is given twice
   */
  List<Run> runs(Arguments arguments) {
    arguments.requireDifferent("--networks", networks);
    arguments.requireDifferent("--updaters", updaters);
    arguments.requireDifferent("--clippings", clippings);
    arguments.requireDifferent("--learning-rates", learningRates);
    arguments.requireDifferent("--schedules", schedules);
    arguments.requireDifferent("--batch-sizes", batchSizes);
    List<Run> runs = new ArrayList<>();
    for (long seed = 1; seed <= seeds; seed++) {
      for (Network network : networks) {
        addRuns(network, seed, runs::add);
      }
    }
    return runs;
  }

  private void addRuns(Network network, long seed, Consumer<Run> runs) {
    for (Updater updater : updaters) {
      for (Schedule schedule : schedules) {
        for (int batchSize : batchSizes.isEmpty() ? List.of(network.batchSize()) : batchSizes) {
          for (double rate : learningRates) {
            for (ClippingSpec clipping : network.isReference() ? List.of(NOTHING) : clippings) {
              runs.accept(
                  new Run(
                      network,
                      updater,
                      clipping,
                      ratesFor == null ? rate : rate * batchSize / ratesFor,
                      schedule,
                      batchSize,
                      epochs == null ? network.epochs() : epochs,
                      seed));
            }
          }
        }
      }
    }
  }
}
