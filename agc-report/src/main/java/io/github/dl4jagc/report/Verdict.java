package io.github.dl4jagc.report;

import static java.util.stream.Collectors.toList;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportRow;
import io.github.dl4jagc.internal.check.Troubleshooting;
import io.github.dl4jagc.report.RunSummary.Column;
import io.github.dl4jagc.report.chart.Html;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What the statistics of a run mean, in one sentence: the first rule that fits. */
final class Verdict {

  /** A layer of which this share of the units is clipped is clipped all the time. */
  private static final double ALWAYS = 0.9;

  /** A layer of which no more is clipped is hardly ever clipped. */
  private static final double SELDOM = 0.1;

  /** By how much ratios grow from the first to the last quarter of a run that gets out of hand. */
  private static final double GROWN = 10;

  private static final int FEWEST_COLUMNS = 8;

  private static final String NOT_FINITE =
      "troubleshooting.md#" + Troubleshooting.GRADIENTS_THAT_ARE_NOT_FINITE.anchor();
  private static final String CHOOSING = "choosing-the-threshold.md";

  private final String sentence;
  private final String page;

  private Verdict(String page, String format, Object... values) {
    this.sentence = String.format(Locale.ROOT, format, values);
    this.page = page;
  }

  String sentence() {
    return sentence;
  }

  String html() {
    return "<p class=\"verdict\">"
        + Html.escape(sentence)
        + " <a href=\""
        + Html.escape(Troubleshooting.docs(page))
        + "\">More</a></p>";
  }

  static Verdict of(RunSummary run) {
    List<String> layers =
        run.groups.stream()
            .filter(name -> !name.equals(RunSummary.BIASES_AND_GAINS))
            .collect(toList());
    List<String> always =
        layers.stream().filter(layer -> of(run, layer).clippedShare() >= ALWAYS).collect(toList());
    AgcReport.Statistics weights = RunSummary.weightsOf(run.total);
    AgcReport.Statistics all = run.total.total();
    int broken = brokenSince(run);
    if (broken >= 0) {
      return new Verdict(
          NOT_FINITE,
          "No unit's gradient or weights have been finite since iteration %,d: the training has"
              + " diverged. A smaller learning rate or threshold, from a checkpoint before it.",
          broken);
    }
    if (all.nonFiniteUnits() > 0) {
      return new Verdict(
          NOT_FINITE,
          "Gradients were not finite %,d times in units of %s: AGC does not mend them.",
          all.nonFiniteUnits(),
          quoted(mostNotFinite(run)));
    }
    if (weights.clippedUnits() == 0) {
      return new Verdict(
          CHOOSING,
          "Nothing of the weights was clipped in %,d iterations: AGC is an insurance only.",
          all.iterations());
    }
    if (weights.observedUnits() == weights.clippedUnits()) {
      return new Verdict(
          CHOOSING,
          "AGC only observes: it would have clipped %s of the weights' units, most in %s.",
          percent(weights.observedShare()),
          quoted(mostClipped(run, layers)));
    }
    List<String> growing = layers.stream().filter(layer -> grows(run, layer)).collect(toList());
    if (!growing.isEmpty()) {
      return new Verdict(
          CHOOSING,
          "Ratios of %s grow from quarter to quarter of the run, and the score does not fall: a"
              + " smaller threshold or learning rate.",
          quoted(growing.get(0)));
    }
    if (layers.size() > 2
        && always.size() == 1
        && layers.stream()
            .filter(layer -> !layer.equals(always.get(0)))
            .allMatch(layer -> of(run, layer).clippedShare() <= SELDOM)) {
      return new Verdict(
          CHOOSING,
          "%s alone is clipped all the time: give it a threshold of its own, or exclude it.",
          quoted(always.get(0)));
    }
    if (2 * always.size() >= layers.size()) {
      return new Verdict(
          CHOOSING,
          "AGC limits nearly every step of %,d of %,d layers: it sets the step size, which is fine"
              + " as long as the score falls.",
          always.size(),
          layers.size());
    }
    return new Verdict(
        CHOOSING,
        "AGC clips %s of the weights' units, most in %s.",
        percent(weights.clippedShare()),
        quoted(mostClipped(run, layers)));
  }

  private static AgcReport.Statistics of(RunSummary run, String layer) {
    return RunSummary.of(run.total, layer);
  }

  private static String mostClipped(RunSummary run, List<String> layers) {
    return layers.stream()
        .max(Comparator.comparing(layer -> of(run, layer).clippedShare()))
        .orElseThrow();
  }

  private static String mostNotFinite(RunSummary run) {
    return run.total.rows().stream()
        .max(Comparator.comparing((ReportRow row) -> row.total().nonFiniteUnits()))
        .map(row -> row.layer().isEmpty() ? row.parameter() : row.layer())
        .orElseThrow();
  }

  /** The iteration from which to the end of the run there is no ratio; -1: there is none. */
  private static int brokenSince(RunSummary run) {
    int since = -1;
    for (Column column : run.columns) {
      AgcReport.Statistics all = column.report.total();
      if (all.units() > 0) {
        since = all.ratios().count() > 0 ? -1 : since < 0 ? column.first : since;
      }
    }
    return since;
  }

  /**
   * Whether half of a layer's ratios are above its bound, and above what they were in each quarter
   * of the run before, by a decade in all, while the score is no better for it.
   */
  private static boolean grows(RunSummary run, String layer) {
    if (run.columns.size() < FEWEST_COLUMNS || meanScore(run, 3) < meanScore(run, 0)) {
      return false;
    }
    double[] medians =
        IntStream.range(0, 4)
            .mapToDouble(
                quarter ->
                    quarter(run, quarter).stream()
                        .map(column -> column.report)
                        .reduce(AgcReport::merge)
                        .map(report -> RunSummary.of(report, layer).thresholdFor(0.5))
                        .orElse(Double.NaN))
            .toArray();
    double bound =
        run.total.rows().stream()
            .filter(row -> row.isWeight() && RunSummary.group(row).equals(layer))
            .flatMap(row -> row.rule().stream())
            .mapToDouble(ReportRow.Rule::threshold)
            .max()
            .orElse(Double.POSITIVE_INFINITY);
    return medians[0] < medians[1]
        && medians[1] < medians[2]
        && medians[2] < medians[3]
        && medians[3] >= GROWN * medians[0]
        && medians[3] > bound;
  }

  private static List<Column> quarter(RunSummary run, int quarter) {
    int columns = run.columns.size();
    return run.columns.subList(quarter * columns / 4, (quarter + 1) * columns / 4);
  }

  private static double meanScore(RunSummary run, int quarter) {
    return quarter(run, quarter).stream()
        .filter(column -> !column.isEmpty())
        .mapToDouble(column -> column.score.mean())
        .average()
        .orElse(Double.NaN);
  }

  private static String quoted(String name) {
    return "\u201c" + Html.shortened(name) + "\u201d";
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f\u00a0%%", 100 * share);
  }
}
