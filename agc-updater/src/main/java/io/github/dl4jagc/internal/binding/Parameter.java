package io.github.dl4jagc.internal.binding;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.internal.stats.NetworkStatistics;
import io.github.dl4jagc.internal.stats.ParameterStatistics;
import io.github.dl4jagc.internal.units.Units;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One parameter of one layer of a network, or one variable of a SameDiff graph. */
public final class Parameter {

  /** Empty for a variable of a SameDiff graph. */
  final String layer;

  public final String name;
  public final INDArray weights;

  /** Where the parameter begins in the network's flat parameter and gradient arrays. */
  public final long offset;

  final Units units;
  final ParameterKind kind;

  /** Why no AGC may ever touch this parameter, or {@code null}. */
  public final String untouchable;

  public Parameter(
      String layer,
      String name,
      INDArray weights,
      long offset,
      Units units,
      ParameterKind kind,
      String untouchable) {
    this.layer = layer;
    this.name = name;
    this.weights = weights;
    this.offset = offset;
    this.units = units;
    this.kind = kind;
    this.untouchable = untouchable;
  }

  /** Whether weight decay applies to it: also where its layer is excluded from clipping. */
  public boolean isDecayed() {
    return kind == ParameterKind.WEIGHT && untouchable == null;
  }

  public ParameterStatistics statisticsIn(NetworkStatistics network) {
    return network.of(layer, name, kind, units.count());
  }

  @Override
  public String toString() {
    return layer.isEmpty()
        ? "variable \"" + name + "\""
        : "layer \"" + layer + "\", parameter \"" + name + "\"";
  }
}
