package io.github.dl4jagc.internal;

import io.github.dl4jagc.NonFiniteGradients;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseReduceOp;
import org.nd4j.linalg.api.ops.impl.reduce.floating.Norm2;
import org.nd4j.linalg.api.ops.impl.reduce.same.AMax;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMax;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Max;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Min;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.DivOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.indexing.conditions.Conditions;

/**
 * Clips with ND4J operations alone, and so on any backend and in any memory. Nothing is read back
 * in {@link #clip}: the decisions are taken by operations on arrays with one element per unit of
 * all targets together, and so are the counts.
 *
 * <p>Each array is copied to a DOUBLE scratch array, which all targets share, for its norm and for
 * its scaling: ND4J squares in the type of the array, where FLOAT overflows at 1e19 and HALF at
 * 256. DOUBLE arrays, whose own squares may overflow, are divided by each unit's largest element
 * first.
 */
final class Nd4jUnitClipper implements UnitClipper {

  /** A scale below this is applied in two steps, as it would be subnormal. */
  private static final double SMALLEST_STEP = 1e-300;

  private final Part[] parts;
  private final int units;
  private final INDArray scratch;

  /** Norms of all targets' weights, then of all targets' gradients. */
  private final INDArray norms;

  private final INDArray weightNorms;
  private final INDArray gradientNorms;
  private final INDArray bound;
  private final INDArray scale;
  private final INDArray secondScale;
  private final INDArray temporary;

  /** What has been counted since the figures were read, unit by unit. */
  private final INDArray clipped;

  private final INDArray nonFinite;
  private final INDArray largestRatio;
  private final INDArray smallestScale;
  private ClippingRule latestRule;
  private long iterations;

