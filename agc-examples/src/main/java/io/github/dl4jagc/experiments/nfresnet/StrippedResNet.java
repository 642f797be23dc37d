package io.github.dl4jagc.experiments.nfresnet;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.activations.Activation;

/**
 * A residual network whose batch normalisation is merely taken out: nothing else keeps its signals
 * in range, as the weight standardisation and the scaled branches of an NF-ResNet do.
 */
final class StrippedResNet {

  private StrippedResNet() {}

  /** Changes {@code network}: no layer normalises, and each convolution has a bias instead. */
  static ComputationGraphConfiguration of(ComputationGraphConfiguration network) {
    for (GraphVertex vertex : network.getVertices().values()) {
      if (vertex instanceof LayerVertex) {
        strip(((LayerVertex) vertex).getLayerConf());
      }
    }
    return network;
  }

  private static void strip(NeuralNetConfiguration configuration) {
    Layer layer = configuration.getLayer();
    if (layer instanceof ConvolutionLayer) {
      // What the shift of the batch normalisation was.
      ((ConvolutionLayer) layer).setHasBias(true);
    } else if (layer instanceof BatchNormalization) {
      ActivationLayer identity = new ActivationLayer(Activation.IDENTITY);
      identity.setLayerName(layer.getLayerName());
      configuration.setLayer(identity);
    }
  }
}
