package io.github.dl4jagc.report;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportRow;
import io.github.dl4jagc.report.RunSummary.Column;
import io.github.dl4jagc.report.chart.Axis;
import io.github.dl4jagc.report.chart.HeatMap;
import io.github.dl4jagc.report.chart.Html;
import io.github.dl4jagc.report.chart.Line;
import io.github.dl4jagc.report.chart.Line.Point;
import io.github.dl4jagc.report.chart.LineChart;
import io.github.dl4jagc.report.chart.Table;
import io.github.dl4jagc.report.chart.Ticks;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** What a page shows of one run: the same iteration at the same place in each of its charts. */
final class RunSection {

  static final int WIDTH = 1000;
  private static final int HEIGHT = 190;
  private static final double CHARACTER = 7.2;
  private static final double NARROWEST_LEFT = 64;

  /** Of the rows of the map of layers, and of all of them where these bounds allow it. */
  private static final double HIGHEST = 26;

  private static final double LOWEST = 7;
  private static final double MAP_HEIGHT = 420;

  /** More parameters than this are shown on demand. */
  private static final int OPEN_TABLE = 24;

  private final RunSummary run;
  final RunFacts facts;

  /** What was clipped of each group, by column. */
  private final Map<String, double[]> shares = new LinkedHashMap<>();

  private final double left;
  private final double rowHeight;
  private final ThresholdCurve thresholds;

  RunSection(RunSummary run) {
    this.run = run;
    facts = new RunFacts(run);
    for (String group : run.groups()) {
      shares.put(
          group, run.columns.stream().mapToDouble(column -> share(column.report, group)).toArray());
    }
    Set<String> groups = shares.keySet();
    int longest = groups.stream().mapToInt(name -> Html.shortened(name).length()).max().orElse(0);
    left = Math.max(NARROWEST_LEFT, 14 + CHARACTER * longest);
    rowHeight = Math.max(LOWEST, Math.min(HIGHEST, MAP_HEIGHT / groups.size()));
    thresholds = new ThresholdCurve(run);
  }

  String html() {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("name", Html.escape(run.name));
    parts.put("verdict", new RunVerdict(run).html());
    parts.put("facts", facts.tiles());
    parts.put("map", map());
    parts.put("columns", columns());
    parts.put(
        "share",
        chart("Share of the weights' units clipped, over the iterations", Axis.share())
            .add(run.line("", column -> column.weights().clippedShare()))
            .svg());
    parts.put("curve", thresholds.svg(left));
    parts.put(
        "ratios",
        chart("Largest ratios of the weights, over the iterations", Axis.logarithmic("ratio"))
            .add(run.line("largest", column -> column.weights().largestRatio()))
            .add(
                run.line(
                    "90 % of the units are below", column -> column.weights().thresholdFor(0.1)))
            .add(
                run.line(
                    "half of the units are below", column -> column.weights().thresholdFor(0.5)))
            .add(band("bound", column -> column.threshold).styled("dashed"))
            .svg());
    parts.put(
        "score",
        chart("Score, over the iterations", Axis.byRange("score"))
            .add(band("", column -> column.score))
            .svg());
    parts.put(
        "rate",
        chart("Learning rate, over the iterations", Axis.linear("learning rate"))
            .add(run.line("", column -> column.learningRate.getMax()))
            .svg());
    parts.put("parameters", parameters());
    parts.put("open", run.total.rows().size() <= OPEN_TABLE ? " open" : "");
    return Html.page(RunSection.class, "report-page-run.html", parts);
  }

  /** An axis of whole iterations. */
  private static Axis iterations() {
    return Axis.linear("iteration")
        .labelled(tick -> tick == Math.rint(tick) ? Ticks.label(tick) : "");
  }

  private LineChart chart(String title, Axis y) {
    return chart(title, y, List.of(run), HEIGHT, left);
  }

  /** A chart over the iterations of some runs, without lines yet. */
  static LineChart chart(String title, Axis y, List<RunSummary> runs, int height, double left) {
    int first = runs.stream().mapToInt(RunSummary::first).min().orElseThrow();
    int end = runs.stream().mapToInt(RunSummary::end).max().orElseThrow();
    return new LineChart(title, iterations().between(first, end), y)
        .size(WIDTH, height, left)
        .bare();
  }

