package io.github.dl4jagc.experiments.tasks;

import io.github.dl4jagc.models.NfResNet;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Residual networks of one size, three stages of one block each: normalizer-free, with batch
 * normalisation, or with that merely taken out. The larger ones are for the digits; those for
 * Fashion-MNIST have half the channels, and a stride of 2 in their first convolution.
 */
enum ResNets {
  /** Without normalisation: weights are standardised and branches scaled in its place. */
  NF(NfResNet::conf),

  /** With batch normalisation. */
  BATCH_NORM(NfResNet::batchNormConf),

  /** Without normalisation and without anything in its place. */
  PLAIN(description -> stripped(description.batchNormConf()));

  private static final String STEM = "stem";

  private final Function<NfResNet, ComputationGraphConfiguration> configuration;

  ResNets(Function<NfResNet, ComputationGraphConfiguration> configuration) {
    this.configuration = configuration;
  }

  /** For images of 8x8 pixels. */
  ComputationGraphConfiguration ofDigits(IUpdater updater, long seed) {
    return configuration.apply(description(Digits.SIDE, Digits.CLASSES, 16, updater, seed));
  }

  /** For images of 14x14 pixels. */
  ComputationGraphConfiguration ofFashion(IUpdater updater, long seed) {
    ComputationGraphConfiguration network =
        configuration.apply(description(FashionMnist.SIDE, FashionMnist.CLASSES, 8, updater, seed));
    LayerVertex stem = (LayerVertex) network.getVertices().get(STEM);
    ((ConvolutionLayer) stem.getLayerConf().getLayer()).setStride(new int[] {2, 2});
    return network;
  }

  private static NfResNet description(
      int side, int classes, int channels, IUpdater updater, long seed) {
    return NfResNet.builder()
        .small(channels, 1)
        .inputShape(1, side, side)
        .classes(classes)
        .updater(updater)
        .seed(seed)
        .build();
  }

  private static ComputationGraphConfiguration stripped(ComputationGraphConfiguration network) {
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
