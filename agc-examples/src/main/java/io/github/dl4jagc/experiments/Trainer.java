package io.github.dl4jagc.experiments;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.experiments.clippings.Clipping;
import io.github.dl4jagc.experiments.tasks.Data;
import io.github.dl4jagc.experiments.tasks.Network;
import io.github.dl4jagc.experiments.tasks.TestResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.schedule.ISchedule;

/** Makes runs: trains a network, tests it, and says whether it diverged. */
class Trainer {

  private static final long SEED_STRIDE = 1_000_003;

  /** The folder of Fashion-MNIST's files. */
  private final Path fashion;

  private final Map<Network, Data> data = new EnumMap<>(Network.class);

  Trainer(Path fashion) {
    this.fashion = fashion;
  }

  /** What a network learns; it is read once. */
  synchronized Data data(Network network) throws IOException {
    if (!data.containsKey(network)) {
      data.put(network, network.data(fashion));
    }
    return data.get(network);
  }

  /** Updates in an epoch. */
  static int stepsPerEpoch(Run run, Data data) {
    return (data.trainingSize() + run.batchSize - 1) / run.batchSize;
  }

  /** Makes a run. */
  Outcome train(Run run) throws IOException {
    Data examples = data(run.network);
    long start = System.nanoTime();
    ComputationGraph network = network(run, stepsPerEpoch(run, examples));
    int steps = 0;
    double loss = 0;
    for (int epoch = 0; epoch < run.epochs && Double.isFinite(loss); epoch++) {
      // The same order for every network of this seed, another one for each epoch.
      long order = run.seed * SEED_STRIDE + epoch;
      int stepsBefore = steps;
      double sum = 0;
      for (DataSet minibatch : examples.minibatches(run.batchSize, order)) {
        network.fit(minibatch);
        steps++;
        sum += network.score() / labelsOfAnExample(minibatch.getLabels());
        if (!Double.isFinite(sum)) {
          break;
        }
      }
      loss = sum / (steps - stepsBefore);
    }
    TestResult result =
        Double.isFinite(loss) ? TestResult.of(network, examples.test()) : TestResult.DIVERGED;
    return new Outcome(
        run,
        steps,
        result.accuracy(),
        result.loss(),
        Double.isNaN(result.accuracy()) ? Double.NaN : loss,
        run.clipping.isAgc() ? AgcReport.of(network).total().clippedShare() : Double.NaN,
        (System.nanoTime() - start) / 1e9);
  }

  /** An initialised network with what it calls. */
  ComputationGraph network(Run run, int stepsPerEpoch) {
    Clipping clipping = run.clipping.clipping();
    ISchedule rate =
        run.schedule.of(
            run.learningRate, stepsPerEpoch, Math.multiplyExact(run.epochs, stepsPerEpoch));
    ComputationGraphConfiguration configuration =
        run.network.configuration(clipping.around(run.updater.with(rate)), run.seed);
    clipping.configure(configuration);
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    network.addListeners(clipping.listeners(rate).toArray(new TrainingListener[0]));
    return network;
  }

  /** DL4J adds the losses of a sequence's steps up. */
  private static long labelsOfAnExample(INDArray labels) {
    return labels.rank() == 3 ? labels.size(2) : 1;
  }
}
