package io.github.dl4jagc;

import static java.util.Comparator.comparing;
import static java.util.Map.Entry.comparingByValue;
import static java.util.stream.Collectors.collectingAndThen;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.reducing;

import io.github.dl4jagc.AgcReport.Statistics;
import io.github.dl4jagc.internal.check.Troubleshooting;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What a report means, in one sentence, and where more of it is: the first of some rules that fits.
 * In the log, under a report, above a page.
 */
public final class Verdict {

  /** A layer of which this share of the units is clipped is clipped all the time. */
  private static final double ALWAYS = 0.9;

  /** A layer of which no more is clipped is hardly ever clipped. */
  private static final double SELDOM = 0.1;

  private final String sentence;
  private final String page;

  private Verdict(String page, String format, Object... values) {
    this.sentence = String.format(Locale.ROOT, format, values);
    this.page = Troubleshooting.docs(page);
  }

  private static Verdict choose(String format, Object... values) {
    return new Verdict("choosing-the-threshold.md", format, values);
  }

  private static Verdict notFinite(String format, Object... values) {
    String entry = Troubleshooting.GRADIENTS_THAT_ARE_NOT_FINITE.anchor();
    return new Verdict("troubleshooting.md#" + entry, format, values);
  }

  /**
   * {@return the verdict by a report's totals, and by whether its latest iteration was finite}
   *
   * @param report any report
   */
  public static Verdict of(AgcReport report) {
    Statistics all = report.total();
    Statistics latest = report.latest();
    Statistics weights = report.total(ReportRow::isWeight);
    if (all.units() == 0) {
      return choose("Nothing of the network was clipped or looked at yet.");
    }
    if (latest.units() > 0 && latest.ratios().count() == 0) {
      return notFinite(
          "In the latest iteration no unit's gradient or weights were finite: the training has"
              + " diverged.");
    }
    if (all.nonFiniteUnits() > 0) {
      return notFinite(
          "Gradients were not finite %,d times in units of %s: AGC does not mend them.",
          all.nonFiniteUnits(), mostNotFinite(report));
    }
    if (weights.clippedUnits() == 0) {
      return choose(
          "Nothing of the weights was clipped in %,d iterations: AGC is an insurance only.",
          all.iterations());
    }
    Map<String, Double> shares = shares(report);
    String most = quoted(Collections.max(shares.entrySet(), comparingByValue()).getKey());
    if (weights.observedUnits() == weights.clippedUnits()) {
      return choose(
          "AGC only observes: %s of the weights' units would have been clipped, most in %s.",
          percent(weights.observedShare()), most);
    }
    long always = count(shares, share -> share >= ALWAYS);
    if (always == 1 && shares.size() > 2 && count(shares, share -> share > SELDOM) == 1) {
      return choose(
          "%s alone is clipped all the time: give it a threshold of its own, or exclude it.", most);
    }
    if (2 * always >= shares.size()) {
      return choose(
          "AGC limits nearly every step of %,d of %,d layers: it sets the step size, which is fine"
              + " as long as the score falls.",
          always, shares.size());
    }
    return choose(
        "AGC clips %s of the weights' units, most in %s.", percent(weights.clippedShare()), most);
  }

  /** The clipped share of the weights of each layer; of a graph, of each variable. */
  private static Map<String, Double> shares(AgcReport report) {
    return report.rows().stream()
        .filter(row -> row.isWeight() && row.total().units() > 0)
        .collect(
            groupingBy(
                Verdict::layer,
                LinkedHashMap::new,
                collectingAndThen(
                    reducing(Statistics.NONE, ReportRow::total, Statistics::plusUnits),
                    Statistics::clippedShare)));
  }

  private static long count(Map<String, Double> shares, Predicate<Double> wanted) {
    return shares.values().stream().filter(wanted).count();
  }

  private static String mostNotFinite(AgcReport report) {
    return quoted(
        layer(Collections.max(report.rows(), comparing(row -> row.total().nonFiniteUnits()))));
  }

  private static String layer(ReportRow row) {
    return row.layer().isEmpty() ? row.parameter() : row.layer();
  }

  private static String quoted(String name) {
    return '"' + name + '"';
  }

  private static String percent(double share) {
    return share > 0 && share < 0.001
        ? "less than 0.1 %"
        : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /** {@return the sentence, which ends in a full stop} */
  public String sentence() {
    return sentence;
  }

  /** {@return the address of the page that explains it} */
  public String page() {
    return page;
  }

  /** {@return the sentence and the address} */
  @Override
  public String toString() {
    return sentence.substring(0, sentence.length() - 1) + " (see " + page + ").";
  }
}
