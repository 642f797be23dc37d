package io.github.dl4jagc.report;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.RatioHistogram;
import io.github.dl4jagc.ReportRow;
import io.github.dl4jagc.report.chart.Axis;
import io.github.dl4jagc.report.chart.HeatMap;
import io.github.dl4jagc.report.chart.Html;
import io.github.dl4jagc.report.chart.Line;
import io.github.dl4jagc.report.chart.Line.Point;
import io.github.dl4jagc.report.chart.LineChart;
import io.github.dl4jagc.report.chart.Table;
import io.github.dl4jagc.report.chart.Ticks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What share of a run's units each threshold clips, and when there were which ratios. */
final class RatioCharts {

  private static final String ALL_WEIGHTS = "all weights";

  /** Shares that the table has thresholds for, in percent. */
  private static final int[] SHARES = {50, 25, 10, 5, 1};

  /** A shorter axis would make a jump of a difference. */
  private static final int FEWEST_BINS = 16;

  private static final int BINS_OF_ROW = 2;
  private static final double ROW_HEIGHT = 9;

  /** Cells of the maps of all layers and runs: some hundred kilobytes. */
  private static final int MOST_CELLS = 20_000;

  private static final int MOST_COLUMNS = 120;
  private static final int FEWEST_COLUMNS = 4;

  private final RunSummary run;
  private final int runs;
  private final double left;

  /** By name; all weights first. */
  private final Map<String, AgcReport.Statistics> units = new LinkedHashMap<>();

  /** Bounds of the weights in the last report; several if layers differ. */
  private final List<Double> inUse;

  /** From the first bin to, exclusively, the last one. */
  private final int[] bins;

  RatioCharts(RunSummary run, int runs, double left) {
    this.run = run;
    this.runs = runs;
    this.left = left;
    units.put(ALL_WEIGHTS, RunSummary.weightsOf(run.total));
    run.groups().forEach(group -> units.put(group, RunSummary.of(run.total, group)));
    inUse = run.total.rules().stream().map(ReportRow.Rule::threshold).distinct().collect(toList());
    bins = bins(units.values().stream().map(AgcReport.Statistics::ratios).collect(toList()));
  }

  /** The bins that some histograms need: never those of all that is beyond. */
  private int[] bins(Collection<RatioHistogram> histograms) {
    int top = RatioHistogram.bins() - 1;
    int[] needed =
        IntStream.range(1, top)
            .filter(
                bin ->
                    histograms.stream().anyMatch(ratios -> ratios.count(bin) > 0)
                        || inUse.stream().anyMatch(each -> RatioHistogram.binOf(each) == bin))
            .toArray();
    if (needed.length == 0) {
      return new int[] {1, top};
    }
    int low = needed[0];
    int high = needed[needed.length - 1] + 1;
    int missing = Math.max(0, FEWEST_BINS - (high - low));
    int first = Math.max(1, Math.min(low - missing / 2, top - FEWEST_BINS));
    return new int[] {first, Math.min(top, Math.max(high + missing / 2, first + FEWEST_BINS))};
  }

  String curve() {
    LineChart chart =
        new LineChart(
                "Share of the units clipped, over the clipping threshold",
                Axis.logarithmic("threshold").between(firstThreshold(), lastThreshold()),
                Axis.share())
            .size(RunSection.WIDTH, 260, left)
            .bare();
    List<String> names = new ArrayList<>(units.keySet());
    names.add(names.remove(0)); // all weights last: above the others
    for (String name : names) {
      if (units.get(name).ratios().count() > 0) {
        chart.add(Line.of("", points(units.get(name))).styled(style(name)).saying(inWords(name)));
      }
    }
    inUse.forEach(
        each ->
            chart.mark(
                each,
                "threshold "
                    + Ticks.text(each)
                    + ": "
                    + shareAt(ALL_WEIGHTS, each)
                    + " of the weights' units"));
    return chart.svg();
  }

  private static String style(String name) {
    return name.equals(ALL_WEIGHTS)
        ? "thick c1"
        : name.equals(RunSummary.BIASES_AND_GAINS) ? "dashed c2" : "thin c7";
  }

  /** Without those in the middle of what is level. */
  private List<Point> points(AgcReport.Statistics of) {
    return IntStream.rangeClosed(bins[0], bins[1])
        .filter(
            bin ->
                bin == bins[0]
                    || bin == bins[1]
                    || of.ratios().count(bin - 1) > 0
                    || of.ratios().count(bin) > 0)
        .mapToObj(bin -> Point.of(RatioHistogram.lowerEdge(bin), shareFrom(of, bin)))
        .collect(toList());
  }

  private static double shareFrom(AgcReport.Statistics of, int bin) {
    return of.clippedShareAt(RatioHistogram.lowerEdge(bin)).atMost();
  }

