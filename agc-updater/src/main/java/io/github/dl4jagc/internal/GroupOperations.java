package io.github.dl4jagc.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMultiplication;
import org.nd4j.linalg.api.ops.impl.transforms.any.Assign;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The ND4J operations of one {@link TargetGroup}, made once: its norms, into arrays that many
 * groups share, and its scaling by factors from such an array.
 *
 * <p>Where the backend's norms are not exact for a type, and where scales cannot be applied in
 * place, the group is copied to DOUBLE scratch memory, one row for each unit.
 */
final class GroupOperations {

  final TargetGroup group;

  private final List<Op> norms = new ArrayList<>();
  private final List<Op> scaling = new ArrayList<>();

  /**
   * @param group what to work on
   * @param weightNorms where the norms of its weights go, DOUBLE, one for each unit
   * @param gradientNorms where the norms of its gradients go, likewise; of units of one element the
   *     norm may have the element's sign
   * @param factors what {@link #scale} multiplies its gradients by, of {@link #factorType}
   * @param isExact whether norms of arrays of a type are exact without a copy
   * @param scratch for copies
   */
  GroupOperations(
      TargetGroup group,
      INDArray weightNorms,
      INDArray gradientNorms,
      INDArray factors,
      Predicate<DataType> isExact,
      Scratch scratch) {
    this.group = group;
    addNorms(group.weights, weightNorms, isExact, scratch);
    addNorms(group.gradient, gradientNorms, isExact, scratch);
    if (scalesCopy(group)) {
      INDArray copy = copyOf(group.gradient, scratch);
      scaling.add(new Assign(group.gradient, copy));
      scaling.add(multiplication(rows(copy), factors));
      scaling.add(new Assign(copy, group.gradient));
    } else {
      scaling.add(multiplication(group.gradient, factors));
    }
  }

  /** The type of the factors that a group's gradients are multiplied by. */
  static DataType factorType(TargetGroup group) {
    return scalesCopy(group) ? DataType.DOUBLE : group.gradient.dataType();
  }

  /**
   * A factor in HALF or BFLOAT16 would err too much; and in place ND4J's operation is right along
   * one dimension alone: of units that have no single stride it leaves elements out.
   */
  private static boolean scalesCopy(TargetGroup group) {
    DataType type = group.gradient.dataType();
    return (type != DataType.FLOAT && type != DataType.DOUBLE)
        || group.gradient.rank() > group.unitDimensions + 1;
  }

  private void addNorms(
      INDArray array, INDArray result, Predicate<DataType> isExact, Scratch scratch) {
    if (group.unitSize() == 1) { // no reduction; ND4J would not even take the absolute value
      norms.add(new Assign(array, result.reshape(array.shape())));
    } else if (isExact.test(array.dataType())) {
      int[] dimensions = IntStream.range(group.unitDimensions, array.rank()).toArray();
      long[] units = Arrays.copyOf(array.shape(), group.unitDimensions);
      norms.add(new DoubleNorm2(array, result.reshape(units), dimensions));
    } else {
      INDArray copy = copyOf(array, scratch);
      norms.add(new Assign(array, copy));
      norms.add(new DoubleNorm2(rows(copy), result, 1));
    }
  }

  private static INDArray copyOf(INDArray array, Scratch scratch) {
    return scratch
        .array(array.length())
        .get(NDArrayIndex.interval(0, array.length()))
        .reshape('c', array.shape());
  }

  private INDArray rows(INDArray copy) {
    return copy.reshape('c', group.units(), group.unitSize());
  }

  /** Each unit by its factor. */
  private static Op multiplication(INDArray array, INDArray factors) {
    ScalarMultiplication operation = new ScalarMultiplication(array, null, array, 0);
    operation.setY(factors);
    operation.setDimension(array.rank() - 1);
    return operation;
  }

  /** Computes the norms of all units. */
  void computeNorms() {
    norms.forEach(Nd4j::exec);
  }

  /** Multiplies the gradient of each unit by its factor. */
  void scale() {
    scaling.forEach(Nd4j::exec);
  }
}
