package io.github.dl4jagc.report;

import static io.github.dl4jagc.internal.check.Troubleshooting.NO_FIGURES_YET;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.RatioHistogram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A file of figures in at most some hundred columns, however long the training was: each column
 * sums up the reports of a stretch of iterations. Networks of one file, as replicas are, are taken
 * together.
 */
final class RunSummary {

  /** What the weights of all layers together are called. */
  static final String ALL_WEIGHTS = "all weights";

  /** Columns of a screen. */
  private static final int MOST_COLUMNS = 240;

  /** Cells of the heat map: with many layers, fewer columns. */
  private static final int MOST_CELLS = 36_000;

  private static final int FEWEST_COLUMNS = 120;

  /** One stretch of iterations. */
  static final class Column {
    /** Iterations of the first and the last report in it. */
    int first = Integer.MAX_VALUE;

    int last = -1;

    final Average score = new Average();
    final Average learningRate = new Average();

    /** Over the parameters' largest ratios of each report: their median, 90 % quantile, maximum. */
    final Average medianRatio = new Average();

    final Average highRatio = new Average();
    final Average largestRatio = new Average();
    final Average threshold = new Average();

    /** By {@linkplain FigureRow#group group}. */
    final long[] units;

    final long[] clipped;

    final RatioHistogram[] ratios;

    private Column(int layers) {
      units = new long[layers];
      clipped = new long[layers];
      ratios = new RatioHistogram[layers];
      Arrays.fill(ratios, RatioHistogram.EMPTY);
    }

    boolean isEmpty() {
      return last < 0;
    }
  }

  /** Mean, smallest and largest of finite values; the others are counted. */
  static final class Average {
    private double sum;
    private long count;
    long notFinite;
    double smallest = Double.POSITIVE_INFINITY;
    double largest = Double.NEGATIVE_INFINITY;

    void add(double value) {
      if (Double.isFinite(value)) {
        sum += value;
        count++;
        smallest = Math.min(smallest, value);
        largest = Math.max(largest, value);
      } else {
        notFinite++;
      }
    }

    /**
     * NaN if there was no finite value. Never outside of the values, whatever the sum rounds to.
     */
    double mean() {
      return count == 0 ? Double.NaN : Math.max(smallest, Math.min(largest, sum / count));
    }
  }

  /** Whose weights are clipped; and all biases and gains together, at the end. */
  final List<String> layers;

  /** Of each of {@link #layers}, of the whole training. */
  final List<RatioHistogram> ratios = new ArrayList<>();

  /** The parameters that are left alone, with the reason. */
  final List<AgcReport.Row> leftAlone;

  /** Of the whole training; its units are those of a parameter's first report. */
  AgcReport clipped = new AgcReport(List.of());

  final List<Column> columns = new ArrayList<>();
  final int firstIteration;
  final int lastIteration;
  final int lastEpoch;
  final long reports;
  final int networks;

  /** Of the last report; may be NaN. */
  final double lastScore;

  private RunSummary(Extent extent) {
    if (extent.layers.remove(FigureRow.BIASES_AND_GAINS)) {
      extent.layers.add(FigureRow.BIASES_AND_GAINS); // at the end
    }
    layers = new ArrayList<>(extent.layers);
    leftAlone = new ArrayList<>(extent.leftAlone.values());
    firstIteration = extent.first;
    lastIteration = extent.last;
    lastEpoch = extent.lastEpoch;
    reports = extent.reports;
    networks = extent.networks.size();
    lastScore = extent.latest.score;
  }

  /**
   * Reads the file twice: for its extent, then into columns.
   *
   * @throws IllegalStateException if it has no figures
   */
  static RunSummary of(FiguresFile file) throws IOException {
    synchronized (file) { // no report may be added in between
      return ofBothReadings(file);
    }
  }

  private static RunSummary ofBothReadings(FiguresFile file) throws IOException {
    Extent extent = new Extent();
    file.read((row, start) -> extent.add(row));
    if (extent.latest == null || extent.layers.isEmpty()) {
      throw NO_FIGURES_YET.state(
          "The figures file {} has no figures yet: train with an AgcListener that writes to it"
              + " first",
          file.path());
    }
    RunSummary run = new RunSummary(extent);
    Filler filler = run.new Filler(extent);
    file.read((row, start) -> filler.add(row));
    filler.endReport();
    run.columns.removeIf(Column::isEmpty);
    for (int layer = 0; layer < run.layers.size(); layer++) {
      int index = layer;
      run.ratios.add(
          run.columns.stream()
              .map(column -> column.ratios[index])
              .reduce(RatioHistogram.EMPTY, RatioHistogram::plus));
    }
    return run;
  }

