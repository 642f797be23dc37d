package io.github.dl4jagc;

import java.util.Locale;
import java.util.function.Predicate;

/** A report in plain text: a line for each parameter, and for all of them together. */
final class ReportTable {

  private static final String TITLES_FORMAT = "%-28s %10s | %-40s | %-30s%n";
  private static final String HEADER_FORMAT = "%-28s %10s | %10s %9s %9s %9s | %10s %9s %9s%n";
  private static final String ROW_FORMAT = "%-28s %10d | %10s %9s %9s %9s | %10s %9s %9s%n";
  private static final String LEFT_ALONE_FORMAT = "%-28s %10d | left alone: %s%n";

  private final AgcReport report;
  private final StringBuilder text = new StringBuilder();

  ReportTable(AgcReport report) {
    this.report = report;
  }

  @Override
  public String toString() {
    header();
    for (ReportRow row : report.rows()) {
      if (row.leftAlone().isPresent()) {
        append(LEFT_ALONE_FORMAT, row.name(), row.units(), row.leftAlone().get());
      } else {
        row(row.name(), row.units(), row.latest(), row.total());
      }
    }
    row("weights", ReportRow::isWeight);
    row("biases and gains", row -> !row.isWeight());
    row("all that AGC clips", row -> true);
    AgcReport.Statistics total = report.total();
    if (total.iterations() == 0) {
      boolean none = report.rows().stream().allMatch(row -> row.leftAlone().isPresent());
      append(none && !report.rows().isEmpty() ? "nothing is clipped%n" : "no iteration yet%n");
    }
    if (isMixed(total)) {
      append(
          "of all iterations' units %.2f%% were only observed: they would have been clipped%n",
          100 * total.observedShare());
    }
    report.rules().forEach(rule -> append("%s%n", rule));
    if (total.iterations() > 0) {
      append("%s%n", Verdict.of(report));
    }
    return text.toString();
  }

  private void header() {
    append(TITLES_FORMAT, "", "", "in the latest iteration", "in all iterations");
    append(
        HEADER_FORMAT,
        "layer/parameter",
        "units",
        report.isObserved() ? "would clip" : "clipped",
        "nonfinite",
        "max ratio",
        "min scale",
        isObserved(report.total()) ? "would clip" : "clipped",
        "max ratio",
        "min scale");
  }

  /** Whether all that is counted as clipped was only observed. */
  private boolean isObserved(AgcReport.Statistics of) {
    return !isMixed(of)
        && (of.observedUnits() > 0 || of.clippedUnits() == 0 && report.isObserved());
  }

  /** Whether some of what is counted as clipped was only observed. */
  private static boolean isMixed(AgcReport.Statistics of) {
    return of.observedUnits() > 0 && of.observedUnits() < of.clippedUnits();
  }

  private void row(String name, Predicate<ReportRow> selection) {
    long units =
        report.rows().stream()
            .filter(row -> row.leftAlone().isEmpty() && selection.test(row))
            .mapToLong(ReportRow::units)
            .sum();
    row(name, units, report.latest(selection), report.total(selection));
  }

  private void row(
      String name, long units, AgcReport.Statistics latest, AgcReport.Statistics total) {
    append(
        ROW_FORMAT,
        name,
        units,
        cell(latest.units(), "%.2f%%", 100 * latest.clippedShare()),
        cell(latest.units(), "%.0f", latest.nonFiniteUnits()),
        cell(latest.ratios().count(), "%.3g", latest.largestRatio()),
        cell(latest.ratios().count(), "%.3g", latest.smallestScale()),
        cell(total.units(), "%.2f%%", 100 * total.clippedShare()),
        cell(total.ratios().count(), "%.3g", total.largestRatio()),
        cell(total.ratios().count(), "%.3g", total.smallestScale()));
  }

  /** What was not measured is not 0. */
  private static String cell(long measured, String format, double value) {
    return measured == 0 ? "-" : String.format(Locale.ROOT, format, value);
  }

  private void append(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values));
  }
}
