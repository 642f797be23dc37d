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

  Data(Examples training, Examples test) {
    this.training = training;
    this.test = test;
  }

  /** With other features for the same labels. */
  Data map(UnaryOperator<INDArray> change) {
    return new Data(training.map(change), test.map(change));
  }

  /**
   * With mean 0 and variance 1 over these dimensions of the training part: what a network without
   * normalisation expects. Dimension 0 alone: each feature by itself.
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

  /**
   * The training part in a random order, equal for equal seeds, cut into minibatches, of which the
   * last one may be smaller. Copies.
   */
  public List<DataSet> minibatches(int batchSize, long seed) {
    return training.minibatches(batchSize, seed);
  }

  /** {@return the test part, in pieces} */
  public List<DataSet> test() {
    return test.pieces(TEST_BATCH);
  }
}
