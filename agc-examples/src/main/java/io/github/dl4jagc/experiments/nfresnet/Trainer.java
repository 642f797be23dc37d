package io.github.dl4jagc.experiments.nfresnet;

import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.experiments.support.Epoch;
import io.github.dl4jagc.experiments.support.TestAccuracy;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Trains a network, tests it, and says whether it diverged. */
final class Trainer {

  private static final AgcReport NOTHING = new AgcReport(List.of());

  private final Experiment experiment;
  private final ImageData data;

  /**
   * @param experiment what all runs have in common
   * @param data to train and to test on
   */
  Trainer(Experiment experiment, ImageData data) {
    this.experiment = experiment;
    this.data = data;
  }

  /**
   * Trains the network of {@code run}, from its checkpoint if that has a state.
   *
   * @param afterStep is given the number of images of each step
   */
  Outcome train(Run run, Checkpoint checkpoint, LongConsumer afterStep) throws IOException {
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
      // The same order for every network of this seed.
      long order = Epoch.order(run.seed(), state.epochs);
      Epoch trained = Epoch.train(network, data.minibatches(run.batchSize(), order), afterStep);
      state.steps += trained.steps();
      state.loss = trained.loss();
      state.clipped.add(AgcReport.of(network).since(before));
      state.seconds += (System.nanoTime() - start) / 1e9;
      if (trained.hasDiverged()) {
        return outcome(state, Double.NaN);
      }
      state.epochs++;
      checkpoint.save(network, state);
    }
    long start = System.nanoTime();
    double accuracy = TestAccuracy.of(network, data.test());
    state.seconds += (System.nanoTime() - start) / 1e9;
    return outcome(state, accuracy);
  }

  private static Outcome outcome(Checkpoint.State state, double accuracy) {
    boolean diverged = Double.isNaN(accuracy);
    return new Outcome(
        state.run,
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
}
