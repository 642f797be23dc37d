package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.UNITS_ARE_GUESSED;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.UnitLayoutProvider;
import io.github.dl4jagc.internal.units.Units;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.layers.*;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The units of every parameter of every DL4J layer type.
 *
 * <p>The dimensions were read from each layer's {@code ParamInitializer} (or {@code
 * defineParameters} for SameDiff layers): the rank of an array alone does not name its output axis.
 */
@SuppressWarnings("deprecation") // GravesLSTM and its kin are deprecated, but still train
final class LayerUnits {

  private static final Logger log = LoggerFactory.getLogger(LayerUnits.class);

  private static final int[] WHOLE = {};
  private static final int[] COLUMN = {1};
  private static final int[] FIRST = {0};

  /** Unit dimensions by layer class, then by parameter name. */
  private static final Map<Class<?>, Map<String, int[]>> TABLE = new HashMap<>();

  /** Layers that have been warned about: once per process is enough. */
  private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

  static {
    // [nIn, nOut]: a column is an output unit. Gain of layer normalisation as a whole.
    Map<String, int[]> dense = Map.of("W", COLUMN, "b", WHOLE, "g", WHOLE);
    put(DenseLayer.class, dense);
    put(OutputLayer.class, dense);
    put(RnnOutputLayer.class, dense);
    // The centers "cL" [nOut, nIn] get an update of their own, not a gradient: never clipped.
    put(CenterLossOutputLayer.class, Map.of("W", COLUMN, "b", WHOLE, "cL", FIRST));
    put(AutoEncoder.class, Map.of("W", COLUMN, "b", WHOLE, "vb", WHOLE));
    // Hidden to output "w" [1, hidden] has one output; "V" is "v" [nIn, hidden]; "r" a scalar.
    put(OCNNOutputLayer.class, Map.of("w", WHOLE, "v", COLUMN, "r", WHOLE));

    // [vocabulary, nOut]: a row is one token's vector.
    put(EmbeddingLayer.class, Map.of("W", FIRST, "b", WHOLE));
    put(EmbeddingSequenceLayer.class, Map.of("W", FIRST, "b", WHOLE));

    // [nIn, 4 nOut] and [nOut, 4 nOut] or, with peepholes, [nOut, 4 nOut + 3].
    Map<String, int[]> recurrent = Map.of("W", COLUMN, "RW", COLUMN, "b", WHOLE, "g", WHOLE);
    put(LSTM.class, recurrent);
    put(GravesLSTM.class, recurrent);
    put(SimpleRnn.class, recurrent);
    put(
        GravesBidirectionalLSTM.class,
        Map.of("WF", COLUMN, "RWF", COLUMN, "bF", WHOLE, "WB", COLUMN, "RWB", COLUMN, "bB", WHOLE));

    // [nOut, nIn, k...], in NHWC format too: a filter.
    Map<String, int[]> convolution = Map.of("W", FIRST, "b", WHOLE);
    put(ConvolutionLayer.class, convolution);
    put(Convolution1DLayer.class, convolution);
    put(Convolution1D.class, convolution);
    put(Convolution2D.class, convolution);
    put(Convolution3D.class, convolution);
    put(Deconvolution2D.class, Map.of("W", COLUMN, "b", WHOLE)); // [nIn, nOut, kH, kW]
    put(Deconvolution3D.class, Map.of("W", new int[] {3}, "b", WHOLE)); // [kD, kH, kW, nOut, nIn]
    put(
        DepthwiseConvolution2D.class, // [kH, kW, nIn, multiplier]
        Map.of("W", new int[] {2, 3}, "b", WHOLE));
    put(
        SeparableConvolution2D.class, // [multiplier, nIn, kH, kW] and [nOut, nIn multiplier, 1, 1]
        Map.of("W", new int[] {0, 1}, "pW", FIRST, "b", WHOLE));
    // [positions, features, nOut]: weights are not shared between positions.
    Map<String, int[]> locallyConnected = Map.of("W", new int[] {0, 2}, "b", WHOLE);
    put(LocallyConnected1D.class, locallyConnected);
    put(LocallyConnected2D.class, locallyConnected);

    put(PReLULayer.class, Map.of("W", WHOLE));
    put(ElementWiseMultiplicationLayer.class, Map.of("W", WHOLE, "b", WHOLE));
    put(
        BatchNormalization
            .class, // the running statistics get updates, not gradients: never clipped
        Map.of("gamma", WHOLE, "beta", WHOLE, "mean", WHOLE, "var", WHOLE, "log10stdev", WHOLE));

    // Projections [heads, headSize, nIn], output [heads headSize, nOut], queries [1, nIn, n].
    int[] head = {0, 1};
    Map<String, int[]> attention =
        Map.of("Wq", head, "Wk", head, "Wv", head, "Wo", COLUMN, "Q", new int[] {0, 2});
    put(SelfAttentionLayer.class, attention);
    put(LearnedSelfAttentionLayer.class, attention);
    put(AttentionVertex.class, attention);
    Map<String, int[]> recurrentAttention = new HashMap<>(attention);
    recurrentAttention.putAll(recurrent);
    put(RecurrentAttentionLayer.class, recurrentAttention);

    // [kH, kW, nIn, channels capsuleDimensions]
    put(PrimaryCapsules.class, Map.of("weight", new int[] {3}, "bias", WHOLE));
    // [1, inputCapsules, capsules capsuleDimensions, inputCapsuleDimensions, 1]
    put(CapsuleLayer.class, Map.of("weight", new int[] {2}, "bias", WHOLE));
  }

