package io.github.dl4jagc.internal.binding;

import static io.github.dl4jagc.internal.check.Troubleshooting.ARRAYS_THAT_CANNOT_BE_CLIPPED;
import static io.github.dl4jagc.internal.check.Troubleshooting.GRADIENTS_THAT_ARE_NOT_FINITE;

import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.NonFiniteGradients;
import io.github.dl4jagc.internal.check.Checks;
import io.github.dl4jagc.internal.clip.ClipTarget;
import io.github.dl4jagc.internal.clip.ClipperChoice;
import io.github.dl4jagc.internal.clip.Scratch;
import io.github.dl4jagc.internal.clip.SharedMemory;
import io.github.dl4jagc.internal.units.Units;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Clipping of one array that belongs to no network: nothing of it is kept or counted. */
public final class ArrayClipping {

  private ArrayClipping() {}

  public static void check(INDArray weights, INDArray gradient) {
    requireUsable(weights, "weights");
    requireUsable(gradient, "gradient");
    ARRAYS_THAT_CANNOT_BE_CLIPPED.require(
        Arrays.equals(weights.shape(), gradient.shape()),
        "weights and gradient must have the same shape, got {} and {}",
        weights.shape(),
        gradient.shape());
    ARRAYS_THAT_CANNOT_BE_CLIPPED.require(
        !SharedMemory.overlap(weights, gradient) && !SharedMemory.mayRepeat(gradient),
        "weights and gradient must not share memory or lie between each other's elements, nor may"
            + " the gradient repeat elements, got shapes {} with strides {} and {}; pass"
            + " gradient.dup()",
        weights.shape(),
        weights.stride(),
        gradient.stride());
  }

  private static void requireUsable(INDArray array, String name) {
    Checks.notNull(array, name, ARRAYS_THAT_CANNOT_BE_CLIPPED);
    ARRAYS_THAT_CANNOT_BE_CLIPPED.require(
        array.isR(), "{} must be of a floating point type, got {}", name, array.dataType());
    if (SharedMemory.isOfClosedWorkspace(array)) {
      throw ARRAYS_THAT_CANNOT_BE_CLIPPED.state(
          "{} must be in memory that is in use, got an array of the workspace {}, which has been"
              + " closed since it was made; pass {}.detach(), taken while the workspace is open",
          name,
          array.data().getParentWorkspace().getId(),
          name);
    }
  }

  /** Clips one array by the threshold, floor and policy of some settings. */
  public static void clip(INDArray weights, INDArray gradient, Units units, AgcSettings settings) {
    ClipTarget target = new ClipTarget(weights, gradient, units);
    ClipperChoice.forTargets(List.of(target), new Scratch())
        .clip(new Rules(settings, 0, 0, 1).ofGradients(Double.NaN));
    if (target.counter.nonFiniteUnits > 0
        && settings.nonFiniteGradients() == NonFiniteGradients.FAIL) {
      throw new ArithmeticException(
          GRADIENTS_THAT_ARE_NOT_FINITE.message(
              "{} of {} units of an array of shape {} have a NaN or infinite norm of gradient or"
                  + " weights; check what made them, or use another NonFiniteGradients policy",
              target.counter.nonFiniteUnits,
              target.counter.units,
              weights.shape()));
    }
  }
}
