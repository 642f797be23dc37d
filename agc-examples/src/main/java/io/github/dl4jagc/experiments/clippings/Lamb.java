package io.github.dl4jagc.experiments.clippings;

import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Each parameter's step gets the norm of the parameter times learning rate and trust coefficient,
 * after the updater, which is Adam in the paper (You et al. 2019, arXiv 1904.00962: 1); parameters
 * that are zero, and steps that are, are left alone. DL4J has no place between updater and step, so
 * steps are taken back in part.
 */
final class Lamb extends BaseTrainingListener {

  private final double trust;
  private final ISchedule learningRate;
  private final Map<String, INDArray> before = new LinkedHashMap<>();

  Lamb(double trust, ISchedule learningRate) {
    this.trust = trust;
    this.learningRate = learningRate;
  }

  @Override
  public void onGradientCalculation(Model model) {
    ((ComputationGraph) model)
        .paramTable()
        .forEach((name, weights) -> before.put(name, weights.dup()));
  }

  @Override
  public void iterationDone(Model model, int iteration, int epoch) {
    double rate = trust * learningRate.valueAt(iteration, epoch);
    ((ComputationGraph) model)
        .paramTable()
        .forEach(
            (name, weights) -> {
              INDArray old = before.get(name);
              INDArray step = weights.sub(old);
              double length = TensorScaling.norm(step);
              double norm = TensorScaling.norm(old);
              if (length > 0 && norm > 0) {
                weights.assign(step.muli(rate * norm / length).addi(old));
              }
            });
  }
}
