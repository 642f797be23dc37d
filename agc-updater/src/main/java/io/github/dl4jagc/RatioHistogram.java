package io.github.dl4jagc;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;

import io.github.dl4jagc.internal.clip.RatioCounts;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Locale;

/**
 * How often which ratio {@code ||G|| / max(||W||, epsilon)} was seen: what a clipping threshold can
 * be chosen by. A ratio is counted once for each unit and iteration, in bins of a quarter octave (a
 * factor of 2<sup>1/4</sup> = 1.19) from 2<sup>-20</sup> to 2<sup>20</sup>, with one bin for all
 * that is below and one for all that is not.
 *
 * <p>A unit is clipped if its ratio is above the threshold. Units whose norms are not finite have
 * no ratio. Where {@code max(||W||, epsilon)} is 0 the ratio of a gradient counts as infinite, and
 * that of no gradient as 0.
 *
 * <p>Immutable.
 *
 * @serial exclude
 */
public final class RatioHistogram implements Serializable {

  private static final long serialVersionUID = 2L;

  /** The histogram of nothing. */
  public static final RatioHistogram EMPTY = new RatioHistogram(new long[0]);

  /** The bin that {@link #counts} begins with. */
  private final int firstBin;

  /** One for each bin from the first to the last one that is not empty. */
  private final long[] counts;

  private final long count;

  private RatioHistogram(long[] countsOfBins) {
    int from = 0;
    int to = countsOfBins.length;
    while (from < to && countsOfBins[from] == 0) {
      from++;
    }
    while (from < to && countsOfBins[to - 1] == 0) {
      to--;
    }
    firstBin = from == to ? 0 : from;
    counts = Arrays.copyOfRange(countsOfBins, from, to);
    long sum = 0;
    for (long each : counts) {
      sum += each;
      if (each < 0 || sum < 0) {
        throw BAD_ARGUMENT.argument(
            "counts must add up to no more than {}, got {}", Long.MAX_VALUE, counts);
      }
    }
    count = sum;
  }

  /**
   * A histogram with these counts.
   *
   * @param countsOfBins the count of each bin, from the lowest; no more than {@link #bins} and none
   *     negative
   * @return a histogram
   * @throws IllegalArgumentException if there are too many, or one is negative
   */
  public static RatioHistogram of(long... countsOfBins) {
    if (countsOfBins.length > bins() || Arrays.stream(countsOfBins).anyMatch(each -> each < 0)) {
      throw BAD_ARGUMENT.argument(
          "countsOfBins must be at most {} counts >= 0, got {}", bins(), countsOfBins);
    }
    return new RatioHistogram(countsOfBins);
  }

  /** The upper end of the highest bin with ratios; 0 if there are none. */
  double upperEdge() {
    return counts.length == 0 ? 0 : lowerEdge(firstBin + counts.length);
  }

  /** {@return the number of bins, the same for all histograms} */
  public static int bins() {
    return RatioCounts.bins();
  }

  /**
   * The bin that a ratio is counted in.
   *
   * @param ratio not negative
   * @return its bin, from 0
   * @throws IllegalArgumentException if it is negative or NaN
   */
  public static int binOf(double ratio) {
    if (!(ratio >= 0)) {
      throw BAD_ARGUMENT.argument("ratio must be >= 0, got {}", ratio);
    }
    return RatioCounts.binOf(ratio);
  }

  /**
   * Where a bin begins.
   *
   * @param bin from 0 to {@link #bins}
   * @return the smallest ratio that is counted in it: 0 for the first bin, infinity for the one
   *     that would follow the last
   * @throws IllegalArgumentException if there is no such bin
   */
  public static double lowerEdge(int bin) {
    if (bin < 0 || bin > bins()) {
      throw BAD_ARGUMENT.argument("bin must be from 0 to {}, got {}", bins(), bin);
    }
    return RatioCounts.lowerEdge(bin);
  }

  /**
   * The ratios in one bin.
   *
   * @param bin from 0 to {@link #bins}, exclusively; 0 for any other
   * @return how many there are
   */
  public long count(int bin) {
    int index = bin - firstBin;
    return index < 0 || index >= counts.length ? 0 : counts[index];
  }

  /** {@return all ratios together} */
  public long count() {
    return count;
  }

  /** The ratios in a bin and in all that lie above it. */
  long from(int bin) {
    long sum = 0;
    for (int i = Math.max(0, bin - firstBin); i < counts.length; i++) {
      sum += counts[i];
    }
    return sum;
  }

  /**
   * A histogram of the ratios of both.
   *
   * @param other another histogram; unchanged
   * @return a new histogram
   */
  public RatioHistogram plus(RatioHistogram other) {
    return combined(other, 1);
  }

  /**
   * A histogram of the ratios that are in this one and were not in an earlier one.
   *
   * @param earlier what this one had counted once; unchanged
   * @return a new histogram
   * @throws IllegalArgumentException if {@code earlier} has more in one of its bins
   */
  public RatioHistogram minus(RatioHistogram earlier) {
    if (!earlier.isAtMost(this)) {
      throw BAD_ARGUMENT.argument(
          "earlier must have no more than this histogram in any bin, got {}, and {} here",
          earlier,
          this);
    }
    return combined(earlier, -1);
  }

  boolean isAtMost(RatioHistogram later) {
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > later.count(firstBin + i)) {
        return false;
      }
    }
    return true;
  }

  private RatioHistogram combined(RatioHistogram other, int sign) {
    if (other.counts.length == 0) {
      return this;
    }
    long[] combined = new long[bins()];
    for (int bin = 0; bin < combined.length; bin++) {
      combined[bin] = count(bin) + sign * other.count(bin); // a sum that overflows is negative
    }
    return new RatioHistogram(combined);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RatioHistogram
        && firstBin == ((RatioHistogram) other).firstBin
        && Arrays.equals(counts, ((RatioHistogram) other).counts);
  }

  @Override
  public int hashCode() {
    return 31 * firstBin + Arrays.hashCode(counts);
  }

  /** {@return the counts, such as "3 of 0.0078 to 0.0093"} */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        text.append(text.length() == 0 ? "" : ", ").append(counts[i]).append(" of ");
        text.append(String.format(Locale.ROOT, "%.2g", lowerEdge(firstBin + i))).append(" to ");
        text.append(String.format(Locale.ROOT, "%.2g", lowerEdge(firstBin + i + 1)));
      }
    }
    return text.length() == 0 ? "no ratios" : text.toString();
  }
}
