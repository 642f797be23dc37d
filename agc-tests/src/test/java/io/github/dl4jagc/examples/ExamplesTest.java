package io.github.dl4jagc.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** The programs to copy run as they are, and train. */
@ResourceLock(Resources.SYSTEM_OUT)
class ExamplesTest {

  private static final Path SOURCES =
      Path.of(System.getProperty("agc.root.directory"))
          .resolve("agc-examples/src/main/java/io/github/dl4jagc/examples");

  @TempDir private Path folder;

  /** A program's main method. */
  private interface Program {
    void main(String... arguments) throws Exception;
  }

  private static String run(Program program, String... arguments) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      program.main(arguments);
    } finally {
      System.setOut(before);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void updaterInANetworkLearnsTheDigits() throws Exception {
    assertThat(run(UpdaterInANetwork::main))
        .containsPattern("\\A9\\d[.,]\\d % of the test digits recognised\\R")
        .contains("all that AGC clips");
  }

  @Test
  void observingGivesAThresholdThatIsTrainedWith() throws Exception {
    String out = run(ObserveAndChoose::main, folder.toString());
    assertThat(out)
        .contains(
            "0.01 would clip ", "would clip half of them", "Page: " + folder.resolve("ratios.html"))
        .containsPattern("\\Arate 0\\.01, nothing clipped: loss 0[.,]\\d{3}\\R");
    assertThat(
            out.lines().filter(line -> line.matches("rate 0.3, above 0\\.\\d+ clipped: loss .*")))
        .hasSize(4);
    assertThat(Files.readString(folder.resolve("ratios.html"))).endsWith("</html>\n");
  }

  @Test
  void ownLoopLowersTheLoss() throws Exception {
    List<Double> losses =
        run(OwnLoop::main)
            .lines()
            .map(line -> Double.parseDouble(line.replaceAll(".*loss ", "").replace(',', '.')))
            .collect(Collectors.toList());
    assertThat(losses).hasSize(10);
    assertThat(losses.get(9)).isLessThan(losses.get(0) / 2).isLessThan(0.5);
  }

  @Test
  void nfResNetReadsTheFilesOfFashionMnist() throws Exception {
    write("train-images-idx3-ubyte.gz", 4 + 12, 128 * 784);
    write("train-labels-idx1-ubyte.gz", 4 + 4, 128);
    write("t10k-images-idx3-ubyte.gz", 4 + 12, 128 * 784);
    write("t10k-labels-idx1-ubyte.gz", 4 + 4, 128);
    assertThat(run(NfResNetOnFashionMnist::main, folder.toString(), "128"))
        .containsPattern("\\Aepoch 1: \\d+[.,]\\d %\\Repoch 2: ")
        .contains("threshold 0.04", "stage3");
  }

  /** A header, and the numbers 0 to 9 over and over. */
  private void write(String name, int header, int count) throws IOException {
    try (DataOutputStream file =
        new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(folder.resolve(name))))) {
      file.write(new byte[header]);
      for (int i = 0; i < count; i++) {
        file.write(i % 10);
      }
    }
  }

  @Test
  void eachIsOneFileThatCanBeCopied() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      List<Path> programs =
          files.filter(file -> !file.endsWith("package-info.java")).collect(Collectors.toList());
      assertThat(programs).hasSizeBetween(4, 5);
      for (Path program : programs) {
        List<String> lines = Files.readAllLines(program);
        assertThat(lines).as("%s", program).hasSizeLessThanOrEqualTo(80);
        assertThat(lines)
            .as("%s", program)
            .noneMatch(line -> line.startsWith("import io.github.dl4jagc.ex"));
      }
    }
  }
}
