package io.github.dl4jagc.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A statistics file that no more fits into, in a process whose files may have 16 kB. */
class FullDiskTest {

  @TempDir Path folder;

  @Test
  void completeReportsStayAndNothingIsTakenForACrash() throws Exception {
    Path bash = Path.of("/bin/bash");
    assumeTrue(Files.isExecutable(bash), "no bash: a limit of file sizes is set with its ulimit");
    Path file = folder.resolve("statistics.csv");
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                List.of(
                    bash.toString(),
                    "-c",
                    "ulimit -f 16 && exec \"$@\"",
                    "bash",
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:-UsePerfData", // is a file too
                    "-cp",
                    System.getProperty("java.class.path"),
                    FillDisk.class.getName(),
                    file.toString()))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    int lines = Files.readAllLines(file).size();
    int reports = (lines - 1) / 6;
    assertThat(reports).isBetween(10, 39);
    assertThat(lines).isEqualTo(1 + 6 * reports);
    assertThat(Files.readString(file)).endsWith("\n");
    // No warning of a crash, and nothing that was written and removed again.
    assertThat(Files.readString(output).trim())
        .endsWith(reports + " written, " + (40 - reports) + " failed");
  }
}
