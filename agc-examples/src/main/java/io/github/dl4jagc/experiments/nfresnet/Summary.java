package io.github.dl4jagc.experiments.nfresnet;

import io.github.dl4jagc.experiments.nfresnet.Run.Excluded;
import io.github.dl4jagc.experiments.support.Accuracies;
import io.github.dl4jagc.experiments.support.LineChart;
import io.github.dl4jagc.experiments.support.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The outcomes of runs that differ in the seed alone, put together. */
final class Summary {

  private final Experiment experiment;
  private final List<Outcome> outcomes;

  Summary(Experiment experiment, List<Outcome> outcomes) {
    this.experiment = experiment;
    this.outcomes = outcomes;
  }

  private Accuracies compared(String candidate, int batchSize) {
    return accuracies(
        outcomes.stream()
            .filter(outcome -> outcome.run().isCompared())
            .filter(outcome -> outcome.run().candidate().equals(candidate))
            .filter(outcome -> outcome.run().batchSize() == batchSize)
            .collect(Collectors.toList()));
  }

  private List<Outcome> ofAblation(Excluded excluded) {
    return outcomes.stream()
        .filter(outcome -> outcome.run().threshold().isPresent())
        .filter(outcome -> outcome.run().threshold().equals(experiment.grid().ablationThreshold()))
        .filter(outcome -> outcome.run().batchSize() == experiment.grid().largestBatch())
        .filter(outcome -> outcome.run().excluded() == excluded)
        .collect(Collectors.toList());
  }

  private static Accuracies accuracies(List<Outcome> runs) {
    return new Accuracies(runs.stream().map(Outcome::accuracy).collect(Collectors.toList()));
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
        row.add(compared(candidate, batchSize).toString());
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
      List<Outcome> runs = ofAblation(excluded);
      if (!runs.isEmpty()) {
        double clipped = runs.stream().mapToDouble(Outcome::clippedShare).average().orElseThrow();
        rows.add(List.of(excluded.label(), accuracies(runs).toString(), Text.percent(clipped)));
      }
    }
    return rows;
  }

  /** The headers of {@link #everyRun()}. */
  List<String> everyRunHeaders() {
    return List.of(
        "network",
        "left alone",
        "batch\nsize",
        "seed",
        "accuracy\nin %",
        "training\nloss",
        "diverged",
        "clipped\nunits",
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
              outcome.hasDiverged() ? "-" : Text.inPercent(outcome.accuracy()),
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
  private Map<String, Map<Integer, Double>> clipping(double threshold) {
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

  /** Accuracy over the batch size, a line for each network. */
  LineChart accuracyChart() {
    Grid grid = experiment.grid();
    LineChart chart =
        LineChart.overLogarithms(
                "Test accuracy",
                "batch size",
                "test accuracy in %: mean, lowest and highest seed",
                grid.batchSizes())
            .upTo(100);
    for (String candidate : grid.candidates()) {
      chart.add(
          candidate,
          grid.batchSizes().stream()
              .sorted()
              .flatMap(size -> compared(candidate, size).at(size).stream())
              .collect(Collectors.toList()));
    }
    return chart;
  }

  /** Accuracy for each choice of excluded layers. */
  LineChart ablationChart() {
    LineChart chart =
        LineChart.overNames(
                "Layers that AGC leaves alone, batch size " + experiment.grid().largestBatch(),
                "test accuracy in %: mean, lowest and highest seed",
                // Too long to be written beside each other; the key has them.
                Collections.nCopies(Excluded.values().length, ""))
            .upTo(100);
    for (Excluded excluded : Excluded.values()) {
      chart.add(excluded.label(), accuracies(ofAblation(excluded)).at(excluded.ordinal()));
    }
    return chart;
  }

  /** The clipped share of each stage over the epochs, as in {@link #clipping}. */
  LineChart clippingChart(double threshold) {
    LineChart chart =
        LineChart.over(
                "Clipped units, AGC "
                    + Text.number(threshold)
                    + ", batch size "
                    + experiment.grid().largestBatch(),
                "epoch",
                "clipped units in %",
                IntStream.rangeClosed(1, experiment.epochs()).boxed().collect(Collectors.toList()))
            .upTo(100);
    clipping(threshold)
        .forEach(
            (stage, shares) ->
                chart.add(
                    stage,
                    shares.entrySet().stream()
                        .map(share -> new LineChart.Point(share.getKey(), 100 * share.getValue()))
                        .collect(Collectors.toList())));
    return chart;
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
        "Each run is made on one thread, so a run can be repeated on this machine; results near the"
            + " edge of stability also depend on processor and native libraries.");
  }
}
