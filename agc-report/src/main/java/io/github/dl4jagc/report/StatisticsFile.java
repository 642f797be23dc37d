package io.github.dl4jagc.report;

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
  private static final int LONGEST_PAUSE = 127;

  private static final Logger log = LoggerFactory.getLogger(StatisticsFile.class);

  /** The files that a writer has. Writers come and go, as in the tasks of Spark. */
  private static final ConcurrentMap<Path, StatisticsFile> OPEN =
      new MapMaker().weakValues().makeMap();

  /**
   * The last report in which file of which network; by identity, and without keeping these alive.
   */
  private static final ConcurrentMap<Model, Map<Path, RunReport>> REPORTED =
      new MapMaker().weakKeys().makeMap();

  private final Path path;

  /** The bytes of the file as this process has left it; -1: not known. */
  private long size = -1;

  /** How many reports are not tried after one that cannot be written. */
  private int pause;

  /** How many more reports are not tried. */
  private int leftOut;

  private StatisticsFile(Path path) {
    this.path = path;
  }

  /** The same object for the same file, whatever name leads to it; the file is not looked at. */
  static StatisticsFile of(Path path) {
    return OPEN.computeIfAbsent(real(path), StatisticsFile::new);
  }

  /** The file's own name, where it or its folder is there already. */
  private static Path real(Path path) {
    try {
      Files.createDirectories(path.getParent());
      return Files.exists(path)
          ? path.toRealPath()
          : path.getParent().toRealPath().resolve(path.getFileName());
    } catch (IOException e) {
      return path;
    }
  }

  /**
   * Makes sure that the file can be written, and cuts off what a crash left of a report.
   *
   * @return the run of its last report; empty: it has none
   * @throws IllegalArgumentException if it holds anything but statistics
   * @throws UncheckedIOException if it cannot be read or written
   */
  synchronized String lastRun() {
    try {
      return rescan();
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  /**
   * Makes a reader of all that is there now; nothing is locked while it reads.
   *
   * @throws IllegalArgumentException if the file has been damaged
   */
  synchronized StatisticsReader reader() throws IOException {
    rescanIfChanged();
    return new StatisticsReader(path, size);
  }

  private UncheckedIOException cannotWrite(IOException e) {
    return new UncheckedIOException(
        STATISTICS_CANNOT_BE_WRITTEN.message("Cannot write the statistics file {}: {}", path, e),
        e);
  }

  private void rescanIfChanged() throws IOException {
    if (size < 0 || size != actualSize()) {
      rescan();
    }
  }

  /** Returns the run of the last report; empty: there is none. */
  private String rescan() throws IOException {
    size = -1;
    Files.createDirectories(path.getParent());
    if (Files.exists(path)
        ? !Files.isRegularFile(path) || !Files.isWritable(path)
        : !Files.isWritable(path.getParent())) {
      throw new IOException("it is a folder, or must not be written");
    }
    long found = actualSize();
    StatisticsReader whole = new StatisticsReader(path, found).whole();
    if (whole.length < found) {
      log.warn(
          STATISTICS_AFTER_A_CRASH.message(
              "The statistics file {} ends within a report, as after a crash: its last {} bytes are"
                  + " cut off",
              path,
              found - whole.length));
      cut(whole.length);
    }
    size = whole.length;
    return whole.lastRun;
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
   * Appends what a network has counted since its report before, if there is anything.
   *
   * @param resumes the run that a network goes on with that is not in the file yet; empty: none
   * @throws IllegalArgumentException if something else has damaged the file, which is left as it is
   * @throws UncheckedIOException if the file cannot be written: then the next report has it
   */
  synchronized void append(
      Model network, int iteration, int epoch, AgcReport report, String resumes) {
    Map<Path, RunReport> reported =
        REPORTED.computeIfAbsent(network, key -> new ConcurrentHashMap<>());
    RunReport before = reported.computeIfAbsent(path, key -> RunReport.begin(network, resumes));
    if (report.total().units() <= before.report.total().units()) {
      return; // all that it has is there: another thread was quicker
    }
    RunReport now = before.at(network, iteration, epoch, report);
    try {
      rescanIfChanged();
      String header = size > 0 ? "" : StatisticsReader.HEADER + '\n';
      write((header + now.since(before.report).text()).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw cannotWrite(e);
    }
    reported.put(path, now);
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
      pause = 0;
    } catch (UncheckedIOException | IllegalArgumentException e) {
      leftOut = pause;
      pause = Math.min(2 * pause + 1, LONGEST_PAUSE);
      if (leftOut == 0) {
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
    boolean isDue = leftOut == 0;
    leftOut = Math.max(0, leftOut - 1);
    return isDue;
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
