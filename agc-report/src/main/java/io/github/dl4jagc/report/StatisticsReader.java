package io.github.dl4jagc.report;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_STATISTICS_FILE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.nd4j.shade.guava.io.ByteStreams;

/**
 * Reads a statistics file. What is appended to it meanwhile is not read, so nothing has to be
 * locked while it is. Empty lines, and line ends of another system, are what an editor may have
 * left.
 */
final class StatisticsReader {

  static final String HEADER = String.join(",", RunReport.COLUMNS);

  /** A line of statistics has far fewer bytes. */
  private static final int LONGEST_LINE = 1 << 20;

  private final Path path;
  private final long length;

  /**
   * @param length the bytes that are to be read; the file may have more
   */
  StatisticsReader(Path path, long length) {
    this.path = path;
    this.length = length;
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
      List<RunReport> parts = new ArrayList<>();
      int number = 1;
      for (String line = lines.readLine(); line != null; line = lines.readLine(), number++) {
        if (number == 1) {
          checkHeader(line);
        } else if (!line.isBlank()) {
          String text = line;
          String place = "line " + number;
          parts.add(checked(place, text, () -> RunReport.part(text)));
          if (parts.get(parts.size() - 1).rowsLeft == 0) {
            reports.accept(checked(place, text, () -> RunReport.of(parts)));
            parts.clear();
          }
        }
      }
    }
  }

  /** The end of a file. */
  static final class Tail {
    /** Where the last whole report ends; 0: there is none. */
    final long end;

    /** Whether something but empty lines follows it. */
    final boolean isTorn;

    /** The run of the last whole report; empty: there is none. */
    final String run;

    private Tail(long end, boolean isTorn, String run) {
      this.end = end;
      this.isTorn = isTorn;
      this.run = run;
    }
  }

  /**
   * Reads the header, and from the end the lines back to the last one of a whole report, however
   * long the file is.
   *
   * @throws IllegalArgumentException if there is anything but statistics
   */
  Tail tail() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      String beginning = text(file, 0, Math.min(length, HEADER.length() + 2));
      if (HEADER.startsWith(beginning)) {
        return new Tail(0, length > 0, "");
      }
      int header = beginning.indexOf('\n') + 1;
      checkHeader(header == 0 ? beginning : beginning.substring(0, header).stripTrailing());
      boolean isTorn = false;
      long begin;
      for (long end = length; end > header; end = begin) {
        begin = beginOfLine(file, header, end);
        String line = text(file, begin, end);
        if (line.endsWith("\n") && !line.isBlank()) {
          RunReport part =
              checked("the last line", line, () -> RunReport.part(line.stripTrailing()));
          if (part.rowsLeft == 0) {
            return new Tail(end, isTorn, part.run);
          }
        }
        isTorn |= !line.isBlank();
      }
      return new Tail(0, true, "");
    }
  }

  private static String text(RandomAccessFile file, long from, long to) throws IOException {
    byte[] bytes = new byte[(int) (to - from)];
    file.seek(from);
    file.readFully(bytes);
    return new String(bytes, UTF_8);
  }

  private long beginOfLine(RandomAccessFile file, long first, long end) throws IOException {
    for (long begin = end - 1; begin > first; begin--) {
      file.seek(begin - 1);
      if (file.read() == '\n') {
        return begin;
      }
      if (end - begin > LONGEST_LINE) {
        throw not("the last line", "", "it has no end");
      }
    }
    return first;
  }

  private void checkHeader(String text) {
    if (!text.equals(HEADER)) {
      throw not("line 1", text, "the header \"" + HEADER + "\" expected");
    }
  }

  private <T> T checked(String place, String text, Supplier<T> reading) {
    try {
      return reading.get();
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
