package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.UNITS_ARE_GUESSED;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.internal.check.WarnOnce;
import io.github.dl4jagc.internal.units.Units;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.layers.*;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The units and kinds of the parameters of every DL4J layer type, read from each layer's {@code
 * ParamInitializer} (or {@code defineParameters} for SameDiff layers), and of those of others.
 */
@SuppressWarnings("deprecation") // GravesLSTM and its kin are deprecated, but still train
final class LayerUnits {

  private static final Logger log = LoggerFactory.getLogger(LayerUnits.class);

  /** Unit dimensions of arrays of some number of dimensions: a layer's subclass may have others. */
  private static final class Rule {
    private static final int ANY = -1;

    /** {@code null}: as the layer declares. */
    private final ParameterKind kind;

    private final int rank;
    private final int[] dimensions;

    Rule(int rank, int... dimensions) {
      this(null, rank, dimensions);
    }

    Rule(ParameterKind kind, int rank, int... dimensions) {
      this.kind = kind;
      this.rank = rank;
      this.dimensions = dimensions;
    }

    Units unitsOf(long[] shape) {
      return rank == ANY || rank == shape.length ? Units.of(shape, dimensions) : null;
    }
  }

  /** Of no array. */
  private static final Rule NONE = new Rule(Integer.MAX_VALUE);

  private static final Rule WHOLE = new Rule(Rule.ANY);
  private static final Rule FILTER = new Rule(Rule.ANY, 0);
  private static final Rule COLUMN = new Rule(2, 1);
  private static final Rule ROW = new Rule(2, 0);

  /** What layers declare to be weights, or neither weights nor biases. */
  private static final Rule GAIN = new Rule(ParameterKind.GAIN, Rule.ANY);

  private static final Rule BIAS = new Rule(ParameterKind.BIAS, Rule.ANY);

  /** Biases and gains of layer normalisation, by the names that DL4J's layers have for them. */
  private static final Map<String, Rule> COMMON =
      Map.of("b", WHOLE, "bF", WHOLE, "bB", WHOLE, "bias", WHOLE, "vb", BIAS, "g", GAIN);

  /** By layer class, then by parameter name: what else the layers have. */
  private static final Map<Class<?>, Map<String, Rule>> TABLE = new HashMap<>();

  static {
    // [nIn, nOut]: a column is an output unit.
    put(Map.of("W", COLUMN), DenseLayer.class, OutputLayer.class, RnnOutputLayer.class);
    put(Map.of("W", COLUMN), AutoEncoder.class);
    // The centers "cL" [nOut, nIn] get an update of their own, not a gradient: never clipped.
    put(Map.of("W", COLUMN, "cL", ROW), CenterLossOutputLayer.class);
    // Hidden to output "w" [1, hidden] has one output; "v" is [nIn, hidden].
    put(Map.of("w", WHOLE, "v", COLUMN, "r", BIAS), OCNNOutputLayer.class);
    put(Map.of("W", GAIN), PReLULayer.class, ElementWiseMultiplicationLayer.class);
    // The running statistics get updates, not gradients: never clipped.
    put(
        Map.of("gamma", WHOLE, "beta", BIAS, "mean", WHOLE, "var", WHOLE, "log10stdev", WHOLE),
        BatchNormalization.class);

    // [vocabulary, nOut]: a row is one token's vector.
    put(Map.of("W", ROW), EmbeddingLayer.class, EmbeddingSequenceLayer.class);

    // [nIn, 4 nOut] and [nOut, 4 nOut] or, with peepholes, [nOut, 4 nOut + 3].
    Map<String, Rule> recurrent = Map.of("W", COLUMN, "RW", COLUMN);
    put(recurrent, LSTM.class, GravesLSTM.class, SimpleRnn.class);
    put(
        Map.of("WF", COLUMN, "RWF", COLUMN, "WB", COLUMN, "RWB", COLUMN),
        GravesBidirectionalLSTM.class);

    // [nOut, nIn, k...], in NHWC format too: a filter.
    put(Map.of("W", FILTER), Convolution1D.class, Convolution1DLayer.class);
    put(Map.of("W", FILTER), ConvolutionLayer.class, Convolution2D.class, Convolution3D.class);
    put(Map.of("W", new Rule(4, 1)), Deconvolution2D.class); // [nIn, nOut, kH, kW]
    put(Map.of("W", new Rule(5, 3)), Deconvolution3D.class); // [kD, kH, kW, nOut, nIn]
    put(Map.of("W", new Rule(4, 2, 3)), DepthwiseConvolution2D.class); // [kH, kW, nIn, multiplier]
    // [multiplier, nIn, kH, kW] and [nOut, nIn multiplier, 1, 1]
    put(Map.of("W", new Rule(4, 0, 1), "pW", FILTER), SeparableConvolution2D.class);
    // [positions, features, nOut]: weights are not shared between positions.
    put(Map.of("W", new Rule(3, 0, 2)), LocallyConnected1D.class, LocallyConnected2D.class);

    // Projections [heads, headSize, nIn], output [heads headSize, nOut], queries [1, nIn, n].
    Rule head = new Rule(3, 0, 1);
    Map<String, Rule> attention =
        Map.of("Wq", head, "Wk", head, "Wv", head, "Wo", COLUMN, "Q", new Rule(3, 0, 2));
    put(attention, SelfAttentionLayer.class, LearnedSelfAttentionLayer.class);
    put(attention, AttentionVertex.class);
    Map<String, Rule> recurrentAttention = new HashMap<>(attention);
    recurrentAttention.putAll(recurrent);
    put(recurrentAttention, RecurrentAttentionLayer.class);

    // [kH, kW, nIn, channels capsuleDimensions]
    put(Map.of("weight", new Rule(4, 3)), PrimaryCapsules.class);
    // [1, inputCapsules, capsules capsuleDimensions, inputCapsuleDimensions, 1]
    put(Map.of("weight", new Rule(5, 2)), CapsuleLayer.class);
  }

