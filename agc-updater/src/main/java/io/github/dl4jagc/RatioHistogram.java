package io.github.dl4jagc;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;

import io.github.dl4jagc.internal.clip.RatioCounts;
import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How often which ratio was seen, once for each unit and iteration: what a clipping threshold can
 * be chosen by. {@link ReportRow.Rule#form} says what the ratio is of, such as {@code ||G|| /
 * max(||W||, epsilon)}. Bins are a quarter of an octave wide (a factor of 2<sup>1/4</sup> = 1.19)
 * from 2<sup>-20</sup> to 2<sup>20</sup>, with one bin for all that is below and one for all that
 * is not.
 *
 * <p>Units whose norms are not finite have no ratio. Where weight norm and floor are both 0, the
 * ratio of a gradient counts as infinite, and that of no gradient as 0. Immutable.
 *
 * @serial exclude
 */
public final class RatioHistogram implements Serializable {

  private static final long serialVersionUID = 2L;

  static final RatioHistogram EMPTY = new RatioHistogram(new TreeMap<>());

  /** Of the bins that are not empty. */
  private final TreeMap<Integer, Long> counts;

  private final long count;

  private RatioHistogram(TreeMap<Integer, Long> counts) {
    this.counts = counts;
    long sum = 0;
    for (long each : counts.values()) {
      sum += each;
      if (each < 0 || sum < 0) { // a sum that overflows is negative
        throw BAD_ARGUMENT.argument(
            "counts must add up to no more than {}, got {}", Long.MAX_VALUE, counts.values());
      }
    }
    count = sum;
  }

  /** Of the count of each bin, from the lowest. */
  static RatioHistogram of(long... countsOfBins) {
    TreeMap<Integer, Long> counts = new TreeMap<>();
    for (int bin = 0; bin < countsOfBins.length; bin++) {
      BAD_ARGUMENT.require(
          bin < bins() && countsOfBins[bin] >= 0,
          "countsOfBins must be at most {} counts >= 0, got {}",
          bins(),
          countsOfBins);
      if (countsOfBins[bin] > 0) {
        counts.put(bin, countsOfBins[bin]);
      }
    }
    return new RatioHistogram(counts);
  }

  /** {@return the number of bins, the same for all histograms} */
  public static int bins() {
    return RatioCounts.bins();
  }

  /**
   * {@return the bin that a ratio is counted in, from 0}
   *
   * @param ratio not negative
   * @throws IllegalArgumentException if it is negative or NaN
   */
  public static int binOf(double ratio) {
    BAD_ARGUMENT.require(ratio >= 0, "ratio must be >= 0, got {}", ratio);
    return RatioCounts.binOf(ratio);
  }

  /**
   * {@return the smallest ratio that is counted in a bin: 0 for the first one, infinity beyond the
   * last}
   *
   * @param bin from 0 to {@link #bins}
   * @throws IllegalArgumentException if there is no such bin
   */
  public static double lowerEdge(int bin) {
    BAD_ARGUMENT.require(
        bin >= 0 && bin <= bins(), "bin must be from 0 to {}, got {}", bins(), bin);
    return RatioCounts.lowerEdge(bin);
  }

  /** How far up its bin a ratio lies, on a logarithmic scale, from 0 to 1. */
  static double partBelow(double ratio) {
    int bin = binOf(ratio);
    double low = lowerEdge(bin);
    double high = lowerEdge(bin + 1);
    return low == 0 || Double.isInfinite(high)
        ? 0.5
        : Math.max(0, Math.min(1, Math.log(ratio / low) / Math.log(high / low)));
  }

  /** The upper end of the highest bin with ratios; 0 if there are none. */
  double upperEdge() {
    return counts.isEmpty() ? 0 : lowerEdge(counts.lastKey() + 1);
  }

  /**
   * {@return the number of ratios in one bin}
   *
   * @param bin from 0 to {@link #bins}, exclusively; 0 for any other
   */
  public long count(int bin) {
    return counts.getOrDefault(bin, 0L);
  }

  /** {@return all ratios together} */
  public long count() {
    return count;
  }

  /** The ratios in a bin and in all that lie above it. */
  long from(int bin) {
    return counts.tailMap(bin).values().stream().mapToLong(each -> each).sum();
  }

  RatioHistogram plus(RatioHistogram other) {
    return plus(other, 1);
  }

  RatioHistogram minus(RatioHistogram earlier) {
    BAD_ARGUMENT.require(
        earlier.isAtMost(this),
        "earlier must have no more than this histogram in any bin, got {}, and {} here",
        earlier,
        this);
    return plus(earlier, -1);
  }

  private RatioHistogram plus(RatioHistogram other, int times) {
    TreeMap<Integer, Long> sum = new TreeMap<>(counts);
    other.counts.forEach((bin, each) -> sum.merge(bin, times * each, Long::sum));
    sum.values().removeIf(each -> each == 0);
    return new RatioHistogram(sum);
  }

  boolean isAtMost(RatioHistogram later) {
    return counts.entrySet().stream().allMatch(bin -> bin.getValue() <= later.count(bin.getKey()));
  }

  /** Such as "80:3 81:12": three ratios in bin 80, twelve in bin 81. */
  String encoded() {
    return counts.entrySet().stream()
        .map(bin -> bin.getKey() + ":" + bin.getValue())
        .collect(Collectors.joining(" "));
  }

  /** Of what {@link #encoded} gives; anything else is some RuntimeException. */
  static RatioHistogram decoded(String text) {
    long[] counts = new long[bins()];
    for (String each : text.split(" ")) {
      String[] binAndCount = each.split(":", 2);
      counts[Integer.parseInt(binAndCount[0])] = Long.parseLong(binAndCount[1]);
    }
    return of(counts);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RatioHistogram && counts.equals(((RatioHistogram) other).counts);
  }

  @Override
  public int hashCode() {
    return counts.hashCode();
  }

  /** {@return the counts, such as "3 of 0.0078 to 0.0093"} */
  @Override
  public String toString() {
    return count == 0
        ? "no ratios"
        : counts.entrySet().stream().map(RatioHistogram::text).collect(Collectors.joining(", "));
  }

  private static String text(Map.Entry<Integer, Long> bin) {
    return String.format(
        Locale.ROOT,
        "%d of %.2g to %.2g",
        bin.getValue(),
        lowerEdge(bin.getKey()),
        lowerEdge(bin.getKey() + 1));
  }
}
