package io.github.dl4jagc.report;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;
import static io.github.dl4jagc.internal.check.Troubleshooting.STATISTICS_CANNOT_BE_WRITTEN;

import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportRow;
import io.github.dl4jagc.ReportSink;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.api.Model;

/**
 * Writes what AGC counted in a training to a file, and makes a page of it.
 *
 * <pre>{@code
 * AgcReportWriter statistics = AgcReportWriter.csv(Path.of("run/agc.csv"));
 * net.setListeners(new AgcListener(10, statistics));
 * net.fit(data);
 * statistics.writePage(Path.of("run/agc.html"));
 * }</pre>
 *
 * <p><b>Runs.</b> A network that reports to a file for the first time begins a run there, which has
 * an id and a start time: each call of a program, each replica of a {@code ParallelWrapper}, each
 * copy. Runs are never added up. A training that goes on from a checkpoint says so with {@link
 * #resuming}: its run then names the one that it resumes.
 *
 * <p><b>Rows.</b> A report has one row for each parameter: {@code run, started, resumes, iteration,
 * epoch, score}, the {@linkplain ReportRow#fields fields of the row}, and {@code rowsLeft}, how
 * many rows of the report are still to come. All counts are of the iterations since the run's
 * report before: {@code iterations}, the units {@code seen} in them, those that were {@code
 * clipped}, of these those that were only {@code observed}, {@code nonFinite} ones, the clipped
 * {@code share} of the units seen, the {@code largestRatio} and the {@code smallestScale} (see
 * {@link AgcReport#since}), and the {@code ratios} as {@code bin:count}, where a bin begins at
 * 2<sup>(bin - 81) / 4</sup>. So the rows of a run add up to all that was counted until its last
 * report. The score is the network's of the minibatch that was reported. What does not exist is an
 * empty field, in JSON {@code null}: the counts of what is left alone, the ratio of units that are
 * not finite. A text that a spreadsheet would compute has a {@code '} before it in CSV.
 *
 * <p><b>Files.</b> Each report is appended by one write and is in the file at once. A file that
 * exists is continued, after what a crash left of a half-written report is cut off. In one process
 * any number of threads, networks and deserialised copies may write to a file; two processes may
 * not. If something else changes the file meanwhile so that it cannot be read any more, it is left
 * as it is, an error is logged, and the statistics go on in a new file with {@code .1} (or {@code
 * .2}, and so on) at the end of its name.
 *
 * @serial exclude
 */
public final class AgcReportWriter implements ReportSink {

  private static final long serialVersionUID = 2L;

  /** Absolute. {@link Path} is not serialisable. */
  private final File file;

  private final StatisticsFormat format;

  /** The run that networks go on with; empty: none. */
  private final String resumes;

  /** All writers of a file share it; {@code null} in a copy that was not asked for it yet. */
  private transient volatile StatisticsFile open;

  private AgcReportWriter(Path file, StatisticsFormat format, String resumes) {
    this.file = file.toAbsolutePath().normalize().toFile();
    this.format = format;
    this.resumes = resumes;
    this.open = StatisticsFile.open(this.file.toPath(), format); // better now than after training
  }

  private static AgcReportWriter of(Path file, StatisticsFormat format) {
    if (file == null) {
      throw BAD_ARGUMENT.argument("file must be the name of a file, got null");
    }
    return new AgcReportWriter(file, format, "");
  }

  /**
   * Makes a writer of comma-separated values with a header line. Fields are in quotation marks
   * where they have to be; line breaks in layer names become spaces.
   *
   * @param file continued if it exists, else created by the first report. Its folder is created
   * @return a writer
   * @throws IllegalArgumentException if {@code file} is null, exists and holds anything else, or is
   *     written in another format
   * @throws UncheckedIOException if it cannot be read or written
   */
  public static AgcReportWriter csv(Path file) {
    return of(file, StatisticsFormat.CSV);
  }

