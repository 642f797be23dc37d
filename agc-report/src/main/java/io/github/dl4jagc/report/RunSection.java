package io.github.dl4jagc.report;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportRow;
import io.github.dl4jagc.report.RunSummary.Column;
import io.github.dl4jagc.report.RunSummary.Range;
import io.github.dl4jagc.report.chart.Axis;
import io.github.dl4jagc.report.chart.HeatMap;
import io.github.dl4jagc.report.chart.Html;
import io.github.dl4jagc.report.chart.Line;
import io.github.dl4jagc.report.chart.Line.Point;
import io.github.dl4jagc.report.chart.LineChart;
import io.github.dl4jagc.report.chart.Table;
import io.github.dl4jagc.report.chart.Ticks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
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
  private final List<String> groups;
  private final double left;
  private final double rowHeight;
  private final RatioCharts ratios;

  RunSection(RunSummary run, int runs) {
    this.run = run;
    groups = run.groups();
    int longest = groups.stream().mapToInt(name -> Html.shortened(name).length()).max().orElse(0);
    left = Math.max(NARROWEST_LEFT, 14 + CHARACTER * longest);
    rowHeight = Math.max(LOWEST, Math.min(HIGHEST, MAP_HEIGHT / groups.size()));
    ratios = new RatioCharts(run, runs, left);
  }

  String html() {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("name", Html.escape(run.name));
    parts.put("verdict", RunVerdict.html(run));
    parts.put("facts", facts());
    parts.put("map", map());
    parts.put("columns", columns());
    parts.put(
        "share",
        chart("Share of the weights' units clipped, over the iterations", Axis.share())
            .add(line("", column -> column.weights().clippedShare()))
            .svg());
    parts.put("curve", ratios.curve());
    parts.put("thresholds", ratios.table());
    parts.put("options", ratios.options());
    parts.put("maps", ratios.maps());
    parts.put(
        "ratios",
        chart("Largest ratios of the weights, over the iterations", Axis.logarithmic("ratio"))
            .add(line("largest", column -> column.weights().largestRatio()))
            .add(line("90 % of the units are below", column -> column.weights().thresholdFor(0.1)))
            .add(line("half of the units are below", column -> column.weights().thresholdFor(0.5)))
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
            .add(line("", column -> column.learningRate.largest))
            .svg());
    parts.put("parameters", parameters());
    parts.put("open", run.total.rows().size() <= OPEN_TABLE ? " open" : "");
    return Html.page(RunSection.class, "report-page-run.html", parts);
  }

  /** An axis of whole iterations. */
  static Axis iterations() {
    return Axis.linear("iteration")
        .labelled(tick -> tick == Math.rint(tick) ? Ticks.label(tick) : "");
  }

  private LineChart chart(String title, Axis y) {
    return new LineChart(title, iterations().between(run.first(), run.end()), y)
        .size(WIDTH, HEIGHT, left)
        .bare();
  }

  private Line line(String name, ToDoubleFunction<Column> value) {
    return Line.of(
        name,
        run.columns.stream()
            .map(column -> Point.of(column.middle(), value.applyAsDouble(column)))
            .collect(toList()));
  }

  private Line band(String name, Function<Column, Range> values) {
    return Line.of(
            name,
            run.columns.stream()
                .map(
                    column -> {
                      Range range = values.apply(column);
                      return Point.of(column.middle(), range.mean(), range.smallest, range.largest);
                    })
                .collect(toList()))
        .banded();
  }

  private String facts() {
    AgcReport.Statistics total = run.total.total();
    List<String> html = new ArrayList<>();
    fact(html, "id", run.begin.run);
    fact(html, "started", started(run));
    if (!run.begin.resumes.isEmpty()) {
      fact(html, "resumes the run", run.begin.resumes);
    }
    fact(html, "iterations", iterations(run));
    fact(html, "epochs", String.valueOf(run.epochs));
    fact(html, "reports", String.valueOf(run.reports));
    fact(html, "layers", String.valueOf(run.layers().size()));
    fact(html, "learning rate", learningRate(run));
    for (ReportRow.Rule rule : run.total.rules()) {
      fact(
          html,
          rule.form().ratio() + (rule.observed() ? " observed, " : " bounded, ") + rule.policy(),
          Ticks.text(rule.threshold()));
    }
    share(html, "the weights' units", RunSummary.weightsOf(run.total));
    share(html, "the biases and gains", run.total.total(row -> !row.isWeight()));
    fact(
        html,
        "units not finite",
        String.valueOf(total.nonFiniteUnits()),
        total.nonFiniteUnits() > 0);
    boolean finite = Double.isFinite(run.lastScore);
    fact(html, "last score", finite ? Ticks.text(run.lastScore) : "not finite", !finite);
    return String.join("", html);
  }

  static String started(RunSummary run) {
    return run.begin.started.toString().replace('T', ' ');
  }

  static String iterations(RunSummary run) {
    return run.first() + " \u2013 " + (run.end() - 1);
  }

  /** Of all columns: one number, or two if it changed. */
  static String learningRate(RunSummary run) {
    Column first = run.columns.get(0);
    Column last = run.columns.get(run.columns.size() - 1);
    String begin = Ticks.text(finite(first.learningRate.largest));
    String end = Ticks.text(finite(last.learningRate.largest));
    return begin.equals(end) ? begin : begin + " \u2013 " + end;
  }

  /** What was clipped and what would have been are two things. */
  private static void share(List<String> html, String of, AgcReport.Statistics total) {
    if (total.observedUnits() < total.units()) {
      fact(html, "of " + of + " clipped", percent(total.clippedShare() - total.observedShare()));
    }
    if (total.observedUnits() > 0) {
      fact(html, "of " + of + " would have been clipped", percent(total.observedShare()));
    }
  }

  private static void fact(List<String> html, String name, String value) {
    fact(html, name, value, false);
  }

  private static void fact(List<String> html, String name, String value, boolean isBad) {
    html.add(
        String.format(
            "<div class=\"fact%s\"><b>%s</b><span>%s</span></div>",
            isBad ? " bad" : "", Html.escape(value), Html.escape(name)));
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f\u00a0%%", 100 * share);
  }

  private String map() {
    HeatMap map =
        new HeatMap(
            "Share of the units clipped, by layer and iteration",
            iterations(),
            edges(run.columns),
            WIDTH,
            left,
            rowHeight);
    for (String group : groups) {
      map.row(
          group, run.columns.stream().mapToDouble(column -> share(column.report, group)).toArray());
    }
    return map.svg();
  }

  static double[] edges(List<Column> columns) {
    return DoubleStream.concat(
            DoubleStream.of(columns.get(0).first),
            columns.stream().mapToDouble(column -> column.end))
        .toArray();
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
              total.units() == 0 ? "" : percent(total.clippedShare()),
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
    data.put("low", ratios.firstThreshold()).put("high", ratios.lastThreshold());
    ArrayNode shares = data.putArray("shares");
    for (double share : ratios.shares()) {
      shares.add(Math.round(1e4 * share) / 1e4);
    }
    ArrayNode names = data.putArray("groups");
    groups.forEach(group -> names.add(Html.visible(group)));
    data.put("first", run.first());
    ArrayNode columns = data.putArray("columns");
    for (Column column : run.columns) {
      ObjectNode object = columns.addObject();
      object.put("end", column.end);
      ArrayNode text = object.putArray("text");
      text.add(
          column.first == column.end - 1
              ? "iteration " + column.first
              : "iterations " + column.first + " \u2013 " + (column.end - 1));
      text.add("score " + values(column.score));
      text.add("learning rate " + Ticks.text(finite(column.learningRate.largest)));
      AgcReport.Statistics weights = column.weights();
      text.add(
          "ratios of weights: half below "
              + Ticks.text(weights.thresholdFor(0.5))
              + ", 90 % below "
              + Ticks.text(weights.thresholdFor(0.1))
              + ", largest "
              + Ticks.text(weights.ratios().count() == 0 ? Double.NaN : weights.largestRatio()));
      object.put(
          "permille",
          groups.stream().map(group -> permille(share(column.report, group))).collect(joining()));
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

  private static double finite(double value) {
    return Double.isFinite(value) ? value : Double.NaN;
  }

  private static String values(Range value) {
    String notFinite = value.notFinite == 0 ? "" : "not finite " + value.notFinite + " times";
    if (Double.isNaN(value.mean())) {
      return value.notFinite > 1 ? notFinite : "not finite";
    }
    String range =
        value.smallest < value.largest
            ? " (" + Ticks.text(value.smallest) + " \u2013 " + Ticks.text(value.largest) + ")"
            : "";
    return Ticks.text(value.mean()) + range + (notFinite.isEmpty() ? "" : ", " + notFinite);
  }
}
