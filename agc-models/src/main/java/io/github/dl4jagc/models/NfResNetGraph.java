package io.github.dl4jagc.models;

import io.github.dl4jagc.models.ResNetShape.Block;
import java.util.Map;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;

/** Fills in what is special about a network without normalisation. */
final class NfResNetGraph extends ResNetGraph {

  private final NfResNet network;
  private final Preset preset;
  private final double gamma;
  private final Map<String, Double> variances;
  private double inputVariance = 1;
  private int blocks;

  NfResNetGraph(NeuralNetConfiguration.Builder settings, NfResNet network) {
    super(settings);
    this.network = network;
    this.preset = network.preset;
    this.gamma = network.gamma();
    this.variances = network.expectedVariances();
  }

  @Override
  Layer convolution(int kernel, int stride, int channels) {
    return standardized(kernel, stride, channels).build();
  }

  @Override
  Layer lastConvolution(int kernel, int channels) {
    StandardizedConvolution.Builder convolution = standardized(kernel, 1, channels);
    double gain = preset.lastGain(network.skipInit);
    convolution.gainInit(gain);
    if (gain == 0) {
      convolution.biasUpdater(network.scaleUpdater);
    }
    return convolution.build();
  }

  private StandardizedConvolution.Builder standardized(int kernel, int stride, int channels) {
    StandardizedConvolution.Builder convolution =
        new StandardizedConvolution.Builder(kernel, kernel);
    int padding = preset.padding(kernel);
    convolution
        .stride(stride, stride)
        .convolutionMode(preset.padding())
        .padding(padding, padding)
        .nOut(channels);
    // On each layer: DL4J 1.0.0-M2.1 applies the weight decay of a whole network twice.
    convolution.weightDecay(network.weightDecay);
    convolution.scale(preset.filterScale(gamma));
    if (preset.epsilon() > 0) {
      convolution.epsilon(preset.epsilon());
    }
    return convolution;
  }

  @Override
  SubsamplingLayer.Builder maxPooling() {
    int padding = preset.padding(3);
    return super.maxPooling().convolutionMode(preset.padding()).padding(padding, padding);
  }

  @Override
  String shortcut(Block block, String activated) {
    if (block.stride() == 1 || !preset.hasPooledShortcuts()) {
      return super.shortcut(block, activated);
    }
    String pooled =
        add(
            block.name() + "-shortcut-pooled",
            // Where a map's side is odd, its last row and column are averages of fewer pixels.
            new SubsamplingLayer.Builder(PoolingType.AVG)
                .kernelSize(2, 2)
                .stride(2, 2)
                .convolutionMode(ConvolutionMode.Same)
                .build(),
            activated);
    return add(block.name() + "-shortcut", convolution(1, 1, block.channels()), pooled);
  }

  @Override
  String beforeBlock(Block block, String input) {
    double beta = 1 / Math.sqrt(inputVariance);
    inputVariance = variances.get(block.name());
    return add(block.name() + "-activation1", scaled(beta), input);
  }

  @Override
  String activation(String name, String input) {
    return add(name, scaled(1), input);
  }

  /** Both references multiply what the function gives by beta, not what it is given. */
  private PreActivation scaled(double beta) {
    return new PreActivation(
        new ScaledActivation(network.activation, 1, beta * preset.activationScale(gamma)));
  }

  @Override
  String endOfBranch(Block block, String input) {
    double rate = preset.dropRate(network.stochasticDepth, blocks++, network.shape.blocks().size());
    String branch =
        rate == 0
            ? input
            : add(block.name() + "-drop", new DropoutLayer(new StochasticDepth(rate)), input);
    String name = block.name() + "-scale";
    return network.skipInit
        ? add(
            name, new SkipInit.Builder(network.alpha).updater(network.scaleUpdater).build(), branch)
        : add(name, new ScaleVertex(network.alpha), branch);
  }
}
