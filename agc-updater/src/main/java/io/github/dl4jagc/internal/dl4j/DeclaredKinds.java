package io.github.dl4jagc.internal.dl4j;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.internal.units.Units;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.layers.ocnn.OCNNParamInitializer;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.params.PReLUParamInitializer;
import org.deeplearning4j.nn.params.PretrainParamInitializer;
import org.deeplearning4j.nn.params.SimpleRnnParamInitializer;

/** The kinds of parameters as DL4J's layers declare them. */
final class DeclaredKinds {

  /**
   * What the {@code ParamInitializer}s of these layers say otherwise: that weights are gains of
   * layer normalisation, slopes, factors and the threshold that a score is compared with; and that
   * shifts are neither weights nor biases.
   */
  private static final Map<Class<?>, Map<String, ParameterKind>> CORRECTED =
      Map.of(
          DenseLayer.class, Map.of(DefaultParamInitializer.GAIN_KEY, ParameterKind.GAIN),
          SimpleRnn.class, Map.of(SimpleRnnParamInitializer.GAIN_KEY, ParameterKind.GAIN),
          PReLULayer.class, Map.of(PReLUParamInitializer.WEIGHT_KEY, ParameterKind.GAIN),
          ElementWiseMultiplicationLayer.class,
              Map.of(DefaultParamInitializer.WEIGHT_KEY, ParameterKind.GAIN),
          OCNNOutputLayer.class, Map.of(OCNNParamInitializer.R_KEY, ParameterKind.BIAS),
          BatchNormalization.class,
              Map.of(BatchNormalizationParamInitializer.BETA, ParameterKind.BIAS),
          AutoEncoder.class, Map.of(PretrainParamInitializer.VISIBLE_BIAS_KEY, ParameterKind.BIAS));

  private DeclaredKinds() {}

  /** Of a layer with no other around it, or a vertex; where that declares nothing, by shape. */
  static ParameterKind of(TrainingConfig layer, String parameter, long[] shape) {
    for (Class<?> type = layer.getClass(); type != null; type = type.getSuperclass()) {
      ParameterKind corrected = CORRECTED.getOrDefault(type, Map.of()).get(parameter);
      if (corrected != null) {
        return corrected;
      }
    }
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
