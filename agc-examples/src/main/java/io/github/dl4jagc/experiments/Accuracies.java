package io.github.dl4jagc.experiments;

import io.github.dl4jagc.experiments.support.Text;
import io.github.dl4jagc.report.chart.Line.Point;
import java.util.ArrayList;
import java.util.Collection;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The test accuracies of runs that differ in the seed alone. */
final class Accuracies {

  private static final double PERCENT = 100;

  private final int runs;
  private final List<Double> finite;
  private final DoubleSummaryStatistics statistics;

  /** Of shares in [0, 1]; NaN for a run that diverged. */
  Accuracies(Collection<Double> accuracies) {
    runs = accuracies.size();
    finite = accuracies.stream().filter(Double::isFinite).collect(Collectors.toList());
    statistics = finite.stream().collect(Collectors.summarizingDouble(Double::doubleValue));
  }

  /** Of some outcomes. */
  static Accuracies of(Collection<Outcome> outcomes) {
    return new Accuracies(
        outcomes.stream().map(outcome -> outcome.accuracy).collect(Collectors.toList()));
  }

  /** Of some outcomes by a property of their runs, ascending. */
  static <K extends Comparable<K>> SortedMap<K, Accuracies> by(
      Collection<Outcome> outcomes, Function<Run, K> property) {
    return outcomes.stream()
        .collect(
            Collectors.groupingBy(
                outcome -> property.apply(outcome.run),
                TreeMap::new,
                Collectors.collectingAndThen(Collectors.toList(), Accuracies::of)));
  }

  /** How many runs diverged. */
  int diverged() {
    return runs - finite.size();
  }

  /** Whether all runs diverged, or there is none. */
  boolean isEmpty() {
    return finite.isEmpty();
  }

  /** The mean of the runs that stayed finite; 0 if there is none. */
  double mean() {
    return statistics.getAverage();
  }

  /** The mean of all runs, of which those that diverged count as 0; 0 if there is none. */
  double score() {
    return runs == 0 ? 0 : statistics.getSum() / runs;
  }

  /** The standard deviation of the runs that stayed finite, with n - 1; 0 of a single one. */
  double deviation() {
    double squares = finite.stream().mapToDouble(a -> (a - mean()) * (a - mean())).sum();
    return finite.size() < 2 ? 0 : Math.sqrt(squares / (finite.size() - 1));
  }

  /** What every seed reaches: the lowest of all; 0 if one diverged, or there is none. */
  double inEverySeed() {
    return diverged() > 0 || isEmpty() ? 0 : statistics.getMin();
  }

  /** In percent, with a bar from the lowest to the highest; and a cross if a run diverged. */
  List<Point> at(double x) {
    List<Point> points = new ArrayList<>();
    if (!isEmpty()) {
      points.add(
          Point.of(
              x, PERCENT * mean(), PERCENT * statistics.getMin(), PERCENT * statistics.getMax()));
    }
    if (diverged() > 0) {
      points.add(Point.cross(x));
    }
    return points;
  }

  /** Mean and standard deviation in percent, and how many diverged. */
  @Override
  public String toString() {
    if (runs == 0) {
      return "-";
    }
    if (isEmpty()) {
      return "diverged";
    }
    String text = Text.inPercent(mean());
    if (finite.size() > 1) {
      text += " \u00b1 " + Text.inPercent(deviation());
    }
    return diverged() == 0 ? text : text + " (" + diverged() + " diverged)";
  }
}
