package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.UNITS_ARE_GUESSED;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.internal.check.WarnOnce;
import io.github.dl4jagc.internal.units.Units;
import java.util.HashMap;
import java.util.Map;
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

  /** Unit dimensions of arrays of some number of dimensions: a layer's subclass may have others. */
  private static final class Rule {
    private static final int ANY = -1;

    private final int rank;
    private final int[] dimensions;

    private Rule(int rank, int... dimensions) {
      this.rank = rank;
      this.dimensions = dimensions;
    }

    Units unitsOf(long[] shape) {
      return rank == ANY || rank == shape.length ? Units.of(shape, dimensions) : null;
    }
  }

  private static final Rule WHOLE = new Rule(Rule.ANY);
  private static final Rule FILTER = new Rule(Rule.ANY, 0);
  private static final Rule COLUMN = new Rule(2, 1);
  private static final Rule ROW = new Rule(2, 0);

  /** By layer class, then by parameter name. */
  private static final Map<Class<?>, Map<String, Rule>> TABLE = new HashMap<>();

  static {
    // [nIn, nOut]: a column is an output unit. Gain of layer normalisation as a whole.
    Map<String, Rule> dense = Map.of("W", COLUMN, "b", WHOLE, "g", WHOLE);
    put(DenseLayer.class, dense);
    put(OutputLayer.class, dense);
    put(RnnOutputLayer.class, dense);
    // The centers "cL" [nOut, nIn] get an update of their own, not a gradient: never clipped.
    put(CenterLossOutputLayer.class, Map.of("W", COLUMN, "b", WHOLE, "cL", ROW));
    put(AutoEncoder.class, Map.of("W", COLUMN, "b", WHOLE, "vb", WHOLE));
    // Hidden to output "w" [1, hidden] has one output; "V" is "v" [nIn, hidden]; "r" a scalar.
    put(OCNNOutputLayer.class, Map.of("w", WHOLE, "v", COLUMN, "r", WHOLE));

    // [vocabulary, nOut]: a row is one token's vector.
    put(EmbeddingLayer.class, Map.of("W", ROW, "b", WHOLE));
    put(EmbeddingSequenceLayer.class, Map.of("W", ROW, "b", WHOLE));

    // [nIn, 4 nOut] and [nOut, 4 nOut] or, with peepholes, [nOut, 4 nOut + 3].
    Map<String, Rule> recurrent = Map.of("W", COLUMN, "RW", COLUMN, "b", WHOLE, "g", WHOLE);
    put(LSTM.class, recurrent);
    put(GravesLSTM.class, recurrent);
    put(SimpleRnn.class, recurrent);
    put(
        GravesBidirectionalLSTM.class,
        Map.of("WF", COLUMN, "RWF", COLUMN, "bF", WHOLE, "WB", COLUMN, "RWB", COLUMN, "bB", WHOLE));

    // [nOut, nIn, k...], in NHWC format too: a filter.
    Map<String, Rule> convolution = Map.of("W", FILTER, "b", WHOLE);
    put(ConvolutionLayer.class, convolution);
    put(Convolution1DLayer.class, convolution);
    put(Convolution1D.class, convolution);
    put(Convolution2D.class, convolution);
    put(Convolution3D.class, convolution);
    put(Deconvolution2D.class, Map.of("W", new Rule(4, 1), "b", WHOLE)); // [nIn, nOut, kH, kW]
    put(Deconvolution3D.class, Map.of("W", new Rule(5, 3), "b", WHOLE)); // [kD, kH, kW, nOut, nIn]
    put(
        DepthwiseConvolution2D.class, // [kH, kW, nIn, multiplier]
        Map.of("W", new Rule(4, 2, 3), "b", WHOLE));
    put(
        SeparableConvolution2D.class, // [multiplier, nIn, kH, kW] and [nOut, nIn multiplier, 1, 1]
        Map.of("W", new Rule(4, 0, 1), "pW", FILTER, "b", WHOLE));
    // [positions, features, nOut]: weights are not shared between positions.
    Map<String, Rule> locallyConnected = Map.of("W", new Rule(3, 0, 2), "b", WHOLE);
    put(LocallyConnected1D.class, locallyConnected);
    put(LocallyConnected2D.class, locallyConnected);

    put(PReLULayer.class, Map.of("W", WHOLE));
    put(ElementWiseMultiplicationLayer.class, Map.of("W", WHOLE, "b", WHOLE));
    put(
        BatchNormalization
            .class, // the running statistics get updates, not gradients: never clipped
        Map.of("gamma", WHOLE, "beta", WHOLE, "mean", WHOLE, "var", WHOLE, "log10stdev", WHOLE));

    // Projections [heads, headSize, nIn], output [heads headSize, nOut], queries [1, nIn, n].
    Rule head = new Rule(3, 0, 1);
    Map<String, Rule> attention =
        Map.of("Wq", head, "Wk", head, "Wv", head, "Wo", COLUMN, "Q", new Rule(3, 0, 2));
    put(SelfAttentionLayer.class, attention);
    put(LearnedSelfAttentionLayer.class, attention);
    put(AttentionVertex.class, attention);
    Map<String, Rule> recurrentAttention = new HashMap<>(attention);
    recurrentAttention.putAll(recurrent);
    put(RecurrentAttentionLayer.class, recurrentAttention);

    // [kH, kW, nIn, channels capsuleDimensions]
    put(PrimaryCapsules.class, Map.of("weight", new Rule(4, 3), "bias", WHOLE));
    // [1, inputCapsules, capsules capsuleDimensions, inputCapsuleDimensions, 1]
    put(CapsuleLayer.class, Map.of("weight", new Rule(5, 2), "bias", WHOLE));
  }

  private final Providers providers = new Providers();

  private static void put(Class<?> layer, Map<String, Rule> rules) {
    TABLE.put(layer, rules);
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
    Class<?> type = inner.layer.getClass();
    Units units = known(type, inner.name, shape);
    if (units == null) {
      units = providers.unitsOf(inner, shape);
    }
    while (units == null && type.getSuperclass() != null) {
      type = type.getSuperclass();
      units = known(type, inner.name, shape);
    }
    return units == null ? guessed(inner, shape) : units;
  }

  private static Units known(Class<?> layer, String parameter, long[] shape) {
    Rule rule =
        layer == VariationalAutoencoder.class // e0W, pZXMeanb, d1W, ...
            ? (parameter.endsWith("W") ? COLUMN : WHOLE)
            : TABLE.getOrDefault(layer, Map.of()).get(parameter);
    return rule == null ? null : rule.unitsOf(shape);
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

  /**
   * What one parameter is to its layer.
   *
   * @param layer the configuration of its layer or vertex
   * @param parameter its name within the layer
   * @param shape its shape
   */
  ParameterKind kindOf(TrainingConfig layer, String parameter, long[] shape) {
    InnerParameter inner = InnerParameter.of(layer, parameter);
    ParameterKind kind = providers.kindOf(inner);
    return kind == null ? DeclaredKinds.of(inner.layer, inner.name, shape) : kind;
  }
}
