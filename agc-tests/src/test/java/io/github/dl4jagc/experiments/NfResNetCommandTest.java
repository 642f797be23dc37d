package io.github.dl4jagc.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NfResNetCommandTest {

  @TempDir private Path folder;

  private final ExampleRun example = new ExampleRun();

  @Test
  void everyRunIsInTheFilesAndOnThePage() throws IOException {
    assertThat(example.nfresnet(folder)).as(example.err()).isZero();

    // 2 batch sizes x 2 seeds x 4 candidates, and 3 x 2 of the ablation.
    List<String> runs = Files.readAllLines(folder.resolve("runs.csv"));
    assertThat(runs).hasSize(1 + 22).doesNotHaveDuplicates();
    assertThat(runs.get(0)).startsWith("run,network,threshold,excluded,batch_size,seed");
    assertThat(runs.get(1))
        .startsWith("BATCH_NORM/0/NONE/40/1,BATCH_NORM,0,NONE,40,1,0.0625,false");
    assertThat(Files.readAllLines(folder.resolve("clipping.csv")))
        .anyMatch(line -> line.matches("NF_AGC/0\\.01/OUTPUT/120/2,1,stage3,0\\.\\d+"));

    assertThat(example.out())
        .containsPattern("40 +0\\.0625 +\\d+\\.\\d ± \\d+\\.\\d +\\d+\\.\\d ± .*± ")
        .containsPattern("first convolution +\\d+\\.\\d ± ")
        .contains("Report: " + folder.resolve("report.html"));
    assertThat(example.err()).contains("100%").doesNotContain("\r");
    String html = Files.readString(folder.resolve("report.html"));
    assertThat(html).endsWith("</html>\n").doesNotContain("{{").contains("<dt>--epochs</dt><dd>1");
    for (String chart : List.of("accuracy.svg", "clipping-0.01.svg", "ablation.svg")) {
      assertChart(chart);
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).noneMatch(file -> file.getFileName().toString().startsWith("checkpoint"));
    }
  }

  @Test
  void quickGridSaysWhatItCannotShow() {
    String[] options = {"--no-ablation", "--seeds", "1", "--batch-sizes", "120"};
    assertThat(example.nfresnet(folder, options)).isZero();
    assertThat(example.out()).doesNotContain("too few to compare");
    List<String> quick = new ArrayList<>(List.of(options));
    quick.addAll(List.of("--quick", "--show"));
    assertThat(example.nfresnet(folder, quick.toArray(String[]::new))).as(example.err()).isZero();
    assertThat(example.out()).contains("1 epoch(s) show how the program works, and are too few");
  }

  private void assertChart(String file) throws IOException {
    assertThat(Files.readString(folder.resolve(file)))
        .startsWith("<svg xmlns=")
        .contains("class=\"mark\"")
        .doesNotContain("NaN")
        .endsWith("</svg>\n");
  }

  @Test
  void resumedExperimentMakesOnlyTheMissingRuns() throws IOException {
    assertThat(example.nfresnet(folder, "--no-ablation", "--seeds", "1"))
        .as(example.err())
        .isZero();
    Path file = folder.resolve("runs.csv");
    List<String> all = Files.readAllLines(file);
    assertThat(all).hasSize(9);
    Files.write(file, all.subList(0, 5));
    example.forget();

    assertThat(example.nfresnet(folder, "--no-ablation", "--seeds", "1", "--resume"))
        .as(example.err())
        .isZero();

    List<String> again = Files.readAllLines(file);
    assertThat(again.subList(0, 5)).isEqualTo(all.subList(0, 5));
    assertThat(withoutTimes(again)).isEqualTo(withoutTimes(all));
    assertThat(example.err()).doesNotContain("batch 40").contains("batch 120");
  }

  @Test
  void resultsDoNotDependOnHowManyRunsAreMadeAtATime() throws IOException {
    List<String> options =
        List.of("--networks", "batch-norm,plain,nf-agc", "--seeds", "1", "--no-ablation");
    Path one = folder.resolve("one");
    Path three = folder.resolve("three");
    assertThat(example.nfresnet(one, options.toArray(String[]::new))).as(example.err()).isZero();
    List<String> parallel = new ArrayList<>(options);
    parallel.addAll(List.of("--parallel", "3"));
    assertThat(example.nfresnet(three, parallel.toArray(String[]::new))).as(example.err()).isZero();

    List<String> runs = withoutTimes(Files.readAllLines(one.resolve("runs.csv")));
    assertThat(runs).hasSize(1 + 8);
    assertThat(withoutTimes(Files.readAllLines(three.resolve("runs.csv"))))
        .containsExactlyInAnyOrderElementsOf(runs);
  }

  @Test
  void unfinishedExperimentIsShownAndStaysUnfinished() throws IOException {
    assertThat(example.nfresnet(folder, "--no-ablation", "--seeds", "1")).isZero();
    Path file = folder.resolve("runs.csv");
    List<String> some = Files.readAllLines(file).subList(0, 4);
    Files.write(file, some);
    Files.delete(folder.resolve("report.html"));
    example.forget();

    assertThat(example.nfresnet(folder, "--no-ablation", "--seeds", "1", "--show"))
        .as(example.err())
        .isZero();

    assertThat(example.out())
        .contains("So far 3 of 8 runs; go on with --resume.")
        .containsPattern("(?m)^ +120 +0\\.1875 +- +- +- +-");
    assertThat(folder.resolve("report.html")).exists();
    assertThat(Files.readAllLines(file)).isEqualTo(some);
  }

  private static List<String> withoutTimes(List<String> lines) {
    return lines.stream()
        .map(line -> line.substring(0, line.lastIndexOf(',')))
        .collect(Collectors.toList());
  }

  @Test
  void resultsAreNotOverwritten() {
    assertThat(example.nfresnet(folder, "--no-ablation", "--seeds", "1", "--batch-sizes", "120"))
        .isZero();
    assertThat(example.nfresnet(folder)).isEqualTo(2);
    assertThat(example.err()).contains("has the results of an experiment").contains("--resume");
  }

  @Test
  void onlyTheSameExperimentIsResumed() {
    assertThat(example.nfresnet(folder, "--resume")).isEqualTo(2);
    assertThat(example.err()).contains("there is no experiment in " + folder);
    assertThat(example.nfresnet(folder, "--no-ablation", "--seeds", "1", "--batch-sizes", "120"))
        .isZero();
    assertThat(example.nfresnet(folder, "--resume", "--no-ablation", "--batch-sizes", "120"))
        .isEqualTo(2);
    assertThat(example.err()).contains("was begun with --seeds 1, got 2");
  }

  @Test
  void foldersOfImagesAreData() throws IOException {
    Random random = new Random(1);
    for (String name : List.of("dark", "bright")) {
      Path images = Files.createDirectories(folder.resolve("data").resolve(name));
      for (int i = 0; i < 30; i++) {
        BufferedImage image = new BufferedImage(12, 10, BufferedImage.TYPE_INT_RGB);
        for (int pixel = 0; pixel < 120; pixel++) {
          int grey = random.nextInt(100) + (name.equals("dark") ? 0 : 150);
          image.setRGB(pixel % 12, pixel / 12, grey << 16 | grey << 8 | grey);
        }
        ImageIO.write(image, "png", images.resolve(i + ".png").toFile());
      }
    }
    assertThat(
            example.nfresnet(
                folder.resolve("results"),
                "--data",
                folder.resolve("data").toString(),
                "--image-size",
                "8",
                "--batch-sizes",
                "8",
                "--epochs",
                "3",
                "--seeds",
                "1",
                "--no-ablation"))
        .as(example.err())
        .isZero();
    String runs = Files.readString(folder.resolve("results").resolve("runs.csv"));
    // 48 images to train on, so 6 steps an epoch; 12 to test on, and easily told apart.
    assertThat(runs).containsPattern("NF/0/NONE/8/1,.*,false,18,(0\\.9|1\\.0)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--data nothing-of-this-name | --data: must be digits, mnist",
        "--data fashion-mnist --data-folder nowhere | train-images-idx3-ubyte.gz is missing; Debian"
            + " has",
        "--data fashion-mnist --image-size 9 | must be a divisor of 28, got 9",
        "--networks nf,mlp | NF_AGC, nf-agc, PLAIN, PLAIN_AGC, plain-agc] (case-insensitive)",
        "--networks nf,nf | values must differ, got [nf, nf]",
        "--updater adam | expected one of [NESTEROVS, RMSPROP] (case-insensitive)",
        "--show | --show': there is no experiment in",
        "--batch-sizes 5000 | must be at most 1437, the training images, got 5000",
        "--batch-sizes 8,8 | values must differ, got [8, 8]",
        "--epochs 0 | must be a whole number >= 1, got '0'",
        "--epochs 2 --warm-up 3 | must be at most the 2 epoch(s), got 3",
        "--learning-rate NaN | must be finite and > 0, got 'NaN'",
        "--learning-rate 1e308 | must be finite and > 0 for each batch size, got Infinity for 64",
        "--learning-rate 1e-323 | must be finite and > 0 for each batch size, got 0.0 for 64",
        "--epochs 2000000000 | must make at most 2147483647 updates, got 46000000000 at batch size"
            + " 64",
        "--width 1 | width must be from 2 to 536870911, got 1",
        "--width 600000000 | width must be from 2 to 536870911, got 600000000",
        "--signal-propagation=26 | Unknown option: '--signal-propagation=26'",
        "signal-propagation --depth 18 | depth must be one of [26, 50, 101, 152, 200], got 18",
      })
  void wrongOptionsAreExplainedInOneLine(String options, String message) {
    List<String> arguments = new ArrayList<>(List.of("nfresnet"));
    arguments.addAll(List.of(options.trim().split(" ")));
    arguments.addAll(List.of("--output", folder.toString()));
    assertThat(example.run(arguments.toArray(String[]::new))).isEqualTo(2);
    String text = example.err().replace("'--data': ", "--data: ");
    assertThat(text.strip().lines()).hasSize(1);
    assertThat(text).contains(message.trim());
    assertThat(folder.resolve("runs.csv")).doesNotExist();
  }

  @Test
  void folderThatIsNamedBeforeTheSubcommandIsHeeded() {
    assertThat(
            example.run(
                "nfresnet", "--output", folder.toString(), "signal-propagation", "--depth", "26"))
        .isZero();
    assertThat(folder.resolve("signal-propagation.svg")).exists();
  }

  @Test
  void signalPropagationIsShown() throws IOException {
    assertThat(
            example.run(
                "nfresnet", "signal-propagation", "--depth", "26", "--output", folder.toString()))
        .isZero();
    assertThat(example.out().lines().filter(line -> line.startsWith(" ") || line.contains("stage")))
        .filteredOn(line -> line.matches("\\s*stage\\d-block\\d +1\\.0[48]0 +\\d\\.\\d{3} .*"))
        .hasSize(8);
    assertChart("signal-propagation.svg");
  }
}
