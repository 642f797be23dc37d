package io.github.dl4jagc.examples.nfresnet;

import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.examples.support.Epoch;
import io.github.dl4jagc.examples.support.Evaluation;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.DataSet;

/** Trains a network, tests it, and says whether it diverged. */
final class Trainer {

  private static final long SEED_STRIDE = 1_000_003;
  private static final AgcReport NOTHING = new AgcReport(List.of());

  private final Experiment experiment;
  private final ImageData data;
  private final LongConsumer afterStep;

  /**
   * @param experiment what all runs have in common
   * @param data to train and to test on
   * @param afterStep is given the number of images of each step
   */
  Trainer(Experiment experiment, ImageData data, LongConsumer afterStep) {
    this.experiment = experiment;
    this.data = data;
    this.afterStep = afterStep;
  }

  /** Trains the network of {@code run}, from its checkpoint if that has a state. */
  Outcome train(Run run, Checkpoint checkpoint) throws IOException {
    Checkpoint.State state = checkpoint.load();
    ComputationGraph network;
    if (state == null) {
      state = new Checkpoint.State(run);
      network = new ComputationGraph(experiment.configuration(run, data));
      network.init();
    } else {
      network = state.network();
      afterStep.accept((long) state.epochs * data.trainingSize());
    }
    if (run.threshold().isPresent()) {
      network.setListeners(new AgcListener());
    }
    while (state.epochs < experiment.epochs()) {
      AgcReport before = AgcReport.of(network);
      long start = System.nanoTime();
      boolean finite = epoch(run, network, state);
      state.clipped.add(AgcReport.of(network).since(before));
      state.seconds += (System.nanoTime() - start) / 1e9;
      if (!finite) {
        return outcome(state, true, Double.NaN);
      }
      state.epochs++;
      checkpoint.save(network, state);
    }
    long start = System.nanoTime();
    double accuracy = accuracy(network);
    state.seconds += (System.nanoTime() - start) / 1e9;
    // The last loss was computed before the last update, which may be the one that diverged.
    boolean diverged = !Evaluation.allFinite(network.params());
    return outcome(state, diverged, diverged ? Double.NaN : accuracy);
  }

  /** One pass over the training images; false if the loss became NaN or infinite. */
  private boolean epoch(Run run, ComputationGraph network, Checkpoint.State state) {
    // The same order for every network of this seed, and another one in each epoch.
    long order = run.seed() * SEED_STRIDE + state.epochs;
    Epoch trained = Epoch.train(network, data.minibatches(run.batchSize(), order), afterStep);
    state.steps += trained.steps();
    state.loss = trained.loss();
    return !trained.hasDiverged();
  }

  private static Outcome outcome(Checkpoint.State state, boolean diverged, double accuracy) {
    return new Outcome(
        state.run,
        diverged,
        state.steps,
        accuracy,
        diverged ? Double.NaN : state.loss,
        state.seconds,
        state.clipped.stream().reduce(NOTHING, AgcReport::merge).total().clippedShare(),
        state.clipped.stream().map(Trainer::sharesByStage).collect(Collectors.toList()));
  }

  /**
   * Clipped units over all units of each stage: the part of a layer's name before the first dash.
   * Stages without clipped parameters are left out.
   */
  private static Map<String, Double> sharesByStage(AgcReport report) {
    return report.rows().stream()
        .filter(row -> row.total().units() > 0)
        .collect(
            Collectors.groupingBy(
                row -> row.layer().split("-", 2)[0],
                LinkedHashMap::new,
                Collectors.collectingAndThen(
                    Collectors.toList(), rows -> new AgcReport(rows).total().clippedShare())));
  }

  private double accuracy(ComputationGraph network) {
    long right = 0;
    for (DataSet batch : data.test()) {
      right += Evaluation.recognised(network.outputSingle(batch.getFeatures()), batch.getLabels());
    }
    return (double) right / data.testSize();
  }
}
