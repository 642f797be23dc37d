package io.github.dl4jagc.experiments.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.experiments.tasks.Digits;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program as it is run in local mode. */
class SparkProgramTest {

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return SparkProgram.run(new PrintWriter(out), new PrintWriter(err), arguments);
  }

  @ParameterizedTest
  @CsvSource({
    "averaging, digits-mln, 80",
    "averaging, digits-graph, 80",
    "averaging, nf-resnet, 80",
    "shared, digits-mln, 88"
  })
  void trainsShowsEachEpochAndSavesTheModel(String mode, String network, int minibatches)
      throws Exception {
    String output = folder.resolve("new/folder").toString();
    int exitCode = run("--mode", mode, "--network", network, "--epochs", "2", "--output", output);
    assertThat(exitCode).as("%s%n%s", out, err).isZero();
    assertThat(err.toString()).isEmpty();
    List<String> epochs =
        out.toString()
            .lines()
            .filter(line -> line.matches(" +[12] +[\\d.]+% +[\\d.]+% +[\\d.]+"))
            .collect(Collectors.toList());
    assertThat(epochs).as(out.toString()).hasSize(2);
    assertThat(out.toString())
        .contains("Spark 3.5", "local[2], 2 workers, " + network, "all that AGC clips")
        .contains("in " + minibatches + " minibatches")
        .contains("Model: " + output + "/model.zip");
    assertThat(Files.list(Path.of(output)).collect(Collectors.toList())).hasSize(1);
  }

  @Test
  void savedModelIsTheOneWhoseAccuracyWasShown() throws Exception {
    int exitCode = run("--network", "digits-mln", "--epochs", "1", "--output", folder.toString());
    assertThat(exitCode).isZero();
    MultiLayerNetwork saved =
        ModelSerializer.restoreMultiLayerNetwork(folder.resolve("model.zip").toFile(), true);
    double accuracy =
        saved.evaluate(new ExistingDataSetIterator(Digits.load(42).test())).accuracy();
    assertThat(out.toString())
        .containsPattern(
            String.format(" 1 +%s%%", String.format(Locale.ROOT, "%.1f", 100 * accuracy)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--mode | both | expected one of [AVERAGING, SHARED] (case-insensitive) but was 'both'",
        "--network | x | expected one of [DIGITS_MLN, digits-mln, DIGITS_GRAPH, digits-graph,",
        "--workers | 0 | must be a whole number >= 1, got '0'",
        "--workers | 45 | must be at most 44, the full minibatches of 32",
        "--averaging-frequency | -1 | must be a whole number >= 1, got '-1'",
        "--batch-size | 1438 | must be at most 1437, the training digits, got 1438",
        "--threshold | 0 | must be finite and > 0, got '0'",
        "--learning-rate | NaN | must be finite and > 0, got 'NaN'",
        "--encoding-threshold | -0.1 | must be finite and > 0, got '-0.1'",
        "--controller-port | 65536 | must be from 0 to 65535, got '65536'",
        "--executor-timeout | 0 | must be a whole number >= 1, got '0'",
        "--master | mesos | must be local, local[n], spark://host:port, yarn or k8s://url",
        "--master | local[0] | must be local, local[n], spark://host:port, yarn or k8s://url",
        "--output | /dev/null/x | must be a folder that can be written to, got '/dev/null/x'",
      })
  void wrongArgumentIsExplainedInOneLine(String option, String value, String message) {
    assertThat(run(option, value)).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString())
        .startsWith("Invalid value for option '" + option + "'")
        .contains(message)
        .contains("--help");
  }

  @Test
  void helpNamesEveryOption() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString())
        .contains("--master", "--mode", "--network", "--workers", "--averaging-frequency")
        .contains("--batch-size", "--threshold", "--encoding-threshold", "--output");
  }
}
