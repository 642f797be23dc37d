package io.github.dl4jagc.report;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportRow;
import io.github.dl4jagc.Verdict;
import io.github.dl4jagc.report.RunSummary.Column;
import io.github.dl4jagc.report.chart.Html;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What a run means, in one sentence: what its course tells, else the verdict on its totals. */
final class RunVerdict {

  /** By how much ratios grow from the first to the last quarter of a run that gets out of hand. */
  private static final double GROWN = 10;

  private static final int FEWEST_COLUMNS = 8;

  private final RunSummary run;
  private final Verdict ofTotal;

  RunVerdict(RunSummary run) {
    this.run = run;
    this.ofTotal = Verdict.of(run.total);
  }

  String html() {
    return String.format(
        "<p class=\"verdict\">%s <a href=\"%s\">More</a></p>",
        Html.escape(sentence()), Html.escape(ofTotal.page()));
  }

  String sentence() {
    int broken = brokenSince();
    if (broken >= 0) {
      return String.format(
          Locale.ROOT,
          "No unit's gradient or weights have been finite since iteration %,d: the training has"
              + " diverged. A smaller learning rate or threshold, from a checkpoint before it.",
          broken);
    }
    if (run.total.total().nonFiniteUnits() == 0) {
      for (String layer : run.layers()) {
        if (grows(layer)) {
          return "Ratios of \""
              + layer
              + "\" grow from quarter to quarter of the run, and the score does not fall: a"
              + " smaller threshold or learning rate.";
        }
      }
    }
    return ofTotal.sentence() + (hasNotFallen() ? " The score has not fallen." : "");
  }

  /** The iteration from which to the end of the run there is no ratio; -1: there is none. */
  private int brokenSince() {
    int since = -1;
    for (Column column : run.columns) {
      boolean broken = column.report.total().ratios().count() == 0;
      since = !broken ? -1 : since < 0 ? column.first : since;
    }
    return since;
  }

  /**
   * Whether half of a layer's ratios are above its bound, and above what they were in each quarter
   * of the run before, by a decade in all, while the score is no better for it.
   */
  private boolean grows(String layer) {
    if (!hasNotFallen()) {
      return false;
    }
    double[] medians =
        IntStream.range(0, 4)
            .mapToObj(quarter -> quarter(quarter).stream().map(column -> column.report))
            .map(reports -> reports.reduce(AgcReport::merge).orElseThrow())
            .mapToDouble(report -> RunSummary.of(report, layer).thresholdFor(0.5))
            .toArray();
    double bound =
        run.total.rows().stream()
            .filter(row -> row.isWeight() && RunSummary.group(row).equals(layer))
            .flatMap(row -> row.rule().stream())
            .mapToDouble(ReportRow.Rule::threshold)
            .max()
            .orElse(Double.POSITIVE_INFINITY);
    return Arrays.equals(medians, Arrays.stream(medians).sorted().distinct().toArray())
        && medians[3] >= GROWN * medians[0]
        && medians[3] > bound;
  }

  /**
   * Whether the last quarter of the run, if it is long enough, is no better than its beginning. By
   * the median, as single minibatches are far off where a network has learnt nearly all others; and
   * by the beginning alone, since a run may have learnt what it can within its first quarter.
   */
  private boolean hasNotFallen() {
    double[] last = quarter(3).stream().mapToDouble(RunVerdict::score).sorted().toArray();
    return run.columns.size() >= FEWEST_COLUMNS
        && !(last[last.length / 2] < score(run.columns.get(0)));
  }

  private List<Column> quarter(int quarter) {
    int columns = run.columns.size();
    return run.columns.subList(quarter * columns / 4, (quarter + 1) * columns / 4);
  }

  private static double score(Column column) {
    return RunSummary.mean(column.score);
  }
}
