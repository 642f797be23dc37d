package io.github.dl4jagc.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.AgcReport;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Checks at every iteration of any training with SGD, for every unit, what AGC promises:
 *
 * <pre>{@code
 * ||update|| <= learning rate * threshold * max(||W||, eps)
 * }</pre>
 *
 * Units are those that the test says, so nothing of the library's reading of a network is trusted.
 */
public final class BoundCheck extends BaseTrainingListener {

  private static final double EPSILON = 1e-3;

  private final double largestStep;
  private final Map<String, int[]> unitsByParameter = new LinkedHashMap<>();
  private final Map<Model, Map<String, INDArray>> before = new HashMap<>();
  private int iterations;
  private long units;
  private long unitsAtTheBound;

  /**
   * @param learningRate of the SGD inside
   * @param threshold the clipping threshold
   */
  public BoundCheck(double learningRate, double threshold) {
    this.largestStep = learningRate * threshold;
  }

  /** A parameter that must keep to the bound, with the dimensions that tell its units apart. */
  public BoundCheck unit(String parameter, int... unitDimensions) {
    unitsByParameter.put(parameter, unitDimensions);
    return this;
  }

  /** Weights of columns and a bias, of a dense, recurrent or output layer. */
  public BoundCheck columns(String... prefixes) {
    for (String prefix : prefixes) {
      unit(prefix + "W", 1).unit(prefix + "b");
    }
    return this;
  }

  /** The same with recurrent weights. */
  public BoundCheck recurrent(String... prefixes) {
    for (String prefix : prefixes) {
      columns(prefix).unit(prefix + "RW", 1);
    }
    return this;
  }

  /** Weights of filters and a bias, of a convolution. */
  public BoundCheck filters(String... prefixes) {
    for (String prefix : prefixes) {
      unit(prefix + "W", 0).unit(prefix + "b");
    }
    return this;
  }

  /** A parameter that must not move. */
  public BoundCheck frozen(String... parameters) {
    for (String parameter : parameters) {
      unitsByParameter.put(parameter, NetworkCheck.FROZEN);
    }
    return this;
  }

  /** A parameter that may move as far as it likes. */
  public BoundCheck free(String... parameters) {
    for (String parameter : parameters) {
      unitsByParameter.put(parameter, NetworkCheck.NOT_CLIPPED);
    }
    return this;
  }

  @Override
  public void onGradientCalculation(Model model) {
    before.put(model, NetworkCheck.copies(model.paramTable(false)));
  }

  @Override
  public void iterationDone(Model model, int iteration, int epoch) {
    check(before.remove(model), model.paramTable(false));
  }

  /**
   * @param old the parameters before one step
   * @param now the parameters after it
   */
  public void check(Map<String, INDArray> old, Map<String, INDArray> now) {
    assertThat(now.keySet())
        .as("parameters")
        .containsExactlyInAnyOrderElementsOf(unitsByParameter.keySet());
    iterations++;
    unitsByParameter.forEach(
        (name, unitDimensions) -> {
          if (unitDimensions != NetworkCheck.NOT_CLIPPED) {
            checkParameter(name, old.get(name), now.get(name), unitDimensions);
          }
        });
  }

  private void checkParameter(String name, INDArray old, INDArray now, int[] unitDimensions) {
    if (unitDimensions == NetworkCheck.FROZEN) {
      assertThat(Oracle.values(now)).as(name).containsExactly(Oracle.values(old));
      return;
    }
    // Of the update, which is read off the parameters, relative to the bound.
    double rounding = old.dataType() == DataType.DOUBLE ? 1e-9 : 1e-4;
    double[] weightNorms = Oracle.norms(old, unitDimensions);
    double[] updates = Oracle.norms(old.sub(now), unitDimensions);
    for (int unit = 0; unit < updates.length; unit++) {
      double bound = largestStep * Math.max(weightNorms[unit], EPSILON);
      assertThat(updates[unit])
          .as("update of %s, unit %d, iteration %d", name, unit, iterations)
          .isLessThanOrEqualTo(bound * (1 + rounding));
      units++;
      if (updates[unit] > bound * (1 - rounding)) {
        unitsAtTheBound++;
      }
    }
  }

  /**
   * That the check was one: the report counts the very units that were checked, and some but not
   * all of them were clipped, and those ended at the bound.
   */
  public void assertChecked(AgcReport.Statistics total, int expectedIterations) {
    assertThat(iterations).as("iterations").isEqualTo(expectedIterations);
    assertThat(total.units()).as("units that AGC saw").isEqualTo(units);
    assertThat(total.clippedUnits())
        .as("units that AGC clipped")
        .isEqualTo(unitsAtTheBound)
        .isBetween(1L, units - 1);
  }
}
