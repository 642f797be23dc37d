package io.github.dl4jagc.examples.digits;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder that the report and the chart are written to; every run overwrites them. */
final class OutputFolder {

  private final Path report;
  private final Path chart;

  private OutputFolder(Path folder) {
    this.report = folder.resolve("report.html");
    this.chart = folder.resolve("accuracy.png");
  }

  /**
   * Creates the folder if it does not exist.
   *
   * @throws IOException if there cannot be files in it: better known before the training than after
   */
  static OutputFolder open(Path path) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    if (path.toString().isEmpty()) {
      throw new IOException("it has no name");
    }
    if (Files.exists(absolute) && !Files.isDirectory(absolute)) {
      throw new IOException("it is a file");
    }
    try {
      Files.createDirectories(absolute);
      Files.delete(Files.createTempFile(absolute, "agc", ".tmp"));
    } catch (FileSystemException e) {
      // Its message alone is no more than the path.
      throw new IOException(e.toString(), e);
    }
    OutputFolder folder = new OutputFolder(absolute);
    requireWritableFile(folder.report);
    requireWritableFile(folder.chart);
    return folder;
  }

  private static void requireWritableFile(Path file) throws IOException {
    if (Files.exists(file) && !(Files.isRegularFile(file) && Files.isWritable(file))) {
      throw new IOException("its " + file.getFileName() + " cannot be overwritten");
    }
  }

  /** Where the report goes. */
  Path report() {
    return report;
  }

  /** Where the chart goes. */
  Path chart() {
    return chart;
  }

  /** Writes both files. */
  void write(String page, byte[] png) throws IOException {
    Files.write(report, page.getBytes(StandardCharsets.UTF_8));
    Files.write(chart, png);
  }
}