  private String inWords(String name) {
    return name
        + inUse.stream()
            .map(each -> ", " + shareAt(name, each) + " at " + Ticks.text(each))
            .collect(joining());
  }

  /** What was counted, if this was the bound all the time; else what the ratios tell. */
  private String shareAt(String name, double threshold) {
    AgcReport.Statistics of = units.get(name);
    boolean always =
        run.columns.stream()
            .allMatch(
                column ->
                    column.threshold.smallest == threshold
                        && column.threshold.largest == threshold);
    return RunSection.percent(always ? of.clippedShare() : of.clippedShareAt(threshold).estimate());
  }

  /** For each layer, the thresholds that clip certain shares. */
  String table() {
    List<String> headers = new ArrayList<>(List.of("units of"));
    for (int percent : SHARES) {
      headers.add(percent + "\u00a0%");
    }
    Table table = new Table(headers).names(1);
    units.forEach(
        (name, of) -> {
          List<String> cells = new ArrayList<>(List.of(name));
          for (int percent : SHARES) {
            double threshold = of.thresholdFor(percent / 100.0);
            cells.add(Double.isNaN(threshold) ? "\u2013" : Ticks.text(threshold));
          }
          table.row(cells);
        });
    return table.html();
  }

  /** What the curve says at each of its points, from the first threshold to the last one. */
  double[] shares() {
    return IntStream.rangeClosed(bins[0], bins[1])
        .mapToDouble(bin -> shareFrom(units.get(ALL_WEIGHTS), bin))
        .toArray();
  }

  double firstThreshold() {
    return RatioHistogram.lowerEdge(bins[0]);
  }

  double lastThreshold() {
    return RatioHistogram.lowerEdge(bins[1]);
  }

  /** The options of a list of all layers; the first is all weights. */
  String options() {
    return units.keySet().stream()
        .map(name -> "<option>" + Html.escape(name) + "</option>")
        .collect(joining());
  }

  /**
   * The distribution of the ratios over time, a map for each option: a row for each half octave,
   * its shade the share of the column's units in it, against that of the fullest cell.
   */
  String maps() {
    return units.keySet().stream()
        .map(name -> "<div class=\"ratio-map\">" + map(name) + "</div>\n")
        .collect(joining());
  }

  private String map(String name) {
    int[] own = bins(List.of(units.get(name).ratios()));
    double low = RatioHistogram.lowerEdge(own[0]);
    int rows = (own[1] - own[0] + BINS_OF_ROW - 1) / BINS_OF_ROW;
    int maps = name.equals(ALL_WEIGHTS) ? 1 : units.size(); // it is looked at first
    int most = MOST_CELLS / runs / rows / maps;
    RunSummary merged = run.inColumns(Math.max(FEWEST_COLUMNS, Math.min(MOST_COLUMNS, most)));
    List<RatioHistogram> histograms =
        merged.columns.stream().map(column -> of(column.report, name).ratios()).collect(toList());
    double[][] shares = new double[rows][histograms.size()];
    for (int i = 0; i < histograms.size(); i++) {
      RatioHistogram ratios = histograms.get(i);
      for (int bin = own[0]; bin < own[1] && ratios.count() > 0; bin++) {
        shares[(bin - own[0]) / BINS_OF_ROW][i] += (double) ratios.count(bin) / ratios.count();
      }
    }
    double largest = Arrays.stream(shares).flatMapToDouble(Arrays::stream).max().orElse(0);
    HeatMap map =
        new HeatMap(
            "Ratios of " + name + ", by size and iteration",
            RunSection.iterations(),
            RunSection.edges(merged.columns),
            RunSection.WIDTH,
            left,
            ROW_HEIGHT);
    List<Double> ticks = Ticks.logarithmic(low, RatioHistogram.lowerEdge(own[1]));
    for (int row = rows - 1; row >= 0; row--) {
      double from = RatioHistogram.lowerEdge(own[0] + row * BINS_OF_ROW);
      double to = from * Math.pow(2, BINS_OF_ROW / 4.0);
      map.row(
          ticks.stream()
              .filter(tick -> from <= tick && tick < to)
              .findFirst()
              .map(Ticks::label)
              .orElse(""),
          Arrays.stream(shares[row])
              .map(share -> share == 0 ? Double.NaN : share / largest)
              .toArray());
    }
    inUse.forEach(each -> map.mark(rows - Math.log(each / low) / Math.log(2) * 4 / BINS_OF_ROW));
    return map.svg();
  }

  private static AgcReport.Statistics of(AgcReport report, String name) {
    return name.equals(ALL_WEIGHTS) ? RunSummary.weightsOf(report) : RunSummary.of(report, name);
  }
}
