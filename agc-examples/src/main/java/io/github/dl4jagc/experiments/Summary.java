package io.github.dl4jagc.experiments;

import io.github.dl4jagc.experiments.clippings.ClippingSpec;
import io.github.dl4jagc.experiments.support.Text;
import io.github.dl4jagc.report.chart.Axis;
import io.github.dl4jagc.report.chart.Line;
import io.github.dl4jagc.report.chart.Line.Point;
import io.github.dl4jagc.report.chart.LineChart;
import io.github.dl4jagc.report.chart.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Outcomes side by side. Accuracies are shown over the learning rate, each network, updater,
 * schedule and batch size by itself; or, where each batch size has one rate, over the batch size,
 * all networks beside each other.
 */
final class Summary {

  /** A run that tells more than this share of the test examples right has learned something. */
  private static final double LEARNED = 0.5;

  private static final String NOTHING = "-";

  private final List<Outcome> outcomes;
  private final List<ClippingSpec> clippings;
  private final boolean overBatchSizes;

  Summary(Collection<Outcome> outcomes) {
    this.outcomes =
        outcomes.stream()
            .sorted(Comparator.comparing(outcome -> outcome.run))
            .collect(Collectors.toList());
    this.clippings = different(run -> run.clipping).stream().sorted().collect(Collectors.toList());
    this.overBatchSizes =
        varies(run -> run.batchSize)
            && by(run -> run.network + " " + run.updater + " " + run.schedule + run.batchSize)
                .values()
                .stream()
                .allMatch(
                    same ->
                        same.stream().map(each -> each.run.learningRate).distinct().count() == 1);
  }

  private <T> List<T> different(Function<Run, T> property) {
    return outcomes.stream()
        .map(outcome -> property.apply(outcome.run))
        .distinct()
        .collect(Collectors.toList());
  }

  private boolean varies(Function<Run, ?> property) {
    return different(property).size() > 1;
  }

  private <K> Map<K, List<Outcome>> by(Function<Run, K> property) {
    return by(outcomes, property);
  }

  /** Some outcomes, grouped by a property of their runs. */
  static <K> Map<K, List<Outcome>> by(List<Outcome> some, Function<Run, K> property) {
    return some.stream()
        .collect(
            Collectors.groupingBy(
                outcome -> property.apply(outcome.run), LinkedHashMap::new, Collectors.toList()));
  }

  /** The columns that tell rows apart. */
  private Map<String, Function<Run, String>> keys() {
    Map<String, Function<Run, String>> keys = new LinkedHashMap<>();
    keys.put("network", run -> run.network.toString());
    keys.put("updater", run -> run.updater.toString());
    keys.put("schedule", run -> run.schedule.toString());
    keys.put("batch\nsize", run -> String.valueOf(run.batchSize));
    keys.put("epochs", run -> String.valueOf(run.epochs));
    keys.values().removeIf(key -> !varies(key));
    keys.put("learning\nrate", run -> Text.number(run.learningRate));
    return keys;
  }

  private static List<String> cells(Map<String, Function<Run, String>> keys, Run run) {
    return keys.values().stream().map(key -> key.apply(run)).collect(Collectors.toList());
  }

  /** Accuracies in percent: a row for each cell, a column for each clipping. */
  Table table() {
    Map<String, Function<Run, String>> keys = keys();
    List<String> headers = new ArrayList<>(keys.keySet());
    clippings.forEach(clipping -> headers.add(clipping.toString().replace("/", "\n/")));
    Table table = new Table(headers);
    by(run -> cells(keys, run))
        .forEach(
            (cells, same) -> {
              List<String> row = new ArrayList<>(cells);
              Map<ClippingSpec, Accuracies> of = Accuracies.by(same, run -> run.clipping);
              clippings.forEach(each -> row.add(Objects.toString(of.get(each), NOTHING)));
              table.row(row);
            });
    return table;
  }

  /** What the figures mean, one sentence or two each. */
  List<String> legend() {
    return List.of(
        "Figures: percent of the test examples that are told right after the last epoch; mean and"
            + " standard deviation over the seeds, which choose the initial weights and the order"
            + " of the minibatches. Diverged: a loss, a parameter or an output became NaN or"
            + " infinite; such runs are counted, and not part of the mean.",
        "/no-output: the output layer is left alone, as the AGC paper does.",
        "Each run is made on one thread, so a run can be repeated on this machine; results near the"
            + " edge of stability also depend on processor and native libraries.");
  }

