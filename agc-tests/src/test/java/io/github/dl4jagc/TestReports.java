package io.github.dl4jagc;

import io.github.dl4jagc.AgcReport.Statistics;
import org.deeplearning4j.nn.api.Model;

/** Reports that no network made. */
public final class TestReports {

  private TestReports() {}

  /** The report of a network that is bound, and may not have trained yet. */
  public static AgcReport attached(Model network) {
    Agc.attach(network);
    return AgcReport.of(network);
  }

  /** Statistics whose ratios lie above all bins: they are not known any nearer. */
  public static Statistics statistics(
      long iterations,
      long units,
      long clippedUnits,
      long nonFiniteUnits,
      double largestRatio,
      double smallestScale) {
    long[] counts = new long[RatioHistogram.bins()];
    counts[counts.length - 1] = units - nonFiniteUnits;
    return new Statistics(
        iterations,
        clippedUnits,
        0,
        nonFiniteUnits,
        largestRatio,
        smallestScale,
        RatioHistogram.of(counts));
  }

  /** A row of weights, without a rule. */
  public static ReportRow row(
      String layer,
      String parameter,
      long units,
      String leftAlone,
      Statistics latest,
      Statistics total) {
    return row(layer, parameter, ParameterKind.WEIGHT, units, leftAlone, latest, total);
  }

  public static ReportRow row(
      String layer,
      String parameter,
      ParameterKind kind,
      long units,
      String leftAlone,
      Statistics latest,
      Statistics total) {
    return new ReportRow(layer, parameter, kind, units, leftAlone, null, Double.NaN, latest, total);
  }

  public static ReportRow.Rule rule(double threshold, NonFiniteGradients policy, boolean observed) {
    return new ReportRow.Rule(ClippingForm.GRADIENT, threshold, policy, observed);
  }
}
