package io.github.dl4jagc.models;

import io.github.dl4jagc.models.ResNetShape.Block;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.activations.Activation;

/** Fills in what is special about a network with batch normalisation. */
final class BatchNormResNet extends ResNetGraph {

  private final double weightDecay;

  BatchNormResNet(NeuralNetConfiguration.Builder settings, double weightDecay) {
    super(settings);
    this.weightDecay = weightDecay;
  }

  @Override
  Layer convolution(int kernel, int stride, int channels) {
    ConvolutionLayer.Builder convolution =
        new ConvolutionLayer.Builder(kernel, kernel)
            .stride(stride, stride)
            .nOut(channels)
            // The shift of the batch normalisation that follows takes its place.
            .hasBias(false);
    convolution.weightDecay(weightDecay);
    return convolution.build();
  }

  @Override
  String beforeBlock(Block block, String input) {
    return activation(block.name() + "-activation1", input);
  }

  @Override
  String activation(String name, String input) {
    String normalized = add(name + "-norm", new BatchNormalization(), input);
    return add(name, new ActivationLayer(Activation.RELU), normalized);
  }

  @Override
  String endOfBranch(Block block, String input) {
    return input;
  }
}
