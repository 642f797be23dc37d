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
 * Writes what AGC counted in a training to a file of comma-separated values, and makes a page of
 * it.
 *
 * <pre>{@code
 * AgcReportWriter statistics = AgcReportWriter.csv(Path.of("run/agc.csv"));
 * net.setListeners(new AgcListener(10, statistics));
 * net.fit(data);
 * statistics.writePage(Path.of("run/agc.html"));
 * }</pre>
 *
 * <p>A report is one row for each parameter: the run with its id and start, iteration, epoch,
 * score, hyperparameters, and the {@linkplain ReportRow#fields fields of the row}, whose counts are
 * of the iterations since the run's report before. A network that reports to a file for the first
 * time begins a run there: each call of a program, each replica of a {@code ParallelWrapper}, each
 * copy. A training that goes on from a checkpoint says so with {@link #resuming}.
 *
 * <p>Each report is appended by one write and is in the file at once. A file that exists is
 * continued, after what a crash left of a half-written report is cut off. In one process any number
 * of threads, networks and deserialised copies may write to a file; two processes may not.
 *
 * @serial exclude
 */
public final class AgcReportWriter implements ReportSink {

  private static final long serialVersionUID = 3L;

  /** Absolute. {@link Path} is not serialisable. */
  private final File file;

  /** The run that networks go on with; empty: none. */
  private final String resumes;

  /** All writers of a file share it. */
  private final transient StatisticsFile open;

  private AgcReportWriter(File file, String resumes) {
    this.file = file;
    this.resumes = resumes;
    this.open = StatisticsFile.of(file.toPath());
  }

  /**
   * Makes a writer. Fields are in quotation marks where they have to be; a text that a spreadsheet
   * would compute gets a {@code '} before it, and line breaks in layer names become spaces.
   *
   * @param file continued if it exists, else created by the first report. Its folder is created
   * @return a writer
   * @throws IllegalArgumentException if {@code file} is null, or exists and holds anything else
   * @throws UncheckedIOException if it cannot be read or written
   */
  public static AgcReportWriter csv(Path file) {
    if (file == null) {
      throw BAD_ARGUMENT.argument("file must be the name of a file, got null");
    }
    AgcReportWriter writer = new AgcReportWriter(file.toAbsolutePath().normalize().toFile(), "");
    writer.open.lastRun(); // what cannot be written is better known now than after the training
    return writer;
  }

  /**
   * Makes a writer for a training that goes on from a checkpoint: its run is said to resume the one
   * that the file has last now.
   *
   * @return a writer to the same file; if that has no run yet, there is none to resume
   */
  public AgcReportWriter resuming() {
    return new AgcReportWriter(file, open.lastRun());
  }

  private Object readResolve() {
    return new AgcReportWriter(file, resumes);
  }

  /** {@return the file that is written to, absolute} */
  public Path file() {
    return file.toPath();
  }

  /**
   * Writes what a network has counted since its report before. For a training loop of one's own; an
   * {@link AgcListener} calls {@link #accept}.
   *
   * @param model a network; nothing is written if nothing was counted
   * @param iteration the iteration, from 0
   * @param epoch the epoch, from 0
   * @throws IllegalArgumentException if {@code model} is null, or the file is damaged
   * @throws UncheckedIOException if the file cannot be written
   */
  public void write(Model model, int iteration, int epoch) {
    open.append(model, iteration, epoch, AgcReport.of(model), resumes);
  }

  /**
   * Writes a report of a network. A report that cannot be written, as on a full disk, does not end
   * the training: it is logged as an error, once, and the next one, which has its counts too, is
   * tried; then every second, every fourth, and so on, as each try may take long.
   */
  @Override
  public void accept(Model model, int iteration, int epoch, AgcReport report) {
    open.tryAppend(model, iteration, epoch, report, resumes);
  }

  @Override
  public boolean isDue() {
    return open.isDue();
  }

  /**
   * Makes a page of the file: what was clipped, ratios, score and learning rate, of each run by
   * itself, and of several runs one over the other. It is one file and needs no network. Training
   * may go on meanwhile.
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
    Path page = html.toAbsolutePath().normalize();
    Path statistics = file();
    try {
      if (Files.exists(page) && Files.exists(statistics) && Files.isSameFile(page, statistics)) {
        throw BAD_ARGUMENT.argument(
            "html must be the name of a file other than that of the statistics, got {}", html);
      }
      Runs runs = new Runs("The statistics file " + statistics);
      open.reader().read(runs::add);
      String content = ReportPage.of(statistics, runs);
      Files.createDirectories(page.getParent());
      Files.writeString(page, content);
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
    return "AgcReportWriter(" + file + ")";
  }
}
