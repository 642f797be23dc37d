package io.github.dl4jagc.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the user can mend ends {@code nfresnet} with one line that says how. */
class NfResNetFailuresTest {

  /** Any write to it fails as on a full disk. */
  private static final Path FULL = Path.of("/dev/full");

  @TempDir private Path folder;

  private final ExampleRun example = new ExampleRun();

  private int run(String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("--no-ablation", "--seeds", "1", "--batch-sizes", "120"));
    arguments.addAll(List.of(options));
    return example.nfresnet(folder, arguments.toArray(String[]::new));
  }

  private void assertOneLine(String... parts) {
    assertThat(example.complaints()).as(example.err()).hasSize(1);
    assertThat(example.complaints().get(0)).contains(parts);
  }

  /** An experiment whose last run is still to be made. */
  private void unfinishedExperiment() throws IOException {
    assertThat(run()).as(example.err()).isZero();
    Path runs = folder.resolve("runs.csv");
    List<String> lines = Files.readAllLines(runs);
    Files.write(runs, lines.subList(0, lines.size() - 1));
    example.forget();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // what, in place of what
        "runs.csv         | run,network                | ran,network",
        "runs.csv         | ,120,1,0.1875,false,       | ,120,1,0.1875",
        "runs.csv         | ,120,1,0.1875,false,       | ,120,1,0.1875,maybe,",
        "runs.csv         | ,120,1,0.1875,false,       | ,120,1,0.1875,false,x",
        "runs.csv         | BATCH_NORM/0/NONE/120/1,   | BATCH_NORM/0/NONE,",
        "runs.csv         | BATCH_NORM/0/NONE/120/1,   | LAYER_NORM/0/NONE/120/1,",
        "runs.csv         | BATCH_NORM/0/NONE/120/1,   | BATCH_NORM/0/NONE/120/7,",
        "runs.csv         | NF/0/NONE/120/1,NF,        | BATCH_NORM/0/NONE/120/1,BATCH_NORM,",
        "clipping.csv     | run,epoch                  | run,epochs",
        "clipping.csv     | NF_AGC/0.01/OUTPUT/120/1,1 | NF_AGC/0.01/OUTPUT/120/1,0",
        "clipping.csv     | NF_AGC/0.01/OUTPUT/120/1,1 | NF_AGC/0.01/OUTPUT/120/1,1000000000",
        "clipping.csv     | NF_AGC/0.01/OUTPUT/120/1,1 | NF_AGC/0.01/OUTPUT/120/1,",
        "clipping.csv     | ,stem,                     | ,stem,x",
        "clipping.csv     | ,stem,                     | ",
        "clipping.csv     | NF_AGC/0.01/OUTPUT/120/1   | NF_AGC/0.01/OUTPUT/120/9",
      })
  void damagedResultsAreNamed(String file, String before, String after) throws IOException {
    unfinishedExperiment();
    Path damaged = folder.resolve(file);
    String content = Files.readString(damaged);
    assertThat(content).contains(before);
    Files.writeString(damaged, content.replace(before, after == null ? "" : after));

    assertThat(run("--resume")).isEqualTo(2);

    assertOneLine("--resume", folder.toString(), "restore it, or delete runs.csv and clipping.csv");
    assertThat(example.err()).containsPattern("(runs|clipping)\\.csv (must begin|is not)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"runs.csv", "clipping.csv"})
  void resultsThatAreNoTextAreNamed(String file) throws IOException {
    unfinishedExperiment();
    Files.write(folder.resolve(file), new byte[] {'r', 'u', 'n', (byte) 0xff, 0, 1});

    assertThat(run("--resume")).isEqualTo(2);

    assertOneLine("--resume", file + " cannot be read", "restore it, or delete");
  }

  @Test
  void missingFileOfClippedSharesIsNamed() throws IOException {
    unfinishedExperiment();
    Files.delete(folder.resolve("clipping.csv"));

    assertThat(run("--resume")).isEqualTo(2);

    assertOneLine("--resume", "clipping.csv cannot be read", "NoSuchFile", "restore it, or delete");
  }

  @ParameterizedTest
  @CsvSource({
    "--data=digits, --data=\\u12, cannot be read",
    "--seeds=1, , --seeds (not in experiment.properties)",
    "--seeds=1, --seeds=2, was begun with --seeds 2"
  })
  void damagedOptionsAreNamed(String before, String after, String message) throws IOException {
    unfinishedExperiment();
    Path options = folder.resolve("experiment.properties");
    String content = Files.readString(options);
    assertThat(content).contains(before);
    Files.writeString(options, content.replace(before, after == null ? "" : after));

    assertThat(run("--resume")).isEqualTo(2);

    assertOneLine("--resume", "experiment", message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no archive", "PK\u0003\u0004 no archive either"})
  void damagedCheckpointIsNamed(String content) throws IOException {
    unfinishedExperiment();
    Path checkpoint = folder.resolve("checkpoint-NF_AGC-0.01-SCALES-120-1.zip");
    Files.writeString(checkpoint, content, StandardCharsets.ISO_8859_1);

    assertThat(run("--resume")).isEqualTo(1);

    assertOneLine(checkpoint + " cannot be read", "delete it, and its run begins anew");
    example.forget();
    Files.delete(checkpoint);
    assertThat(run("--resume")).as(example.err()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no image, but a text of some length"})
  void brokenImageIsNamed(String content) throws IOException {
    Path data = folder.resolve("data");
    for (String name : List.of("one", "two")) {
      Path images = Files.createDirectories(data.resolve(name));
      BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
      ImageIO.write(image, "png", new File(images.toFile(), "good.png"));
    }
    Path broken = data.resolve("two").resolve("broken.png");
    Files.writeString(broken, content, StandardCharsets.ISO_8859_1);

    assertThat(run("--data", data.toString(), "--image-size", "8")).isEqualTo(2);

    assertOneLine("--data", broken + " is no image that can be read");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no image"})
  void damagedDataFilesAreNamed(String content) throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    for (String file :
        List.of(
            "train-images-idx3-ubyte",
            "train-labels-idx1-ubyte",
            "t10k-images-idx3-ubyte",
            "t10k-labels-idx1-ubyte")) {
      Files.writeString(data.resolve(file), content);
    }

    assertThat(run("--data", "fashion-mnist", "--data-folder", data.toString())).isEqualTo(2);

    assertOneLine("--data", "cannot read 'fashion-mnist'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"experiment.properties", "runs.csv", "clipping.csv", "report.html"})
  void fullDiskIsSaidAndThePartOfAFileIsRemoved(String file) throws IOException {
    assumeTrue(Files.exists(FULL), "there is no /dev/full");
    Path part = folder.resolve(file + ".part");
    Files.createSymbolicLink(part, FULL);

    assertThat(run()).isEqualTo(1);

    assertOneLine("Cannot write " + folder.resolve(file), "No space left on device");
    assertThat(part).doesNotExist();
  }

  @Test
  void afterAFullDiskTheExperimentGoesOn() throws IOException {
    assumeTrue(Files.exists(FULL), "there is no /dev/full");
    Files.createSymbolicLink(folder.resolve("runs.csv.part"), FULL);
    assertThat(run()).isEqualTo(1);
    assertOneLine("when that is mended, go on with --resume");
    example.forget();

    assertThat(run("--resume")).as(example.err()).isZero();

    assertThat(Files.readAllLines(folder.resolve("runs.csv"))).hasSize(1 + 4);
  }

  @Test
  void foldersOfResultsAreForOneProgramAtATime() throws Exception {
    Process other = new ProcessBuilder(HoldOutputFolder.command(folder)).start();
    try {
      assertThat(other.getInputStream().read()).as("the other program holds it").isEqualTo('+');
      assertThat(run()).isEqualTo(2);
      assertOneLine("--output", folder.toString(), "another program is writing to it");
      assertThat(folder.resolve("experiment.properties")).doesNotExist();

      example.forget();
      assertThat(example.run("digits", "--output", folder.toString())).isEqualTo(2);
      assertOneLine("--output", folder.toString(), "another program is writing to it");
    } finally {
      other.destroyForcibly().waitFor();
    }
    example.forget();
    assertThat(run()).as("a program that was killed holds nothing: " + example.err()).isZero();
  }
}
