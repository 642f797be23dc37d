package io.github.dl4jagc.experiments.nfresnet;

import io.github.dl4jagc.experiments.support.OutputFolder;
import io.github.dl4jagc.experiments.support.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The outcomes so far, in two CSV files that are complete after each run: one line for each run,
 * and one for each run, epoch and stage. No field has a comma or a quote in it. Runs that are made
 * at the same time may add theirs.
 */
final class Results {

  /** One line a run. */
  static final String RUNS = "runs.csv";

  /** One line a run, epoch and stage. */
  static final String CLIPPING = "clipping.csv";

  private static final String RUNS_HEADER =
      "run,network,threshold,excluded,batch_size,seed,learning_rate,diverged,steps,accuracy,"
          + "training_loss,clipped_share,seconds";
  private static final String CLIPPING_HEADER = "run,epoch,stage,clipped_share";

  private final OutputFolder folder;
  private final Experiment experiment;
  private final Map<Run, Outcome> outcomes = new LinkedHashMap<>();

  /** No outcomes yet. */
  Results(OutputFolder folder, Experiment experiment) {
    this.folder = folder;
    this.experiment = experiment;
  }

  /** Whether the folder has outcomes of an experiment. */
  static boolean areIn(OutputFolder folder) {
    return Files.exists(folder.file(RUNS));
  }

  /**
   * Reads what the folder has.
   *
   * @throws IOException if it is not what was written; its message is for the user
   */
  void load() throws IOException {
    Map<String, List<Map<String, Double>>> clipping = new LinkedHashMap<>();
    read(CLIPPING, CLIPPING_HEADER, fields -> addClipping(clipping, fields));
    read(RUNS, RUNS_HEADER, fields -> addRun(clipping, fields));
  }

  private void addClipping(Map<String, List<Map<String, Double>>> clipping, String... fields) {
    int epoch = Integer.parseInt(fields[1]);
    double share = Double.parseDouble(fields[3]);
    require(epoch >= 1 && epoch <= experiment.epochs() && share >= 0 && share <= 1);
    List<Map<String, Double>> epochs =
        clipping.computeIfAbsent(fields[0], run -> new ArrayList<>());
    while (epochs.size() < epoch) {
      epochs.add(new LinkedHashMap<>());
    }
    epochs.get(epoch - 1).put(fields[2], share);
  }

  private void addRun(Map<String, List<Map<String, Double>>> clipping, String... fields) {
    Run run = Run.of(fields[0]);
    Outcome outcome =
        new Outcome(
            run,
            Integer.parseInt(fields[8]),
            Double.parseDouble(fields[9]),
            Double.parseDouble(fields[10]),
            Double.parseDouble(fields[12]),
            Double.parseDouble(fields[11]),
            clipping.getOrDefault(fields[0], List.of()));
    require(experiment.grid().runs().contains(run) && !has(run));
    require(line(outcome).equals(String.join(",", fields)));
    require(run.threshold().isEmpty() || !outcome.clippedByEpoch().isEmpty());
    outcomes.put(run, outcome);
  }

  private static void require(boolean asWritten) {
    if (!asWritten) {
      throw new IllegalArgumentException("not what this program writes");
    }
  }

  private void read(String name, String header, Consumer<String[]> reader) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(folder.file(name), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw damaged(name + " cannot be read (" + e + ")", e);
    }
    if (lines.isEmpty() || !lines.get(0).equals(header)) {
      throw damaged(name + " must begin with '" + header + "'", null);
    }
    int columns = header.split(",").length;
    for (int number = 1; number < lines.size(); number++) {
      String[] fields = lines.get(number).split(",", -1);
      try {
        require(fields.length == columns);
        reader.accept(fields);
      } catch (IllegalArgumentException e) {
        throw damaged(
            String.format(
                "line %d of %s is not as it was written: '%s'",
                number + 1, name, lines.get(number)),
            e);
      }
    }
  }

  private IOException damaged(String what, Exception cause) {
    return new IOException(
        String.format(
            "in %s %s; restore it, or delete %s and %s to make all runs anew",
            folder.file(""), what, RUNS, CLIPPING),
        cause);
  }

  /** Adds an outcome and renews both files. */
  synchronized void add(Outcome outcome) throws IOException {
    outcomes.put(outcome.run(), outcome);
    // First the details: a run that is in the list of runs is not made again.
    folder.write(CLIPPING, clippingCsv());
    folder.write(RUNS, runsCsv());
  }

  private String runsCsv() {
    StringBuilder csv = new StringBuilder(RUNS_HEADER).append('\n');
    all().forEach(outcome -> csv.append(line(outcome)).append('\n'));
    return csv.toString();
  }

  private String line(Outcome outcome) {
    Run run = outcome.run();
    return String.join(
        ",",
        run.id(),
        run.network().name(),
        Text.number(run.threshold().orElse(0)),
        run.excluded().name(),
        String.valueOf(run.batchSize()),
        String.valueOf(run.seed()),
        Text.number(experiment.peakLearningRate(run.batchSize())),
        String.valueOf(outcome.hasDiverged()),
        String.valueOf(outcome.steps()),
        String.valueOf(outcome.accuracy()),
        String.valueOf(outcome.trainingLoss()),
        String.valueOf(outcome.clippedShare()),
        Text.decimals(outcome.seconds()));
  }

  private String clippingCsv() {
    StringBuilder csv = new StringBuilder(CLIPPING_HEADER).append('\n');
    for (Outcome outcome : all()) {
      int epoch = 0;
      for (Map<String, Double> shares : outcome.clippedByEpoch()) {
        epoch++;
        for (Map.Entry<String, Double> share : shares.entrySet()) {
          csv.append(outcome.run().id())
              .append(',')
              .append(epoch)
              .append(',')
              .append(share.getKey())
              .append(',')
              .append(share.getValue())
              .append('\n');
        }
      }
    }
    return csv.toString();
  }

  /** Whether the run has been made. */
  synchronized boolean has(Run run) {
    return outcomes.containsKey(run);
  }

  /** All outcomes, in the order of the grid, whichever run ended first. */
  synchronized List<Outcome> all() {
    return experiment.grid().runs().stream()
        .filter(outcomes::containsKey)
        .map(outcomes::get)
        .collect(Collectors.toList());
  }
}
