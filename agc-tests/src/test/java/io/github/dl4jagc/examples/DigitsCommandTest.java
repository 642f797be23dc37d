package io.github.dl4jagc.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
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

    // learning rate, three figures of the plain run, threshold, three of the AGC run, clipped share
    List<String> cells =
        tableRows().stream()
            .map(row -> row.split("\\s{2,}"))
            .peek(row -> assertThat(row).hasSize(9))
            .map(row -> row[0] + " " + row[4])
            .collect(Collectors.toList());
    assertThat(cells).containsExactly("0.001 0.01", "0.001 0.5", "0.1 0.01", "0.1 0.5");
    assertThat(tableRows())
        .allSatisfy(row -> assertThat(row).matches("\\S+ +\\d+\\.\\d% .* \\d+\\.\\d%"));
  }

  @Test
  void reportAndChartAreWrittenAndWellFormed() throws IOException {
    Path output = folder.resolve("new").resolve("a & b");

    assertThat(runTinyInto(output, "--learning-rates", "0.01", "--thresholds", "0.01")).isZero();

    Path chart = output.resolve("accuracy.png");
    Path report = output.resolve("report.html");
    assertThat(out.toString())
        .contains("Report: " + report.toAbsolutePath())
        .contains("Chart:  " + chart.toAbsolutePath());
    BufferedImage image = ImageIO.read(chart.toFile());
    assertThat(image.getWidth()).isGreaterThan(image.getHeight());
    String html = Files.readString(report);
    assertThat(html)
        .startsWith("<!DOCTYPE html>")
        .endsWith("</html>\n")
        .doesNotContain("{{")
        .contains("a &amp; b")
        .doesNotContain("a & b")
        .contains("<td>0.01</td>")
        .contains("<dt>Deeplearning4j</dt><dd>1.0.0-");
    Matcher embedded = Pattern.compile("base64,([A-Za-z0-9+/=]+)").matcher(html);
    assertThat(embedded.find()).isTrue();
    byte[] png = Base64.getDecoder().decode(embedded.group(1));
    assertThat(png).isEqualTo(Files.readAllBytes(chart));
    assertThat(ImageIO.read(new ByteArrayInputStream(png))).isNotNull();
  }

  @Test
  void equalSeedsGiveEqualTables() {
    runTiny("--learning-rates", "0.01", "--thresholds", "0.01", "--seed", "7");
    List<String> first = tableRows();
    out.getBuffer().setLength(0);
    runTiny("--learning-rates", "0.01", "--thresholds", "0.01", "--seed", "7");
    assertThat(tableRows()).hasSize(1).isEqualTo(first);
    out.getBuffer().setLength(0);
    runTiny("--learning-rates", "0.01", "--thresholds", "0.01", "--seed", "8");
    assertThat(tableRows()).hasSize(1).isNotEqualTo(first);
  }

  @Test
  void divergedRunsAreShownAsSuchAndTheOthersStillRun() throws IOException {
    assertThat(runTiny("--learning-rates", "1e30,0.001", "--thresholds", "0.01")).isZero();

    assertThat(tableRows()).hasSize(2);
    assertThat(tableRows().get(0)).matches("1\\.0E30 +- +- +at step \\d .*");
    assertThat(tableRows().get(1)).matches("0\\.001 +\\d+\\.\\d% .*").doesNotContain("at step");
    assertThat(ImageIO.read(folder.resolve("accuracy.png").toFile())).isNotNull();
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
    Files.createSymbolicLink(folder.resolve("accuracy.png.part"), full);

    assertThat(runTiny("--learning-rates", "0.01", "--thresholds", "0.01")).isEqualTo(1);

    assertThat(tableRows()).hasSize(1);
    assertThat(err.toString().lines().filter(line -> !line.startsWith("digits ")))
        .singleElement()
        .asString()
        .contains("Cannot write " + folder.resolve("accuracy.png"), "No space left on device");
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
            "--seed",
            "exclude-output-layer",
            "--output");
  }

  private int runTiny(String... options) {
    return runTinyInto(folder, options);
  }

  /** Three steps a run, and options without the example's name: digits is the default. */
  private int runTinyInto(Path output, String... options) {
    String[] arguments = {"--epochs", "1", "--batch-size", "512", "--output", output.toString()};
    return run(Stream.of(arguments, options).flatMap(Arrays::stream).toArray(String[]::new));
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
