package io.github.dl4jagc.internal.binding;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.internal.stats.ParameterStatistics;
import io.github.dl4jagc.internal.units.Units;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One parameter of one layer of a network, or one variable of a SameDiff graph. */
public final class Parameter {

  /** What was counted of it, with its name and kind; they outlive this reading of the network. */
  public final ParameterStatistics statistics;

  public final INDArray weights;

  /** Where the parameter begins in the network's flat parameter and gradient arrays. */
  public final long offset;

  final Units units;

  /** Why no AGC may ever touch this parameter, or {@code null}. */
  public final String untouchable;

  public Parameter(
      ParameterStatistics statistics,
      INDArray weights,
      long offset,
      Units units,
      String untouchable) {
    this.statistics = statistics;
    this.weights = weights;
    this.offset = offset;
    this.units = units;
    this.untouchable = untouchable;
  }

  /** Whether weight decay applies to it: also where its layer is excluded from clipping. */
  public boolean isDecayed() {
    return statistics.kind == ParameterKind.WEIGHT && untouchable == null;
  }

  @Override
  public String toString() {
    return statistics.layer.isEmpty()
        ? "variable \"" + statistics.parameter + "\""
        : "layer \"" + statistics.layer + "\", parameter \"" + statistics.parameter + "\"";
  }
}
