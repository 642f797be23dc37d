package io.github.dl4jagc.experiments.digits;

import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.experiments.support.Epoch;
import io.github.dl4jagc.experiments.support.TestAccuracy;
import java.util.List;
import java.util.function.LongConsumer;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Trains networks, each for itself, tests them, and says whether they diverged. */
final class Trainer {

  private final Experiment experiment;
  private final Digits digits;

  /**
   * @param experiment what all runs have in common
   * @param digits to train and to test on
   */
  Trainer(Experiment experiment, Digits digits) {
    this.experiment = experiment;
    this.digits = digits;
  }

  /**
   * Trains a new network with {@code run}.
   *
   * @param afterStep is given the number of digits of each step
   */
  Outcome train(Run run, LongConsumer afterStep) {
    Setting setting = run.setting();
    ComputationGraph network =
        ResidualNetwork.create(setting.updater(experiment.excludesOutputLayer()), run.seed());
    if (setting.threshold().isPresent()) {
      network.setListeners(new AgcListener());
    }
    Epoch trained =
        Epoch.trainAll(
            network,
            experiment.epochs(),
            run.seed(),
            order -> digits.minibatches(experiment.batchSize(), order),
            afterStep);
    double accuracy =
        trained.hasDiverged() ? Double.NaN : TestAccuracy.of(network, List.of(digits.test()));
    return new Outcome(run, trained.steps(), accuracy, trained.loss(), AgcReport.of(network));
  }
}
