package io.github.dl4jagc.report;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_STATISTICS_FILE;
import static io.github.dl4jagc.internal.check.Troubleshooting.STATISTICS_AFTER_A_CRASH;
import static io.github.dl4jagc.internal.check.Troubleshooting.STATISTICS_CANNOT_BE_WRITTEN;

import io.github.dl4jagc.AgcReport;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.shade.guava.collect.MapMaker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A statistics file that is appended to, report by report. It is opened for each report, which is
 * rare, so that there is nothing to close; and as a stream, since a channel refuses a thread that
 * has been interrupted, which may train on. Thread-safe within a process.
 */
final class StatisticsFile {

  /** Where reports cannot be written, at least every 128th is tried. */
  private static final int MOST_DOUBLINGS = 7;

  private static final Logger log = LoggerFactory.getLogger(StatisticsFile.class);

  /** The files that a writer has. Writers come and go, as in the tasks of Spark. */
  private static final ConcurrentMap<Path, StatisticsFile> OPEN =
      new MapMaker().weakValues().makeMap();

  /**
   * The last report in which file of which network; by identity, and without keeping these alive.
   */
  private static final ConcurrentMap<Model, Map<Path, RunReport>> REPORTED =
      new MapMaker().weakKeys().makeMap();

  private final Path wanted;
  private final StatisticsFormat format;

  private boolean isOpen;

  /** Another one than was wanted once that one has been damaged. */
  private Path path;

  /** The bytes of the file as this process has left it, or -1. */
  private long size = -1;

  /** The run of the last report that the file had when it was read; empty: it had none. */
  private String lastRun = "";

  /** Reports that could not be written, one after the other. */
  private int failures;

  /** How many more reports are not tried. */
  private int leftOut;

  private StatisticsFile(Path path, StatisticsFormat format) {
    this.wanted = path;
    this.path = path;
    this.format = format;
  }

  /**
   * Makes sure that a file can be written, and cuts off what a crash left of a report.
   *
   * @return the same object for the same file, whatever name leads to it
   * @throws IllegalArgumentException if it holds anything but statistics in this format, or is
   *     written in another one
   * @throws UncheckedIOException if it cannot be read or written
   */
  static StatisticsFile open(Path path, StatisticsFormat format) {
    StatisticsFile file = of(path, format);
    synchronized (file) {
      try {
        file.rescan();
        file.isOpen = true;
        return file;
      } catch (IOException e) {
        throw file.cannotWrite(e);
      } finally {
        if (!file.isOpen) {
          OPEN.remove(file.wanted, file); // nobody writes to what could not be opened
        }
      }
    }
  }

  /** The same without looking at the file yet: for a copy of a writer that has done so. */
  static StatisticsFile of(Path path, StatisticsFormat format) {
    StatisticsFile file = OPEN.computeIfAbsent(real(path), key -> new StatisticsFile(key, format));
    if (file.format != format) {
      throw NOT_A_STATISTICS_FILE.argument(
          "{} is written in the format {} by another writer, so not in {}; give each a file of its"
              + " own",
          path,
          file.format,
          format);
    }
    return file;
  }

  /** The file's own name, where it or its folder is there already. */
  private static Path real(Path path) {
    try {
      if (path.getParent() != null) {
        Files.createDirectories(path.getParent());
      }
      return Files.exists(path)
          ? path.toRealPath()
          : path.getParent().toRealPath().resolve(path.getFileName());
    } catch (IOException e) {
      return path;
    }
  }

  /** The file that is written to. */
  synchronized Path path() {
    return path;
  }

  /** The run of the last report that was there when the file was opened; empty: none was. */
  synchronized String lastRun() {
    return lastRun;
  }

  /**
   * Makes a reader of all that is there now; nothing is locked while it reads.
   *
   * @throws IllegalArgumentException if the file has been damaged
   */
  synchronized StatisticsReader reader() throws IOException {
    if (size != actualSize()) {
      rescan();
    }
    return new StatisticsReader(path, format, size);
  }

  private UncheckedIOException cannotWrite(IOException e) {
    return new UncheckedIOException(
        STATISTICS_CANNOT_BE_WRITTEN.message(
            "Cannot write the statistics file {}: {}",
            path,
            e.getMessage() == null ? e : e.getClass().getSimpleName() + ": " + e.getMessage()),
        e);
  }

  private void rescan() throws IOException {
    size = -1;
    Files.createDirectories(path.getParent());
    if (Files.exists(path)
        ? !Files.isRegularFile(path) || !Files.isWritable(path)
        : !Files.isWritable(path.getParent())) {
      throw new IOException("it is a folder, or must not be written");
    }
    long found = actualSize();
    if (found > 0) {
      StatisticsReader.Tail tail = new StatisticsReader(path, format, found).tail();
      if (tail.isTorn) {
        log.warn(
            STATISTICS_AFTER_A_CRASH.message(
                "The statistics file {} ends within a report, as after a crash: its last {} bytes"
                    + " are cut off",
                path,
                found - tail.end));
        cut(tail.end);
        found = tail.end;
      }
      lastRun = tail.run;
    }
    size = found;
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
   * Appends what a network has counted since its report before, if there is anything. If something
   * else has damaged the file, it is left as it is, and another file is begun beside it.
   *
   * @param resumes the run that a network goes on with that is not in the file yet; empty: none
   * @throws UncheckedIOException if the file cannot be written: then the next report has it
   */
  synchronized void append(
      Model network, int iteration, int epoch, AgcReport report, String resumes) {
    Map<Path, RunReport> reported =
        REPORTED.computeIfAbsent(network, key -> new ConcurrentHashMap<>());
    RunReport before = reported.computeIfAbsent(wanted, key -> RunReport.begin(resumes));
    if (report.total().units() <= before.report.total().units()) {
      return; // all that it has is there: another thread was quicker
    }
    RunReport now = before.at(iteration, epoch, network.score(), report);
    try {
      if (size < 0 || size != actualSize()) {
        rescanOrRotate();
      }
      String header = size > 0 || format.header().isEmpty() ? "" : format.header() + '\n';
      write((header + format.text(now.since(before.report))).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw cannotWrite(e);
    }
    reported.put(wanted, now);
  }

  /**
   * Appends one report, for a training that goes on where that is not possible. The error is
   * logged, once for all that write to the file; then every second report is tried, every fourth,
   * and so on, as trying may take long.
   */
  synchronized void tryAppend(
      Model network, int iteration, int epoch, AgcReport report, String resumes) {
    try {
      append(network, iteration, epoch, report, resumes);
      failures = 0;
    } catch (UncheckedIOException e) {
      leftOut = (1 << Math.min(failures, MOST_DOUBLINGS)) - 1;
      failures++;
      if (failures == 1) {
        log.error(
            STATISTICS_CANNOT_BE_WRITTEN.message(
                "AGC cannot write its statistics of iteration {}: {}. Training goes on, and the"
                    + " next report is tried, later on fewer and fewer of them.",
                iteration,
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
          NOT_A_STATISTICS_FILE.message(
              "The statistics file {} was damaged by something else: {}. It is left as it is, and"
                  + " statistics go on in {}",
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
}