  /** What holds in every seed, for each chart over the learning rate: how large it may be. */
  List<String> claims() {
    List<String> claims = new ArrayList<>();
    if (overBatchSizes || !varies(run -> run.learningRate)) {
      return claims;
    }
    claims.add(
        "Largest learning rate at which more than half of the test examples are told right in"
            + " every seed:");
    by(this::panel)
        .forEach(
            (panel, same) ->
                claims.add(
                    by(same, run -> run.clipping).entrySet().stream()
                        .map(each -> each.getKey() + " " + largestRate(each.getValue()))
                        .collect(Collectors.joining("; ", panel + ": ", "."))));
    return claims;
  }

  private static String largestRate(List<Outcome> some) {
    return Accuracies.by(some, run -> run.learningRate).entrySet().stream()
        .filter(rate -> rate.getValue().inEverySeed() > LEARNED)
        .max(Map.Entry.comparingByKey())
        .map(
            rate ->
                String.format(
                    "%s (at least %s)",
                    Text.number(rate.getKey()), Text.percent(rate.getValue().inEverySeed())))
        .orElse("none of these");
  }

  /** The name of the chart that a run is in. */
  private String panel(Run run) {
    List<String> parts = new ArrayList<>();
    if (!overBatchSizes && varies(each -> each.network)) {
      parts.add(run.network.toString());
    }
    parts.add(run.updater.toString());
    if (varies(each -> each.schedule)) {
      parts.add(run.schedule.toString());
    }
    if (!overBatchSizes && varies(each -> each.batchSize)) {
      parts.add("batch-" + run.batchSize);
    }
    return String.join(" ", parts);
  }

  /** Charts of accuracies, by a name that may be part of a file's. */
  Map<String, LineChart> charts() {
    Map<String, LineChart> charts = new LinkedHashMap<>();
    by(this::panel)
        .forEach((panel, same) -> charts.put(panel.replace(' ', '-'), chart(panel, same)));
    return charts;
  }

  private LineChart chart(String panel, List<Outcome> some) {
    Function<Run, Double> x =
        overBatchSizes ? run -> (double) run.batchSize : run -> run.learningRate;
    LineChart chart =
        new LineChart(
            panel,
            Axis.logarithmic(overBatchSizes ? "batch size" : "learning rate")
                .ticks(List.copyOf(by(some, x).keySet())),
            Axis.linear("test accuracy in %: mean, lowest and highest seed").including(0, 100));
    by(some, this::line)
        .forEach(
            (line, same) -> {
              List<Point> points = new ArrayList<>();
              Accuracies.by(same, x).forEach((at, each) -> points.addAll(each.at(at)));
              chart.add(Line.of(line, points));
            });
    return chart;
  }

  private String line(Run run) {
    return overBatchSizes && varies(each -> each.network)
        ? run.network + " " + run.clipping
        : run.clipping.toString();
  }

  /** One row for each run. */
  Table everyRun() {
    Map<String, Function<Run, String>> keys = keys();
    List<String> headers = new ArrayList<>(keys.keySet());
    headers.addAll(List.of("clipping", "seed", "accuracy\nin %", "test\nloss", "training\nloss"));
    headers.addAll(List.of("diverged", "clipped\nunits", "seconds"));
    Table table = new Table(headers);
    for (Outcome outcome : outcomes) {
      boolean diverged = outcome.hasDiverged();
      List<String> row = new ArrayList<>(cells(keys, outcome.run));
      row.add(outcome.run.clipping.toString());
      row.add(String.valueOf(outcome.run.seed));
      row.add(diverged ? NOTHING : Text.inPercent(outcome.accuracy));
      row.add(diverged ? NOTHING : Text.decimals(outcome.testLoss));
      row.add(diverged ? NOTHING : Text.decimals(outcome.trainingLoss));
      row.add(diverged ? "at step " + outcome.steps : "no");
      row.add(outcome.run.clipping.isAgc() ? Text.percent(outcome.clippedShare) : NOTHING);
      row.add(String.format(Locale.ROOT, "%.1f", outcome.seconds));
      table.row(row);
    }
    return table;
  }
}
