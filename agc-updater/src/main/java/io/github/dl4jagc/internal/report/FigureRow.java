package io.github.dl4jagc.internal.report;

import io.github.dl4jagc.AgcReport;

/** One row of a file of figures: one parameter in one iteration of one network. Immutable. */
public final class FigureRow {

  final int network;
  final int iteration;
  final int epoch;
  final double score;
  final double learningRate;
  final String layer;
  final String parameter;
  final long units;
  final long clipped;
  final long nonFinite;
  final double largestRatio;
  final double smallestScale;

  FigureRow(
      int network,
      int iteration,
      int epoch,
      double score,
      double learningRate,
      String layer,
      String parameter,
      long units,
      long clipped,
      long nonFinite,
      double largestRatio,
      double smallestScale) {
    this.network = network;
    this.iteration = iteration;
    this.epoch = epoch;
    this.score = score;
    this.learningRate = learningRate;
    this.layer = layer;
    this.parameter = parameter;
    this.units = units;
    this.clipped = clipped;
    this.nonFinite = nonFinite;
    this.largestRatio = largestRatio;
    this.smallestScale = smallestScale;
  }

  /** The figures of the latest iteration of a report's row, of a network without a number yet. */
  public FigureRow(int iteration, int epoch, double score, double learningRate, AgcReport.Row row) {
    this(
        0,
        iteration,
        epoch,
        score,
        learningRate,
        row.layer(),
        row.parameter(),
        row.latest().units(),
        row.latest().clippedUnits(),
        row.latest().nonFiniteUnits(),
        row.latest().largestRatio(),
        row.latest().smallestScale());
  }

  /** Clipped units over units. */
  double share() {
    return units == 0 ? 0 : (double) clipped / units;
  }

  /** Whether both rows belong to one report. */
  boolean isOfReport(FigureRow other) {
    return network == other.network && iteration == other.iteration;
  }
}
