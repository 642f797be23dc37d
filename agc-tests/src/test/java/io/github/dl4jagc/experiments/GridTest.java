package io.github.dl4jagc.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.experiments.clippings.ClippingSpec;
import io.github.dl4jagc.experiments.tasks.Network;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

class GridTest {

  private static final Arguments ARGUMENTS =
      new Arguments(new CommandLine(CommandSpec.create()).getCommandSpec());

  private final Grid grid = new Grid();

  GridTest() {
    grid.networks = List.of(Network.DIGITS);
    grid.clippings = List.of(ClippingSpec.of("none"), ClippingSpec.of("agc:0.01/no-output"));
    grid.learningRates = List.of(0.1, 1.0);
    grid.seeds = 2;
  }

  @Test
  void eachCellIsMadeWithEachSeedOneSeedAfterTheOther() {
    assertThat(grid.runs(ARGUMENTS))
        .extracting(Run::csv)
        .containsExactly(
            "digits,nesterovs,none,0.1,constant,32,3,1",
            "digits,nesterovs,agc:0.01/no-output,0.1,constant,32,3,1",
            "digits,nesterovs,none,1,constant,32,3,1",
            "digits,nesterovs,agc:0.01/no-output,1,constant,32,3,1",
            "digits,nesterovs,none,0.1,constant,32,3,2",
            "digits,nesterovs,agc:0.01/no-output,0.1,constant,32,3,2",
            "digits,nesterovs,none,1,constant,32,3,2",
            "digits,nesterovs,agc:0.01/no-output,1,constant,32,3,2");
  }

  @Test
  void axesAreMultiplied() {
    grid.networks = List.of(Network.LSTM, Network.DENSE10);
    grid.updaters = List.of(Updater.values());
    grid.schedules = List.of(Schedule.values());
    grid.batchSizes = List.of(8, 16, 32);
    assertThat(grid.runs(ARGUMENTS)).hasSize(2 * 6 * 4 * 3 * 2 * 2 * 2).doesNotHaveDuplicates();
  }

  @Test
  void ratesForABatchSizeAreLinearInIt() {
    grid.ratesFor = 256;
    grid.learningRates = List.of(0.4);
    grid.batchSizes = List.of(64, 256, 1024);
    grid.seeds = 1;
    assertThat(grid.runs(ARGUMENTS))
        .extracting(run -> run.learningRate)
        .containsExactly(0.1, 0.1, 0.4, 0.4, 1.6, 1.6);
  }

  @Test
  void networksWithBatchNormalisationAreNotClipped() {
    grid.networks = List.of(Network.FASHION_BATCH_NORM, Network.FASHION_NF);
    grid.learningRates = List.of(0.4);
    grid.seeds = 1;
    assertThat(grid.runs(ARGUMENTS))
        .extracting(run -> run.network + " " + run.clipping)
        .containsExactly(
            "fashion-batch-norm none", "fashion-nf none", "fashion-nf agc:0.01/no-output");
  }

  @Test
  void valuesMustDiffer() {
    grid.learningRates = List.of(0.1, 0.10);
    assertThatThrownBy(() -> grid.runs(ARGUMENTS))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("'--learning-rates': values must differ, got [0.1, 0.1]");
  }

  @Test
  void runsAreKnownByTheirLines() {
    for (Run run : grid.runs(ARGUMENTS)) {
      assertThat(Run.of(run.csv().split(","))).isEqualTo(run);
    }
    assertThatThrownBy(() -> Run.of("digits,sgd,clip:1,1,constant,1,1,1".split(",")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'clip:1'");
  }
}
