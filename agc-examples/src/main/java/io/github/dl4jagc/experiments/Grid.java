package io.github.dl4jagc.experiments;

import io.github.dl4jagc.experiments.clippings.ClippingSpec;
import io.github.dl4jagc.experiments.support.Converters;
import io.github.dl4jagc.experiments.tasks.Network;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/**
 * The axes of an experiment, each an option: every network with every updater, and so on. A command
 * sets those that are not given.
 */
final class Grid extends Axes {

  private static final ClippingSpec NOTHING = ClippingSpec.of("none");

  @Option(
      names = "--rates-for",
      paramLabel = "<batch size>",
      converter = Converters.WholeNumber.class,
      description = "The batch size that learning rates are given for.%n  Default: any")
  Integer ratesFor;

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

  Grid() {
    updaters = List.of(Updater.NESTEROVS);
    schedules = List.of(Schedule.CONSTANT);
  }

  /** As in docs/nfresnet.md: rates that are linear in these batch sizes, warm-up, then a cosine. */
  Grid overBatchSizes(List<Integer> sizes) {
    batchSizes = sizes;
    ratesFor = 256;
    schedules = List.of(Schedule.WARMUP_COSINE);
    return this;
  }

  /**
   * All runs, in the order in which they are to be made: seed by seed, so that what is there after
   * an interruption can be compared.
   */
  List<Run> runs(Arguments arguments) {
    arguments.requireDifferent("--networks", networks);
    arguments.requireDifferent("--updaters", updaters);
    arguments.requireDifferent("--clippings", clippings);
    arguments.requireDifferent("--learning-rates", learningRates);
    arguments.requireDifferent("--schedules", schedules);
    arguments.requireDifferent("--batch-sizes", batchSizes == null ? List.of() : batchSizes);
    List<Run> runs = new ArrayList<>();
    for (long seed = 1; seed <= seeds; seed++) {
      for (Network network : networks) {
        addRuns(network, seed, runs);
      }
    }
    return runs;
  }

  private void addRuns(Network network, long seed, List<Run> runs) {
    for (Updater updater : updaters) {
      for (Schedule schedule : schedules) {
        for (int batchSize : batchSizes == null ? List.of(network.batchSize()) : batchSizes) {
          for (double rate : learningRates) {
            for (ClippingSpec clipping : network.isReference() ? List.of(NOTHING) : clippings) {
              runs.add(
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
