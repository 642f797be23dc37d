package io.github.dl4jagc.testing;

import java.util.Arrays;
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
    double[] weightNorms = norms(weights, unitOf);
    double[] gradientNorms = norms(gradient, unitOf);
    double[] result = gradient.clone();
    for (int i = 0; i < result.length; i++) {
      double bound = threshold * Math.max(weightNorms[unitOf[i]], epsilon);
      double gradientNorm = gradientNorms[unitOf[i]];
      if (gradientNorm > bound && Double.isFinite(gradientNorm)) {
        result[i] = gradient[i] / gradientNorm * bound; // bound / norm may be subnormal
      }
    }
    return result;
  }

  /** Norms of the units, in 'c' order of the unit dimensions. */
  public static double[] norms(INDArray array, int... unitDimensions) {
    return norms(values(array), unitOfEachElement(array.shape(), unitDimensions));
  }

  /** The elements in 'c' order. */
  public static double[] values(INDArray array) {
    return array.isEmpty() ? new double[0] : array.dup('c').data().asDouble();
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

  /** Scaled by the unit's largest element, so that squares neither overflow nor underflow. */
  private static double[] norms(double[] values, int[] unitOf) {
    int units = Arrays.stream(unitOf).max().orElse(-1) + 1;
    double[] largest = new double[units];
    for (int i = 0; i < values.length; i++) {
      largest[unitOf[i]] = Math.max(largest[unitOf[i]], Math.abs(values[i])); // NaN if one is
    }
    double[] sums = new double[units];
    for (int i = 0; i < values.length; i++) {
      double part = values[i] / largest[unitOf[i]];
      sums[unitOf[i]] += part * part;
    }
    double[] norms = new double[units];
    for (int unit = 0; unit < units; unit++) {
      boolean plain = largest[unit] > 0 && Double.isFinite(largest[unit]);
      norms[unit] = plain ? largest[unit] * Math.sqrt(sums[unit]) : largest[unit];
    }
    return norms;
  }
}
