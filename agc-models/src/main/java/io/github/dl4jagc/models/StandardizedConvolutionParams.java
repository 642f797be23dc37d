package io.github.dl4jagc.models;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The parameters of a DL4J convolution, followed by the gain of its filters, [nOut]. */
final class StandardizedConvolutionParams implements ParamInitializer {

  static final StandardizedConvolutionParams INSTANCE = new StandardizedConvolutionParams();
  static final String GAIN_KEY = "g";

  private static final ConvolutionParamInitializer CONVOLUTION =
      ConvolutionParamInitializer.getInstance();

  private StandardizedConvolutionParams() {}

  @Override
  public long numParams(NeuralNetConfiguration conf) {
    return numParams(conf.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    return CONVOLUTION.numParams(layer) + filters(layer);
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    return withGain(CONVOLUTION.paramKeys(layer));
  }

  @Override
  public List<String> weightKeys(Layer layer) {
    return CONVOLUTION.weightKeys(layer);
  }

  @Override
  public List<String> biasKeys(Layer layer) {
    return withGain(CONVOLUTION.biasKeys(layer));
  }

  @Override
  public boolean isWeightParam(Layer layer, String key) {
    return CONVOLUTION.isWeightParam(layer, key);
  }

  @Override
  public boolean isBiasParam(Layer layer, String key) {
    return GAIN_KEY.equals(key) || CONVOLUTION.isBiasParam(layer, key);
  }

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration conf, INDArray parameters, boolean initialize) {
    Map<String, INDArray> table =
        CONVOLUTION.init(conf, convolutionPart(conf, parameters), initialize);
    INDArray gain = gainPart(conf, parameters);
    if (initialize) {
      gain.assign(((BaseLayer) conf.getLayer()).getGainInit());
    }
    table.put(GAIN_KEY, gain);
    conf.addVariable(GAIN_KEY);
    return table;
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration conf, INDArray gradients) {
    Map<String, INDArray> table =
        CONVOLUTION.getGradientsFromFlattened(conf, convolutionPart(conf, gradients));
    table.put(GAIN_KEY, gainPart(conf, gradients));
    return table;
  }

  private static List<String> withGain(List<String> keys) {
    List<String> all = new ArrayList<>(keys);
    all.add(GAIN_KEY);
    return all;
  }

  private static long filters(Layer layer) {
    return ((FeedForwardLayer) layer).getNOut();
  }

  private static INDArray convolutionPart(NeuralNetConfiguration conf, INDArray flat) {
    return part(flat, 0, CONVOLUTION.numParams(conf.getLayer()));
  }

  private static INDArray gainPart(NeuralNetConfiguration conf, INDArray flat) {
    return part(flat, CONVOLUTION.numParams(conf.getLayer()), flat.length());
  }

  private static INDArray part(INDArray flat, long from, long to) {
    return flat.reshape(flat.length()).get(NDArrayIndex.interval(from, to));
  }
}
