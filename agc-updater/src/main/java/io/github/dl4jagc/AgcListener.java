package io.github.dl4jagc;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;
import static io.github.dl4jagc.internal.check.Troubleshooting.NOTHING_IS_CLIPPED;

import io.github.dl4jagc.internal.binding.TrainingFailure;
import io.github.dl4jagc.internal.dl4j.NetworkBinder;
import java.io.Serializable;
import java.util.Comparator;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives every {@link AgcGradientNormalization} of a network the weights to clip against, before
 * each update, and reports what was clipped: in the log, or to a {@link ReportSink}, such as a
 * file. It keeps nothing about a network: one listener may serve several networks and threads.
 *
 * @serial exclude
 */
public class AgcListener extends BaseTrainingListener implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final Logger log = LoggerFactory.getLogger(AgcListener.class);

  private static final int LAYERS_TO_NAME = 3;

  private final int reportFrequency;

  /** {@code null}: the log. */
  private final ReportSink sink;

  private transient volatile boolean warned;

  /** A listener that binds and logs nothing. */
  public AgcListener() {
    this.reportFrequency = 0; // never
    this.sink = null;
  }

  /**
   * A listener that binds, and logs one line of statistics every so many iterations.
   *
   * @param reportFrequency iterations from one line to the next, at least 1
   * @throws IllegalArgumentException if {@code reportFrequency} is below 1
   */
  public AgcListener(int reportFrequency) {
    this.reportFrequency = checked(reportFrequency);
    this.sink = null;
  }

  /**
   * A listener that binds, and gives a report to a sink every so many iterations instead of logging
   * it. The writer of files and pages is in the module {@code agc-report}.
   *
   * @param reportFrequency iterations from one report to the next, at least 1
   * @param sink where the reports go
   * @throws IllegalArgumentException if {@code reportFrequency} is below 1 or {@code sink} null
   */
  public AgcListener(int reportFrequency, ReportSink sink) {
    BAD_ARGUMENT.require(
        sink != null,
        "sink must be a ReportSink, got null; new AgcListener({}) logs the statistics",
        reportFrequency);
    this.reportFrequency = checked(reportFrequency);
    this.sink = sink;
  }

  private static int checked(int reportFrequency) {
    BAD_ARGUMENT.require(
        reportFrequency >= 1,
        "reportFrequency must be >= 1, got {}; new AgcListener() binds without logging",
        reportFrequency);
    return reportFrequency;
  }

  @Override
  public void onGradientCalculation(Model model) {
    try {
      warnUnless(NetworkBinder.bindBeforeUpdate(model));
    } catch (RuntimeException e) {
      throw TrainingFailure.report(e);
    }
  }

  /** The same when no update need follow. */
  void bind(Model network) {
    warnUnless(NetworkBinder.bind(network));
  }

  private void warnUnless(boolean anyAgc) {
    if (!anyAgc && !warned) {
      warned = true;
      log.warn(
          NOTHING_IS_CLIPPED.message(
              "AgcListener is set on a network in which no layer has an AgcGradientNormalization:"
                  + " nothing will be clipped. Write .updater(new AgcGradientNormalization(...)) in"
                  + " its configuration."));
    }
  }

  @Override
  public void iterationDone(Model model, int iteration, int epoch) {
    if (reportFrequency == 0 || iteration % reportFrequency != 0) {
      return;
    }
    if (sink == null) {
      if (NetworkBinder.bind(model)) { // else nothing is clipped, as a warning has said
        log.info("AGC at iteration {}: {}", iteration, line(AgcReport.of(model)));
      }
    } else if (sink.isDue()) {
      sink.accept(model, iteration, epoch, AgcReport.of(model));
    }
  }

  private static String line(AgcReport report) {
    if (report.total().units() == 0) {
      return "every parameter is left alone";
    }
    String clipped = report.isObserved() ? "would have been clipped" : "clipped";
    String names =
        report.rows().stream()
            .filter(row -> row.latest().clippedUnits() > 0)
            .sorted(
                Comparator.comparing((ReportRow row) -> !row.isWeight())
                    .thenComparing(row -> -row.latest().clippedShare()))
            .limit(LAYERS_TO_NAME)
            .map(row -> row.name() + " " + Math.round(100 * row.latest().clippedShare()) + "%")
            .collect(Collectors.joining(", "));
    return report.rules().stream().map(Object::toString).collect(Collectors.joining("; "))
        + ": "
        + share("weights", clipped, report, ReportRow::isWeight)
        + "; "
        + share("biases and gains", clipped, report, row -> !row.isWeight())
        + (names.isEmpty() ? "" : "; most in " + names)
        + ". "
        + Verdict.of(report);
  }

  private static String share(
      String name, String clipped, AgcReport report, Predicate<ReportRow> selection) {
    AgcReport.Statistics latest = report.latest(selection);
    AgcReport.Statistics total = report.total(selection);
    return latest.units() == 0
        ? name + ": none"
        : String.format(
            Locale.ROOT,
            "%s: %d of %d units %s (%.2f%%; %.2f%% of all so far%s), %d not finite, largest ratio"
                + " %s",
            name,
            latest.clippedUnits(),
            latest.units(),
            clipped,
            100 * latest.clippedShare(),
            100 * total.clippedShare(),
            total.observedInWords(","),
            latest.nonFiniteUnits(),
            latest.largestRatioInWords());
  }
}
