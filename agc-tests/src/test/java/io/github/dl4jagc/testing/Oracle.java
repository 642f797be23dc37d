package io.github.dl4jagc.testing;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * AGC once more, written as naively as can be: element by element, in double precision, in plain
 * Java, sharing no code with the library.
 */
public final class Oracle {

  private Oracle() {}

  /** The clipped gradient, in 'c' order. */
  public static double[] clip(
      INDArray weights,
      INDArray gradient,
      double threshold,
      double epsilon,
      int... unitDimensions) {
    return clip(
        values(weights), values(gradient), weights.shape(), threshold, epsilon, unitDimensions);
  }

  /** The clipped gradient of arrays in 'c' order. */
  public static double[] clip(
      double[] weights,
      double[] gradient,
      long[] shape,
      double threshold,
      double epsilon,
      int... unitDimensions) {
    int[] unitOf = unitOfEachElement(shape, unitDimensions);
    int units = Arrays.stream(unitOf).max().orElse(-1) + 1;
    double[] result = gradient.clone();
    for (int unit = 0; unit < units; unit++) {
      int wanted = unit;
      IntPredicate inUnit = element -> unitOf[element] == wanted;
      double weightNorm = norm(weights, inUnit);
      double gradientNorm = norm(gradient, inUnit);
      double bound = threshold * Math.max(weightNorm, epsilon);
      if (gradientNorm > bound && Double.isFinite(gradientNorm)) {
        for (int i = 0; i < result.length; i++) {
          if (inUnit.test(i)) {
            result[i] =
                gradient[i] / gradientNorm * bound; // the quotient of the norms may be subnormal
          }
        }
      }
    }
    return result;
  }

  /** Norms of the units, in 'c' order of the unit dimensions. */
  public static double[] norms(INDArray array, int... unitDimensions) {
    int[] unitOf = unitOfEachElement(array.shape(), unitDimensions);
    double[] values = values(array);
    double[] norms = new double[Arrays.stream(unitOf).max().orElse(-1) + 1];
    for (int unit = 0; unit < norms.length; unit++) {
      int wanted = unit;
      norms[unit] = norm(values, element -> unitOf[element] == wanted);
    }
    return norms;
  }

  /** The elements in 'c' order, read one by one. */
  public static double[] values(INDArray array) {
    double[] values = new double[(int) array.length()];
    long[] shape = array.shape();
    for (int i = 0; i < values.length; i++) {
      values[i] = shape.length == 0 ? array.getDouble() : array.getDouble(indices(i, shape));
    }
    return values;
  }

  private static long[] indices(int element, long[] shape) {
    long[] indices = new long[shape.length];
    long rest = element;
    for (int d = shape.length - 1; d >= 0; d--) {
      indices[d] = rest % shape[d];
      rest /= shape[d];
    }
    return indices;
  }

  private static int[] unitOfEachElement(long[] shape, int[] unitDimensions) {
    long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    int[] unitOf = new int[(int) length];
    for (int i = 0; i < unitOf.length; i++) {
      long[] indices = indices(i, shape);
      long unit = 0;
      for (int d : unitDimensions) {
        unit = unit * shape[d] + indices[d];
      }
      unitOf[i] = (int) unit;
    }
    return unitOf;
  }

  /** Scaled by the largest element, so that squares neither overflow nor underflow. */
  private static double norm(double[] values, IntPredicate inUnit) {
    double largest = 0;
    for (int i = 0; i < values.length; i++) {
      if (inUnit.test(i)) {
        if (Double.isNaN(values[i])) {
          return Double.NaN;
        }
        largest = Math.max(largest, Math.abs(values[i]));
      }
    }
    if (largest == 0 || Double.isInfinite(largest)) {
      return largest;
    }
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      if (inUnit.test(i)) {
        sum += values[i] / largest * (values[i] / largest);
      }
    }
    return largest * Math.sqrt(sum);
  }
}
