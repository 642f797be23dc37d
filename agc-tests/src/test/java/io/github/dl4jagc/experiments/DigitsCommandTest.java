package io.github.dl4jagc.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DigitsCommandTest {

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void tableHasEveryCellOfTheGrid() {
    assertThat(runTiny("--learning-rates", "0.001,0.1", "--thresholds", "0.01,0.5")).isZero();

    // learning rate, threshold, accuracy, its range, loss, guessing, clipped share
    List<String> cells =
        tableRows().stream()
            .map(row -> row.split("\\s{2,}"))
            .peek(row -> assertThat(row).hasSize(7))
            .map(row -> row[0] + " " + row[1])
            .collect(Collectors.toList());
    assertThat(cells)
        .containsExactly(
            "0.001 plain", "0.001 0.01", "0.001 0.5", "0.1 plain", "0.1 0.01", "0.1 0.5");
    assertThat(tableRows())
        .allSatisfy(row -> assertThat(row).matches("\\S+ +\\S+ +\\d+\\.\\d .*"))
        .filteredOn(row -> !row.contains("plain"))
        .allSatisfy(row -> assertThat(row).matches(".* \\d+\\.\\d%"));
  }

  @Test
  void seedsAreShownByMeanAndSpread() throws IOException {
    assertThat(runTiny("--learning-rates", "0.01", "--thresholds", "0.01", "--seeds", "2"))
        .isZero();
    assertThat(tableRows())
        .hasSize(2)
        .allSatisfy(
            row ->
                assertThat(row)
                    .matches("0.01 .* \\d+\\.\\d ± \\d+\\.\\d +\\d+\\.\\d to \\d+\\.\\d .*"));
    assertThat(out.toString()).contains("in every one of 2 seed(s): plain: ");
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("<td>42</td>", "<td>43</td>")
        .contains("in every one of 2 seed(s): plain: ");
  }

  @Test
  void reportAndChartAreWrittenAndWellFormed() throws IOException {
    Path output = folder.resolve("new").resolve("a & b");

    assertThat(runTinyInto(output, "--learning-rates", "0.01", "--thresholds", "0.01")).isZero();

    Path chart = output.resolve("accuracy.svg");
    Path report = output.resolve("report.html");
    assertThat(out.toString())
        .contains("Report: " + report.toAbsolutePath())
        .contains("Chart:  " + chart.toAbsolutePath());
    String html = Files.readString(report);
    assertThat(html)
        .startsWith("<!DOCTYPE html>")
        .endsWith("</html>\n")
        .doesNotContain("{{")
        .contains("a &amp; b")
        .doesNotContain("a & b")
        .contains("<td>0.01</td>")
        .contains("<dt>Deeplearning4j</dt><dd>1.0.0-");
    String svg = Files.readString(chart);
    assertThat(svg).startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\"").endsWith("</svg>\n");
    String shapes = svg.substring(svg.indexOf("</style>") + "</style>".length());
    assertThat(shapes).contains("AGC 0.01").doesNotContain("NaN");
    assertThat(html).contains(shapes.strip());
  }

  @Test
  void equalSeedsGiveEqualTables() {
    String[] grid = {"--learning-rates", "0.1,1", "--thresholds", "0.01", "--seeds", "2"};
    runTiny(with(grid, "--seed", "7"));
    List<String> first = tableRows();
    out.getBuffer().setLength(0);
    runTiny(with(grid, "--seed", "7"));
    assertThat(tableRows()).hasSize(4).isEqualTo(first);
    out.getBuffer().setLength(0);
    runTiny(with(grid, "--seed", "8"));
    assertThat(tableRows()).hasSize(4).isNotEqualTo(first);
  }

  @Test
  void divergedRunsAreShownAsSuchAndTheOthersStillRun() throws IOException {
    assertThat(runTiny("--learning-rates", "1e30,0.001", "--thresholds", "0.01")).isZero();

    assertThat(tableRows()).hasSize(4);
    assertThat(tableRows().get(0)).matches("1\\.0E30 +plain +diverged +- +- .*");
    assertThat(tableRows().get(2)).matches("0\\.001 +plain +\\d+\\.\\d .*");
    assertThat(tableRows().get(2)).doesNotContain("diverged");
    assertThat(Files.readString(folder.resolve("report.html")))
        .containsPattern("<td>at step \\d</td>");
    assertThat(Files.readString(folder.resolve("accuracy.svg"))).contains("a run diverged");
  }

  @Test
  void outputLayerIsClippedOnRequestOnly() throws IOException {
    runTiny("--learning-rates", "0.01", "--thresholds", "0.01");
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("left alone: output layer");
    runTiny("--learning-rates", "0.01", "--thresholds", "0.01", "--no-exclude-output-layer");
    assertThat(Files.readString(folder.resolve("report.html"))).doesNotContain("left alone");
  }

  @Test
  void progressIsOneLineForEachRunWhereThereIsNoTerminal() {
    runTiny("--learning-rates", "0.01", "--thresholds", "0.01");

    assertThat(err.toString().lines().filter(line -> line.startsWith("digits")))
        .hasSizeBetween(2, 4)
        .last()
        .asString()
        .contains("100%");
    assertThat(err.toString()).doesNotContain("\r");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "--learning-rates 0.1,-1 > '-1'",
        "--learning-rates 0 > '0'",
        "--learning-rates , one none",
        "--learning-rates 0.1,0.10 differ 0.1",
        "--thresholds NaN finite 'NaN'",
        "--thresholds Infinity finite 'Infinity'",
        "--thresholds small finite 'small'",
        "--seeds 0 1 '0'",
        "--epochs 0 1 '0'",
        "--epochs 1.5 whole '1.5'",
        "--batch-size 0 1437 '0'",
        "--batch-size 1438 1437 '1438'",
        "--seed x long 'x'",
        "--exclude-output-layer=maybe boolean boolean 'maybe'",
        "--unknown 1 Unknown --unknown",
      },
      quoteCharacter = '"')
  void wrongValuesAreExplainedInOneLine(String option, String value, String bound, String got) {
    String[] arguments =
        option.contains("=") ? new String[] {option} : new String[] {option, value};

    assertThat(run(arguments)).isEqualTo(2);

    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString())
        .contains(option.replaceAll("=.*", ""))
        .contains(bound)
        .contains(got)
        .contains("--help");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void outputFolderThatIsAFileIsRefusedBeforeTraining() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertThat(runTinyInto(file)).isEqualTo(2);
    assertThat(runTinyInto(file.resolve("below"))).isEqualTo(2);

    assertThat(err.toString().lines())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).contains("--output").contains(file.toString()));
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void unwritableReportIsRefusedBeforeTraining() throws IOException {
    Files.createDirectory(folder.resolve("report.html"));

    assertThat(runTiny()).isEqualTo(2);

    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).contains("--output").contains("report.html");
  }

  @Test
  void fullDiskIsSaidInOneLineAfterTheTable() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "there is no /dev/full");
    Files.createSymbolicLink(folder.resolve("accuracy.svg.part"), full);

    assertThat(runTiny("--learning-rates", "0.01", "--thresholds", "0.01")).isEqualTo(1);

    assertThat(tableRows()).hasSize(2);
    assertThat(err.toString().lines().filter(line -> !line.startsWith("digits ")))
        .singleElement()
        .asString()
        .contains("Cannot write " + folder.resolve("accuracy.svg"), "No space left on device");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "digits --help", "-h", "--version"})
  void helpAndVersionGoToStandardOutput(String arguments) {
    assertThat(run(arguments.split(" "))).isZero();

    assertThat(out.toString()).isNotEmpty();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void helpNamesEveryOption() {
    run("digits", "--help");

    assertThat(out.toString())
        .contains(
            "--learning-rates",
            "--thresholds",
            "--epochs",
            "--batch-size",
            "--seed=",
            "--seeds",
            "exclude-output-layer",
            "--output");
  }

  private int runTiny(String... options) {
    return runTinyInto(folder, options);
  }

  /** Three steps a run, and options without the example's name: digits is the default. */
  private int runTinyInto(Path output, String... options) {
    String[] tiny = {"--epochs", "1", "--batch-size", "512", "--output", output.toString()};
    boolean once = !List.of(options).contains("--seeds");
    return run(with(once ? with(tiny, "--seeds", "1") : tiny, options));
  }

  private static String[] with(String[] arguments, String... more) {
    return Stream.of(arguments, more).flatMap(Arrays::stream).toArray(String[]::new);
  }

  private int run(String... arguments) {
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  /** The lines between the header of two lines and the blank line. */
  private List<String> tableRows() {
    return out.toString()
        .lines()
        .skip(2)
        .takeWhile(line -> !line.isBlank())
        .map(String::strip)
        .collect(Collectors.toList());
  }
}
