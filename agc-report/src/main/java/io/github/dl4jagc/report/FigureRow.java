package io.github.dl4jagc.report;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.RatioHistogram;

/** One row of a file of figures: one parameter in one iteration of one network. Immutable. */
final class FigureRow {

  static final String BIASES_AND_GAINS = "biases and gains";

  final int network;
  final int iteration;
  final int epoch;
  final double score;
  final double learningRate;

  /** Its latest figures are those of the iteration; it has no others. */
  final AgcReport.Row row;

  /** In a file, those of all iterations since the network's report before; else of all. */
  final RatioHistogram ratios;

  FigureRow(
      int network,
      int iteration,
      int epoch,
      double score,
      double learningRate,
      AgcReport.Row row,
      RatioHistogram ratios) {
    this.network = network;
    this.iteration = iteration;
    this.epoch = epoch;
    this.score = score;
    this.learningRate = learningRate;
    this.row = row;
    this.ratios = ratios;
  }

  /** The latest iteration of a report's row, of a network that has no number in the file yet. */
  FigureRow(int iteration, int epoch, double score, double learningRate, AgcReport.Row row) {
    this(0, iteration, epoch, score, learningRate, row, row.total().ratios());
  }

  /** The same with the ratios that have come since an earlier one. */
  FigureRow since(RatioHistogram earlier) {
    return new FigureRow(
        network, iteration, epoch, score, learningRate, row, ratios.minus(earlier));
  }

  AgcReport.Statistics figures() {
    return row.latest();
  }

  boolean isLeftAlone() {
    return row.leftAlone().isPresent();
  }

  /**
   * What the page shows it with: weights with those of their layer, all others together, as they
   * have few units and, at the start, ratios in the thousands.
   */
  String group() {
    return row.isWeight() ? row.layer() : BIASES_AND_GAINS;
  }

  /** The same as a row of a report, where no ratio is 0: in old files it may be NaN. */
  AgcReport.Row inReport() {
    AgcReport.Statistics figures = figures();
    AgcReport.Statistics total =
        new AgcReport.Statistics(
            figures.iterations(),
            figures.units(),
            figures.clippedUnits(),
            figures.nonFiniteUnits(),
            Double.isNaN(figures.largestRatio()) ? 0 : figures.largestRatio(),
            figures.smallestScale());
    return new AgcReport.Row(
        row.layer(),
        row.parameter(),
        row.kind(),
        row.units(),
        row.leftAlone().orElse(null),
        row.rule().orElse(null),
        row.learningRate(),
        AgcReport.Statistics.NONE,
        total);
  }

  /** Whether both rows belong to one report. */
  boolean isOfReport(FigureRow other) {
    return network == other.network && iteration == other.iteration;
  }
}
