package io.github.dl4jagc.report;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;

import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.NonFiniteGradients;
import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.RatioHistogram;
import io.github.dl4jagc.ReportSink;
import java.io.File;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;

/**
 * Writes the figures of a training to a file, and makes a page of it.
 *
 * <pre>{@code
 * AgcReportWriter figures = AgcReportWriter.csv(Path.of("run/figures.csv"));
 * net.setListeners(new AgcListener(10, figures));
 * net.fit(data);
 * figures.writePage(Path.of("run/report.html"));
 * }</pre>
 *
 * <p><b>Rows.</b> A report has one row for each parameter: {@code network, iteration, epoch, score,
 * learningRate, layer, parameter, units, clipped, nonFinite, share, largestRatio, smallestScale,
 * kind, threshold, mode, leftAlone, ratios}. The figures are those of that one iteration: units,
 * how many of them were clipped or not finite, clipped units over units, largest {@code
 * ||G||/max(||W||, epsilon)} of a unit, smallest scale that was applied. The score is the network's
 * of that minibatch, the learning rate that of the parameter's updater. A score or a learning rate
 * that does not exist or is not finite is {@code NaN} or {@code Infinity} in CSV; JSON has no such
 * numbers, and {@code null} instead. All other numbers are finite: a unit whose norms are not has
 * no ratio, and is counted as not finite. {@code network} counts the networks that one training
 * reports on, from 1: the replicas of a {@code ParallelWrapper}, for example. A network that comes
 * to the file at a later iteration than the one that has a number goes on with that number, as it
 * does where a training is resumed.
 *
 * <p>{@code kind} is the {@link ParameterKind}, {@code threshold} the clipping threshold of the
 * iteration, and {@code mode} the {@link NonFiniteGradients} policy, after {@code observed} where
 * nothing was scaled. {@code leftAlone} says why AGC leaves a parameter alone; all its figures but
 * the units are then empty. {@code ratios} are those of all iterations since the report before, as
 * {@code bin:count}, where a bin begins at 2<sup>(bin - 81) / 4</sup> (see {@link RatioHistogram}).
 *
 * <p><b>Files.</b> Each report is appended by one write and is in the file at once. A file that
 * exists is continued: what a crash left of a half-written report is cut off, and iterations that
 * the file has already, because a training was resumed from an older checkpoint, are not written
 * again. So a new training needs a new file. In one process any number of threads, networks and
 * deserialised copies may write to a file; two processes may not. If something else changes the
 * file meanwhile so that it cannot be read any more, it is left as it is, an error is logged, and
 * figures go on in a new file with {@code .1} (or {@code .2}, and so on) at the end of its name. A
 * CSV file of version 0.1 is continued with the columns that it has.
 *
 * @serial exclude
 */
public final class AgcReportWriter implements ReportSink {

  private static final long serialVersionUID = 1L;

  /** Absolute. {@link Path} is not serialisable. */
  private final File file;

  private final FiguresFormat format;

  private AgcReportWriter(Path file, FiguresFormat format) {
    if (file == null) {
      throw BAD_ARGUMENT.argument("file must be the name of a file, got null");
    }
    this.file = file.toAbsolutePath().normalize().toFile();
    this.format = format;
    figuresFile().open(); // better known before the training than after
  }

  /**
   * Comma-separated values with a header line. Fields are in quotation marks where they have to be;
   * line breaks in layer names become spaces.
   *
   * @param file continued if it exists, else created by the first report. Its folder is created
   * @return a writer
   * @throws IllegalArgumentException if {@code file} is null, or exists and holds anything else
   * @throws UncheckedIOException if it cannot be read or written
   */
  public static AgcReportWriter csv(Path file) {
    return new AgcReportWriter(file, FiguresFormat.CSV);
  }

  /**
   * One JSON object a line, with the names of {@link #csv}'s header.
   *
   * @param file continued if it exists, else created by the first report. Its folder is created
   * @return a writer
   * @throws IllegalArgumentException if {@code file} is null, or exists and holds anything else
   * @throws UncheckedIOException if it cannot be read or written
   */
  public static AgcReportWriter jsonLines(Path file) {
    return new AgcReportWriter(file, FiguresFormat.JSON_LINES);
  }

  private FiguresFile figuresFile() {
    return FiguresFile.of(file.toPath(), format);
  }

  /**
   * {@return the file that is written to, absolute; another one than was given if that one was
   * damaged meanwhile}
   */
  public Path file() {
    return figuresFile().path();
  }

  /**
   * Writes the figures of a network's latest iteration. For a training loop of one's own; an {@link
   * AgcListener} calls {@link #accept}.
   *
   * @param model a network; nothing is written unless AGC has clipped something of it
   * @param iteration the iteration, from 0
   * @param epoch the epoch, from 0
   * @throws IllegalArgumentException if {@code model} is null
   * @throws UncheckedIOException if the file cannot be written
   */
  public void write(Model model, int iteration, int epoch) {
    figuresFile().append(model, rows(model, iteration, epoch, AgcReport.of(model)));
  }

  /**
   * Writes a report of a network. A report that cannot be written, as on a full disk, does not end
   * the training: it is logged as an error, once, and the next one is tried; then every second,
   * every fourth, and so on, as each try may take long. A file that something else damages while
   * the training runs is left as it is, and the figures go on in another one beside it.
   */
  @Override
  public void accept(Model model, int iteration, int epoch, AgcReport report) {
    figuresFile().tryAppend(model, rows(model, iteration, epoch, report));
  }

  @Override
  public boolean isDue() {
    return figuresFile().isDue();
  }

  private static List<FigureRow> rows(Model model, int iteration, int epoch, AgcReport report) {
    List<FigureRow> rows = new ArrayList<>();
    if (report.latest().units() == 0) {
      return rows; // nothing was clipped yet
    }
    double score = model.score();
    for (AgcReport.Row row : report.rows()) {
      if (row.leftAlone().isPresent() || row.latest().units() > 0) {
        rows.add(new FigureRow(iteration, epoch, score, row.learningRate(), row));
      }
    }
    return rows;
  }

  /**
   * Makes a page of the file: clipped share by layer over time, ratios, score and learning rate. It
   * is one file, needs no network, and has no more columns than fit on a screen: long trainings are
   * summed up.
   *
   * @param html where to write the page; overwritten if it exists, and its folder created if not
   * @return {@code html}
   * @throws IllegalArgumentException if {@code html} is null or the file of the figures itself, or
   *     if that has a line that is no row of figures
   * @throws IllegalStateException if the file has no figures yet
   * @throws UncheckedIOException if a file cannot be read or written
   */
  public Path writePage(Path html) {
    if (html == null
        || List.of(file(), file.toPath()).contains(html.toAbsolutePath().normalize())) {
      throw BAD_ARGUMENT.argument(
          "html must be the name of a file other than that of the figures, got {}", html);
    }
    ReportPage.write(figuresFile(), html);
    return html;
  }

  @Override
  public String toString() {
    return "AgcReportWriter(" + format + ", " + file + ")";
  }
}