  /** What is there: the first reading. */
  private static final class Extent {
    final Set<String> layers = new LinkedHashSet<>();
    final Map<List<String>, AgcReport.Row> leftAlone = new LinkedHashMap<>();
    final Set<Integer> networks = new LinkedHashSet<>();
    final Set<Integer> iterations = new LinkedHashSet<>();
    int first = Integer.MAX_VALUE;
    int last = -1;
    int lastEpoch;
    long reports;
    FigureRow latest;

    void add(FigureRow row) {
      List<String> parameter = List.of(row.row.layer(), row.row.parameter());
      if (row.isLeftAlone()) {
        leftAlone.put(parameter, row.row);
      } else {
        leftAlone.remove(parameter);
        layers.add(row.group());
      }
      first = Math.min(first, row.iteration);
      last = Math.max(last, row.iteration);
      lastEpoch = Math.max(lastEpoch, row.epoch);
      if (latest == null || !row.isOfReport(latest)) {
        reports++;
        networks.add(row.network);
        if (iterations.size() <= MOST_COLUMNS) {
          iterations.add(row.iteration);
        }
      }
      latest = row;
    }
  }

  /** Sums rows up in columns: the second reading. */
  private final class Filler {
    private final Map<String, Integer> layerIndexes = new HashMap<>();
    private final List<FigureRow> report = new ArrayList<>();

    Filler(Extent extent) {
      layers.forEach(layer -> layerIndexes.put(layer, layerIndexes.size()));
      int most =
          Math.max(FEWEST_COLUMNS, Math.min(MOST_COLUMNS, MOST_CELLS / extent.layers.size()));
      int count = Math.min(most, extent.iterations.size());
      for (int i = 0; i < count; i++) {
        columns.add(new Column(extent.layers.size()));
      }
    }

    void add(FigureRow row) {
      if (!report.isEmpty() && !row.isOfReport(report.get(0))) {
        endReport();
      }
      report.add(row);
    }

    void endReport() {
      FigureRow any = report.get(0);
      Column column = columnOf(any.iteration);
      column.first = Math.min(column.first, any.iteration);
      column.last = Math.max(column.last, any.iteration);
      column.score.add(any.score);
      double rate = Double.NaN;
      report.removeIf(FigureRow::isLeftAlone);
      for (FigureRow row : report) {
        rate = Double.isNaN(rate) ? row.learningRate : Math.max(rate, row.learningRate);
        int layer = layerIndexes.get(row.group());
        AgcReport.Statistics figures = row.figures();
        column.units[layer] += figures.units();
        column.clipped[layer] += figures.clippedUnits();
        column.ratios[layer] = column.ratios[layer].plus(row.ratios);
        if (row.row.rule().isPresent()) {
          column.threshold.add(row.row.rule().get().threshold());
        } else if (figures.clippedUnits() > 0 && figures.smallestScale() > 0) {
          // A file of version 0.1. Ratio and scale are of the same unit, and ratio times scale is
          // the threshold.
          column.threshold.add(figures.largestRatio() * figures.smallestScale());
        }
      }
      column.learningRate.add(rate);
      double[] ratios =
          report.stream()
              .filter(row -> !row.group().equals(FigureRow.BIASES_AND_GAINS))
              .mapToDouble(row -> row.figures().largestRatio())
              .filter(ratio -> !Double.isNaN(ratio))
              .sorted()
              .toArray();
      column.medianRatio.add(quantile(ratios, 0.5));
      column.highRatio.add(quantile(ratios, 0.9));
      column.largestRatio.add(quantile(ratios, 1));
      clipped =
          clipped.merge(
              new AgcReport(report.stream().map(FigureRow::inReport).collect(Collectors.toList())));
      report.clear();
    }

    private Column columnOf(int iteration) {
      long range = (long) lastIteration - firstIteration + 1;
      return columns.get((int) ((long) (iteration - firstIteration) * columns.size() / range));
    }
  }

  /** Whether the layer of this index is all biases and gains. */
  boolean isOfBiasesAndGains(int layer) {
    return layers.get(layer).equals(FigureRow.BIASES_AND_GAINS);
  }

  /** Of the last report; several if layers differ. */
  List<Double> thresholdsInUse() {
    return clipped.rules().stream()
        .map(AgcReport.Rule::threshold)
        .distinct()
        .collect(Collectors.toList());
  }

  /** The indices of the layers whose weights are clipped. */
  List<Integer> layersOfWeights() {
    return IntStream.range(0, layers.size())
        .filter(layer -> !isOfBiasesAndGains(layer))
        .boxed()
        .collect(Collectors.toList());
  }

  /** The ratios of the weights of all layers. */
  RatioHistogram ratiosOfWeights() {
    return layersOfWeights().stream()
        .map(ratios::get)
        .reduce(RatioHistogram.EMPTY, RatioHistogram::plus);
  }

  /** The smallest value that at least this share of the values does not exceed; NaN of none. */
  static double quantile(double[] sorted, double share) {
    return sorted.length == 0
        ? Double.NaN
        : sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }
}
