package io.github.dl4jagc.models;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;

import io.github.dl4jagc.internal.check.Checks;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The end of a residual branch: {@code y = alpha * scale * x}, where {@code scale} is one learned
 * number that starts at 0, so that every residual block is the identity at first.
 *
 * <p>Its parameter {@code scale} [1] is a bias to DL4J: a {@code biasUpdater} updates it, and L1,
 * L2 and weight decay leave it alone.
 *
 * <p>De, Smith: <i>Batch normalization biases residual blocks towards the identity function in deep
 * networks</i>, NeurIPS 2020, arXiv 2002.10444 (SkipInit); with {@code alpha} as in Brock, De,
 * Smith, arXiv 2101.08692.
 *
 * @serial exclude
 */
public final class SkipInit extends BaseLayer {

  private static final long serialVersionUID = 1L;

  @JsonProperty private double alpha;
  @JsonProperty private double initialScale;

  /** For reading a configuration from JSON. */
  SkipInit() {}

  private SkipInit(Builder builder) {
    super(builder);
    this.alpha = builder.alpha;
    this.initialScale = builder.initialScale;
  }

  /** The constant factor. */
  double alpha() {
    return alpha;
  }

  @Override
  public ParamInitializer initializer() {
    return Parameters.INSTANCE;
  }

  @Override
  public List<Regularization> getRegularizationByParam(String parameter) {
    return null;
  }

  @Override
  public boolean isPretrainParam(String parameter) {
    return false;
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType inputType) {
    return inputType;
  }

  @Override
  public void setNIn(InputType inputType, boolean override) {
    // Its only parameter is of one size, whatever the input.
  }

  @Override
  public InputPreProcessor getPreProcessorForInputType(InputType inputType) {
    return null;
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType inputType) {
    return new LayerMemoryReport.Builder(layerName, SkipInit.class, inputType, inputType)
        .standardMemory(1, iUpdater.stateSize(1))
        .workingMemory(0, 0, 0, inputType.arrayElementsPerExample())
        .cacheMemory(0, 0)
        .build();
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int layerIndex,
      INDArray parameters,
      boolean initializeParameters,
      DataType networkDataType) {
    SkipInitLayer layer = new SkipInitLayer(conf, networkDataType);
    layer.setListeners(listeners);
    layer.setIndex(layerIndex);
    layer.setParamsViewArray(parameters);
    layer.setParamTable(initializer().init(conf, parameters, initializeParameters));
    layer.setConf(conf);
    return layer;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SkipInit
        && super.equals(other)
        && alpha == ((SkipInit) other).alpha
        && initialScale == ((SkipInit) other).initialScale;
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), alpha, initialScale);
  }

  /** Builds a {@link SkipInit}. */
  @SuppressWarnings("unchecked") // the signature of build() is DL4J's
  public static final class Builder extends BaseLayer.Builder<Builder> {

    private final double alpha;
    private double initialScale;

    /**
     * A residual scale that starts at 0.
     *
     * @param alpha the constant factor, finite and &gt; 0; the paper's is 0.2
     * @throws IllegalArgumentException if it is not
     */
    public Builder(double alpha) {
      this.alpha = Checks.positive(alpha, "alpha");
    }

    /**
     * What the learned factor starts at.
     *
     * @param initialScale finite; default 0
     * @return this builder
     * @throws IllegalArgumentException if it is not finite
     */
    public Builder initialScale(double initialScale) {
      if (!Double.isFinite(initialScale)) {
        throw BAD_ARGUMENT.argument("initialScale must be finite, got {}", initialScale);
      }
      this.initialScale = initialScale;
      return this;
    }

    @Override
    public SkipInit build() {
      return new SkipInit(this);
    }
  }

  /** The one parameter. */
  static final class Parameters implements ParamInitializer {

    static final Parameters INSTANCE = new Parameters();
    static final String SCALE_KEY = "scale";

    private static final List<String> KEYS = List.of(SCALE_KEY);

    private Parameters() {}

    @Override
    public long numParams(NeuralNetConfiguration conf) {
      return 1;
    }

    @Override
    public long numParams(org.deeplearning4j.nn.conf.layers.Layer layer) {
      return 1;
    }

    @Override
    public List<String> paramKeys(org.deeplearning4j.nn.conf.layers.Layer layer) {
      return KEYS;
    }

    @Override
    public List<String> weightKeys(org.deeplearning4j.nn.conf.layers.Layer layer) {
      return Collections.emptyList();
    }

    @Override
    public List<String> biasKeys(org.deeplearning4j.nn.conf.layers.Layer layer) {
      return KEYS;
    }

    @Override
    public boolean isWeightParam(org.deeplearning4j.nn.conf.layers.Layer layer, String key) {
      return false;
    }

    @Override
    public boolean isBiasParam(org.deeplearning4j.nn.conf.layers.Layer layer, String key) {
      return SCALE_KEY.equals(key);
    }

    @Override
    public Map<String, INDArray> init(
        NeuralNetConfiguration conf, INDArray parameters, boolean initialize) {
      Map<String, INDArray> table = getGradientsFromFlattened(conf, parameters);
      if (initialize) {
        table.get(SCALE_KEY).assign(((SkipInit) conf.getLayer()).initialScale);
      }
      conf.addVariable(SCALE_KEY);
      return table;
    }

    @Override
    public Map<String, INDArray> getGradientsFromFlattened(
        NeuralNetConfiguration conf, INDArray flat) {
      Map<String, INDArray> table = new HashMap<>();
      table.put(SCALE_KEY, flat.reshape(1));
      return table;
    }
  }
}
