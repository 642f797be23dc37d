package io.github.dl4jagc.experiments.clippings;

import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Multiplies the gradient of each parameter by one number, before the updater sees it. */
abstract class TensorScaling extends BaseTrainingListener {

  /**
   * A factor for each parameter, by the norms of its mean gradient, all finite, and of its weights.
   */
  abstract double[] factors(double[] gradients, double[] weights);

  /** At this place the gradient is the sum over the minibatch. */
  @Override
  public void onGradientCalculation(Model model) {
    ComputationGraph network = (ComputationGraph) model;
    Map<String, INDArray> gradients = network.gradient().gradientForVariable();
    Map<String, INDArray> weights = network.paramTable();
    double[] gradientNorms = gradients.values().stream().mapToDouble(TensorScaling::norm).toArray();
    double[] weightNorms =
        gradients.keySet().stream().mapToDouble(name -> norm(weights.get(name))).toArray();
    for (int i = 0; i < gradientNorms.length; i++) {
      gradientNorms[i] /= network.batchSize();
      if (!Double.isFinite(gradientNorms[i])) {
        return; // the training is over, whatever is done
      }
    }
    double[] factors = factors(gradientNorms, weightNorms);
    int i = 0;
    for (INDArray gradient : gradients.values()) {
      gradient.muli(factors[i++]);
    }
  }

  static double norm(INDArray array) {
    return array.norm2Number().doubleValue();
  }
}
