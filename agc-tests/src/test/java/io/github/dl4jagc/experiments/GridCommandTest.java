package io.github.dl4jagc.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What all experiments' commands do, on the default one: {@code digits}. */
class GridCommandTest {

  private static final String[] GRID = {
    "--learning-rates", "0.01,0.1", "--clippings", "none,agc:0.1"
  };

  @TempDir private Path folder;

  private final CommandRun command = new CommandRun();

  private static String[] with(String[] arguments, String... more) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  /** All lines but for the seconds at their ends. */
  private static List<String> runs(Path folder) throws IOException {
    return Files.readAllLines(folder.resolve("runs.csv")).stream()
        .map(line -> line.substring(0, line.lastIndexOf(',')))
        .collect(Collectors.toList());
  }

  @Test
  void everyRunIsInTableFileAndPage() throws IOException {
    Path output = folder.resolve("new").resolve("a & b");

    assertThat(command.digits(output, with(GRID, "--seeds", "2"))).as(command.err()).isZero();

    assertThat(command.tableRows(2))
        .hasSize(2)
        .element(0)
        .asString()
        .matches("0\\.01 +\\d+\\.\\d ± \\d+\\.\\d +\\d+\\.\\d ± \\d+\\.\\d");
    assertThat(command.out())
        .contains("in every seed:")
        .contains("Report: " + output.resolve("report.html"));
    assertThat(runs(output))
        .hasSize(1 + 8)
        .anyMatch(line -> line.startsWith("dense3,nesterovs,none,0.01,constant,512,1,1,3,0."));
    String chart = Files.readString(output.resolve("accuracy-nesterovs.svg"));
    assertThat(chart).startsWith("<svg xmlns=").contains("agc:0.1").doesNotContain("NaN");
    assertThat(Files.readString(output.resolve("report.html")))
        .endsWith("</html>\n")
        .doesNotContain("{{")
        .contains("a &amp; b")
        .doesNotContain("a & b")
        .contains("<td>agc:0.1</td>", ">Deeplearning4j</td><td class=\"name\">1.0.0-");
    assertThat(command.err()).contains("8 of 8 runs, 0:00:00 left: ").doesNotContain("\r");
  }

  @Test
  void resumedExperimentMakesOnlyTheMissingRuns() throws IOException {
    assertThat(command.digits(folder, with(GRID, "--parallel", "1"))).as(command.err()).isZero();
    Path file = folder.resolve("runs.csv");
    List<String> all = runs(folder);
    List<String> some = Files.readAllLines(file).subList(0, 3);
    Files.write(file, some);
    command.forget();

    assertThat(command.digits(folder, with(GRID, "--resume"))).as(command.err()).isZero();

    assertThat(Files.readAllLines(file).subList(0, 3)).isEqualTo(some);
    assertThat(runs(folder)).containsExactlyInAnyOrderElementsOf(all);
    assertThat(command.err()).doesNotContain("rate 0.01").contains("rate 0.1");
  }

  @Test
  void resultsDoNotDependOnHowManyRunsAreMadeAtATime() throws IOException {
    command.digits(folder.resolve("one"), with(GRID, "--parallel", "1"));
    command.digits(folder.resolve("three"), with(GRID, "--parallel", "3"));
    assertThat(runs(folder.resolve("three")))
        .hasSize(5)
        .containsExactlyInAnyOrderElementsOf(runs(folder.resolve("one")));
  }

  @Test
  void earlierResultsAreKeptUnderAnotherName() throws IOException {
    command.digits(folder, GRID);
    List<String> before = Files.readAllLines(folder.resolve("runs.csv"));
    command.forget();
    assertThat(command.digits(folder, with(GRID, "--seeds", "2"))).isZero();
    assertThat(command.complaints())
        .containsExactly("Earlier results are now " + folder.resolve("runs-1.csv"));
    assertThat(Files.readAllLines(folder.resolve("runs-1.csv"))).isEqualTo(before);
    assertThat(runs(folder)).hasSize(9);
  }

