package io.github.dl4jagc;

import io.github.dl4jagc.AgcReport.Statistics;
import java.time.Duration;
import java.util.List;

/** Reports that no network made: of ten units of one parameter. */
public final class TestReports {

  private TestReports() {}

  /** Statistics of some iterations, in which the clipped units have one ratio and the others 0. */
  public static Statistics statistics(long iterations, long clippedUnits, double ratio) {
    long[] ratios = new long[RatioHistogram.bins()];
    ratios[RatioHistogram.binOf(ratio)] = clippedUnits;
    ratios[0] = 10 * iterations - clippedUnits;
    return new Statistics(
        iterations, clippedUnits, 0, 0, ratio, 1 / ratio, RatioHistogram.of(ratios));
  }

  /** A report of one iteration, that clipping took a millisecond in. */
  public static AgcReport report(Statistics iteration) {
    return new AgcReport(
        List.of(
            new ReportRow(
                "layer",
                "W",
                ParameterKind.WEIGHT,
                10,
                null,
                null,
                Double.NaN,
                iteration,
                iteration)),
        Duration.ofMillis(1));
  }
}
