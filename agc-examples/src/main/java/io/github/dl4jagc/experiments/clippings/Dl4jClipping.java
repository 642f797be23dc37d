package io.github.dl4jagc.experiments.clippings;

import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.schedule.ISchedule;

/** One of DL4J's own, in every layer. */
final class Dl4jClipping implements Clipping {

  private final GradientNormalization normalization;
  private final double threshold;

  Dl4jClipping(GradientNormalization normalization, double threshold) {
    this.normalization = normalization;
    this.threshold = threshold;
  }

  @Override
  public void configure(ComputationGraphConfiguration network) {
    network.getVertices().values().stream()
        .filter(LayerVertex.class::isInstance)
        .map(vertex -> ((LayerVertex) vertex).getLayerConf().getLayer())
        .map(Dl4jClipping::innermost)
        .filter(BaseLayer.class::isInstance)
        .map(BaseLayer.class::cast)
        .forEach(
            layer -> {
              layer.setGradientNormalization(normalization);
              layer.setGradientNormalizationThreshold(threshold);
            });
  }

  @Override
  public List<TrainingListener> listeners(ISchedule learningRate) {
    return List.of();
  }

  private static Layer innermost(Layer layer) {
    return layer instanceof BaseWrapperLayer
        ? innermost(((BaseWrapperLayer) layer).getUnderlying())
        : layer;
  }
}
