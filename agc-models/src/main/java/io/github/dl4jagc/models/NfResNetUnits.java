package io.github.dl4jagc.models;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.UnitLayoutProvider;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;

/**
 * The units and gains of this package's layers. A unit is a filter of a {@link
 * StandardizedConvolution}; its bias, its gain and the scale of a {@link SkipInit} as a whole.
 */
public final class NfResNetUnits implements UnitLayoutProvider {

  /** For {@link java.util.ServiceLoader}. */
  public NfResNetUnits() {}

  @Override
  public int[] unitDimensions(TrainingConfig layer, String parameter, long[] shape) {
    if (layer instanceof StandardizedConvolution) {
      return ConvolutionParamInitializer.WEIGHT_KEY.equals(parameter) ? new int[] {0} : new int[0];
    }
    return layer instanceof SkipInit ? new int[0] : null;
  }

  @Override
  public ParameterKind parameterKind(TrainingConfig layer, String parameter) {
    boolean gain =
        layer instanceof StandardizedConvolution
            ? StandardizedConvolutionParams.GAIN_KEY.equals(parameter)
            : layer instanceof SkipInit;
    return gain ? ParameterKind.GAIN : null;
  }
}
