package io.github.dl4jagc.examples.nfresnet;

import io.github.dl4jagc.examples.nfresnet.Run.Excluded;
import io.github.dl4jagc.examples.support.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The outcomes of runs that differ in the seed alone, put together. */
final class Summary {

  private final Experiment experiment;
  private final List<Outcome> outcomes;

  Summary(Experiment experiment, List<Outcome> outcomes) {
    this.experiment = experiment;
    this.outcomes = outcomes;
  }

  /** Runs that differ in the seed alone. */
  static final class Cell {

    private final List<Outcome> outcomes;

    private Cell(List<Outcome> outcomes) {
      this.outcomes = outcomes;
    }

    private List<Double> accuracies() {
      return outcomes.stream()
          .filter(outcome -> !outcome.hasDiverged())
          .map(Outcome::accuracy)
          .collect(Collectors.toList());
    }

    /** Whether no run stayed finite. */
    boolean isEmpty() {
      return accuracies().isEmpty();
    }

    /** Mean accuracy of the runs that stayed finite. */
    double mean() {
      return accuracies().stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    /** Standard deviation of their accuracies, with n - 1; 0 of a single one. */
    double spread() {
      List<Double> accuracies = accuracies();
      double mean = mean();
      double squares = accuracies.stream().mapToDouble(a -> (a - mean) * (a - mean)).sum();
      return accuracies.size() < 2 ? 0 : Math.sqrt(squares / (accuracies.size() - 1));
    }

    /** How many did not stay finite. */
    int diverged() {
      return outcomes.size() - accuracies().size();
    }

    @Override
    public String toString() {
      if (outcomes.isEmpty()) {
        return "-";
      }
      if (isEmpty()) {
        return "diverged";
      }
      String text = String.format(Locale.ROOT, "%.1f", 100 * mean());
      if (accuracies().size() > 1) {
        text += String.format(Locale.ROOT, " \u00b1 %.1f", 100 * spread());
      }
      return diverged() == 0 ? text : text + " (" + diverged() + " diverged)";
    }
  }

  /** Of the main grid. */
  Cell cell(String candidate, int batchSize) {
    return cell(
        run ->
            run.candidate().equals(candidate) && run.batchSize() == batchSize && run.isCompared());
  }

  /** Of the ablation. */
  Cell cell(Excluded excluded) {
    return cell(
        run ->
            run.threshold().isPresent()
                && run.threshold().equals(experiment.grid().ablationThreshold())
                && run.batchSize() == experiment.grid().largestBatch()
                && run.excluded() == excluded);
  }

  private Cell cell(Predicate<Run> runs) {
    return new Cell(
        outcomes.stream().filter(outcome -> runs.test(outcome.run())).collect(Collectors.toList()));
  }

  /** The headers of {@link #grid()}. */
  List<String> gridHeaders() {
    List<String> headers = new ArrayList<>(List.of("batch\nsize", "learning\nrate"));
    headers.addAll(experiment.grid().candidateHeaders());
    return headers;
  }

  /** Accuracies in percent, a row for each batch size. */
  List<List<String>> grid() {
    List<List<String>> rows = new ArrayList<>();
    for (int batchSize : experiment.grid().batchSizes()) {
      List<String> row = new ArrayList<>();
      row.add(String.valueOf(batchSize));
      row.add(Text.number(experiment.peakLearningRate(batchSize)));
      for (String candidate : experiment.grid().candidates()) {
        row.add(cell(candidate, batchSize).toString());
      }
      rows.add(row);
    }
    return rows;
  }

  /** The headers of {@link #ablation()}. */
  List<String> ablationHeaders() {
    return List.of("left alone\nby AGC", "test\naccuracy", "clipped\nunits");
  }

  /** Accuracies in percent, a row for each choice of excluded layers. */
  List<List<String>> ablation() {
    List<List<String>> rows = new ArrayList<>();
    for (Excluded excluded : Excluded.values()) {
      Cell cell = cell(excluded);
      if (!cell.outcomes.isEmpty()) {
        double clipped =
            cell.outcomes.stream().mapToDouble(Outcome::clippedShare).average().orElseThrow();
        rows.add(List.of(excluded.label(), cell.toString(), Text.percent(clipped)));
      }
    }
    return rows;
  }

  /** The headers of {@link #everyRun()}. */
  List<String> everyRunHeaders() {
    return List.of(
        "network",
        "left alone",
        "batch size",
        "seed",
        "accuracy, %",
        "training loss",
        "diverged",
        "clipped units",
        "seconds");
  }

  /** One row for each run. */
  List<List<String>> everyRun() {
    List<List<String>> rows = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      Run run = outcome.run();
      boolean agc = run.threshold().isPresent();
      rows.add(
          List.of(
              run.candidate(),
              agc ? run.excluded().label() : "-",
              String.valueOf(run.batchSize()),
              String.valueOf(run.seed()),
              outcome.hasDiverged()
                  ? "-"
                  : String.format(Locale.ROOT, "%.1f", 100 * outcome.accuracy()),
              outcome.hasDiverged() ? "-" : Text.decimals(outcome.trainingLoss()),
              outcome.hasDiverged() ? "at step " + outcome.steps() : "no",
              agc ? Text.percent(outcome.clippedShare()) : "-",
              String.format(Locale.ROOT, "%.1f", outcome.seconds())));
    }
    return rows;
  }

  /**
   * The clipped share of each stage in each epoch, at the largest batch size with the output layer
   * and the residual scales excluded, over all seeds: by stage, then by epoch from 1.
   */
  Map<String, Map<Integer, Double>> clipping(double threshold) {
    Map<String, Map<Integer, List<Double>>> shares = new LinkedHashMap<>();
    for (Outcome outcome : outcomes) {
      Run run = outcome.run();
      if (run.threshold().equals(OptionalDouble.of(threshold))
          && run.batchSize() == experiment.grid().largestBatch()
          && run.excluded() == Excluded.SCALES) {
        int epoch = 0;
        for (Map<String, Double> stages : outcome.clippedByEpoch()) {
          int number = ++epoch;
          stages.forEach(
              (stage, share) ->
                  shares
                      .computeIfAbsent(stage, name -> new TreeMap<>())
                      .computeIfAbsent(number, name -> new ArrayList<>())
                      .add(share));
        }
      }
    }
    Map<String, Map<Integer, Double>> means = new LinkedHashMap<>();
    shares.forEach(
        (stage, epochs) -> {
          Map<Integer, Double> mean = new TreeMap<>();
          epochs.forEach(
              (epoch, values) ->
                  mean.put(
                      epoch,
                      values.stream().mapToDouble(Double::doubleValue).average().orElseThrow()));
          means.put(stage, mean);
        });
    return means;
  }

  /** What the figures mean, one sentence or two each. */
  List<String> legend(ImageData data) {
    return List.of(
        "Accuracy: percent of the "
            + data.testSize()
            + " test images that are recognised after the last epoch; mean and standard deviation"
            + " over "
            + experiment.grid().seeds()
            + " seed(s), which choose the initial weights and the order of the minibatches.",
        "Learning rate: the peak, linear in the batch size; warm-up, then half a cosine. All runs"
            + " see the same number of images, so large batches make fewer updates.",
        "Diverged: the loss or a parameter became NaN or infinite. Such runs are counted, and not"
            + " part of the mean.",
        "AGC leaves the output layer alone in the first table, with free scales the learned scales"
            + " of the residual branches too, which start at 0. Clipped units: share of the units"
            + " (filters, biases, gains) that AGC scaled down, over all steps.",
        "Results near the edge of stability also depend on the number of threads and on the native"
            + " libraries.");
  }
}
