package io.github.dl4jagc.examples.digits;

import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.examples.support.Epoch;
import io.github.dl4jagc.examples.support.Evaluation;
import java.util.function.LongConsumer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Trains one network, tests it, and says whether it diverged. */
final class Trainer {

  private final Experiment experiment;
  private final Digits digits;
  private final LongConsumer afterStep;

  /**
   * @param experiment what all runs have in common
   * @param digits to train and to test on
   * @param afterStep is given the number of digits of each step
   */
  Trainer(Experiment experiment, Digits digits, LongConsumer afterStep) {
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
      // A new order in every epoch, but the same one in every run.
      Epoch trained =
          Epoch.train(
              network,
              digits.minibatches(experiment.batchSize(), experiment.seed() + 1 + epoch),
              afterStep);
      steps += trained.steps();
      epochLoss = trained.loss();
      if (trained.hasDiverged()) {
        return Outcome.diverged(run, steps, AgcReport.of(network));
      }
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
