package io.github.dl4jagc.experiments.tasks;

import java.util.List;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.ops.transforms.Transforms;

/** What a trained network reaches on examples that it has not seen. */
public final class TestResult {

  /** Of a network with a parameter or an output that is not finite. */
  public static final TestResult DIVERGED = new TestResult(Double.NaN, Double.NaN);

  private static final double SMALLEST_PROBABILITY = 1e-30;

  private final double accuracy;
  private final double loss;

  private TestResult(double accuracy, double loss) {
    this.accuracy = accuracy;
    this.loss = loss;
  }

  /** Tests a network that gives a probability for each class. */
  public static TestResult of(ComputationGraph network, List<DataSet> test) {
    return isFinite(network.params()) ? of(network::outputSingle, test) : DIVERGED;
  }

  /** Tests what a network answers; labels are one-hot, [n, classes] or [n, classes, time]. */
  public static TestResult of(UnaryOperator<INDArray> network, List<DataSet> test) {
    long right = 0;
    long count = 0;
    double loss = 0;
    for (DataSet piece : test) {
      INDArray output = network.apply(piece.getFeatures());
      if (!isFinite(output)) {
        return DIVERGED;
      }
      INDArray labels = piece.getLabels();
      INDArray hits = output.argMax(1).eq(labels.argMax(1));
      right += hits.castTo(output.dataType()).sumNumber().longValue();
      count += hits.length();
      INDArray probabilities = output.mul(labels).sum(1);
      loss -=
          Transforms.log(Transforms.max(probabilities, SMALLEST_PROBABILITY))
              .sumNumber()
              .doubleValue();
    }
    return new TestResult((double) right / count, loss / count);
  }

  private static boolean isFinite(INDArray array) {
    return array.isNaN().none() && array.isInfinite().none();
  }

  /** {@return how often the largest output was that of the right class} */
  public double accuracy() {
    return accuracy;
  }

  /** {@return the mean of {@code -log} of the right class's probability} */
  public double loss() {
    return loss;
  }
}
