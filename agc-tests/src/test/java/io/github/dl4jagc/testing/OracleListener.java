package io.github.dl4jagc.testing;

import java.util.Map;
import java.util.function.BiFunction;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Makes AGC by the oracle out of any training of a network with plain updaters: clips what DL4J has
 * computed, before DL4J divides it by the minibatch size.
 */
public final class OracleListener extends BaseTrainingListener {

  private final double threshold;
  private final BiFunction<String, INDArray, int[]> units;

  /**
   * @param units gives the unit dimensions of a parameter, by its name in the gradient table; null
   *     if it is not to be clipped
   */
  public OracleListener(double threshold, BiFunction<String, INDArray, int[]> units) {
    this.threshold = threshold;
    this.units = units;
  }

  /** For networks of dense, recurrent and output layers: columns of weights, biases as a whole. */
  public static OracleListener columns(double threshold) {
    return new OracleListener(threshold, (name, gradient) -> columnsOf(gradient));
  }

  /** Biases are vectors or, in DL4J before 1.0.0-M2.1, rows [1, n]. */
  public static int[] columnsOf(INDArray array) {
    return array.rank() == 2 && array.size(0) > 1 ? new int[] {1} : new int[0];
  }

  @Override
  public void onGradientCalculation(Model model) {
    int batch = model.conf().isMiniBatch() ? model.batchSize() : 1;
    for (Map.Entry<String, INDArray> each : model.gradient().gradientForVariable().entrySet()) {
      INDArray gradient = each.getValue();
      if (gradient == null || units.apply(each.getKey(), gradient) == null) {
        continue;
      }
      INDArray weights = model.paramTable(false).get(each.getKey());
      double[] clipped =
          Oracle.clip(
              weights, gradient.div(batch), threshold, 1e-3, units.apply(each.getKey(), gradient));
      long columns = gradient.size(gradient.rank() - 1);
      for (int i = 0; i < clipped.length; i++) {
        if (gradient.rank() == 1) {
          gradient.putScalar(i, clipped[i] * batch);
        } else {
          gradient.putScalar(i / columns, i % columns, clipped[i] * batch);
        }
      }
    }
  }
}
