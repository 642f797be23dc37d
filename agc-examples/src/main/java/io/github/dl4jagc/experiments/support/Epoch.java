package io.github.dl4jagc.experiments.support;

import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.DataSet;

/** One pass over the training examples, or as much of it as there was before the loss diverged. */
public final class Epoch {

  private static final long SEED_STRIDE = 1_000_003;

  private final int steps;
  private final double loss;

  private Epoch(int steps, double loss) {
    this.steps = steps;
    this.loss = loss;
  }

  /**
   * Another order of the minibatches for each epoch.
   *
   * @param seed of the run
   * @param epoch from 0
   * @return the seed of the order
   */
  public static long order(long seed, int epoch) {
    return seed * SEED_STRIDE + epoch;
  }

  /**
   * Trains until the end, or until the loss is NaN or infinite.
   *
   * @param network is trained
   * @param minibatches one for each update
   * @param afterStep is given the number of examples after each update
   * @return what came of it
   */
  public static Epoch train(
      ComputationGraph network, List<DataSet> minibatches, LongConsumer afterStep) {
    int steps = 0;
    double lossSum = 0;
    for (DataSet minibatch : minibatches) {
      network.fit(minibatch);
      steps++;
      lossSum += network.score();
      afterStep.accept(minibatch.numExamples());
      if (!Double.isFinite(network.score())) {
        return new Epoch(steps, Double.NaN);
      }
    }
    return new Epoch(steps, lossSum / steps);
  }

  /**
   * Trains for several epochs, or until the loss is NaN or infinite.
   *
   * @param network is trained
   * @param epochs at least 1
   * @param seed of the run: the orders of the minibatches are the same in all runs that have it
   * @param minibatches are given the seed of an order
   * @param afterStep is given the number of examples after each update
   * @return the updates of all epochs, and the loss of the last one
   */
  public static Epoch trainAll(
      ComputationGraph network,
      int epochs,
      long seed,
      LongFunction<List<DataSet>> minibatches,
      LongConsumer afterStep) {
    Epoch all = new Epoch(0, 0);
    for (int epoch = 0; epoch < epochs && !all.hasDiverged(); epoch++) {
      Epoch trained = train(network, minibatches.apply(order(seed, epoch)), afterStep);
      all = new Epoch(all.steps + trained.steps, trained.loss);
    }
    return all;
  }

  /**
   * The updates that were made.
   *
   * @return their number, the last one included
   */
  public int steps() {
    return steps;
  }

  /**
   * The mean loss of the minibatches.
   *
   * @return NaN if one was NaN or infinite
   */
  public double loss() {
    return loss;
  }

  /**
   * Whether the loss of a minibatch was NaN or infinite.
   *
   * @return whether the training was stopped for it
   */
  public boolean hasDiverged() {
    return Double.isNaN(loss);
  }
}
