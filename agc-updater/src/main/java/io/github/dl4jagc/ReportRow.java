package io.github.dl4jagc;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;

import io.github.dl4jagc.AgcReport.Statistics;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One parameter of one layer in an {@link AgcReport}, which makes it; {@link #of} makes it from its
 * {@link #fields}. Immutable.
 *
 * @serial exclude
 */
public final class ReportRow implements Serializable {

  private static final long serialVersionUID = 2L;

  private final String layer;
  private final String parameter;
  private final ParameterKind kind;
  private final long units;
  private final String leftAlone;
  private final Rule rule;
  private final double learningRate;
  private final Statistics latest;
  private final Statistics total;

  ReportRow(
      String layer,
      String parameter,
      ParameterKind kind,
      long units,
      String leftAlone,
      Rule rule,
      double learningRate,
      Statistics latest,
      Statistics total) {
    this.layer = layer;
    this.parameter = parameter;
    this.kind = kind;
    this.units = units;
    this.leftAlone = leftAlone;
    this.rule = rule;
    this.learningRate = learningRate;
    this.latest = latest;
    this.total = total;
  }

  /**
   * Makes a row of its fields, which {@link #fields} gives: what was written can be read.
   *
   * @param fields by name, as numbers or as text; {@code null} or empty where there is none
   * @return the row, without a latest iteration
   * @throws IllegalArgumentException if one is missing or out of range
   */
  public static ReportRow of(Map<String, ?> fields) {
    return RowFields.row(fields);
  }

  /**
   * {@return the row's fields by name, in the order of a statistics file's columns} The counts are
   * those of {@link #total}; what does not exist is {@code null}, as the counts of what is left
   * alone, or the largest ratio of units that are not finite.
   */
  public Map<String, Object> fields() {
    return RowFields.of(this);
  }

  /** What tells it from all other rows of a report. */
  List<String> key() {
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
    return kind;
  }

  /** {@return whether the parameter is a weight, and no bias or gain} */
  public boolean isWeight() {
    return kind == ParameterKind.WEIGHT;
  }

  /** {@return what the parameter was clipped by in the latest iteration; empty if none was} */
  public Optional<Rule> rule() {
    return Optional.ofNullable(rule);
  }

  /**
   * {@return the learning rate of the parameter's updater in the latest iteration that was counted;
   * NaN if there was none, or the updater has no learning rate}
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

  /** {@return the statistics of the latest iteration} */
  public Statistics latest() {
    return latest;
  }

  /** {@return the statistics of all iterations} */
  public Statistics total() {
    return total;
  }

  ReportRow merge(ReportRow other) {
    BAD_ARGUMENT.require(
        units == other.units && kind == other.kind,
        "other must be a report of a network with the same parameters, but {} is a {} of {}"
            + " units in it, and a {} of {} here",
        name(),
        other.kind,
        other.units,
        kind,
        units);
    ReportRow latter = other.rule == null ? this : other;
    return new ReportRow(
        layer,
        parameter,
        kind,
        units,
        leftAlone == null ? null : other.leftAlone,
        latter.rule,
        latter.learningRate,
        latest.plusIterations(other.latest),
        total.plusIterations(other.total));
  }

  ReportRow since(ReportRow earlier) {
    if (units != earlier.units) {
      throw notEarlier("{} has {} units in it, and {} here", name(), earlier.units, units);
    }
    if (!earlier.total.isAtMost(total)) {
      throw notEarlier(
          "{} has counted {} iterations ({}) in it, and {} iterations ({}) here",
          name(),
          earlier.total.iterations(),
          earlier.total,
          total.iterations(),
          total);
    }
    Statistics since = total.since(earlier.total);
    boolean isLatest = since.iterations() == 1 && latest.iterations() == 1;
    return with(latest, isLatest ? latest : since);
  }

  ReportRow with(Statistics newLatest, Statistics newTotal) {
    return new ReportRow(
        layer, parameter, kind, units, leftAlone, rule, learningRate, newLatest, newTotal);
  }

  static IllegalArgumentException notEarlier(String why, Object... values) {
    return BAD_ARGUMENT.argument(
        "earlier must be an earlier report of the same networks, but "
            + why
            + "; write later.since(earlier)",
        values);
  }

  /**
   * What a parameter was clipped by in its latest iteration. Immutable.
   *
   * @serial exclude
   */
  public static final class Rule implements Serializable {

    private static final long serialVersionUID = 2L;

    private final ClippingForm form;
    private final double threshold;
    private final NonFiniteGradients policy;
    private final boolean observed;

    Rule(ClippingForm form, double threshold, NonFiniteGradients policy, boolean observed) {
      this.form = form;
      this.threshold = threshold;
      this.policy = policy;
      this.observed = observed;
    }

    /** {@return what is compared with the threshold: what the ratios of the row are of} */
    public ClippingForm form() {
      return form;
    }

    /** {@return the bound of the ratios: the clipping threshold, or the update ratio} */
    public double threshold() {
      return threshold;
    }

    /** {@return what is done with units whose norms are not finite} */
    public NonFiniteGradients policy() {
      return policy;
    }

    /**
     * {@return whether nothing was scaled, by {@link AgcOptions#observeOnly} or before {@link
     * AgcOptions#startIteration}: what is counted as clipped would have been}
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
      return (form == ClippingForm.GRADIENT ? "threshold " : form.ratio() + " ")
          + threshold
          + ", "
          + policy
          + (observed ? ", observed only" : "");
    }
  }
}