  /**
   * Makes a writer of one JSON object a line, with the names of {@link #csv}'s header.
   *
   * @param file continued if it exists, else created by the first report. Its folder is created
   * @return a writer
   * @throws IllegalArgumentException if {@code file} is null, exists and holds anything else, or is
   *     written in another format
   * @throws UncheckedIOException if it cannot be read or written
   */
  public static AgcReportWriter jsonLines(Path file) {
    return of(file, StatisticsFormat.JSON_LINES);
  }

  /**
   * Makes a writer for a training that goes on from a checkpoint: its run is said to resume the one
   * that the file has last now.
   *
   * @return a writer to the same file; if that has no run yet, there is none to resume
   */
  public AgcReportWriter resuming() {
    return new AgcReportWriter(
        file.toPath(), format, StatisticsFile.open(file.toPath(), format).lastRun());
  }

  private StatisticsFile statisticsFile() {
    StatisticsFile known = open;
    if (known == null) {
      known = StatisticsFile.of(file.toPath(), format);
      open = known;
    }
    return known;
  }

  /**
   * {@return the file that is written to, absolute; another one than was given if that one was
   * damaged meanwhile}
   */
  public Path file() {
    return statisticsFile().path();
  }

  /**
   * Writes what a network has counted since its report before. For a training loop of one's own; an
   * {@link AgcListener} calls {@link #accept}.
   *
   * @param model a network; nothing is written if nothing was counted
   * @param iteration the iteration, from 0
   * @param epoch the epoch, from 0
   * @throws IllegalArgumentException if {@code model} is null
   * @throws UncheckedIOException if the file cannot be written
   */
  public void write(Model model, int iteration, int epoch) {
    statisticsFile().append(model, iteration, epoch, AgcReport.of(model), resumes);
  }

  /**
   * Writes a report of a network. A report that cannot be written, as on a full disk, does not end
   * the training: it is logged as an error, once, and the next one, which has its counts too, is
   * tried; then every second, every fourth, and so on, as each try may take long.
   */
  @Override
  public void accept(Model model, int iteration, int epoch, AgcReport report) {
    statisticsFile().tryAppend(model, iteration, epoch, report, resumes);
  }

  @Override
  public boolean isDue() {
    return statisticsFile().isDue();
  }

  /**
   * Makes a page of the file: clipped share by layer over time, ratios, score and learning rate, of
   * each run by itself, and of several runs one over the other. It is one file, needs no network,
   * and has no more columns than fit on a screen: long runs are summed up. Training may go on
   * meanwhile.
   *
   * @param html where to write the page; overwritten if it exists, and its folder created if not
   * @return {@code html}
   * @throws IllegalArgumentException if {@code html} is null or the statistics file itself, by
   *     whatever name, or if that has a line that is no row of statistics
   * @throws IllegalStateException if the file has no statistics yet
   * @throws UncheckedIOException if a file cannot be read or written
   */
  public Path writePage(Path html) {
    if (html == null) {
      throw BAD_ARGUMENT.argument("html must be the name of a file, got null");
    }
    Path absolute = html.toAbsolutePath().normalize();
    Path statistics = file();
    try {
      for (Path each : new Path[] {statistics, file.toPath()}) {
        if (each.equals(absolute)
            || Files.exists(each) && Files.exists(absolute) && Files.isSameFile(each, absolute)) {
          throw BAD_ARGUMENT.argument(
              "html must be the name of a file other than that of the statistics, got {}", html);
        }
      }
      Runs runs = new Runs("The statistics file " + statistics);
      statisticsFile().reader().read(runs::add);
      String page = ReportPage.of(statistics, runs);
      Files.createDirectories(absolute.getParent());
      Files.writeString(absolute, page);
      return html;
    } catch (IOException e) {
      throw new UncheckedIOException(
          STATISTICS_CANNOT_BE_WRITTEN.message(
              "Cannot write the page {} of the statistics file {}: {}", html, statistics, e),
          e);
    }
  }

  @Override
  public String toString() {
    return "AgcReportWriter(" + format + ", " + file + ")";
  }
}
