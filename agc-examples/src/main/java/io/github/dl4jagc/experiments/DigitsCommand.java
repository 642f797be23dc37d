package io.github.dl4jagc.experiments;

import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.experiments.clippings.ClippingSpec;
import io.github.dl4jagc.experiments.tasks.Network;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The experiment {@code digits}: a network without normalisation learns handwritten digits. */
@Command(
    name = "digits",
    header = "Adaptive gradient clipping on handwritten digits",
    description = {
      "Trains a residual network without normalisation on 1797 real handwritten digits, with plain"
          + " updaters and with AGC around them, at learning rates from safe to far too large.",
      "Prints a table, and writes report.html, a chart for each updater, and runs.csv."
    },
    sortOptions = false)
final class DigitsCommand extends GridCommand {

  @Mixin private final Grid grid = new Grid();

  DigitsCommand() {
    grid.networks = List.of(Network.DIGITS);
    grid.updaters = List.of(Updater.NESTEROVS, Updater.ADAM);
    grid.clippings =
        List.of(
            ClippingSpec.of("none"),
            ClippingSpec.of("agc:0.01/no-output"),
            ClippingSpec.of("ratio:" + AgcSettings.DEFAULT_UPDATE_RATIO));
    grid.learningRates = List.of(0.01, 0.1, 1.0);
    grid.seeds = 2;
  }

  @Override
  List<Run> runs(Arguments arguments) {
    return grid.runs(arguments);
  }
}