  private final Providers providers = new Providers();

  private static void put(Map<String, Rule> rules, Class<?>... layers) {
    for (Class<?> layer : layers) {
      TABLE.put(layer, rules);
    }
  }

  /** The units of one parameter of a layer or vertex. */
  Units of(TrainingConfig layer, String parameter, long[] shape) {
    InnerParameter inner = InnerParameter.of(layer, parameter);
    Class<?> type = inner.layer.getClass();
    Units units = rule(type, inner.name).unitsOf(shape);
    if (units == null) {
      units = providers.unitsOf(inner, shape);
    }
    while (units == null && type.getSuperclass() != null) {
      type = type.getSuperclass();
      units = rule(type, inner.name).unitsOf(shape);
    }
    return units == null ? guessed(inner, shape) : units;
  }

  /** {@link #NONE} for what is not known. */
  private static Rule rule(Class<?> layer, String parameter) {
    if (layer == VariationalAutoencoder.class) { // e0W, pZXMeanb, d1W, ...
      return parameter.endsWith("W") ? COLUMN : WHOLE;
    }
    Map<String, Rule> rules = TABLE.get(layer);
    return rules == null
        ? NONE
        : rules.getOrDefault(parameter, COMMON.getOrDefault(parameter, NONE));
  }

  private static Units guessed(InnerParameter parameter, long[] shape) {
    Units units = Units.guessed(shape);
    String layer = parameter.layer.getClass().getName();
    if (WarnOnce.isDue(UNITS_ARE_GUESSED, layer, parameter.name)) {
      log.warn(
          UNITS_ARE_GUESSED.message(
              "AGC does not know the layer type {}: takes {} of parameter \"{}\" of shape {} as a"
                  + " unit. Register a UnitLayoutProvider to say otherwise.",
              layer,
              units.unit(),
              parameter.name,
              shape));
    }
    return units;
  }

  /** What one parameter is to its layer. */
  ParameterKind kindOf(TrainingConfig layer, String parameter, long[] shape) {
    InnerParameter inner = InnerParameter.of(layer, parameter);
    ParameterKind kind = providers.kindOf(inner);
    for (Class<?> type = inner.layer.getClass();
        kind == null && type != null;
        type = type.getSuperclass()) {
      kind = rule(type, inner.name).kind;
    }
    return kind == null ? declaredKind(inner.layer, inner.name, shape) : kind;
  }

  private static ParameterKind declaredKind(TrainingConfig layer, String parameter, long[] shape) {
    if (layer instanceof Layer) {
      ParamInitializer declared = ((Layer) layer).initializer();
      return kind(
          declared.isWeightParam((Layer) layer, parameter),
          declared.isBiasParam((Layer) layer, parameter));
    }
    if (layer instanceof SameDiffVertex) {
      SDLayerParams declared = ((SameDiffVertex) layer).getVertexParams();
      return kind(declared.isWeightParam(parameter), declared.isBiasParam(parameter));
    }
    return kind(Units.isMatrix(shape), true);
  }

  private static ParameterKind kind(boolean weight, boolean bias) {
    return weight ? ParameterKind.WEIGHT : bias ? ParameterKind.BIAS : ParameterKind.GAIN;
  }
}
