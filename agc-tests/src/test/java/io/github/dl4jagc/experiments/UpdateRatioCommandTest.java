package io.github.dl4jagc.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class UpdateRatioCommandTest {

  @TempDir private Path folder;

  private final CommandRun command = new CommandRun();

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void partsHaveEachRunOnceAndNoSeedZero(Protocol part) {
    List<Run> runs = runs(part);
    assertThat(runs).isNotEmpty().doesNotHaveDuplicates();
    assertThat(runs).allMatch(run -> run.seed >= 1 && run.seed <= 5);
  }

  private static List<Run> runs(Protocol part) {
    return part.runs(new Arguments(new CommandLine(CommandSpec.create()).getCommandSpec()));
  }

  @Test
  void trustCoefficientsAreForTheUpdatersOfTheirPapers() {
    assertThat(
            runs(Protocol.METHODS).stream()
                .filter(run -> run.clipping.toString().matches("la(rs|mb):.*"))
                .map(run -> run.updater + " " + run.clipping.toString().substring(0, 4))
                .distinct()
                .collect(Collectors.toList()))
        .containsExactlyInAnyOrder("nesterovs lars", "adam lamb");
  }

  @Test
  void someCellsAreRunAndJudged() {
    String[] cells = {
      "update-ratio",
      "--networks",
      "tabular",
      "--updaters",
      "sgd,adam",
      "--learning-rates",
      "0.03,0.3",
      "--clippings",
      "none,ratio:0.03",
      "--seeds",
      "2",
      "--judge",
      "ratio:0.03",
      "--output",
      folder.toString()
    };
    assertThat(command.run(cells)).as(command.err()).isZero();
    assertThat(command.tableRows(2)).hasSize(4);
    assertThat(command.out())
        .contains("1: fails to")
        .containsPattern("(?m)^tabular +sgd +constant +0\\.0?3 +\\d+\\.\\d +\\d+\\.\\d ");
    assertThat(folder.resolve("accuracy-adam.svg")).exists();
  }

  @Test
  void optionsThatLeaveNoRunAreRefused() {
    assertThat(
            command.run("update-ratio", "--networks", "fashion-nf", "--output", folder.toString()))
        .isEqualTo(2);
    assertThat(command.err()).contains("'--parts': none of its runs is left");
  }
}
