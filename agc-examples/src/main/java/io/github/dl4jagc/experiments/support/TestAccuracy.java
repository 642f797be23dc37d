package io.github.dl4jagc.experiments.support;

import java.util.List;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** What a trained network reaches on examples that it has not seen. */
public final class TestAccuracy {

  private TestAccuracy() {}

  /**
   * Tests a network.
   *
   * @param network with one output, one number for each class
   * @param test in pieces, labels one-hot
   * @return the share of the examples whose largest output is that of their class, in [0, 1]; NaN
   *     if a parameter or an output is NaN or infinite
   */
  public static double of(ComputationGraph network, List<DataSet> test) {
    return isFinite(network.params()) ? of(network::outputSingle, test) : Double.NaN;
  }

  /**
   * Tests what a network answers.
   *
   * @param network from features to an output of one number for each class
   * @param test in pieces, labels one-hot
   * @return the share of the examples whose largest output is that of their class, in [0, 1]; NaN
   *     if an output is NaN or infinite
   */
  public static double of(UnaryOperator<INDArray> network, List<DataSet> test) {
    Evaluation evaluation = new Evaluation();
    for (DataSet piece : test) {
      INDArray output = network.apply(piece.getFeatures());
      if (!isFinite(output)) {
        return Double.NaN;
      }
      evaluation.eval(piece.getLabels(), output);
    }
    return evaluation.accuracy();
  }

  private static boolean isFinite(INDArray array) {
    return array.isNaN().none() && array.isInfinite().none();
  }
}
