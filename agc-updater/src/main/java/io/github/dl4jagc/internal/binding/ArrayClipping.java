package io.github.dl4jagc.internal.binding;

import static io.github.dl4jagc.internal.check.Troubleshooting.GRADIENTS_THAT_ARE_NOT_FINITE;

import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.NonFiniteGradients;
import io.github.dl4jagc.internal.clip.ClipTarget;
import io.github.dl4jagc.internal.clip.ClipperChoice;
import io.github.dl4jagc.internal.clip.Scratch;
import io.github.dl4jagc.internal.units.Units;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Clipping of one array that belongs to no network: nothing of it is kept or counted. */
public final class ArrayClipping {

  private ArrayClipping() {}

  /** Clips one array by the threshold, floor and policy of some settings. */
  public static void clip(INDArray weights, INDArray gradient, Units units, AgcSettings settings) {
    ClipTarget target = new ClipTarget(weights, gradient, units);
    ClipperChoice.forTargets(List.of(target), new Scratch())
        .clip(new Rules(settings, 0, 0, 1).ofGradients());
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
