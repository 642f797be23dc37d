package io.github.dl4jagc.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * Steps of a network's own updater with gradients that no data would give: sizes over many decades,
 * the same direction many times, straight against the weights, zero. Checks after each step what
 * {@code updateRatio} promises:
 *
 * <pre>{@code
 * ||W' - W|| <= s * (m^2 * V + (1 - m^2) * max(||W||, floor))
 * }</pre>
 *
 * <p>where {@code m} is the momentum of a {@code Nesterovs} inside, else 0, and {@code V} the mean
 * of {@code max(||W||, floor)} over the earlier steps, in which each counts {@code m} times as much
 * as the next.
 */
public final class RandomSteps {

  private static final double ROUNDING = 1e-9;

  private final Model net;
  private final Map<String, int[]> units;
  private final Map<String, Double> floors;
  private final Random random;
  private final Map<String, double[]> meanNorms = new HashMap<>();
  private INDArray direction;
  private double largestRatio;

  /**
   * @param net trains in DOUBLE
   * @param data for one gradient, whose arrays are then used
   * @param units unit dimensions of the parameters, by the name in the parameter table; {@code
   *     null} or {@link NetworkCheck#FROZEN} ones are not looked at
   * @param floors of the norm, by the same names
   * @param seed of the gradients
   */
  public RandomSteps(
      Model net,
      MultiDataSet data,
      Map<String, int[]> units,
      Map<String, Double> floors,
      long seed) {
    this.net = net;
    this.units = units;
    this.floors = floors;
    this.random = new Random(seed);
    NetworkCheck.computeGradient(net, data);
  }

  /**
   * One step with a random gradient.
   *
   * @param iteration the iteration
   * @param updateRatio the bound of this step
   * @param momentum of this step; 0 if the updater has none
   */
  public void step(int iteration, double updateRatio, double momentum) {
    setGradient(net.gradient().gradient(), iteration);
    stepNow(iteration, updateRatio, momentum);
  }

  /** One step with a large gradient that makes every unit smaller. */
  public void stepAgainstTheWeights(int iteration, double updateRatio, double momentum) {
    INDArray gradient = net.gradient().gradient();
    gradient.assign(net.params().reshape(gradient.shape())).muli(1e6);
    stepNow(iteration, updateRatio, momentum);
  }

  private void stepNow(int iteration, double updateRatio, double momentum) {
    Map<String, INDArray> before = NetworkCheck.copies(NetworkCheck.paramTable(net));
    NetworkCheck.update(net, iteration);
    Map<String, INDArray> after = NetworkCheck.paramTable(net);
    for (Map.Entry<String, int[]> each : units.entrySet()) {
      if (each.getValue() != NetworkCheck.NOT_CLIPPED && each.getValue() != NetworkCheck.FROZEN) {
        String name = each.getKey();
        check(name, before.get(name), after.get(name), each.getValue(), updateRatio, momentum);
      }
    }
  }

  /** Gradients in any of several ways, all of them likely to be too large now and then. */
  private void setGradient(INDArray gradient, int iteration) {
    double size = Math.pow(10, 2 * random.nextGaussian());
    int way = random.nextInt(10);
    if (way == 0) {
      gradient.assign(0);
    } else if (way < 3) {
      gradient.assign(net.params().reshape(gradient.shape())).muli(size);
    } else if (way < 6 && direction != null) {
      gradient.assign(direction).muli(size);
    } else {
      for (long i = 0; i < gradient.length(); i++) {
        double heavy = Math.pow(10, random.nextGaussian());
        gradient.putScalar(i, size * heavy * random.nextGaussian());
      }
      if (iteration % 50 == 0) {
        direction = gradient.dup();
      }
    }
  }

  private void check(
      String name, INDArray old, INDArray now, int[] dimensions, double ratio, double momentum) {
    double[] norms = Oracle.norms(old, dimensions);
    double[] steps = Oracle.norms(now.sub(old), dimensions);
    // Before the first step the velocity is zero.
    double[] means = meanNorms.computeIfAbsent(name, key -> new double[norms.length]);
    for (int unit = 0; unit < norms.length; unit++) {
      double floored = Math.max(norms[unit], floors.get(name));
      double bound =
          ratio * (momentum * momentum * means[unit] + (1 - momentum * momentum) * floored);
      assertThat(steps[unit])
          .as("step of %s, unit %d of norm %s", name, unit, norms[unit])
          .isLessThanOrEqualTo(bound * (1 + ROUNDING) + norms[unit] * 1e-15);
      means[unit] = momentum * means[unit] + (1 - momentum) * floored;
      largestRatio = Math.max(largestRatio, steps[unit] / floored);
    }
  }

  /** {@return the largest step of any unit, over its norm or the floor of it} */
  public double largestRatio() {
    return largestRatio;
  }
}
