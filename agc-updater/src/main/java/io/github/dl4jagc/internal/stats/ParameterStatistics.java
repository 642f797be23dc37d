package io.github.dl4jagc.internal.stats;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.internal.clip.ClipCounter;
import io.github.dl4jagc.internal.clip.ClippingRule;
import java.util.function.Function;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * What was counted of one parameter of one network, from iteration to iteration. Changed and {@link
 * #read} under its lock.
 */
public final class ParameterStatistics {

  public final String layer;
  public final String parameter;
  public final ParameterKind kind;
  public final long units;
  public final ClipCounter latest = new ClipCounter();
  public final ClipCounter total = new ClipCounter();

  /** Of the latest iteration; {@code null} before the first. */
  public ClippingRule rule;

  /** Of the latest iteration; NaN if there is none. */
  public double learningRate = Double.NaN;

  /** Why, in words; {@code null} if it is clipped. */
  public String leftAlone;

  private IUpdater updater;

  ParameterStatistics(String layer, String parameter, ParameterKind kind, long units) {
    this.layer = layer;
    this.parameter = parameter;
    this.kind = kind;
    this.units = units;
  }

  /** Notes how the parameter is bound now; the reason is {@code null} if it is clipped. */
  public synchronized void boundTo(IUpdater newUpdater, String reason) {
    updater = newUpdater;
    leftAlone = reason;
  }

  /**
   * Adds an iteration, which is the latest one now.
   *
   * @param zeroed units that were not finite before they were counted, and have been set to zero
   *     since: they are units seen like those of the counter
   */
  public synchronized void record(
      ClipCounter counter, long zeroed, ClippingRule newRule, int iteration, int epoch) {
    rule = newRule;
    learningRate =
        updater == null || !updater.hasLearningRate()
            ? Double.NaN
            : updater.getLearningRate(iteration, epoch);
    latest.clear();
    latest.add(counter);
    latest.units += zeroed;
    latest.nonFiniteUnits += zeroed;
    latest.observedUnits = newRule.observeOnly() ? latest.clippedUnits : 0;
    total.add(latest);
  }

  /** Units whose norms were not finite, of all iterations. */
  public synchronized long nonFiniteUnits() {
    return total.nonFiniteUnits;
  }

  /** How many iterations were counted. */
  public synchronized long iterations() {
    return total.iterations;
  }

  synchronized <T> T read(Function<ParameterStatistics, T> reader) {
    return reader.apply(this);
  }
}
