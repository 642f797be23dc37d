package io.github.dl4jagc.examples.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AveragingOnSparkTest {

  @Test
  void trainsOnThisMachineAndShowsWhatTheWorkersClipped() {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      AveragingOnSpark.main();
    } finally {
      System.setOut(before);
    }
    String out = bytes.toString(StandardCharsets.UTF_8);
    List<Double> losses =
        out.lines()
            .filter(line -> line.startsWith("epoch "))
            .map(line -> Double.parseDouble(line.replaceAll(".*loss ", "").replace(',', '.')))
            .collect(Collectors.toList());
    assertThat(losses).as(out).hasSize(3);
    assertThat(losses.get(2)).isLessThan(losses.get(0));
    assertThat(out).contains("all that AGC clips", "threshold 0.04");
  }

  @Test
  void isOneFileThatCanBeCopied() throws IOException {
    assertThat(
            Files.readAllLines(
                Path.of("src/main/java/io/github/dl4jagc/examples/spark/AveragingOnSpark.java")))
        .hasSizeLessThanOrEqualTo(80)
        .noneMatch(line -> line.startsWith("import io.github.dl4jagc.ex"));
  }
}
