package io.github.dl4jagc.report;

import static io.github.dl4jagc.internal.check.Troubleshooting.FIGURES_AFTER_A_RESTART;
import static io.github.dl4jagc.internal.check.Troubleshooting.FIGURES_CANNOT_BE_WRITTEN;
import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_FILE_OF_FIGURES;

import io.github.dl4jagc.report.FiguresReader.RowConsumer;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of figures that is appended to, report by report, and read row by row. It is opened for
 * each report, which is rare, so that there is nothing to close; and as a stream, since a channel
 * refuses a thread that has been interrupted, which may train on. Thread-safe within a process.
 */
final class FiguresFile {

  private static final int LONGEST_HEADER = 1024;

  /** Where reports cannot be written, at least every 128th is tried. */
  private static final int MOST_DOUBLINGS = 7;

  private static final Logger log = LoggerFactory.getLogger(FiguresFile.class);

  /** Writers come and go (one is deserialised for each Spark task); their file is the same. */
  private static final ConcurrentMap<List<Object>, FiguresFile> FILES = new ConcurrentHashMap<>();

  private final Path wanted;
  private final FiguresFormat wantedFormat;
  private final FileNetworks networks = new FileNetworks();

  /** Another one than was wanted once that one has been damaged. */
  private Path path;

  /** An earlier version's, if the file is. */
  private FiguresFormat format;

  /** The bytes of the file as this process has left it, or -1. */
  private long size = -1;

  private boolean warned;

  /** Reports that could not be written, one after the other. */
  private int failures;

  /** How many more reports are not tried. */
  private int leftOut;

  private FiguresFile(Path path, FiguresFormat format) {
    this.wanted = path;
    this.path = path;
    this.wantedFormat = format;
    this.format = format;
  }

  /** The file of that name; the same object whenever it is asked for. */
  static FiguresFile of(Path path, FiguresFormat format) {
    return FILES.computeIfAbsent(List.of(path, format), key -> new FiguresFile(path, format));
  }

  /** The file that is written to. */
  synchronized Path path() {
    return path;
  }

  /**
   * Makes sure that the file can be written, and mends it if its last report is incomplete.
   *
   * @throws IllegalArgumentException if it holds anything but figures in this format
   * @throws UncheckedIOException if it cannot be read or written
   */
  synchronized void open() {
    try {
      rescan();
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  private UncheckedIOException cannotWrite(IOException e) {
    return new UncheckedIOException(
        FIGURES_CANNOT_BE_WRITTEN.message(
            "Cannot write the figures file {}: {}",
            path,
            e.getMessage() == null ? e : e.getClass().getSimpleName() + ": " + e.getMessage()),
        e);
  }

  private void rescan() throws IOException {
    if (path.getParent() != null) {
      Files.createDirectories(path.getParent());
    }
    if (Files.exists(path) ? !isWritableFile() : !Files.isWritable(path.getParent())) {
      throw new IOException("it is a folder, or must not be written");
    }
    size = -1;
    format = wantedFormat.asInFileThatBeginsWith(beginning());
    long found = actualSize();
    networks.forgetIterations();
    WholeReports reports = new WholeReports();
    long keep = reports.end(new FiguresReader(path, format).read(reports), found);
    if (keep < found) {
      log.warn(
          FIGURES_AFTER_A_RESTART.message(
              "The figures file {} ends within a report, as after a crash: its last {} bytes are"
                  + " cut off",
              path,
              found - keep));
      cut(keep);
    }
    if (keep == 0) {
      networks.clear();
    }
    size = keep;
  }

  /** The first line, or what there is of it. */
  private String beginning() throws IOException {
    if (!Files.exists(path)) {
      return "";
    }
    try (InputStream in = Files.newInputStream(path)) {
      String text = new String(in.readNBytes(LONGEST_HEADER), StandardCharsets.UTF_8);
      int end = text.indexOf('\n');
      return end < 0 ? text : text.substring(0, end).stripTrailing() + "\n";
    }
  }

  private boolean isWritableFile() {
    return Files.isRegularFile(path) && Files.isWritable(path);
  }

  private long actualSize() throws IOException {
    return Files.exists(path) ? Files.size(path) : 0;
  }

  private void cut(long length) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(length);
    }
  }

  /**
   * Notes the reports that are in the file as a whole. All are but for the last one: that is whole
   * if it has as many rows as the same network's report before it.
   */
  private final class WholeReports implements RowConsumer {
    private final Map<Integer, Integer> rowsBefore = new HashMap<>();
    private FigureRow last;
    private int rows;
    private long start;

