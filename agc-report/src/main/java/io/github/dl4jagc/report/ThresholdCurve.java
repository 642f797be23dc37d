package io.github.dl4jagc.report;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.RatioHistogram;
import io.github.dl4jagc.ReportRow;
import io.github.dl4jagc.report.chart.Axis;
import io.github.dl4jagc.report.chart.Line;
import io.github.dl4jagc.report.chart.Line.Point;
import io.github.dl4jagc.report.chart.LineChart;
import io.github.dl4jagc.report.chart.Ticks;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** What share of a run's units each threshold clips. */
final class ThresholdCurve {

  private static final String ALL_WEIGHTS = "all weights";

  /** Empty bins on either side: a short axis would make a jump of a difference. */
  private static final int MARGIN = 4;

  private final RunSummary run;

  /** By name; all weights first. */
  private final Map<String, AgcReport.Statistics> units = new LinkedHashMap<>();

  /** Bounds of the weights in the last report; several if layers differ. */
  private final List<Double> inUse;

  private final int firstBin;

  /** Exclusively. */
  private final int endBin;

  ThresholdCurve(RunSummary run) {
    this.run = run;
    units.put(ALL_WEIGHTS, RunSummary.weightsOf(run.total));
    run.groups().forEach(group -> units.put(group, RunSummary.of(run.total, group)));
    inUse = run.total.rules().stream().map(ReportRow.Rule::threshold).distinct().collect(toList());
    int end = RatioHistogram.bins() - 1; // the first and the last one are of all that is beyond
    IntSummaryStatistics needed =
        IntStream.range(1, end).filter(this::isNeeded).summaryStatistics();
    firstBin = needed.getCount() == 0 ? 1 : Math.max(1, needed.getMin() - MARGIN);
    endBin = needed.getCount() == 0 ? end : Math.min(end, needed.getMax() + 1 + MARGIN);
  }

  private boolean isNeeded(int bin) {
    return units.values().stream().anyMatch(each -> each.ratios().count(bin) > 0)
        || inUse.stream().anyMatch(each -> RatioHistogram.binOf(each) == bin);
  }

  String svg(double left) {
    LineChart chart =
        new LineChart(
                "Share of the units clipped, over the clipping threshold",
                Axis.logarithmic("threshold")
                    .between(RatioHistogram.lowerEdge(firstBin), RatioHistogram.lowerEdge(endBin)),
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
    for (double each : inUse) {
      String share = shareAt(ALL_WEIGHTS, each);
      chart.mark(each, "threshold " + Ticks.text(each) + ": " + share + " of the weights' units");
    }
    return chart.svg();
  }

  private static String style(String name) {
    return name.equals(ALL_WEIGHTS)
        ? "thick c1"
        : name.equals(RunSummary.BIASES_AND_GAINS) ? "dashed c2" : "thin c7";
  }

  /** Without those in the middle of what is level. */
  private List<Point> points(AgcReport.Statistics of) {
    RatioHistogram ratios = of.ratios();
    return bins()
        .filter(
            bin ->
                bin == firstBin || bin == endBin || ratios.count(bin - 1) + ratios.count(bin) > 0)
        .mapToObj(bin -> Point.of(RatioHistogram.lowerEdge(bin), shareFrom(of, bin)))
        .collect(toList());
  }

  /** All, and the end of the last one. */
  private IntStream bins() {
    return IntStream.rangeClosed(firstBin, endBin);
  }

  private static double shareFrom(AgcReport.Statistics of, int bin) {
    return of.clippedShareAt(RatioHistogram.lowerEdge(bin));
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
            .map(column -> column.threshold)
            .allMatch(each -> each.getMin() == threshold && each.getMax() == threshold);
    return RunFacts.percent(always ? of.clippedShare() : of.clippedShareAt(threshold));
  }

  /** Adds what the page shows under the mouse: what the curve says at each of its points. */
  void describe(ObjectNode data) {
    data.put("low", RatioHistogram.lowerEdge(firstBin));
    data.put("high", RatioHistogram.lowerEdge(endBin));
    ArrayNode shares = data.putArray("shares");
    AgcReport.Statistics weights = units.get(ALL_WEIGHTS);
    bins().forEach(bin -> shares.add(Math.round(1e4 * shareFrom(weights, bin)) / 1e4));
  }
}