  private Line band(String name, Function<Column, DoubleSummaryStatistics> values) {
    return Line.of(
            name,
            run.columns.stream()
                .map(
                    column -> {
                      DoubleSummaryStatistics of = values.apply(column);
                      return Point.of(
                          column.middle(), RunSummary.mean(of), of.getMin(), of.getMax());
                    })
                .collect(toList()))
        .banded();
  }

  private String map() {
    HeatMap map =
        new HeatMap(
            "Share of the units clipped, by layer and iteration",
            iterations(),
            DoubleStream.concat(
                    DoubleStream.of(run.first()),
                    run.columns.stream().mapToDouble(column -> column.end))
                .toArray(),
            WIDTH,
            left,
            rowHeight);
    shares.forEach(map::row);
    return map.svg();
  }

  /** NaN if there is no unit, infinite if none is finite. */
  private static double share(AgcReport report, String group) {
    AgcReport.Statistics of = RunSummary.of(report, group);
    return of.units() == 0
        ? Double.NaN
        : of.ratios().count() == 0 ? Double.POSITIVE_INFINITY : of.clippedShare();
  }

  private String columns() {
    long reports = run.columns.get(0).reports;
    return reports == 1
        ? "Each column is one report, with all iterations since the report before."
        : "Each of the " + run.columns.size() + " columns sums up " + reports + " reports.";
  }

  private String parameters() {
    Table table =
        Table.of(
                "layer|parameter|kind|bound|units|clipped|largest ratio|smallest scale|not finite"
                    + "|left alone")
            .names(4);
    for (ReportRow row : run.total.rows()) {
      AgcReport.Statistics total = row.total();
      boolean none = total.ratios().count() == 0;
      table.row(
          List.of(
              row.layer(),
              row.parameter(),
              row.kind().name().toLowerCase(Locale.ROOT),
              row.rule().map(Object::toString).orElse(""),
              String.valueOf(row.units()),
              total.units() == 0 ? "" : RunFacts.percent(total.clippedShare()),
              none ? "" : Ticks.text(total.largestRatio()),
              none ? "" : Ticks.text(total.smallestScale()),
              total.units() == 0 ? "" : String.valueOf(total.nonFiniteUnits()),
              row.leftAlone().orElse("")));
    }
    return table.html();
  }

  /** What the page shows under the mouse. */
  ObjectNode data() {
    ObjectNode data = new ObjectMapper().createObjectNode();
    data.put("left", left).put("width", WIDTH - 12 - left).put("row", rowHeight);
    thresholds.describe(data);
    ArrayNode names = data.putArray("groups");
    shares.keySet().forEach(group -> names.add(Html.visible(group)));
    data.put("first", run.first());
    ArrayNode columns = data.putArray("columns");
    for (Column column : run.columns) {
      int number = columns.size();
      ObjectNode object = columns.addObject();
      object.put("end", column.end);
      ArrayNode text = object.putArray("text");
      text.add(
          column.first == column.end - 1
              ? "iteration " + column.first
              : "iterations " + column.first + " \u2013 " + (column.end - 1));
      text.add("score " + scores(column));
      text.add("learning rate " + RunFacts.learningRate(column));
      AgcReport.Statistics weights = column.weights();
      text.add(
          "ratios of weights: half below "
              + Ticks.text(weights.thresholdFor(0.5))
              + ", 90 % below "
              + Ticks.text(weights.thresholdFor(0.1))
              + ", largest "
              + Ticks.text(weights.ratios().count() == 0 ? Double.NaN : weights.largestRatio()));
      object.put(
          "permille", shares.values().stream().map(of -> permille(of[number])).collect(joining()));
    }
    return data;
  }

  /** In two digits of base 36; two letters if there is no share. */
  private static String permille(double share) {
    return Double.isNaN(share)
        ? "--"
        : Double.isInfinite(share)
            ? "!!"
            : String.format("%2s", Long.toString(Math.round(1000 * share), 36)).replace(' ', '0');
  }

  private static String scores(Column column) {
    DoubleSummaryStatistics of = column.score;
    long notFinite = column.reports - of.getCount();
    String times = notFinite > 1 ? "not finite " + notFinite + " times" : "not finite";
    if (of.getCount() == 0) {
      return times;
    }
    String range =
        of.getMin() < of.getMax()
            ? " (" + Ticks.text(of.getMin()) + " \u2013 " + Ticks.text(of.getMax()) + ")"
            : "";
    return Ticks.text(RunSummary.mean(of)) + range + (notFinite == 0 ? "" : ", " + times);
  }
}
