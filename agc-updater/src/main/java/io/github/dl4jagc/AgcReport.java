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
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * What AGC did to a network: for each layer and parameter the number of units, how many of them
 * were clipped or not finite, the largest ratio and the smallest scale, for the latest iteration
 * and in total.
 *
 * <p>Parameters that AGC leaves alone are listed too, with the reason. A report is an immutable,
 * serialisable snapshot, and {@link #toString} prints it as a table.
 *
 * <p>Reports of networks with the same layers, such as the replicas of distributed training, can be
 * {@linkplain #merge merged}. What was clipped in a part of a training is the {@linkplain #since
 * difference} of two reports:
 *
 * <pre>{@code
 * AgcReport before = AgcReport.of(net);
 * net.fit(data);
 * double share = AgcReport.of(net).since(before).total().clippedShare();
 * }</pre>
 *
 * @serial exclude
 */
public final class AgcReport implements Serializable {

  private static final long serialVersionUID = 1L;

  private final ArrayList<Row> rows;
  private final Duration clippingTime;

  /**
   * A report of these rows, without a clipping time.
   *
   * @param rows one row for each parameter of the network, in the network's order
   */
  public AgcReport(List<Row> rows) {
    this(rows, Duration.ZERO);
  }

  /**
   * A report of these rows.
   *
   * @param rows one row for each parameter of the network, in the network's order
   * @param clippingTime the time that clipping took in all iterations
   */
  public AgcReport(List<Row> rows, Duration clippingTime) {
    this.rows = new ArrayList<>(rows);
    this.clippingTime = Objects.requireNonNull(clippingTime, "clippingTime");
  }

  /**
   * What was clipped in a network: its latest iteration, and its totals since it was created.
   *
   * @param model the network; counts are kept by identity, so a clone has its own
   * @return a snapshot; empty if the network has not been trained. One that was trained without AGC
   *     has a row for each parameter, which says why it was left alone
   * @throws IllegalArgumentException if {@code model} is null
   */
  public static AgcReport of(Model model) {
    NetworkStatistics statistics = NetworkStatistics.of(model);
    NetworkBinder.explain(model);
    return statistics.report();
  }

  /**
   * What was clipped in a SameDiff graph: its latest iteration, and its totals since it was
   * created.
   *
   * @param sd the graph; counts are kept by identity, so a copy has its own
   * @return a snapshot with one row for each trainable variable, whose layer name is empty; empty
   *     if the graph was never bound
   * @throws IllegalArgumentException if {@code sd} is null
   */
  public static AgcReport of(SameDiff sd) {
    return NetworkStatistics.of(sd).report();
  }

  /** {@return one row for each parameter of the network, in the network's order} */
  public List<Row> rows() {
    return List.copyOf(rows);
  }

  /**
   * The row of one parameter.
   *
   * @param layer the layer's name
   * @param parameter the parameter's name within the layer
   * @return the row, or empty if there is no such parameter
   */
  public Optional<Row> row(String layer, String parameter) {
    return rows.stream()
        .filter(row -> row.layer.equals(layer) && row.parameter.equals(parameter))
        .findFirst();
  }

  /** {@return the figures of the latest iteration, of all parameters together} */
  public Statistics latest() {
    return latest(row -> true);
  }

  /**
   * The figures of the latest iteration, of some parameters together.
   *
   * @param selection says which rows are wanted
   * @return their sum
   */
  public Statistics latest(Predicate<Row> selection) {
    return rows.stream()
        .filter(selection)
        .map(Row::latest)
        .reduce(Statistics.NONE, Statistics::together);
  }

  /** {@return the figures of all iterations, of all parameters together} */
  public Statistics total() {
    return total(row -> true);
  }

  /**
   * The figures of all iterations, of some parameters together. What would be clipped of the
   * weights, with a threshold of 0.02, and the threshold that clips a tenth of their units:
   *
   * <pre>{@code
   * AgcReport.Statistics weights = report.total(AgcReport.Row::isWeight);
   * weights.clippedShareAt(0.02);
   * weights.thresholdFor(0.1);
   * }</pre>
   *
   * @param selection says which rows are wanted
   * @return their sum
   */
  public Statistics total(Predicate<Row> selection) {
    return rows.stream()
        .filter(selection)
        .map(Row::total)
        .reduce(Statistics.NONE, Statistics::together);
  }

  /**
   * The time that clipping took in all iterations: wall-clock time of the threads that train, so it
   * is to be compared with the time of their training steps. Where the backend works
   * asynchronously, as on a GPU, it includes waiting for the norms, and so for all that was queued
   * before them.
   *
   * @return the sum over all iterations
   */
  public Duration clippingTime() {
    return clippingTime;
  }

  /**
   * This report and another one, merged: counts, iterations and clipping times are added, ratios
   * and scales keep their extremes. {@code latest} becomes the latest iterations of both. Rows that
   * only one of the two has are kept as they are.
   *
   * @param other the report of another network, or of another part of the same training; unchanged
   * @return a new report
   * @throws IllegalArgumentException if {@code other} is null
   */
  public AgcReport merge(AgcReport other) {
    if (other == null) {
      throw BAD_ARGUMENT.argument("other must be the report to merge, got null");
    }
    Map<List<String>, Row> merged = rowsByKey();
    for (Row row : other.rows) {
      merged.merge(row.key(), row, Row::merge);
    }
    return new AgcReport(new ArrayList<>(merged.values()), clippingTime.plus(other.clippingTime));
  }

  /**
   * What was clipped since an earlier report: counts, iterations and clipping times are subtracted.
   * {@code latest} stays that of this report. Rows that {@code earlier} does not have yet are kept
   * as they are.
   *
   * <p>A largest ratio and a smallest scale cannot be subtracted: they are those of all iterations
   * up to this report, and may be older than {@code earlier}. Where it is known that there was none
   * since, the ratio is 0 (no unit with finite norms was seen) or the scale 1 (nothing was
   * clipped). So {@code earlier.merge(later.since(earlier))} has the totals of {@code later}.
   *
   * @param earlier a report of the same networks, not later than this one; unchanged
   * @return a new report
   * @throws IllegalArgumentException if {@code earlier} is null, has a row that this report does
   *     not have or that has another number of units here, or has counted more than this report
   */
  public AgcReport since(AgcReport earlier) {
    if (earlier == null) {
      throw BAD_ARGUMENT.argument("earlier must be the report to subtract, got null");
    }
    if (earlier.clippingTime.compareTo(clippingTime) > 0) {
      throw notEarlier("clipping took {} in it, and {} here", earlier.clippingTime, clippingTime);
    }
    Map<List<String>, Row> before = earlier.rowsByKey();
    List<Row> since = new ArrayList<>();
    for (Row row : rows) {
      Row reported = before.remove(row.key());
      since.add(reported == null ? row : row.since(reported));
    }
    if (!before.isEmpty()) {
      Row unknown = before.values().iterator().next();
      throw notEarlier("it has {}, which this one does not have", unknown.name());
    }
    return new AgcReport(since, clippingTime.minus(earlier.clippingTime));
  }

  private static IllegalArgumentException notEarlier(String why, Object... values) {
    return BAD_ARGUMENT.argument(
        "earlier must be an earlier report of the same networks, but "
            + why
            + "; write later.since(earlier)",
        values);
  }

  /**
   * This report without a latest iteration: {@code latest} is {@link Statistics#NONE} in each row.
   * For a training that has ended, before it is {@linkplain #merge merged} with one that goes on.
   *
   * @return a new report
   */
  public AgcReport totals() {
    List<Row> totals = new ArrayList<>();
    for (Row row : rows) {
      totals.add(row.with(Statistics.NONE, row.total));
    }
    return new AgcReport(totals, clippingTime);
  }

  private Map<List<String>, Row> rowsByKey() {
    Map<List<String>, Row> byKey = new LinkedHashMap<>();
    for (Row row : rows) {
      byKey.put(row.key(), row);
    }
    return byKey;
  }

  /**
   * {@return the rules that parameters were clipped by in the latest iteration, each once, in the
   * order of the rows; empty before the first iteration}
   */
  public List<Rule> rules() {
    return rows.stream()
        .flatMap(row -> row.rule().stream())
        .distinct()
        .collect(Collectors.toUnmodifiableList());
  }

  /**
   * {@return whether what is counted as clipped in the latest iteration would have been clipped, of
   * any parameter: see {@link Rule#observed}}
   */
  public boolean isObserved() {
    return rules().stream().anyMatch(Rule::observed);
  }

  /** {@return the report as a table, one line per parameter} */
  @Override
  public String toString() {
    return new ReportTable(this).toString();
  }

  /**
   * One parameter of one layer.
   *
   * @serial exclude
   */
  public static final class Row implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String layer;
    private final String parameter;

    /** {@code null} in rows that were serialised before there were kinds. */
    private final ParameterKind kind;

    private final long units;
    private final String leftAlone;
    private final Rule rule;
    private final double learningRate;
    private final Statistics latest;
    private final Statistics total;

    /**
     * A row of weights, without the rule that they were clipped by.
     *
     * @param layer the layer's name; empty for a variable of a SameDiff graph
     * @param parameter the parameter's name within the layer, or the variable's name
     * @param units the number of units that the parameter has
     * @param leftAlone why AGC leaves the parameter alone, or {@code null} if it does not
     * @param latest the figures of the latest iteration
     * @param total the figures of all iterations
     */
    public Row(
        String layer,
        String parameter,
        long units,
        String leftAlone,
        Statistics latest,
        Statistics total) {
      this(
          layer,
          parameter,
          ParameterKind.WEIGHT,
          units,
          leftAlone,
          null,
          Double.NaN,
          latest,
          total);
    }

    /**
     * A row.
     *
     * @param layer the layer's name; empty for a variable of a SameDiff graph
     * @param parameter the parameter's name within the layer, or the variable's name
     * @param kind what the parameter is to its layer
     * @param units the number of units that the parameter has
     * @param leftAlone why AGC leaves the parameter alone, or {@code null} if it does not
     * @param rule what the parameter was clipped by in the latest iteration, or {@code null} if
     *     there was none
     * @param learningRate that of the latest iteration; NaN if there was none
     * @param latest the figures of the latest iteration
     * @param total the figures of all iterations
     */
    public Row(
        String layer,
        String parameter,
        ParameterKind kind,
        long units,
        String leftAlone,
        Rule rule,
        double learningRate,
        Statistics latest,
        Statistics total) {
      this.layer = Objects.requireNonNull(layer, "layer");
      this.parameter = Objects.requireNonNull(parameter, "parameter");
      this.kind = Objects.requireNonNull(kind, "kind");
      this.units = units;
      this.leftAlone = leftAlone;
      this.rule = rule;
      this.learningRate = learningRate;
      this.latest = Objects.requireNonNull(latest, "latest");
      this.total = Objects.requireNonNull(total, "total");
    }

    private List<String> key() {
      return List.of(layer, parameter);
    }

    String name() {
      return layer.isEmpty() ? parameter : layer + "/" + parameter;
    }

    /** {@return the layer's name; empty for a variable of a SameDiff graph} */
    public String layer() {
      return layer;
    }

    /** {@return the parameter's name within the layer} */
    public String parameter() {
      return parameter;
    }

    /** {@return what the parameter is to its layer} */
    public ParameterKind kind() {
      return kind == null ? ParameterKind.WEIGHT : kind;
    }

    /** {@return whether the parameter is a weight, and no bias or gain} */
    public boolean isWeight() {
      return kind() == ParameterKind.WEIGHT;
    }

    /** {@return what the parameter was clipped by in the latest iteration; empty if none was} */
    public Optional<Rule> rule() {
      return Optional.ofNullable(rule);
    }

    /**
     * {@return the learning rate of the parameter's updater in the latest iteration that was
     * counted; NaN if there was none, or the updater has no learning rate}
     */
    public double learningRate() {
      return learningRate;
    }

    /** {@return the number of units that the parameter has} */
    public long units() {
      return units;
    }

    /** {@return why AGC leaves this parameter alone; empty if it clips it} */
    public Optional<String> leftAlone() {
      return Optional.ofNullable(leftAlone);
    }

    /** {@return the figures of the latest iteration} */
    public Statistics latest() {
      return latest;
    }

    /** {@return the figures of all iterations} */
    public Statistics total() {
      return total;
    }

    private Row merge(Row other) {
      return new Row(
          layer,
          parameter,
          kind(),
          units,
          leftAlone == null ? null : other.leftAlone,
          other.rule == null ? rule : other.rule,
          other.rule == null ? learningRate : other.learningRate,
          latest.after(other.latest),
          total.after(other.total));
    }

    private Row since(Row earlier) {
      if (units != earlier.units) {
        throw notEarlier("{} has {} units in it, and {} here", name(), earlier.units, units);
      }
      if (!earlier.total.mayGrowTo(total)) {
        throw notEarlier(
            "{} has counted {} iterations ({}) in it, and {} iterations ({}) here",
            name(),
            earlier.total.iterations,
            earlier.total,
            total.iterations,
            total);
      }
      return with(latest, total.since(earlier.total));
    }

    private Row with(Statistics newLatest, Statistics newTotal) {
      return new Row(
          layer, parameter, kind(), units, leftAlone, rule, learningRate, newLatest, newTotal);
    }
  }

  /**
   * What a parameter was clipped by in its latest iteration. Immutable.
   *
   * @serial exclude
   */
  public static final class Rule implements Serializable {

    private static final long serialVersionUID = 1L;

    private final double threshold;
    private final NonFiniteGradients policy;
    private final boolean observed;

    /**
     * A rule.
     *
     * @param threshold the clipping threshold
     * @param policy what is done with units whose norms are not finite
     * @param observed whether nothing is scaled: see {@link #observed}
     */
    public Rule(double threshold, NonFiniteGradients policy, boolean observed) {
      this.threshold = threshold;
      this.policy = Objects.requireNonNull(policy, "policy");
      this.observed = observed;
    }

    /** {@return the clipping threshold} */
    public double threshold() {
      return threshold;
    }

    /** {@return what is done with units whose norms are not finite} */
    public NonFiniteGradients policy() {
      return policy;
    }

    /**
     * Whether nothing was scaled, as the settings say {@link AgcSettings.Builder#observeOnly} or
     * {@link AgcSettings.Builder#startIteration} is still to come: then what is counted as clipped
     * would have been clipped.
     *
     * @return whether gradients were left as they are
     */
    public boolean observed() {
      return observed;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Rule && toString().equals(other.toString());
    }

    @Override
    public int hashCode() {
      return toString().hashCode();
    }

    /** {@return such as "threshold 0.01, PASS_THROUGH"} */
    @Override
    public String toString() {
      return "threshold " + threshold + ", " + policy + (observed ? ", observed only" : "");
    }
  }

  /**
   * Counts and extremes over some units.
   *
   * @serial exclude
   */
  public static final class Statistics implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The figures of nothing: no iteration, no unit. */
    public static final Statistics NONE = new Statistics(0, 0, 0, 0, 0, 1);

    private final long iterations;
    private final long units;
    private final long clippedUnits;
    private final long nonFiniteUnits;
    private final double largestRatio;
    private final double smallestScale;

    /** {@code null} in figures that were serialised before there were histograms. */
    private final RatioHistogram ratios;

    /**
     * Statistics of some units, without their ratios.
     *
     * @param iterations iterations counted
     * @param units units seen, each once per iteration
     * @param clippedUnits units whose gradient was scaled down
     * @param nonFiniteUnits units whose gradient norm or weight norm was NaN or infinite
     * @param largestRatio largest {@code ||G|| / max(||W||, eps)} of the other units, 0 if none
     * @param smallestScale smallest scale that was applied, 1 if nothing was clipped
     */
    public Statistics(
        long iterations,
        long units,
        long clippedUnits,
        long nonFiniteUnits,
        double largestRatio,
        double smallestScale) {
      this(
          iterations,
          units,
          clippedUnits,
          nonFiniteUnits,
          largestRatio,
          smallestScale,
          RatioHistogram.EMPTY);
    }

    /**
     * Statistics of some units.
     *
     * @param iterations iterations counted
     * @param units units seen, each once per iteration
     * @param clippedUnits units whose gradient was scaled down
     * @param nonFiniteUnits units whose gradient norm or weight norm was NaN or infinite
     * @param largestRatio largest {@code ||G|| / max(||W||, eps)} of the other units, 0 if none
     * @param smallestScale smallest scale that was applied, 1 if nothing was clipped
     * @param ratios the ratios of the units whose norms are finite
     */
    public Statistics(
        long iterations,
        long units,
        long clippedUnits,
        long nonFiniteUnits,
        double largestRatio,
        double smallestScale,
        RatioHistogram ratios) {
      this.iterations = iterations;
      this.units = units;
      this.clippedUnits = clippedUnits;
      this.nonFiniteUnits = nonFiniteUnits;
      this.largestRatio = largestRatio;
      this.smallestScale = smallestScale;
      this.ratios = Objects.requireNonNull(ratios, "ratios");
    }

    /** {@return iterations counted} */
    public long iterations() {
      return iterations;
    }

    /** {@return units seen, each once per iteration} */
    public long units() {
      return units;
    }

    /** {@return units whose gradient was scaled down} */
    public long clippedUnits() {
      return clippedUnits;
    }

    /**
     * {@return units whose gradient norm or weight norm was NaN or infinite; these are not among
     * the clipped ones, and have no ratio}
     */
    public long nonFiniteUnits() {
      return nonFiniteUnits;
    }

    /**
     * The largest ratio of a unit, to be compared with the clipping threshold. Units whose norms
     * are not finite have none; neither have units whose weights are all zero, if {@code eps} is 0.
     *
     * @return {@code ||G|| / max(||W||, eps)}, finite; 0 if no unit had a ratio
     */
    public double largestRatio() {
      return largestRatio;
    }

    /** {@return the smallest scale that was applied, in [0, 1]; 1 if nothing was clipped} */
    public double smallestScale() {
      return smallestScale;
    }

    /** {@return the share of the units that were clipped, in [0, 1]; 0 if there were none} */
    public double clippedShare() {
      return share(clippedUnits);
    }

    /** {@return how often which ratio was seen} */
    public RatioHistogram ratios() {
      return ratios == null ? RatioHistogram.EMPTY : ratios;
    }

    /**
     * The share of these units that another threshold would have clipped, all else being equal: the
     * training would have gone another way.
     *
     * @param threshold the clipping threshold, finite and greater than zero
     * @return the share, as exactly as the bins of {@link #ratios} tell; 0 if there were no units
     * @throws IllegalArgumentException if {@code threshold} is out of range
     */
    public ClippedShare clippedShareAt(double threshold) {
      Checks.positive(threshold, "threshold");
      return new ClippedShare(
          share(ratios().atLeastAbove(threshold)),
          share(ratios().atMostAbove(threshold)),
          threshold);
    }

    /**
     * A threshold that would have clipped a share of these units: the smallest edge of a bin that
     * would not have clipped more.
     *
     * @param share the wanted share of clipped units, in [0, 1]
     * @return the threshold; NaN if there were no ratios, and infinity if more than {@code share}
     *     of the units have ratios above all bins
     * @throws IllegalArgumentException if {@code share} is out of range
     */
    public double thresholdFor(double share) {
      if (!(share >= 0 && share <= 1)) {
        throw BAD_ARGUMENT.argument("share must be in [0, 1], got {}", share);
      }
      if (ratios().count() == 0) {
        return Double.NaN;
      }
      int bin = RatioHistogram.bins();
      long above = 0;
      while (bin > 1 && share(above + ratios().count(bin - 1)) <= share) {
        bin--;
        above += ratios().count(bin);
      }
      return RatioHistogram.lowerEdge(bin);
    }

    private double share(long some) {
      return units == 0 ? 0 : (double) some / units;
    }

    /** The sum of figures of different units in the same iterations. */
    private Statistics together(Statistics other) {
      return combine(other, Math.max(iterations, other.iterations));
    }

    /** The sum of figures of the same units in different iterations. */
    private Statistics after(Statistics other) {
      return combine(other, iterations + other.iterations);
    }

    private Statistics combine(Statistics other, long combinedIterations) {
      return new Statistics(
          combinedIterations,
          units + other.units,
          clippedUnits + other.clippedUnits,
          nonFiniteUnits + other.nonFiniteUnits,
          Math.max(largestRatio, other.largestRatio),
          Math.min(smallestScale, other.smallestScale),
          ratios().plus(other.ratios()));
    }

    /** Whether counting more can turn these figures into {@code later}. */
    private boolean mayGrowTo(Statistics later) {
      return iterations <= later.iterations
          && units <= later.units
          && clippedUnits <= later.clippedUnits
          && nonFiniteUnits <= later.nonFiniteUnits
          && largestRatio <= later.largestRatio
          && smallestScale >= later.smallestScale
          && ratios().mayGrowTo(later.ratios());
    }

    private Statistics since(Statistics earlier) {
      long newUnits = units - earlier.units;
      long newClipped = clippedUnits - earlier.clippedUnits;
      long newNonFinite = nonFiniteUnits - earlier.nonFiniteUnits;
      return new Statistics(
          iterations - earlier.iterations,
          newUnits,
          newClipped,
          newNonFinite,
          newUnits == newNonFinite ? NONE.largestRatio : largestRatio,
          newClipped == 0 ? NONE.smallestScale : smallestScale,
          ratios().minus(earlier.ratios()));
    }

    @Override
    public String toString() {
      if (units == 0) {
        return "no units seen";
      }
      return String.format(
          Locale.ROOT,
          "%d of %d units clipped (%.2f%%), %d not finite, largest ratio %.3g, smallest scale %.3g",
          clippedUnits,
          units,
          100 * clippedShare(),
          nonFiniteUnits,
          largestRatio,
          smallestScale);
    }
  }
}
