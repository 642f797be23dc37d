package io.github.dl4jagc.internal;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.nd4j.shade.guava.collect.MapMaker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of figures that is appended to, report by report, and read row by row. It is opened for
 * each report, which is rare, so that there is nothing to close. Thread-safe within a process.
 */
public final class FiguresFile {

  /** What is done with each row that is read. */
  interface RowConsumer {
    void accept(FigureRow row, long start);
  }

  private static final Logger log = LoggerFactory.getLogger(FiguresFile.class);

  /** Writers come and go (one is deserialised for each Spark task); their file is the same. */
  private static final ConcurrentMap<List<Object>, FiguresFile> FILES = new ConcurrentHashMap<>();

  private final Path path;
  private final FiguresFormat format;

  /** The numbers of networks, by identity and without keeping them alive. */
  private final ConcurrentMap<Object, Integer> numbers = new MapMaker().weakKeys().makeMap();

  private int networks;

  /** The iteration that was written last, by network. */
  private final Map<Integer, Integer> lastIterations = new HashMap<>();

  /** The bytes of the file when it was last looked at, or -1. */
  private long size = -1;

  private boolean warned;

  private FiguresFile(Path path, FiguresFormat format) {
    this.path = path;
    this.format = format;
  }

  /** The file of that name; the same object whenever it is asked for. */
  public static FiguresFile of(Path path, FiguresFormat format) {
    return FILES.computeIfAbsent(List.of(path, format), key -> new FiguresFile(path, format));
  }

  Path path() {
    return path;
  }

  /**
   * Makes sure that the file can be written, and mends it if its last report is incomplete.
   *
   * @throws IllegalArgumentException if it holds anything but figures in this format
   * @throws UncheckedIOException if it cannot be read or written
   */
  public synchronized void open() {
    try {
      if (path.getParent() != null) {
        Files.createDirectories(path.getParent());
      }
      if (Files.exists(path) ? !isWritableFile() : !Files.isWritable(path.getParent())) {
        throw new IOException("it is a folder, or must not be written");
      }
      recover();
    } catch (IOException e) {
      throw cannot("write", e);
    }
  }

  private boolean isWritableFile() {
    return Files.isRegularFile(path) && Files.isWritable(path);
  }

  private UncheckedIOException cannot(String what, IOException e) {
    return new UncheckedIOException(
        "Cannot "
            + what
            + " the figures file "
            + path
            + ": "
            + (e.getMessage() == null ? e : e.getClass().getSimpleName() + ": " + e.getMessage())
            + Troubleshooting.at("figures-cannot-be-written"),
        e);
  }

  /** Reads what is there, and cuts a report off that a crash has left incomplete. */
  private void recover() throws IOException {
    lastIterations.clear();
    long actual = actualSize();
    if (actual == 0) {
      numbers.clear();
      networks = 0;
    } else {
      LastReport last = new LastReport();
      long end = read(last);
      if (end < actual) {
        long keep = last.row == null ? end : last.start;
        log.warn(
            "The figures file {} ends within a report, as after a crash: its last {} bytes are cut"
                + " off"
                + Troubleshooting.at("figures-after-a-restart"),
            path,
            actual - keep);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
          channel.truncate(keep);
        }
        lastIterations.clear();
        last = new LastReport();
        actual = keep;
        if (keep > 0) {
          read(last);
        }
      }
    }
    size = actual;
  }

  private long actualSize() throws IOException {
    return Files.exists(path) ? Files.size(path) : 0;
  }

  /** Where the last report begins, and what iterations there are. */
  private final class LastReport implements RowConsumer {
    FigureRow row;
    long start;

    @Override
    public void accept(FigureRow next, long nextStart) {
      if (row == null || !next.isOfReport(row)) {
        start = nextStart;
      }
      row = next;
      lastIterations.merge(next.network, next.iteration, Math::max);
    }
  }

  /**
   * Appends one report.
   *
   * @param network whose report it is
   * @param rows all of one iteration; none: nothing is written
   * @throws UncheckedIOException if the file cannot be written
   */
  public synchronized void append(Object network, List<FigureRow> rows) {
    if (rows.isEmpty()) {
      return;
    }
    try {
      if (size < 0 || size != actualSize()) { // also after a failed write, or if it was deleted
        open();
      }
      int number = numbers.computeIfAbsent(network, key -> ++networks);
      int iteration = rows.get(0).iteration;
      Integer last = lastIterations.get(number);
      if (last != null && iteration <= last) {
        warnOfRepetition(number, iteration, last);
        return;
      }
      StringBuilder text = new StringBuilder(size == 0 ? format.header() : "");
      for (FigureRow row : rows) {
        text.append(format.line(row, number));
      }
      write(text.toString().getBytes(StandardCharsets.UTF_8));
      lastIterations.put(number, iteration);
    } catch (IOException e) {
      throw cannot("write", e);
    }
  }

  private void write(byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
    size += bytes.length;
  }

  private void warnOfRepetition(int number, int iteration, int last) {
    if (!warned) {
      warned = true;
      log.warn(
          "The figures file {} has iterations up to {} of network {} already, and the training is at"
              + " {}: figures are written from iteration {} on. If this is not that training resumed,"
              + " give it a file of its own."
              + Troubleshooting.at("figures-after-a-restart"),
          path,
          last,
          number,
          iteration,
          last + 1);
    }
  }

  /**
   * Reads all complete lines; a file that does not exist has none.
   *
   * @return where the last complete line ends
   * @throws IllegalArgumentException if a line is not a row of figures
   * @throws IOException if the file cannot be read
   */
  synchronized long read(RowConsumer consumer) throws IOException {
    String header = format.header().trim();
    long end = 0;
    if (actualSize() == 0) {
      return end;
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      long position = 0;
      long lines = 0;
      for (int b = in.read(); b >= 0; b = in.read()) {
        position++;
        if (b != '\n') {
          line.write(b);
          continue;
        }
        String text = new String(line.toByteArray(), StandardCharsets.UTF_8);
        line.reset();
        lines++;
        if (lines > 1 || header.isEmpty()) {
          consumer.accept(row(text, lines), end);
        } else if (!text.equals(header)) {
          throw notFigures(lines, text, "the header \"" + header + "\" expected");
        }
        end = position;
      }
      String rest = new String(line.toByteArray(), StandardCharsets.UTF_8);
      if (lines == 0 && !format.mayBeginWith(rest)) {
        throw notFigures(1, rest, "no figures begin like this");
      }
    }
    return end;
  }

  private FigureRow row(String text, long line) {
    try {
      return format.parse(text);
    } catch (IOException e) {
      throw notFigures(line, text, e.getMessage());
    }
  }

  private IllegalArgumentException notFigures(long line, String text, String why) {
    return new IllegalArgumentException(
        path
            + " is not a file of figures in the format "
            + format
            + ": line "
            + line
            + " is \""
            + text.substring(0, Math.min(80, text.length()))
            + "\" ("
            + why
            + "); give the figures a file of their own"
            + Troubleshooting.at("not-a-file-of-figures"));
  }
}
