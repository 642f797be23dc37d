package io.github.dl4jagc.examples.nfresnet;

import io.github.dl4jagc.examples.nfresnet.ResNetShape.Block;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * The network that an {@link NfResNet} is compared with: the same convolutions without weight
 * standardisation, and batch normalisation before each ReLU (He et al.: <i>Identity mappings in
 * deep residual networks</i>, ECCV 2016, arXiv 1603.05027).
 */
final class BatchNormResNet extends ResNetGraph {

  private BatchNormResNet(NeuralNetConfiguration.Builder settings) {
    super(settings);
  }

  static ComputationGraphConfiguration configuration(
      ResNetShape shape, InputType images, OutputLayer output, IUpdater updater, long seed) {
    NeuralNetConfiguration.Builder settings =
        new NeuralNetConfiguration.Builder()
            .seed(seed)
            .updater(updater)
            .weightInit(WeightInit.RELU)
            .activation(Activation.IDENTITY);
    return new BatchNormResNet(settings).lay(shape, images, output);
  }

  @Override
  Layer convolution(int kernel, int stride, int channels) {
    // The shift of the batch normalisation that follows takes the place of a bias.
    return new ConvolutionLayer.Builder(kernel, kernel)
        .stride(stride, stride)
        .nOut(channels)
        .hasBias(false)
        .build();
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