    @Override
    public void accept(FigureRow row, long lineStart) {
      if (last == null || !row.isOfReport(last)) {
        endReport();
        start = lineStart;
      }
      last = row;
      rows++;
    }

    private void endReport() {
      if (last != null) {
        networks.add(last.network, last.iteration);
        rowsBefore.put(last.network, rows);
        rows = 0;
      }
    }

    /** Where the last whole report ends, if complete lines end there and the file here. */
    long end(long linesEnd, long fileEnd) {
      if (last != null) {
        int expected = rowsBefore.getOrDefault(last.network, 0);
        if (rows < expected || (linesEnd < fileEnd && rows != expected)) {
          return start;
        }
        endReport();
      }
      return linesEnd;
    }
  }

  /**
   * Appends one report. If something else has damaged the file, it is left as it is, and another
   * file is begun beside it.
   *
   * @param network whose report it is
   * @param rows all of one iteration; none: nothing is written
   * @throws UncheckedIOException if the file cannot be written
   */
  synchronized void append(Object network, List<FigureRow> rows) {
    if (rows.isEmpty()) {
      return;
    }
    try {
      if (size < 0 || size != actualSize()) {
        rescanOrRotate();
      }
      int iteration = rows.get(0).iteration;
      FileNetworks.Entry entry = networks.of(network, iteration);
      if (iteration <= entry.lastIteration) {
        entry.setReported(rows);
        warnOfRepetition(entry, iteration);
        return;
      }
      StringBuilder text = new StringBuilder(size == 0 ? format.header() : "");
      for (FigureRow row : entry.sinceReported(rows)) {
        text.append(format.line(row, entry.number));
      }
      write(text.toString().getBytes(StandardCharsets.UTF_8));
      entry.setReported(rows);
      entry.lastIteration = iteration;
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  /**
   * Appends one report, for a training that goes on where that is not possible. The error is
   * logged, once for all that write to the file; then every second report is tried, every fourth,
   * and so on, as trying may take long.
   *
   * @param network whose report it is
   * @param rows all of one iteration; none: nothing is written
   */
  synchronized void tryAppend(Object network, List<FigureRow> rows) {
    if (rows.isEmpty()) {
      return;
    }
    try {
      append(network, rows);
      failures = 0;
    } catch (UncheckedIOException e) {
      leftOut = (1 << Math.min(failures, MOST_DOUBLINGS)) - 1;
      failures++;
      if (failures == 1) {
        log.error(
            FIGURES_CANNOT_BE_WRITTEN.message(
                "AGC cannot write its figures of iteration {}: {}. Training goes on, and the next"
                    + " report is tried, later on fewer and fewer of them.",
                rows.get(0).iteration,
                e.getMessage()));
      }
    }
  }

  /** Whether the next report is to be tried: not each is, after some that could not be written. */
  synchronized boolean isDue() {
    if (leftOut == 0) {
      return true;
    }
    leftOut--;
    return false;
  }

  private void rescanOrRotate() throws IOException {
    try {
      rescan();
    } catch (IllegalArgumentException e) {
      Path damaged = path;
      for (int i = 1; Files.exists(path); i++) {
        path = wanted.resolveSibling(wanted.getFileName() + "." + i);
      }
      log.error(
          NOT_A_FILE_OF_FIGURES.message(
              "The figures file {} was damaged by something else: {}. It is left as it is, and"
                  + " figures go on in {}",
              damaged,
              e.getMessage(),
              path));
      rescan();
    }
  }

  private void write(byte[] bytes) throws IOException {
    try {
      try (OutputStream out = new FileOutputStream(path.toFile(), true)) {
        out.write(bytes);
      }
      size += bytes.length;
    } catch (IOException e) {
      try {
        cut(size); // what a full disk had room for: the file is again as it was
      } catch (IOException inTurn) {
        e.addSuppressed(inTurn);
      }
      throw e;
    }
  }

  private void warnOfRepetition(FileNetworks.Entry entry, int iteration) {
    if (!warned) {
      warned = true;
      log.warn(
          FIGURES_AFTER_A_RESTART.message(
              "The figures file {} has iterations up to {} of network {} already, and the training"
                  + " is at {}: figures are written from iteration {} on. If this is not that"
                  + " training resumed, give it a file of its own.",
              path,
              entry.lastIteration,
              entry.number,
              iteration,
              entry.lastIteration + 1));
    }
  }

  /**
   * Reads all complete lines; a file that does not exist has none.
   *
   * @throws IllegalArgumentException if a line is not a row of figures
   * @throws IOException if the file cannot be read
   */
  synchronized void read(RowConsumer consumer) throws IOException {
    new FiguresReader(path, format).read(consumer);
  }
}
