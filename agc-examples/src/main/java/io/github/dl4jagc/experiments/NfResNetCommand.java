package io.github.dl4jagc.experiments;

import io.github.dl4jagc.experiments.clippings.ClippingSpec;
import io.github.dl4jagc.experiments.tasks.Network;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The experiment {@code nfresnet}: the question of the AGC paper, on two processor cores. */
@Command(
    name = "nfresnet",
    header = "Adaptive gradient clipping in networks without normalisation",
    description = {
      "Trains residual networks with batch normalisation, without normalisation (NF-ResNet), and"
          + " without but with AGC, at several batch sizes and with a learning rate that is linear"
          + " in the batch size.",
      "Prints a table, and writes report.html, a chart and runs.csv. An experiment that was"
          + " interrupted goes on with --resume."
    },
    subcommands = SignalPropagation.class,
    sortOptions = false)
final class NfResNetCommand extends GridCommand {

  @Mixin private final Grid grid = new Grid();

  NfResNetCommand() {
    output = Path.of("nfresnet-output");
    grid.networks = List.of(Network.DIGITS_BATCH_NORM, Network.DIGITS_NF);
    grid.clippings =
        Stream.of(
                "none",
                "agc:0.01/no-output/no-scales",
                "agc:0.04/no-output/no-scales",
                "agc:0.16/no-output/no-scales")
            .map(ClippingSpec::of)
            .collect(Collectors.toList());
    grid.learningRates = List.of(0.4);
    grid.overBatchSizes(List.of(64, 256, 1024));
  }

  @Override
  List<Run> runs(Arguments arguments) {
    return grid.runs(arguments);
  }
}
