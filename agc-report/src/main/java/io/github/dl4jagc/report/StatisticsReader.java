package io.github.dl4jagc.report;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_STATISTICS_FILE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.nd4j.shade.guava.io.ByteStreams;

/**
 * Reads a statistics file. What is appended to it meanwhile is not read, so nothing has to be
 * locked while it is. Empty lines, and line ends of another system, are what an editor may have
 * left.
 */
final class StatisticsReader {

  static final String HEADER = String.join(",", RunReport.COLUMNS);

  /** Reports have far fewer bytes. */
  private static final int LONGEST_REPORT = 1 << 24;

  private final Path path;

  /** The bytes that are read; the file may have more. */
  final long length;

  /** The run of the last report, if it is known; empty: there is none. */
  final String lastRun;

  StatisticsReader(Path path, long length) {
    this(path, length, "");
  }

  private StatisticsReader(Path path, long length, String lastRun) {
    this.path = path;
    this.length = length;
    this.lastRun = lastRun;
  }

  /**
   * Reads all whole reports.
   *
   * @throws IllegalArgumentException if a line is no row, or rows are no reports
   * @throws IOException if the file cannot be read
   */
  void read(Consumer<RunReport> reports) throws IOException {
    if (length == 0) {
      return; // there may be no file
    }
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                ByteStreams.limit(new FileInputStream(path.toFile()), length), UTF_8))) {
      List<Map<String, String>> report = new ArrayList<>();
      int number = 1;
      for (String line = lines.readLine(); line != null; line = lines.readLine(), number++) {
        if (number == 1) {
          checkHeader(line);
        } else if (!line.isBlank()) {
          String place = "line " + number;
          Map<String, String> record = checked(place, line, RunReport::record);
          report.add(record);
          if (checked(place, line, text -> RunReport.linesLeft(record)) == 0) {
            reports.accept(checked(place, line, text -> RunReport.of(report)));
            report.clear();
          }
        }
      }
    }
  }

  /**
   * A reader up to the end of the last whole report, and of empty lines that follow it. Reads the
   * header, and from the end the lines back to that report, however long the file is.
   *
   * @throws IllegalArgumentException if there is anything but statistics
   */
  StatisticsReader whole() throws IOException {
    if (length == 0) {
      return this;
    }
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      String beginning = new String(bytes(file, 0, Math.min(length, HEADER.length() + 2)), UTF_8);
      if (HEADER.startsWith(beginning)) {
        return new StatisticsReader(path, 0);
      }
      int header = beginning.indexOf('\n') + 1;
      checkHeader(header == 0 ? beginning : beginning.substring(0, header).stripTrailing());
      long from = Math.max(header, length - LONGEST_REPORT);
      String text = new String(bytes(file, from, length), ISO_8859_1); // a character for each byte
      boolean isTorn = false;
      int begin;
      for (int end = text.length(); end > 0; end = begin) {
        begin = text.lastIndexOf('\n', end - 2) + 1;
        String line = new String(text.substring(begin, end).getBytes(ISO_8859_1), UTF_8);
        if (line.endsWith("\n") && !line.isBlank()) {
          String run = checked("the last line", line.stripTrailing(), StatisticsReader::runOfLast);
          if (run != null) {
            return new StatisticsReader(path, isTorn ? from + end : length, run);
          }
        }
        isTorn |= !line.isBlank();
      }
      return new StatisticsReader(path, 0);
    }
  }

  /** The run of a report's last line; {@code null} if it is another line. */
  private static String runOfLast(String line) {
    Map<String, String> record = RunReport.record(line);
    return RunReport.linesLeft(record) == 0 ? RunReport.of(List.of(record)).run : null;
  }

  private static byte[] bytes(RandomAccessFile file, long from, long to) throws IOException {
    byte[] bytes = new byte[(int) (to - from)];
    file.seek(from);
    file.readFully(bytes);
    return bytes;
  }

  private void checkHeader(String text) {
    if (!text.equals(HEADER)) {
      throw not("line 1", text, "the header \"" + HEADER + "\" expected");
    }
  }

  private <T> T checked(String place, String text, Function<String, T> reading) {
    try {
      return reading.apply(text);
    } catch (RuntimeException e) {
      throw not(place, text, String.valueOf(e.getMessage()).replaceFirst(" \\(see .*", ""));
    }
  }

  private IllegalArgumentException not(String place, String text, String why) {
    return NOT_A_STATISTICS_FILE.argument(
        "{} is not a statistics file: {} is \"{}\" ({}); give the statistics a file of their own",
        path,
        place,
        text.substring(0, Math.min(80, text.length())),
        why);
  }
}