  Nd4jUnitClipper(List<ClipTarget> targets) {
    int count = 0;
    long largest = 1;
    for (ClipTarget target : targets) {
      count += target.units.count();
      largest = Math.max(largest, target.gradient.length());
    }
    this.units = Math.max(count, 1);
    // What is kept from one call to the next must not live in a workspace of the caller.
    try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      scratch = Nd4j.create(DataType.DOUBLE, largest);
      norms = Nd4j.create(DataType.DOUBLE, 2L * units);
      weightNorms = norms.get(NDArrayIndex.interval(0, units));
      gradientNorms = norms.get(NDArrayIndex.interval(units, 2L * units));
      bound = Nd4j.create(DataType.DOUBLE, units);
      scale = Nd4j.ones(DataType.DOUBLE, units);
      secondScale = Nd4j.ones(DataType.DOUBLE, units);
      temporary = Nd4j.create(DataType.DOUBLE, units);
      clipped = Nd4j.create(DataType.DOUBLE, units);
      nonFinite = Nd4j.create(DataType.DOUBLE, units);
      largestRatio = Nd4j.create(DataType.DOUBLE, units);
      smallestScale = Nd4j.ones(DataType.DOUBLE, units);
      parts = new Part[targets.size()];
      int first = 0;
      for (int i = 0; i < parts.length; i++) {
        parts[i] = new Part(targets.get(i), first);
        first += targets.get(i).units.count();
      }
    }
  }

  @Override
  public void clip(ClippingRule rule) {
    for (Part part : parts) {
      part.norm(part.target.weights, part.weightNorms);
      part.norm(part.target.gradient, part.gradientNorms);
    }
    decide(rule);
    latestRule = rule;
    iterations++;
    for (Part part : parts) {
      part.scale(rule.nonFinite());
    }
    readFigures();
  }

  /** {@link ClippingRule#scale} for all units at once, and the counts. */
  private void decide(ClippingRule rule) {
    // Weights that are not finite give no bound; the maximum of NaN and eps would be eps.
    bound.assign(weightNorms);
    BooleanIndexing.replaceWhere(bound, Double.POSITIVE_INFINITY, Conditions.isNan());
    Nd4j.exec(new ScalarMax(bound, null, bound, rule.epsilon()));
    // From here on, gradients that are not finite count as zero, which is never above a bound.
    scale.assign(gradientNorms);
    replaceNonFinite(scale, 0);
    Nd4j.exec(new DivOp(scale, bound, temporary));

    BooleanIndexing.replaceWhere(temporary, 0, Conditions.isNan());
    Nd4j.exec(new Max(largestRatio, temporary, largestRatio));
    bound.muli(rule.bound(1));
    Nd4j.exec(new DivOp(bound, scale, scale));
    BooleanIndexing.replaceWhere(scale, 1, Conditions.isNan());
    BooleanIndexing.replaceWhere(scale, 1, Conditions.greaterThan(1));
    Nd4j.exec(new Min(smallestScale, scale, smallestScale));

    temporary.assign(scale);
    BooleanIndexing.replaceWhere(temporary, 2, Conditions.lessThan(1));
    clipped.addi(temporary.subi(1));
    temporary.assign(gradientNorms);
    replaceNonFinite(temporary, -1); // no norm is negative
    BooleanIndexing.replaceWhere(temporary, 0, Conditions.greaterThan(0));
    nonFinite.addi(temporary.negi());
    if (rule.nonFinite() == NonFiniteGradients.ZERO) {
      scale.muli(temporary.rsubi(1));
    }
    secondScale.assign(scale);
    BooleanIndexing.replaceWhere(scale, SMALLEST_STEP, Conditions.lessThan(SMALLEST_STEP));
    secondScale.divi(scale);
  }

  /** Not by {@code Conditions.notFinite()}, which finds neither NaN nor infinity in 1.0.0-M2.1. */
  private static void replaceNonFinite(INDArray array, double value) {
    BooleanIndexing.replaceWhere(array, value, Conditions.isNan());
    BooleanIndexing.replaceWhere(array, value, Conditions.greaterThan(Double.MAX_VALUE));
  }

  private void readFigures() {
    double[] latest = norms.data().asDouble();
    for (Part part : parts) {
      ClipCounter counter = part.target.counter;
      counter.clear();
      counter.iterations = 1;
      for (int unit = part.first; unit < part.first + part.count; unit++) {
        counter.count(
            latestRule.ratio(latest[unit], latest[units + unit]),
            latestRule.scale(latest[unit], latest[units + unit]));
      }
    }
    iterations = 0;
    clipped.assign(0);
    nonFinite.assign(0);
    largestRatio.assign(0);
    smallestScale.assign(1);
  }

  /** One target with its views into the arrays that all targets share. */
  private final class Part {
    final ClipTarget target;
    final int first;
    final int count;
    private final int[] normDimensions;
    private final INDArray copy;
    private final INDArray weightNorms;
    private final INDArray gradientNorms;
    private final INDArray largest;
    private final INDArray scale;
    private final INDArray secondScale;

    Part(ClipTarget target, int first) {
      this.target = target;
      this.first = first;
      this.count = target.units.count();
      // Dimensions of one element need no reduction; over them alone ND4J would not even take the
      // absolute value.
      this.normDimensions =
          IntStream.of(target.units.normDimensions())
              .filter(dimension -> target.gradient.size(dimension) > 1)
              .toArray();
      if (target.gradient.isEmpty()) {
        copy = weightNorms = gradientNorms = largest = scale = secondScale = null;
        return;
      }
      this.copy =
          scratch
              .get(NDArrayIndex.interval(0, target.gradient.length()))
              .reshape(target.gradient.ordering(), target.gradient.shape());
      this.weightNorms = ofUnits(Nd4jUnitClipper.this.weightNorms);
      this.gradientNorms = ofUnits(Nd4jUnitClipper.this.gradientNorms);
      this.largest = ofUnits(temporary);
      this.scale = ofUnits(Nd4jUnitClipper.this.scale);
      this.secondScale = ofUnits(Nd4jUnitClipper.this.secondScale);
    }

    /** This target's part of an array over all units, with 1 for the dimensions of the norm. */
    private INDArray ofUnits(INDArray all) {
      long[] shape = target.units.shape();
      for (int dimension : normDimensions) {
        shape[dimension] = 1;
      }
      INDArrayIndex part = NDArrayIndex.interval(first, first + count);
      return all.get(part).reshape('c', shape);
    }

    void norm(INDArray array, INDArray result) {
      if (copy == null) {
        return;
      }
      copy.assign(array);
      if (normDimensions.length == 0) {
        Nd4j.exec(new Abs(copy, copy));
        result.assign(copy);
      } else if (array.dataType() == DataType.DOUBLE) {
        reduce(new AMax(copy, normDimensions), largest);
        replaceNonFinite(largest, 1);
        BooleanIndexing.replaceWhere(largest, 1, Conditions.lessThanOrEqual(0));
        Nd4j.exec(new DivOp(copy, largest, copy));
        reduce(new Norm2(copy, normDimensions), result);
        result.muli(largest);
      } else {
        reduce(new Norm2(copy, normDimensions), result);
      }
    }

    /** By setters: not every version of ND4J that this runs with has constructors for it. */
    private void reduce(BaseReduceOp operation, INDArray result) {
      operation.setKeepDims(true);
      operation.setZ(result);
      Nd4j.exec(operation);
    }

    void scale(NonFiniteGradients policy) {
      if (copy == null) {
        return;
      }
      copy.assign(target.gradient);
      Nd4j.exec(new MulOp(copy, scale, copy));
      if (target.gradient.dataType() == DataType.DOUBLE) {
        Nd4j.exec(new MulOp(copy, secondScale, copy));
      }
      if (policy == NonFiniteGradients.ZERO) { // infinity times zero
        BooleanIndexing.replaceWhere(copy, 0, Conditions.isNan());
      }
      target.gradient.assign(copy);
    }
  }
}
