package io.github.dl4jagc.report;

import io.github.dl4jagc.RatioHistogram;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** The bins of ratios that some histograms need, as an axis. Immutable. */
final class RatioAxis {

  /** A shorter axis would make a jump of a difference. */
  private static final int FEWEST_BINS = 16;

  /** The bins from the first to, exclusively, the last: never those of all that is beyond. */
  final int first;

  final int last;

  /**
   * @param histograms what is to be shown
   * @param thresholds further ratios to have room for
   */
  RatioAxis(Collection<RatioHistogram> histograms, Collection<Double> thresholds) {
    int low = RatioHistogram.bins();
    int high = 0;
    for (int bin = 1; bin < RatioHistogram.bins() - 1; bin++) {
      int each = bin;
      boolean needed =
          histograms.stream().anyMatch(histogram -> histogram.count(each) > 0)
              || thresholds.stream().anyMatch(ratio -> RatioHistogram.binOf(ratio) == each);
      if (needed) {
        low = Math.min(low, bin);
        high = bin + 1;
      }
    }
    int missing = Math.max(0, FEWEST_BINS - Math.max(0, high - low));
    int top = RatioHistogram.bins() - 1;
    first = low > high ? 1 : Math.max(1, Math.min(low - missing / 2, top - FEWEST_BINS));
    last = low > high ? top : Math.min(top, Math.max(high + missing / 2, first + FEWEST_BINS));
  }

  int bins() {
    return last - first;
  }

  /** Where a ratio is: 0 at the beginning, 1 at the end; outside of these if it is. */
  double share(double ratio) {
    double low = Math.log(RatioHistogram.lowerEdge(first));
    double high = Math.log(RatioHistogram.lowerEdge(last));
    return (Math.log(ratio) - low) / (high - low);
  }

  /** Round ratios along the axis. */
  List<Double> ticks() {
    double low = RatioHistogram.lowerEdge(first);
    double high = RatioHistogram.lowerEdge(last);
    return Ticks.logarithmic(low, high).stream()
        .filter(tick -> tick >= low && tick <= high)
        .collect(Collectors.toList());
  }
}
