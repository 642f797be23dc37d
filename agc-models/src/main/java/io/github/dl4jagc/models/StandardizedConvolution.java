package io.github.dl4jagc.models;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;

import io.github.dl4jagc.internal.check.Checks;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LayerValidation;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.util.ConvolutionUtils;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A 2D convolution with scaled weight standardisation: the filters that it convolves with are not
 * its weights {@code W}, but
 *
 * <pre>
 * filter_i = gain_i * (W_i - mean(W_i)) / sqrt(max(var(W_i) * fanIn, 1e-4))
 * </pre>
 *
 * for each of the {@code nOut} output channels {@code i}, where {@code fanIn = nIn * height *
 * width} of the kernel. Each filter has mean 0 and, with the gain 1 that it starts with, norm 1: an
 * input of independent values with variance 1 gives an output of variance 1, whatever the mean of
 * the input. This is what stands in for batch normalisation in normalizer-free networks. Otherwise
 * it is DL4J's {@link ConvolutionLayer}, with its strides, padding, dilation, bias and data
 * formats, and with its implementation doing the convolution.
 *
 * <p>Two options are timm's conventions, {@code epsilon} and {@code scale}:
 *
 * <pre>
 * filter_i = scale * gain_i * (W_i - mean(W_i)) / sqrt((var(W_i) + epsilon) * fanIn)
 * </pre>
 *
 * <p>Parameters: bias {@code b} [nOut] unless switched off, weights {@code W} [nOut, nIn, kernel
 * height, kernel width] in 'c' order, gain {@code g} [nOut], which starts at {@code gainInit}, 1 by
 * default. The gain is a bias to DL4J: a {@code biasUpdater} updates it, and L1, L2 and weight
 * decay leave it alone, as Brock et al. do.
 *
 * <p>Brock, De, Smith: <i>Characterizing signal propagation to close the performance gap in
 * unnormalized ResNets</i>, ICLR 2021, arXiv 2101.08692, section 4.2; the floor 1e-4 is that of the
 * authors' published code.
 *
 * @serial exclude
 */
public final class StandardizedConvolution extends ConvolutionLayer {

  private static final long serialVersionUID = 1L;

  @JsonProperty private double epsilon;
  @JsonProperty private double scale = 1;

  /** For reading a configuration from JSON, which of earlier versions has neither. */
  StandardizedConvolution() {}

  private StandardizedConvolution(Builder builder) {
    super(builder);
    this.epsilon = builder.epsilon;
    this.scale = builder.scale;
  }

  /** What is added to each filter's variance, or 0 if the variance has a floor. */
  double epsilon() {
    return epsilon;
  }

  /** The constant factor of all filters. */
  double scale() {
    return scale;
  }

  @Override
  public StandardizedConvolution clone() {
    return (StandardizedConvolution) super.clone();
  }

  @Override
  public ParamInitializer initializer() {
    return StandardizedConvolutionParams.INSTANCE;
  }

  @Override
  public List<Regularization> getRegularizationByParam(String parameter) {
    return StandardizedConvolutionParams.GAIN_KEY.equals(parameter)
        ? null
        : super.getRegularizationByParam(parameter);
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int layerIndex,
      INDArray parameters,
      boolean initializeParameters,
      DataType networkDataType) {
    LayerValidation.assertNInNOutSet(
        "StandardizedConvolution", getLayerName(), layerIndex, getNIn(), getNOut());
    if (getNIn() * kernelSize[0] * kernelSize[1] == 1) {
      throw BAD_ARGUMENT.argument(
          "The filters of layer '{}' must have more than one weight (nIn * kernel height * kernel"
              + " width), got 1: it is its own mean, and standardisation leaves nothing of it; use a"
              + " larger kernel or DL4J's ConvolutionLayer",
          getLayerName());
    }
    StandardizedConvolutionLayer layer = new StandardizedConvolutionLayer(conf, networkDataType);
    layer.setListeners(listeners);
    layer.setIndex(layerIndex);
    layer.setParamsViewArray(parameters);
    Map<String, INDArray> table = initializer().init(conf, parameters, initializeParameters);
    layer.setParamTable(table);
    layer.setConf(conf);
    return layer;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StandardizedConvolution
        && super.equals(other)
        && epsilon == ((StandardizedConvolution) other).epsilon
        && scale == ((StandardizedConvolution) other).scale;
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), epsilon, scale);
  }

  /** Builds a {@link StandardizedConvolution}; the options are those of a DL4J convolution. */
  @SuppressWarnings("unchecked") // the signature of build() is DL4J's
  public static final class Builder extends ConvolutionLayer.Builder {

    private double epsilon;
    private double scale = 1;

    /**
     * A convolution with stride 1 and without padding, unless told otherwise.
     *
     * @param kernelSize height and width of the filters, in pixels, each at least 1
     */
    public Builder(int... kernelSize) {
      super(kernelSize);
    }

    /**
     * What is added to the variance of each filter's weights, in place of the floor 1e-4 of {@code
     * var * fanIn}.
     *
     * @param epsilon finite and &gt; 0, as timm's 1e-5; without it there is the floor
     * @return this builder
     * @throws IllegalArgumentException if it is not
     */
    public Builder epsilon(double epsilon) {
      this.epsilon = Checks.positive(epsilon, "epsilon");
      return this;
    }

    /**
     * A constant factor of all filters: the gamma of the activation function before them, where the
     * function itself has none.
     *
     * @param scale finite and &gt; 0; default 1
     * @return this builder
     * @throws IllegalArgumentException if it is not
     */
    public Builder scale(double scale) {
      this.scale = Checks.positive(scale, "scale");
      return this;
    }

    @Override
    public StandardizedConvolution build() {
      ConvolutionUtils.validateConvolutionModePadding(convolutionMode, padding);
      ConvolutionUtils.validateCnnKernelStridePadding(kernelSize, stride, padding);
      return new StandardizedConvolution(this);
    }
  }
}
