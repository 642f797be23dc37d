package io.github.dl4jagc.experiments.support;

import java.util.ArrayList;
import java.util.Collection;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.Collectors;

/** The test accuracies of runs that differ in the seed alone. */
public final class Accuracies {

  private static final double PERCENT = 100;

  private final int runs;
  private final List<Double> finite;
  private final DoubleSummaryStatistics statistics;

  /**
   * Of some runs.
   *
   * @param accuracies shares in [0, 1]; NaN for a run that diverged
   */
  public Accuracies(Collection<Double> accuracies) {
    runs = accuracies.size();
    finite = accuracies.stream().filter(Double::isFinite).collect(Collectors.toList());
    statistics = finite.stream().collect(Collectors.summarizingDouble(Double::doubleValue));
  }

  /**
   * How many runs there are.
   *
   * @return the number, those that diverged included
   */
  public int runs() {
    return runs;
  }

  /**
   * How many runs diverged.
   *
   * @return the number
   */
  public int diverged() {
    return runs - finite.size();
  }

  /**
   * Whether there is no accuracy.
   *
   * @return whether all runs diverged, or there is none
   */
  public boolean isEmpty() {
    return finite.isEmpty();
  }

  /**
   * Of the runs that stayed finite.
   *
   * @return their mean; 0 if there is none
   */
  public double mean() {
    return statistics.getAverage();
  }

  /**
   * Of the runs that stayed finite.
   *
   * @return their standard deviation, with n - 1; 0 of a single one
   */
  public double deviation() {
    double squares = finite.stream().mapToDouble(a -> (a - mean()) * (a - mean())).sum();
    return finite.size() < 2 ? 0 : Math.sqrt(squares / (finite.size() - 1));
  }

  /**
   * What every seed reaches.
   *
   * @return the lowest of all; 0 if one diverged
   */
  public double inEverySeed() {
    return diverged() > 0 ? 0 : lowest();
  }

  /**
   * Of the runs that stayed finite.
   *
   * @return the lowest accuracy; infinite if there is none
   */
  public double lowest() {
    return statistics.getMin();
  }

  /**
   * Of the runs that stayed finite.
   *
   * @return the highest accuracy; negatively infinite if there is none
   */
  public double highest() {
    return statistics.getMax();
  }

  /**
   * For a chart in percent.
   *
   * @param x where the points are
   * @return the mean, with a bar from the lowest to the highest; and a cross if a run diverged
   */
  public List<LineChart.Point> at(double x) {
    List<LineChart.Point> points = new ArrayList<>();
    if (!isEmpty()) {
      points.add(new LineChart.Point(x, PERCENT * mean(), PERCENT * lowest(), PERCENT * highest()));
    }
    if (diverged() > 0) {
      points.add(LineChart.Point.cross(x));
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
