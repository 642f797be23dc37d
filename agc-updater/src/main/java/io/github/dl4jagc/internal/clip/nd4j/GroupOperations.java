package io.github.dl4jagc.internal.clip.nd4j;

import io.github.dl4jagc.internal.clip.Scratch;
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

/**
 * The ND4J operations of one {@link TargetGroup}, made once: its norms, into arrays that many
 * groups share, and its scaling by factors from such an array.
 *
 * <p>Where the backend's norms are not exact for a type, and where scales cannot be applied in
 * place, the group is copied to DOUBLE scratch memory, one row for each unit.
 */
final class GroupOperations {

  final TargetGroup group;

  /** About so many elements are copied at once: copies should be read while they are in a cache. */
  static final long CACHED_COPY = 1 << 17;

  /** ND4J's CPU backend takes norms with one thread for every 1,024 of them: with two, then. */
  private static final long PARALLEL_UNITS = 2048;

  /** For so many units at once, copies may be this large. */
  static final long LARGEST_COPY = 1 << 22;

  private final Scratch scratch;
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
    this.scratch = scratch;
    addNorms(group.weights, weightNorms, isExact);
    addNorms(group.gradient, gradientNorms, isExact);
    if (scalesCopy(group)) {
      inCopies(
          group.gradient,
          group.unitDimensions,
          factors,
          (part, copy, rows, factorsOfPart) -> {
            scaling.add(new Assign(part, copy));
            scaling.add(multiplication(rows, factorsOfPart));
            scaling.add(new Assign(copy, part));
          });
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

  private void addNorms(INDArray array, INDArray result, Predicate<DataType> isExact) {
    if (group.unitSize() == 1) { // no reduction; ND4J would not even take the absolute value
      norms.add(new Assign(array, result.reshape(array.shape())));
    } else if (isExact.test(array.dataType())) {
      int[] dimensions = IntStream.range(group.unitDimensions, array.rank()).toArray();
      long[] units = Arrays.copyOf(array.shape(), group.unitDimensions);
      norms.add(new DoubleNorm2(array, result.reshape(units), dimensions));
    } else {
      inCopies(
          array,
          group.unitDimensions,
          result,
          (part, copy, rows, resultOfPart) -> {
            norms.add(new Assign(part, copy));
            norms.add(new DoubleNorm2(rows, resultOfPart, 1));
          });
    }
  }

  /** What is to be done with one part of an array, its copy, and the copy as one row a unit. */
  private interface CopyUser {
    void use(INDArray part, INDArray copy, INDArray rows, INDArray valuesOfUnits);
  }

  /**
   * Cuts an array along its first dimension or, where that leaves large pieces, along the next one.
   *
   * @param unitDimensions how many of its dimensions tell units apart: only along these it is cut
   */
  private void inCopies(INDArray array, int unitDimensions, INDArray valuesOfUnits, CopyUser user) {
    long slices = array.size(0);
    long sliceLength = array.length() / slices;
    long unitsOfSlice = valuesOfUnits.length() / slices;
    boolean cutSlices = sliceLength > wantedCopy(group) && unitDimensions > 1;
    long atOnce = cutSlices ? 1 : slicesOfCopy(group, slices, sliceLength);
    for (long from = 0; from < slices; from += atOnce) {
      long to = Math.min(from + atOnce, slices);
      INDArray values = Views.interval(valuesOfUnits, from * unitsOfSlice, to * unitsOfSlice);
      if (cutSlices) {
        inCopies(Views.slice(array, from), unitDimensions - 1, values, user);
      } else {
        INDArray part = Views.interval(array, from, to);
        INDArray flat = scratch.array(part.length());
        INDArray rows = flat.reshape('c', values.length(), group.unitSize());
        user.use(part, flat.reshape('c', part.shape()), rows, values);
      }
    }
  }

  /** How many elements a copy should have, if the array has as many and can be cut. */
  private static long wantedCopy(TargetGroup group) {
    return Math.max(CACHED_COPY, Math.min(LARGEST_COPY, PARALLEL_UNITS * group.unitSize()));
  }

  /** In equal copies, none of them much smaller than is wanted. */
  private static long slicesOfCopy(TargetGroup group, long slices, long sliceLength) {
    long copies = Math.max(1, Math.min(slices, slices * sliceLength / wantedCopy(group)));
    return (slices + copies - 1) / copies;
  }

  /** The elements of the largest copy that may be made of a group. */
  static long copyLength(TargetGroup group) {
    long slices = 1;
    long sliceLength = group.gradient.length();
    for (int i = 0; i < group.unitDimensions && (i == 0 || sliceLength > wantedCopy(group)); i++) {
      slices = group.gradient.size(i);
      sliceLength /= slices;
    }
    return slicesOfCopy(group, slices, sliceLength) * sliceLength;
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
