package io.github.dl4jagc;

import static io.github.dl4jagc.internal.check.Troubleshooting.ARRAYS_THAT_CANNOT_BE_CLIPPED;

import io.github.dl4jagc.internal.check.Checks;
import io.github.dl4jagc.internal.clip.SharedMemory;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What {@link Agc#clip} asks of the arrays that it is given. */
final class ClippableArrays {

  private ClippableArrays() {}

  /**
   * @throws IllegalArgumentException if an array is null or of an integer type, the shapes differ,
   *     the arrays overlap in memory, or the gradient may show an element twice
   * @throws IllegalStateException if an array has been closed, or the workspace that it is in
   */
  static void check(INDArray weights, INDArray gradient) {
    requireUsable(weights, "weights");
    requireUsable(gradient, "gradient");
    if (!Arrays.equals(weights.shape(), gradient.shape())) {
      throw ARRAYS_THAT_CANNOT_BE_CLIPPED.argument(
          "weights and gradient must have the same shape, got {} and {}",
          weights.shape(),
          gradient.shape());
    }
    if (SharedMemory.overlap(weights, gradient) || SharedMemory.mayRepeat(gradient)) {
      throw ARRAYS_THAT_CANNOT_BE_CLIPPED.argument(
          "weights and gradient must not share memory or lie between each other's elements, nor may"
              + " the gradient repeat elements, got shapes {} with strides {} and {}; pass"
              + " gradient.dup()",
          weights.shape(),
          weights.stride(),
          gradient.stride());
    }
  }

  private static void requireUsable(INDArray array, String name) {
    Checks.notNull(array, name, ARRAYS_THAT_CANNOT_BE_CLIPPED);
    if (!array.isR()) {
      throw ARRAYS_THAT_CANNOT_BE_CLIPPED.argument(
          "{} must be of a floating point type, got {}", name, array.dataType());
    }
    if (SharedMemory.isOfClosedWorkspace(array)) {
      throw ARRAYS_THAT_CANNOT_BE_CLIPPED.state(
          "{} must be in memory that is in use, got an array of the workspace {}, which has been"
              + " closed since it was made; pass {}.detach(), taken while the workspace is open",
          name,
          array.data().getParentWorkspace().getId(),
          name);
    }
  }
}
