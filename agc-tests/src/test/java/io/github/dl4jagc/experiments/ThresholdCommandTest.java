package io.github.dl4jagc.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program of the page on choosing the threshold. */
class ThresholdCommandTest {

  @TempDir Path folder;

  private final ExampleRun example = new ExampleRun();

  private int threshold(String... options) {
    String[] arguments = new String[options.length + 5];
    String[] usual = {"threshold", "--epochs", "1", "--output", folder.resolve("out").toString()};
    System.arraycopy(usual, 0, arguments, 0, 5);
    System.arraycopy(options, 0, arguments, 5, options.length);
    return example.run(arguments);
  }

  @Test
  void withoutAThresholdNothingIsClippedAndTheSharesOfOthersAreShown() throws IOException {
    assertThat(threshold()).isZero();
    assertThat(example.out())
        .containsPattern("seed 0: \\d+\\.\\d% of the test digits recognised\\R")
        .contains("threshold 0.01, PASS_THROUGH, observed only", "would clip")
        .containsPattern("\\R +0.01 +\\d+\\.\\d% +\\d+\\.\\d%\\R")
        .containsPattern("\\R +50.0% +0\\.\\d+\\R");
    assertThat(Files.readString(folder.resolve("out/ratios.html")))
        .contains("threshold, observed only", "class=\"curve\"", "class=\"ratio-map\"");
  }

  @Test
  void withAThresholdEachSeedIsTrained() throws IOException {
    assertThat(threshold("--threshold", "0.02", "--seeds", "2")).isZero();
    assertThat(example.out())
        .containsPattern("seed 0: .* recognised, \\d+\\.\\d% of the weights' units clipped\\R")
        .containsPattern("seed 1: .* recognised, \\d+\\.\\d% of the weights' units clipped\\R")
        .contains("threshold 0.02, PASS_THROUGH")
        .doesNotContain("observed only");
    assertThat(Files.readAllLines(folder.resolve("out/figures.csv")))
        .as("45 iterations of seed 0 with 16 parameters")
        .hasSize(1 + 45 * 16);
  }

  @Test
  void aThresholdOfZeroIsRefused() {
    assertThat(threshold("--threshold", "0")).isEqualTo(2);
    assertThat(example.err()).contains("must be finite and > 0, got '0'");
  }
}
