package io.github.dl4jagc.experiments.tasks;

import java.util.List;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** What a network learns: examples to train on, and examples to test on. */
public final class Data {

  /** Of whatever is random about which examples are used. */
  static final long SPLIT_SEED = 42;

  private static final int TEST_BATCH = 250;

  private final Examples training;
  private final Examples test;

  /**
   * @param training to train on
   * @param test to test on
   */
  Data(Examples training, Examples test) {
    this.training = training;
    this.test = test;
  }

  /** With other features for the same labels. */
  Data map(UnaryOperator<INDArray> change) {
    return new Data(training.map(change), test.map(change));
  }

  /**
   * With mean 0 and variance 1 over the training part: what a network without normalisation
   * expects.
   *
   * @param dimensions that means are taken over; 0 alone for each feature by itself
   */
  Data standardized(int... dimensions) {
    INDArray mean = training.features().mean(true, dimensions);
    INDArray deviation = training.features().std(false, true, dimensions).addi(1e-6);
    return map(features -> features.sub(mean).divi(deviation));
  }

  /** {@return the size of the training part} */
  public int trainingSize() {
    return training.size();
  }

  /** {@return the size of the test part} */
  public int testSize() {
    return test.size();
  }

  /**
   * The training part in a random order, cut into minibatches.
   *
   * @param batchSize examples in a minibatch; the last one may be smaller
   * @param seed of the order: equal seeds give equal orders
   * @return copies, labels one-hot
   */
  public List<DataSet> minibatches(int batchSize, long seed) {
    return training.minibatches(batchSize, seed);
  }

  /** {@return the test part, in pieces} */
  public List<DataSet> test() {
    return test.pieces(TEST_BATCH);
  }
}
