package io.github.dl4jagc.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NfResNetCommandTest {

  @TempDir private Path folder;

  private final CommandRun command = new CommandRun();

  @Test
  void networksAreComparedOverTheBatchSize() throws IOException {
    assertThat(
            command.run(
                "nfresnet",
                "--batch-sizes",
                "512,1024",
                "--clippings",
                "agc:0.01/no-output/no-scales",
                "--epochs",
                "1",
                "--seeds",
                "1",
                "--output",
                folder.toString()))
        .as(command.err())
        .isZero();
    assertThat(command.tableRows(3))
        .anyMatch(row -> row.matches("digits-batch-norm +512 +0\\.8 +\\d+\\.\\d +-"))
        .anyMatch(row -> row.matches("digits-nf +1024 +1\\.6 +- +\\d+\\.\\d"))
        .hasSize(4);
    assertThat(Files.readString(folder.resolve("accuracy-nesterovs.svg")))
        .contains("batch size", "digits-nf agc:0.01/no-output/no-scales", "digits-batch-norm none");
  }

  @Test
  void signalPropagationIsShownAndHeedsTheFolderThatIsNamedBeforeIt() throws IOException {
    assertThat(
            command.run(
                "nfresnet", "--output", folder.toString(), "signal-propagation", "--depth", "26"))
        .as(command.err())
        .isZero();
    assertThat(command.out().lines())
        .filteredOn(line -> line.matches("\\s*stage\\d-block\\d +1\\.0[48]0 +\\d\\.\\d{3} .*"))
        .hasSize(8);
    assertThat(Files.readString(folder.resolve("signal-propagation.svg")))
        .startsWith("<svg xmlns=")
        .doesNotContain("NaN");
  }

  @Test
  void depthsThatAreNoneAreExplainedInOneLine() {
    assertThat(command.run("nfresnet", "signal-propagation", "--depth", "18")).isEqualTo(2);
    assertThat(command.err()).contains("depth must be one of [26, 50, 101, 152, 200], got 18");
  }
}
