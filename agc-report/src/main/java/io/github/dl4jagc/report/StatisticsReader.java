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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.nd4j.shade.guava.io.ByteStreams;

/**
 * Reads a statistics file. What is appended to it meanwhile is not read, so nothing has to be
 * locked while it is. Empty lines, and line ends of another system, are what an editor may have
 * left.
 */
final class StatisticsReader {

  /** What the headers of versions 0.1 and 0.2, and their JSON objects, begin with. */
  private static final List<String> OLD = List.of("network,", "{\"network\":");

  private static final int FIRST_PIECE = 1 << 16;

  /** A report is not longer; a file without an end is not read into memory. */
  private static final int LARGEST_PIECE = 1 << 28;

  private final Path path;
  private final StatisticsFormat format;
  private final long length;

  /**
   * @param length the bytes that are to be read; the file may have more
   */
  StatisticsReader(Path path, StatisticsFormat format, long length) {
    this.path = path;
    this.format = format;
    this.length = length;
  }

  /**
   * Reads all whole reports.
   *
   * @throws IllegalArgumentException if a line is no record, or records are no reports
   * @throws IOException if the file cannot be read
   */
  void read(Consumer<RunReport> reports) throws IOException {
    if (length == 0) {
      return;
    }
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                ByteStreams.limit(new FileInputStream(path.toFile()), length), UTF_8))) {
      List<Map<String, String>> records = new ArrayList<>();
      int number = 1;
      for (String line = lines.readLine(); line != null; line = lines.readLine(), number++) {
        if (number == 1 && !format.header().isEmpty()) {
          checkHeader(line);
        } else if (!line.isBlank()) {
          records.add(record("line " + number, line));
          if (rowsLeft(line, records.get(records.size() - 1)) == 0) {
            reports.accept(report("line " + number, line, records));
            records.clear();
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
   * Reads the beginning and the end alone, however long the file is.
   *
   * @throws IllegalArgumentException if there is anything but records
   */
  Tail tail() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      long start = checkBeginning(file);
      for (long piece = FIRST_PIECE; piece <= LARGEST_PIECE; piece *= 8) {
        long from = Math.max(start, length - piece);
        byte[] bytes = new byte[(int) (length - from)];
        file.seek(from);
        file.readFully(bytes);
        Tail tail = tail(bytes, from, from == start);
        if (tail != null) {
          return tail;
        }
      }
      throw not("the end", "", "no report ends in it");
    }
  }

  /** Searches a piece for the last record that none follows; {@code null}: it lies before. */
  private Tail tail(byte[] bytes, long from, boolean isAll) {
    String piece = new String(bytes, ISO_8859_1); // a character is a byte
    boolean isTorn = false;
    int begin;
    for (int end = piece.length(); end > 0; end = begin) {
      begin = piece.lastIndexOf('\n', end - 2) + 1;
      if (begin == 0 && !isAll) {
        return null; // of the first line of a piece, a part may be missing
      }
      String text = new String(bytes, begin, end - begin, UTF_8);
      if (text.endsWith("\n") && !text.isBlank()) {
        Map<String, String> record = record("the last line", text.stripTrailing());
        report("the last line", text, List.of(withNoneLeft(record)));
        if (rowsLeft(text, record) == 0) {
          return new Tail(from + end, isTorn, record.get("run"));
        }
      }
      isTorn |= !text.isBlank();
    }
    return isAll ? new Tail(0, isTorn || from > 0, "") : null;
  }

  private static Map<String, String> withNoneLeft(Map<String, String> record) {
    Map<String, String> alone = new HashMap<>(record);
    alone.put("rowsLeft", "0");
    return alone;
  }

  /** Returns where records begin. */
  private long checkBeginning(RandomAccessFile file) throws IOException {
    byte[] bytes = new byte[(int) Math.min(length, FIRST_PIECE)];
    file.readFully(bytes);
    String text = new String(bytes, UTF_8);
    String header = format.header();
    int end = text.indexOf('\n');
    String first = end < 0 ? "" : text.substring(0, end).stripTrailing();
    if (end >= 0 && !header.isEmpty()) {
      checkHeader(first);
      return text.substring(0, end + 1).getBytes(UTF_8).length;
    }
    if (!first.isEmpty()) {
      record("line 1", first);
    }
    String beginning = header.isEmpty() ? "{\"run\":" : header;
    if (!text.startsWith(beginning) && !beginning.startsWith(text)) {
      throw not("line 1", text, "no statistics begin like this");
    }
    return 0;
  }

  private void checkHeader(String text) {
    if (!text.equals(format.header())) {
      throw not("line 1", text, "the header \"" + format.header() + "\" expected");
    }
  }

  private Map<String, String> record(String place, String text) {
    return checked(place, text, () -> format.record(text));
  }

  private int rowsLeft(String text, Map<String, String> record) {
    return checked("a line", text, () -> RunReport.rowsLeft(record));
  }

  private RunReport report(String place, String text, List<Map<String, String>> records) {
    return checked(place, text, () -> RunReport.of(records));
  }

  private <T> T checked(String place, String text, Callable<T> reading) {
    try {
      return reading.call();
    } catch (Exception e) {
      throw not(place, text, String.valueOf(e.getMessage()).replaceFirst(" \\(see .*", ""));
    }
  }

  private IllegalArgumentException not(String place, String text, String why) {
    boolean isOld = OLD.stream().anyMatch(text::startsWith);
    return NOT_A_STATISTICS_FILE.argument(
        "{} is not a statistics file in the format {}: {} is \"{}\" ({}); give the statistics a"
            + " file of their own",
        path,
        format,
        place,
        text.substring(0, Math.min(80, text.length())),
        isOld ? "a file of version 0.1 or 0.2, which cannot be read" : why);
  }
}