  @Test
  void severalFilesOfResultsAreShownTogetherAndNothingIsTrained() throws IOException {
    Path one = folder.resolve("one");
    Path two = folder.resolve("two");
    command.digits(one, "--learning-rates", "0.01", "--clippings", "none");
    command.digits(two, "--learning-rates", "0.1", "--clippings", "none");
    command.forget();
    assertThat(
            command.digits(
                folder,
                "--show",
                one.resolve("runs.csv").toString(),
                two.resolve("runs.csv").toString()))
        .as(command.err())
        .isZero();
    assertThat(command.tableRows(2)).hasSize(2);
    assertThat(command.err()).isEmpty();
    assertThat(folder.resolve("runs.csv")).doesNotExist();
    assertThat(folder.resolve("report.html")).exists();
  }

  @Test
  void divergedRunsAreShownAsSuchAndTheOthersStillRun() throws IOException {
    assertThat(command.digits(folder, "--learning-rates", "0.01,1e30", "--clippings", "none"))
        .isZero();
    assertThat(command.tableRows(2).get(1)).matches("1\\.0E30 +diverged");
    assertThat(command.tableRows(2).get(0)).matches("0\\.01 +\\d+\\.\\d");
    assertThat(Files.readString(folder.resolve("report.html"))).contains("<td>at step ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--networks mlp | expected one of [DIGITS, DENSE5,",
        "--networks dense3,dense3 | values must differ, got [dense3, dense3]",
        "--updaters lion | expected one of [SGD, NESTEROVS,",
        "--clippings clip:1 | must begin with one of [none, agc,",
        "--clippings agc | agc needs one number, as in agc:0.1, got 'agc'",
        "--clippings agc:0 | its number must be finite and > 0, got 'agc:0'",
        "--learning-rates 0.1,-1 | must be finite and > 0, got '-1'",
        "--learning-rates NaN | must be finite and > 0, got 'NaN'",
        "--learning-rates 1e308 --rates-for 1 | must be finite and > 0 for each batch size, got"
            + " Infinity",
        "--batch-sizes 1438 | must be at most 1437, the training part, got 1438",
        "--epochs 0 | must be a whole number >= 1, got '0'",
        "--seeds 1.5 | must be a whole number >= 1, got '1.5'",
        "--networks fashion-nf --data-folder nowhere | train-images-idx3-ubyte.gz is missing;"
            + " Debian",
        "--show | runs.csv cannot be read",
        "--epoch 1 | did you mean --epochs",
        "digit | did you mean digits",
      })
  void wrongArgumentsAreExplainedInOneLine(String arguments, String message) {
    assertThat(command.run((arguments + " --output " + folder).split(" "))).isEqualTo(2);
    assertThat(command.err().strip().lines()).hasSize(1);
    assertThat(command.err()).contains(message, "--help");
    assertThat(command.out()).isEmpty();
    assertThat(folder.resolve("runs.csv")).doesNotExist();
  }

  @Test
  void outputFolderThatIsAFileIsRefusedBeforeTraining() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(command.digits(file)).isEqualTo(2);
    assertThat(command.digits(file.resolve("below"))).isEqualTo(2);
    assertThat(command.err().lines())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).contains("--output", file.toString()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"runs.csv", "report.html"})
  void fullDiskIsSaidInOneLineAndTheExperimentGoesOn(String file) throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "there is no /dev/full");
    Path part = Files.createSymbolicLink(folder.resolve(file + ".part"), full);
    assertThat(command.digits(folder, GRID)).isEqualTo(1);
    assertThat(command.complaints())
        .singleElement()
        .asString()
        .contains("Cannot write " + folder.resolve(file), "No space left on device");
    assertThat(part).doesNotExist();
    command.forget();
    assertThat(command.digits(folder, with(GRID, "--resume"))).as(command.err()).isZero();
    assertThat(runs(folder)).hasSize(5);
  }

  @Test
  void foldersOfResultsAreForOneProgramAtATime() throws Exception {
    Process other = new ProcessBuilder(HoldOutputFolder.command(folder)).start();
    try {
      assertThat(other.getInputStream().read()).as("the other program holds it").isEqualTo('+');
      assertThat(command.digits(folder)).isEqualTo(2);
      assertThat(command.complaints())
          .singleElement()
          .asString()
          .contains("--output", folder.toString(), "another program is writing to it");
    } finally {
      other.destroyForcibly().waitFor();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "digits --help", "-h", "--version", "nfresnet --help"})
  void helpAndVersionGoToStandardOutput(String arguments) {
    assertThat(command.run(arguments.split(" "))).isZero();
    assertThat(command.out()).isNotEmpty();
    assertThat(command.err()).isEmpty();
  }
}
