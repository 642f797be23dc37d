package io.github.dl4jagc;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;

import io.github.dl4jagc.internal.check.Checks;
import io.github.dl4jagc.internal.dl4j.NetworkBinder;
import io.github.dl4jagc.internal.stats.NetworkStatistics;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * What AGC did to a network: for each layer and parameter the number of units, how many of them
 * were clipped or not finite, the largest ratio and the smallest scale, for the latest iteration
 * and in total; or the reason why AGC leaves the parameter alone. An immutable, serialisable
 * snapshot, which {@link #toString} prints as a table.
 *
 * <p>Reports of networks with the same layers, such as the replicas of distributed training, can be
 * {@linkplain #merge merged}. What was clipped in a part of a run is the {@linkplain #since
 * difference} of two reports.
 *
 * @serial exclude
 */
public final class AgcReport implements Serializable {

  private static final long serialVersionUID = 2L;

  private final LinkedHashMap<List<String>, ReportRow> rows = new LinkedHashMap<>();
  private final Duration clippingTime;

  /**
   * A report of these rows, without a clipping time.
   *
   * @param rows one row for each parameter of the network, in the network's order
   * @throws IllegalArgumentException if there are two rows of one parameter
   */
  public AgcReport(List<ReportRow> rows) {
    this(rows, Duration.ZERO);
  }

  /**
   * A report of these rows.
   *
   * @param rows one row for each parameter of the network, in the network's order
   * @param clippingTime the time that clipping took in all iterations
   * @throws IllegalArgumentException if there are two rows of one parameter
   */
  public AgcReport(List<ReportRow> rows, Duration clippingTime) {
    this.clippingTime = Objects.requireNonNull(clippingTime, "clippingTime");
    for (ReportRow row : rows) {
      BAD_ARGUMENT.require(
          this.rows.put(row.key(), row) == null,
          "rows must be one for each parameter, got two of {}",
          row.name());
    }
  }

  /**
   * {@return what was clipped in a network since it was created; empty if it was not trained}
   *
   * @param model the network; counts are kept by identity, so a clone has its own
   * @throws IllegalArgumentException if {@code model} is null
   */
  public static AgcReport of(Model model) {
    NetworkStatistics statistics = NetworkStatistics.of(model);
    NetworkBinder.explain(model, statistics);
    return of(statistics);
  }

  /**
   * {@return what was clipped in a SameDiff graph, in a row for each trainable variable, whose
   * layer name is empty; empty if it was never bound}
   *
   * @param sd the graph; counts are kept by identity, so a copy has its own
   * @throws IllegalArgumentException if {@code sd} is null
   */
  public static AgcReport of(SameDiff sd) {
    return of(NetworkStatistics.of(sd));
  }

  private static AgcReport of(NetworkStatistics statistics) {
    return new AgcReport(statistics.read(RowFields::row), statistics.clippingTime());
  }

  /** {@return one row for each parameter of the network, in the network's order} */
  public List<ReportRow> rows() {
    return List.copyOf(rows.values());
  }

  /**
   * {@return the row of one parameter, or empty if there is no such}
   *
   * @param layer the layer's name
   * @param parameter the parameter's name within the layer
   */
  public Optional<ReportRow> row(String layer, String parameter) {
    return Optional.ofNullable(rows.get(List.of(layer, parameter)));
  }

  /** {@return the statistics of the latest iteration, of all parameters together} */
  public Statistics latest() {
    return latest(row -> true);
  }

  /**
   * {@return the statistics of the latest iteration, of some parameters together}
   *
   * @param selection says which rows are wanted
   */
  public Statistics latest(Predicate<ReportRow> selection) {
    return sum(selection, ReportRow::latest);
  }

  /** {@return the statistics of all iterations, of all parameters together} */
  public Statistics total() {
    return total(row -> true);
  }

  /**
   * {@return the statistics of all iterations, of some parameters together}
   *
   * @param selection says which rows are wanted, such as {@code ReportRow::isWeight}
   */
  public Statistics total(Predicate<ReportRow> selection) {
    return sum(selection, ReportRow::total);
  }

  private Statistics sum(Predicate<ReportRow> selection, Function<ReportRow, Statistics> of) {
    return rows.values().stream()
        .filter(selection)
        .map(of)
        .reduce(Statistics.NONE, Statistics::plusUnits);
  }

  /** {@return the time that clipping took of the threads that train, in all iterations} */
  public Duration clippingTime() {
    return clippingTime;
  }

  /**
   * {@return the sum of two reports} Counts, iterations and clipping times are added, ratios and
   * scales keep their extremes. {@code latest} becomes the latest iterations of both. Rows that
   * only one of the two has are kept as they are.
   *
   * @param other the report of another network, or of another part of the same run; unchanged
   * @throws IllegalArgumentException if {@code other} is null, or has another number of units or
   *     another kind for a parameter
   */
  public AgcReport merge(AgcReport other) {
    BAD_ARGUMENT.require(other != null, "other must be the report to merge, got null");
    Map<List<String>, ReportRow> merged = new LinkedHashMap<>(rows);
    other.rows.forEach((key, row) -> merged.merge(key, row, ReportRow::merge));
    return new AgcReport(new ArrayList<>(merged.values()), clippingTime.plus(other.clippingTime));
  }

  /**
   * {@return what was clipped since an earlier report} Counts, iterations and clipping times are
   * subtracted, {@code latest} stays that of this report. Rows that {@code earlier} does not have
   * yet are kept as they are.
   *
   * <p>Extremes cannot be subtracted. They are exact where one iteration was counted since, or
   * where they are beyond the earlier ones; else bounds, the ratio's an edge of a bin of {@link
   * RatioHistogram}.
   *
   * @param earlier a report of the same networks, not later than this one; unchanged
   * @throws IllegalArgumentException if {@code earlier} is null, has a row that this report does
   *     not have or that has another number of units here, or has counted more than this report
   */
  public AgcReport since(AgcReport earlier) {
    BAD_ARGUMENT.require(earlier != null, "earlier must be the report to subtract, got null");
    if (earlier.clippingTime.compareTo(clippingTime) > 0) {
      throw ReportRow.notEarlier(
          "clipping took {} in it, and {} here", earlier.clippingTime, clippingTime);
    }
    Map<List<String>, ReportRow> since = new LinkedHashMap<>(rows);
    earlier.rows.forEach(
        (key, before) -> {
          if (since.computeIfPresent(key, (same, row) -> row.since(before)) == null) {
            throw ReportRow.notEarlier("it has {}, which this one does not have", before.name());
          }
        });
    return new AgcReport(new ArrayList<>(since.values()), clippingTime.minus(earlier.clippingTime));
  }

  /** {@return this report with {@link Statistics#NONE} as the latest iteration of each row} */
  public AgcReport withoutLatest() {
    return new AgcReport(
        rows.values().stream()
            .map(row -> row.with(Statistics.NONE, row.total()))
            .collect(Collectors.toList()),
        clippingTime);
  }

  /** {@return what parameters were clipped by in the latest iteration, each rule once} */
  public List<ReportRow.Rule> rules() {
    return rows.values().stream()
        .flatMap(row -> row.rule().stream())
        .distinct()
        .collect(Collectors.toUnmodifiableList());
  }

  /** Whether any {@link ReportRow.Rule#observed only observes}. */
  boolean isObserved() {
    return rules().stream().anyMatch(ReportRow.Rule::observed);
  }

  /** {@return the report as a table, one line per parameter} */
  @Override
  public String toString() {
    return new ReportTable(this).toString();
  }

  /**
   * Counts and extremes over some units.
   *
   * @serial exclude
   */
  public static final class Statistics implements Serializable {

    private static final long serialVersionUID = 2L;

    /** The statistics of nothing: no iteration, no unit. */
    public static final Statistics NONE = new Statistics(0, 0, 0, 0, 0, 1, RatioHistogram.EMPTY);

    private final long iterations;
    private final long clippedUnits;
    private final long observedUnits;
    private final long nonFiniteUnits;
    private final double largestRatio;
    private final double smallestScale;
    private final RatioHistogram ratios;

    Statistics(
        long iterations,
        long clippedUnits,
        long observedUnits,
        long nonFiniteUnits,
        double largestRatio,
        double smallestScale,
        RatioHistogram ratios) {
      this.iterations = iterations;
      this.clippedUnits = clippedUnits;
      this.observedUnits = observedUnits;
      this.nonFiniteUnits = nonFiniteUnits;
      this.largestRatio = largestRatio;
      this.smallestScale = smallestScale;
      this.ratios = ratios;
    }

    /** {@return iterations counted} */
    public long iterations() {
      return iterations;
    }

    /** {@return units seen, each once per iteration, or again in an update after ZERO} */
    public long units() {
      return ratios.count() + nonFiniteUnits;
    }

    /** {@return units above their bound: scaled down, but for the {@link #observedUnits}} */
    public long clippedUnits() {
      return clippedUnits;
    }

    /** {@return those of the {@link #clippedUnits} that were only observed, and left alone} */
    public long observedUnits() {
      return observedUnits;
    }

    /** {@return units with a norm that was NaN or infinite: not clipped, and without a ratio} */
    public long nonFiniteUnits() {
      return nonFiniteUnits;
    }

    /**
     * {@return the largest ratio of a unit, finite; 0 if none had one} Units whose norms are not
     * finite have none, nor have units whose weights are all zero if {@code epsilon} is 0.
     */
    public double largestRatio() {
      return largestRatio;
    }

    /** {@return the smallest scale of a clipped unit, in [0, 1]; 1 if nothing was clipped} */
    public double smallestScale() {
      return smallestScale;
    }

    /** {@return the share of the units that were clipped, in [0, 1]; 0 if there were none} */
    public double clippedShare() {
      return share(clippedUnits);
    }

    /** {@return the share of the units that were only observed to be above, in [0, 1]} */
    public double observedShare() {
      return share(observedUnits);
    }

    /** {@return how often which ratio was seen} */
    public RatioHistogram ratios() {
      return ratios;
    }

    /**
     * {@return the share of these units that another threshold would have clipped, all else being
     * equal, in [0, 1]; 0 if there were no units} Exact at the edges of the bins of {@link
     * #ratios}; between them the ratios of a bin are taken to be spread evenly, on a logarithmic
     * scale.
     *
     * @param threshold the clipping threshold, finite and greater than zero
     * @throws IllegalArgumentException if {@code threshold} is out of range
     */
    public double clippedShareAt(double threshold) {
      int bin = RatioHistogram.binOf(Checks.positive(threshold, "threshold"));
      double atLeast = share(ratios.from(bin + 1));
      double atMost = share(ratios.from(bin));
      return atMost - RatioHistogram.partBelow(threshold) * (atMost - atLeast);
    }

    /**
     * {@return a threshold that would have clipped a share of these units: the smallest edge of a
     * bin that would not have clipped more; NaN if there were no ratios, and infinity if more than
     * {@code share} of the units have ratios above all bins}
     *
     * @param share the wanted share of clipped units, in [0, 1]
     * @throws IllegalArgumentException if {@code share} is out of range
     */
    public double thresholdFor(double share) {
      BAD_ARGUMENT.require(share >= 0 && share <= 1, "share must be in [0, 1], got {}", share);
      if (ratios.count() == 0) {
        return Double.NaN;
      }
      int bin = RatioHistogram.bins();
      while (bin > 1 && share(ratios.from(bin - 1)) <= share) {
        bin--;
      }
      return RatioHistogram.lowerEdge(bin);
    }

    private double share(long some) {
      return units() == 0 ? 0 : (double) some / units();
    }

    /** Adds other units in the same iterations. */
    Statistics plusUnits(Statistics other) {
      return plus(other, Math.max(iterations, other.iterations));
    }

    /** Adds other iterations of the same units. */
    Statistics plusIterations(Statistics other) {
      return plus(other, iterations + other.iterations);
    }

    private Statistics plus(Statistics other, long allIterations) {
      return new Statistics(
          allIterations,
          clippedUnits + other.clippedUnits,
          observedUnits + other.observedUnits,
          nonFiniteUnits + other.nonFiniteUnits,
          Math.max(largestRatio, other.largestRatio),
          Math.min(smallestScale, other.smallestScale),
          ratios.plus(other.ratios));
    }

    /** Whether counting more can turn these into {@code later}. */
    boolean isAtMost(Statistics later) {
      return iterations <= later.iterations
          && clippedUnits <= later.clippedUnits
          && observedUnits <= later.observedUnits
          && nonFiniteUnits <= later.nonFiniteUnits
          && largestRatio <= later.largestRatio
          && smallestScale >= later.smallestScale
          && ratios.isAtMost(later.ratios);
    }

    Statistics since(Statistics earlier) {
      RatioHistogram since = ratios.minus(earlier.ratios);
      long clipped = clippedUnits - earlier.clippedUnits;
      return new Statistics(
          iterations - earlier.iterations,
          clipped,
          observedUnits - earlier.observedUnits,
          nonFiniteUnits - earlier.nonFiniteUnits,
          largestRatio > earlier.largestRatio
              ? largestRatio
              : Math.min(largestRatio, since.upperEdge()),
          clipped == 0 ? NONE.smallestScale : smallestScale,
          since);
    }

    /** Where no unit had a ratio, it is not 0. */
    String largestRatioInWords() {
      return ratios.count() == 0 ? "none" : String.format(Locale.ROOT, "%.3g", largestRatio);
    }

    /** Empty if nothing was only observed. */
    String observedInWords(String separator) {
      return observedUnits == 0
          ? ""
          : String.format(Locale.ROOT, "%s %.2f%% only observed", separator, 100 * observedShare());
    }

    /** {@return such as "3 of 10 units clipped (30.00%), 0 not finite, largest ratio 0.25, .."} */
    @Override
    public String toString() {
      return units() == 0
          ? "no units seen"
          : String.format(
              Locale.ROOT,
              "%d of %d units clipped (%.2f%%%s), %d not finite, largest ratio %s, smallest scale"
                  + " %.3g",
              clippedUnits,
              units(),
              100 * clippedShare(),
              observedInWords(";"),
              nonFiniteUnits,
              largestRatioInWords(),
              smallestScale);
    }
  }
}
