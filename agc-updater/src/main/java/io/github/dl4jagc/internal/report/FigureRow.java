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

  /** Of that iteration alone. */
  final AgcReport.Figures figures;

  FigureRow(
      int network,
      int iteration,
      int epoch,
      double score,
      double learningRate,
      String layer,
      String parameter,
      AgcReport.Figures figures) {
    this.network = network;
    this.iteration = iteration;
    this.epoch = epoch;
    this.score = score;
    this.learningRate = learningRate;
    this.layer = layer;
    this.parameter = parameter;
    this.figures = figures;
  }

  /** The latest iteration of a report's row, of a network that has no number in the file yet. */
  public FigureRow(int iteration, int epoch, double score, double learningRate, AgcReport.Row row) {
    this(0, iteration, epoch, score, learningRate, row.layer(), row.parameter(), row.latest());
  }

  /** The same as a row of a report, where no ratio is 0: in old files it may be NaN. */
  AgcReport.Row inReport() {
    AgcReport.Figures total =
        new AgcReport.Figures(
            figures.iterations(),
            figures.units(),
            figures.clippedUnits(),
            figures.nonFiniteUnits(),
            Double.isNaN(figures.largestRatio()) ? 0 : figures.largestRatio(),
            figures.smallestScale());
    return new AgcReport.Row(
        layer, parameter, figures.units(), null, AgcReport.Figures.NONE, total);
  }

  /** Whether both rows belong to one report. */
  boolean isOfReport(FigureRow other) {
    return network == other.network && iteration == other.iteration;
  }
}
