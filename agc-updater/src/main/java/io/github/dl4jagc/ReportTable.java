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
    for (AgcReport.Row row : report.rows()) {
      if (row.leftAlone().isPresent()) {
        append(LEFT_ALONE_FORMAT, row.name(), row.units(), row.leftAlone().get());
      } else {
        row(row.name(), row.units(), row.latest(), row.total());
      }
    }
    row("weights", AgcReport.Row::isWeight);
    row("biases and gains", row -> !row.isWeight());
    row("all that AGC clips", row -> true);
    if (report.total().iterations() == 0) {
      append("no iteration yet%n");
    }
    report.rules().forEach(rule -> append("%s%n", rule));
    return text.toString();
  }

  private void header() {
    String clipped = report.isObserved() ? "would clip" : "clipped";
    append(TITLES_FORMAT, "", "", "in the latest iteration", "in all iterations");
    append(
        HEADER_FORMAT,
        "layer/parameter",
        "units",
        clipped,
        "nonfinite",
        "max ratio",
        "min scale",
        clipped,
        "max ratio",
        "min scale");
  }

  private void row(String name, Predicate<AgcReport.Row> selection) {
    long units =
        report.rows().stream()
            .filter(row -> row.leftAlone().isEmpty() && selection.test(row))
            .mapToLong(AgcReport.Row::units)
            .sum();
    row(name, units, report.latest(selection), report.total(selection));
  }

  private void row(
      String name, long units, AgcReport.Statistics latest, AgcReport.Statistics total) {
    append(
        ROW_FORMAT,
        name,
        units,
        cell(latest, "%.2f%%", 100 * latest.clippedShare()),
        cell(latest, "%.0f", latest.nonFiniteUnits()),
        cell(latest, "%.3g", latest.largestRatio()),
        cell(latest, "%.3g", latest.smallestScale()),
        cell(total, "%.2f%%", 100 * total.clippedShare()),
        cell(total, "%.3g", total.largestRatio()),
        cell(total, "%.3g", total.smallestScale()));
  }

  /** What was not measured is not 0. */
  private static String cell(AgcReport.Statistics figures, String format, double value) {
    return figures.units() == 0 ? "-" : String.format(Locale.ROOT, format, value);
  }

  private void append(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values));
  }
}
