package io.github.dl4jagc.examples.digits;

import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.examples.support.Evaluation;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Trains one network, tests it, and says whether it diverged. */
final class Trainer {

  private final Experiment experiment;
  private final Digits digits;
  private final Runnable afterStep;

  /**
   * @param experiment what all runs have in common
   * @param digits to train and to test on
   * @param afterStep is called after every update
   */
  Trainer(Experiment experiment, Digits digits, Runnable afterStep) {
    this.experiment = experiment;
    this.digits = digits;
    this.afterStep = afterStep;
  }

  /** Trains a new network with {@code run}. */
  Outcome train(Run run) {
    ComputationGraph network =
        ResidualNetwork.create(run.updater(experiment.excludesOutputLayer()), experiment.seed());
    if (run.threshold().isPresent()) {
      network.setListeners(new AgcListener());
    }
    int steps = 0;
    double epochLoss = Double.NaN;
    for (int epoch = 0; epoch < experiment.epochs(); epoch++) {
      double lossSum = 0;
      int minibatches = 0;
      // A new order in every epoch, but the same one in every run.
      for (DataSet minibatch :
          digits.minibatches(experiment.batchSize(), experiment.seed() + 1 + epoch)) {
        network.fit(minibatch);
        steps++;
        minibatches++;
        lossSum += network.score();
        afterStep.run();
        if (!Double.isFinite(network.score())) {
          return Outcome.diverged(run, steps, AgcReport.of(network));
        }
      }
      epochLoss = lossSum / minibatches;
    }
    // The last loss was computed before the last update, which may be the one that diverged.
    if (!Evaluation.allFinite(network.params())) {
      return Outcome.diverged(run, steps, AgcReport.of(network));
    }
    return Outcome.finished(run, steps, accuracy(network), epochLoss, AgcReport.of(network));
  }

  private double accuracy(ComputationGraph network) {
    DataSet test = digits.test();
    INDArray output = network.outputSingle(test.getFeatures());
    return (double) Evaluation.recognised(output, test.getLabels()) / digits.testSize();
  }
}
