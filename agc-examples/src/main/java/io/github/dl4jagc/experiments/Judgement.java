package io.github.dl4jagc.experiments;

import io.github.dl4jagc.experiments.clippings.ClippingSpec;
import io.github.dl4jagc.experiments.support.Text;
import io.github.dl4jagc.report.chart.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The three claims of docs/update-ratio.md about one clipping, judged for each network, updater,
 * schedule and batch size: that every seed trains from the best rate without clipping up to a
 * hundred times it; that at that rate it costs nothing; that the best threshold chosen for each
 * rate is no better.
 */
final class Judgement {

  /** What counts as no difference in accuracy. */
  private static final double POINT = 0.01;

  private static final double FARTHEST = 100;

  /** What rounding adds to a rate that is a hundred times another one. */
  private static final double ROUNDING = 1 + 1e-9;

  private final ClippingSpec judged;
  private final List<List<String>> rows = new ArrayList<>();

  /** In how many of the rows each claim holds. */
  private final int[] held = new int[3];

  private Judgement(ClippingSpec judged, Collection<Outcome> outcomes) {
    this.judged = judged;
    List<Outcome> inOrder =
        outcomes.stream().sorted(Comparator.comparing(o -> o.run)).collect(Collectors.toList());
    Summary.by(inOrder, Judgement::cell).values().forEach(each -> row(each).ifPresent(rows::add));
  }

  /**
   * A row for each cell; where a claim fails, the rates at which it does. Of several clippings only
   * in how many cells each claim holds.
   */
  static Table of(List<ClippingSpec> judged, Collection<Outcome> outcomes) {
    List<Judgement> judgements =
        judged.stream().map(each -> new Judgement(each, outcomes)).collect(Collectors.toList());
    if (judgements.size() == 1) {
      return judgements.get(0).table();
    }
    Table table =
        Table.of(
            "clipping|cells|1: trains at\nall rates|2: costs\nnothing|3: no threshold\nis better");
    judgements.forEach(each -> table.row(each.counts()));
    return table;
  }

  private Table table() {
    Table table =
        Table.of(
                "network|updater|schedule|best rate\nwithout|without\nclipping|"
                    + judged
                    + "\n"
                    + "there|1: fails to\n"
                    + "train at|2: costs\n"
                    + "nothing|3: a threshold\n"
                    + "is better at")
            .names(3);
    rows.forEach(table::row);
    return table;
  }

  private List<String> counts() {
    return List.of(judged.toString(), "" + rows.size(), "" + held[0], "" + held[1], "" + held[2]);
  }

  private static String cell(Run run) {
    return run.network + " " + run.updater + " " + run.schedule + " " + run.batchSize;
  }

  private Optional<List<String>> row(List<Outcome> cell) {
    Map<Double, Accuracies> plain = byRate(cell, run -> run.clipping.method().equals("none"));
    Map<Double, Accuracies> bounded = byRate(cell, run -> run.clipping.equals(judged));
    Optional<Double> best =
        plain.keySet().stream().max(Comparator.comparing(r -> plain.get(r).score()));
    if (best.isEmpty() || !bounded.containsKey(best.get())) {
      return Optional.empty();
    }
    double rate = best.get();
    double trains = (cell.get(0).run.network.guessing() + plain.get(rate).score()) / 2;
    List<Double> failures = new ArrayList<>();
    List<Double> beaten = new ArrayList<>();
    bounded.forEach(
        (each, accuracies) -> {
          boolean inRange = each >= rate && each <= FARTHEST * rate * ROUNDING;
          if (inRange && accuracies.inEverySeed() < trains) {
            failures.add(each);
          }
          if (accuracies.score() < bestThreshold(cell, each) - POINT) {
            beaten.add(each);
          }
        });
    double allowed = Math.max(POINT, plain.get(rate).deviation());
    boolean free = bounded.get(rate).score() >= plain.get(rate).score() - allowed;
    held[0] += failures.isEmpty() ? 1 : 0;
    held[1] += free ? 1 : 0;
    held[2] += beaten.isEmpty() ? 1 : 0;
    Run run = cell.get(0).run;
    return Optional.of(
        List.of(
            run.network.toString(),
            run.updater.toString(),
            run.schedule.toString(),
            Text.number(rate),
            plain.get(rate).toString(),
            bounded.get(rate).toString(),
            rates(failures),
            free ? "yes" : "no",
            rates(beaten)));
  }

  /** The score of the best fixed threshold at a rate; 0 if none was tried. */
  private static double bestThreshold(List<Outcome> cell, double rate) {
    List<Outcome> fixed =
        those(cell, run -> run.learningRate == rate && run.clipping.method().startsWith("agc"));
    return Accuracies.by(fixed, run -> run.clipping).values().stream()
        .mapToDouble(Accuracies::score)
        .max()
        .orElse(0);
  }

  private static Map<Double, Accuracies> byRate(List<Outcome> cell, Predicate<Run> wanted) {
    return Accuracies.by(those(cell, wanted), run -> run.learningRate);
  }

  private static List<Outcome> those(List<Outcome> cell, Predicate<Run> wanted) {
    return cell.stream().filter(each -> wanted.test(each.run)).collect(Collectors.toList());
  }

  private static String rates(List<Double> rates) {
    String all = rates.stream().map(Text::number).collect(Collectors.joining(", "));
    return all.isEmpty() ? "-" : all;
  }

  /** The outcomes with the best of each method's numbers, for each network and updater. */
  static List<Outcome> best(Collection<Outcome> outcomes) {
    List<Outcome> best = new ArrayList<>();
    Summary.by(List.copyOf(outcomes), run -> cell(run) + " " + run.clipping.method())
        .values()
        .forEach(
            method ->
                Summary.by(method, run -> run.clipping).values().stream()
                    .max(Comparator.comparing(runs -> Accuracies.of(runs).score()))
                    .ifPresent(best::addAll));
    return best;
  }
}