  private final List<UnitLayoutProvider> providers;

  /** Reads the providers on the class path of the current thread. */
  LayerUnits() {
    this.providers = new ArrayList<>();
    ServiceLoader.load(UnitLayoutProvider.class).forEach(providers::add);
  }

  private static void put(Class<?> layer, Map<String, int[]> dimensions) {
    TABLE.put(layer, dimensions);
  }

  /**
   * The units of one parameter.
   *
   * @param layer the configuration of its layer or vertex
   * @param parameter its name within the layer
   * @param shape its shape
   */
  Units of(TrainingConfig layer, String parameter, long[] shape) {
    InnerParameter inner = InnerParameter.of(layer, parameter);
    return Units.of(shape, dimensions(inner.layer, inner.name, shape));
  }

  private int[] dimensions(TrainingConfig layer, String parameter, long[] shape) {
    int[] dimensions = known(layer.getClass(), parameter);
    if (dimensions == null) {
      dimensions = provided(layer, parameter, shape);
    }
    for (Class<?> type = layer.getClass().getSuperclass();
        dimensions == null && type != null;
        type = type.getSuperclass()) {
      dimensions = known(type, parameter);
    }
    if (dimensions == null) {
      dimensions = byRank(layer, parameter, shape);
    }
    return dimensions;
  }

  /**
   * What one parameter is to its layer.
   *
   * @param layer the configuration of its layer or vertex
   * @param parameter its name within the layer
   * @param shape its shape
   */
  ParameterKind kindOf(TrainingConfig layer, String parameter, long[] shape) {
    InnerParameter inner = InnerParameter.of(layer, parameter);
    for (UnitLayoutProvider provider : providers) {
      ParameterKind kind = provider.parameterKind(inner.layer, inner.name);
      if (kind != null) {
        return kind;
      }
    }
    return DeclaredKinds.of(inner.layer, inner.name, shape);
  }

  private static int[] known(Class<?> layer, String parameter) {
    if (layer == VariationalAutoencoder.class) { // e0W, pZXMeanb, d1W, ...
      return parameter.endsWith("W") ? COLUMN : WHOLE;
    }
    Map<String, int[]> parameters = TABLE.get(layer);
    return parameters == null ? null : parameters.get(parameter);
  }

  private int[] provided(TrainingConfig layer, String parameter, long[] shape) {
    for (UnitLayoutProvider provider : providers) {
      int[] dimensions = provider.unitDimensions(layer, parameter, shape.clone());
      if (dimensions != null) {
        return dimensions;
      }
    }
    return null;
  }

  private static int[] byRank(TrainingConfig layer, String parameter, long[] shape) {
    int[] dimensions;
    String unit;
    if (shape.length <= 1 || (shape.length == 2 && shape[0] == 1)) {
      dimensions = WHOLE;
      unit = "the whole array";
    } else if (shape.length == 2) {
      dimensions = COLUMN;
      unit = "a column (dimension 1)";
    } else {
      dimensions = FIRST;
      unit = "a slice of dimension 0";
    }
    if (WARNED.add(layer.getClass().getName() + "/" + parameter)) {
      log.warn(
          UNITS_ARE_GUESSED.message(
              "AGC does not know the layer type {}: takes {} of parameter \"{}\" of shape {} as a"
                  + " unit. Register a UnitLayoutProvider to say otherwise.",
              layer.getClass().getName(),
              unit,
              parameter,
              shape));
    }
    return dimensions;
  }
}
