package io.github.dl4jagc.internal;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.floating.Norm2;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMultiplication;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.DivOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Clips with ND4J operations alone, and so on any backend and in any memory: two reductions for
 * each parameter, one transfer of all unit norms to the host, the decisions there, one transfer of
 * all scales back, and one multiplication for each parameter that has something to clip. Gradients
 * are neither copied nor, where nothing is clipped, written.
 *
 * <p>ND4J squares in the type of the array but adds up in the type of the result: with a result of
 * type DOUBLE a FLOAT norm is exact to about 1e-14 as long as no square leaves the range of FLOAT.
 * Norms that are suspect in this respect are computed again from a scaled copy. HALF and BFLOAT16
 * are clipped in a FLOAT copy.
 */
final class Nd4jUnitClipper implements UnitClipper {

  private final Prepared[] prepared;

  /** Norms of all targets' weights, then of all targets' gradients. */
  private final INDArray norms;

  private final INDArray floatScales;
  private final INDArray doubleScales;
  private final double[] scales;

  Nd4jUnitClipper(List<ClipTarget> targets) {
    int units = targets.stream().mapToInt(target -> target.units.count()).sum();
    this.scales = new double[units];
    // What is kept from one call to the next must not live in a workspace of the caller.
    try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      this.norms = Nd4j.create(DataType.DOUBLE, 2L * Math.max(units, 1));
      this.floatScales = Nd4j.create(DataType.FLOAT, Math.max(units, 1));
      this.doubleScales = Nd4j.create(DataType.DOUBLE, Math.max(units, 1));
      this.prepared = new Prepared[targets.size()];
      int offset = 0;
      for (int i = 0; i < prepared.length; i++) {
        prepared[i] = new Prepared(targets.get(i), offset);
        offset += targets.get(i).units.count();
      }
    }
  }

  @Override
  public void clip(ClippingRule rule) {
    for (Prepared target : prepared) {
      target.computeNorms();
    }
    double[] all = norms.data().asDouble();
    for (Prepared target : prepared) {
      target.decide(rule, all);
    }
    upload(floatScales, DataType.FLOAT);
    upload(doubleScales, DataType.DOUBLE);
    for (Prepared target : prepared) {
      target.scale();
    }
  }

  private void upload(INDArray destination, DataType type) {
    for (Prepared target : prepared) {
      if (target.scaled && target.gradient.dataType() == type) {
        destination.data().setData(scales);
        return;
      }
    }
  }

  /** One target with its views into the arrays that all targets share. */
  private final class Prepared {
    private final ClipTarget target;
    private final int offset;
    private final int count;
    private final long size;
    private final INDArray weights;
    private final INDArray gradient;
    private final boolean copied;
    private final INDArray weightNorms;
    private final INDArray gradientNorms;
    private final INDArray scaleView;
    private final Norm2 weightNorm;
    private final Norm2 gradientNorm;
    private final ScalarMultiplication multiplication;
    private final INDArray broadcastScales;
    private boolean scaled;
    private boolean zeroed;
    private double smallestScale;

    Prepared(ClipTarget target, int offset) {
      this.target = target;
      this.offset = offset;
      this.count = target.units.count();
      this.size = target.units.size();
      DataType type = target.gradient.dataType();
      this.copied = type != DataType.FLOAT && type != DataType.DOUBLE;
      this.weights = inFloatOrDouble(target.weights);
      this.gradient = inFloatOrDouble(target.gradient);
      if (target.gradient.isEmpty()) {
        weightNorms = gradientNorms = scaleView = null;
        weightNorm = gradientNorm = null;
        multiplication = null;
        broadcastScales = null;
        return;
      }
      this.weightNorms = unitView(norms, offset);
      this.gradientNorms = unitView(norms, scales.length + offset);
      this.scaleView =
          unitView(gradient.dataType() == DataType.FLOAT ? floatScales : doubleScales, offset);
      int[] dimensions = target.units.normDimensions();
      if (size == 1) { // nothing to reduce, and ND4J would not even take the absolute value
        weightNorm = gradientNorm = null;
      } else {
        weightNorm = new Norm2(weights, weightNorms, false, dimensions);
        gradientNorm = new Norm2(gradient, gradientNorms, false, dimensions);
      }
      if (size > 1 && hasOneStride(gradient, dimensions)) {
        broadcastScales = null;
        multiplication = new ScalarMultiplication(gradient, scaleView, gradient, 0);
        multiplication.setDimension(dimensions);
      } else {
        broadcastScales = scaleView.reshape('c', broadcastShape());
        multiplication = null;
      }
    }

    /**
     * Whether a unit is a run of elements at one distance. ND4J's fast scalar operation along
     * dimensions leaves out elements of any other unit without a word.
     */
    private boolean hasOneStride(INDArray array, int[] dimensions) {
      boolean rowMajor = true;
      boolean columnMajor = true;
      int last = -1;
      for (int dimension : dimensions) {
        if (array.size(dimension) == 1) {
          continue;
        }
        if (last >= 0) {
          rowMajor &= array.stride(last) == array.stride(dimension) * array.size(dimension);
          columnMajor &= array.stride(dimension) == array.stride(last) * array.size(last);
        }
        last = dimension;
      }
      return rowMajor || columnMajor;
    }

    /** The array's shape with 1 in place of the dimensions that a unit covers. */
    private long[] broadcastShape() {
      long[] shape = target.units.shape();
      for (int dimension : target.units.normDimensions()) {
        shape[dimension] = 1;
      }
      return shape;
    }

    private INDArray inFloatOrDouble(INDArray array) {
      DataType type = array.dataType();
      return type == DataType.FLOAT || type == DataType.DOUBLE
          ? array
          : Nd4j.create(DataType.FLOAT, array.shape());
    }

    private INDArray unitView(INDArray flat, int start) {
      INDArray view = flat.get(NDArrayIndex.interval(start, start + count));
      return view.reshape('c', size == 1 ? target.units.shape() : target.units.unitShape());
    }

    void computeNorms() {
      if (weightNorms == null) {
        return;
      }
      if (weights != target.weights) {
        weights.assign(target.weights);
      }
      if (copied) {
        gradient.assign(target.gradient);
      }
      if (weightNorm == null) {
        weightNorms.assign(weights);
        Nd4j.exec(new Abs(weightNorms, weightNorms));
        gradientNorms.assign(gradient);
        Nd4j.exec(new Abs(gradientNorms, gradientNorms));
      } else {
        Nd4j.exec(weightNorm);
        Nd4j.exec(gradientNorm);
      }
    }

    void decide(ClippingRule rule, double[] all) {
      scaled = false;
      zeroed = false;
      smallestScale = 1;
      if (weightNorms == null) {
        return;
      }
      int gradientOffset = scales.length + offset;
      makeExact(weights, all, offset, rule.epsilon());
      // A gradient below the smallest bound is not clipped, however inexact its norm.
      makeExact(gradient, all, gradientOffset, rule.bound(0));
      for (int unit = 0; unit < count; unit++) {
        double scale = rule.scale(all[offset + unit], all[gradientOffset + unit], target.tally);
        if (scale == ClippingRule.SET_TO_ZERO) {
          setToZero(unit);
          scale = 1;
        } else if (scale != 1) {
          scaled = true;
          if (scale > 0) {
            smallestScale = Math.min(smallestScale, scale);
          }
        }
        scales[offset + unit] = scale;
      }
      if (smallestScale < NormRange.SMALLEST_SINGLE_STEP) {
        for (int unit = 0; unit < count; unit++) {
          scales[offset + unit] = Math.sqrt(scales[offset + unit]);
        }
      }
    }

    /**
     * Replaces the norms of this array that may have lost squares to overflow or underflow, unless
     * all that is lost lies below {@code floor} anyway.
     */
    private void makeExact(INDArray array, double[] all, int start, double floor) {
      double smallest = NormRange.smallestExactNorm(array.dataType(), size);
      for (int unit = start; unit < start + count; unit++) {
        boolean underflow = all[unit] < smallest && !(floor > 2 * smallest);
        if (underflow || Double.isInfinite(all[unit])) {
          double[] exact = scaledNorms(array);
          System.arraycopy(exact, 0, all, start, count);
          return;
        }
      }
    }

    /** Unit norms of a copy in which every unit's largest element is 1. */
    private double[] scaledNorms(INDArray array) {
      int[] dimensions = target.units.normDimensions();
      try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        INDArray copy = array.castTo(DataType.DOUBLE);
        if (copy == array) {
          copy = array.dup();
        }
        if (size == 1) {
          return Nd4j.exec(new Abs(copy, copy)).dup('c').data().asDouble();
        }
        INDArray largest = copy.amax(dimensions);
        double[] factors = largest.dup('c').data().asDouble();
        double[] usable = factors.clone();
        for (int i = 0; i < usable.length; i++) {
          if (!(usable[i] > 0) || Double.isInfinite(usable[i])) {
            usable[i] = 1;
          }
        }
        INDArray divisors = Nd4j.createFromArray(usable).reshape('c', broadcastShape());
        Nd4j.exec(new DivOp(copy, divisors, copy));
        double[] result = copy.norm2(dimensions).dup('c').data().asDouble();
        for (int i = 0; i < result.length; i++) {
          result[i] *= usable[i];
        }
        return result;
      }
    }

    private void setToZero(int unit) {
      zeroed = true;
      INDArrayIndex[] indices = new INDArrayIndex[gradient.rank()];
      Arrays.fill(indices, NDArrayIndex.all());
      int[] dimensions = target.units.unitDimensions();
      int rest = unit;
      for (int i = dimensions.length - 1; i >= 0; i--) {
        long size = gradient.size(dimensions[i]);
        indices[dimensions[i]] = NDArrayIndex.point(rest % size);
        rest /= (int) size;
      }
      (dimensions.length == 0 ? gradient : gradient.get(indices)).assign(0);
    }

    void scale() {
      int steps = !scaled ? 0 : smallestScale < NormRange.SMALLEST_SINGLE_STEP ? 2 : 1;
      for (int step = 0; step < steps; step++) {
        if (multiplication != null) {
          Nd4j.exec(multiplication);
        } else {
          Nd4j.exec(new MulOp(gradient, broadcastScales, gradient));
        }
      }
      if (copied && (scaled || zeroed)) {
        target.gradient.assign(gradient);
      }
    }
  }
}
