package io.github.dl4jagc.testing;

import io.github.dl4jagc.Agc;
import io.github.dl4jagc.AgcSettings;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link Agc#clip} with its two numbers in a row, as hand-computed cases list them. */
public final class ArrayClip {

  private ArrayClip() {}

  public static INDArray clip(
      INDArray weights,
      INDArray gradient,
      double clippingThreshold,
      double epsilon,
      int... unitDimensions) {
    AgcSettings settings =
        AgcSettings.builder().clippingThreshold(clippingThreshold).epsilon(epsilon).build();
    return Agc.clip(weights, gradient, settings, unitDimensions);
  }
}
