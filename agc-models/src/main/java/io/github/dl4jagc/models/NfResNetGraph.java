package io.github.dl4jagc.models;

import io.github.dl4jagc.models.ResNetShape.Block;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;

/** Fills in what is special about a network without normalisation. */
final class NfResNetGraph extends ResNetGraph {

  private final NfResNet network;
  private final double gamma;
  private final Map<String, Double> variances;
  private double inputVariance = 1;
  private int blocks;

  NfResNetGraph(NeuralNetConfiguration.Builder settings, NfResNet network) {
    super(settings);
    this.network = network;
    this.gamma = ScaledActivation.gamma(network.activation);
    this.variances = network.expectedVariances();
  }

  @Override
  Layer convolution(int kernel, int stride, int channels) {
    StandardizedConvolution.Builder convolution =
        new StandardizedConvolution.Builder(kernel, kernel);
    convolution.stride(stride, stride).nOut(channels);
    // On each layer: DL4J 1.0.0-M2.1 applies the weight decay of a whole network twice.
    convolution.weightDecay(network.weightDecay);
    return convolution.build();
  }

  @Override
  String beforeBlock(Block block, String input) {
    double beta = Math.sqrt(inputVariance);
    inputVariance = variances.get(block.name());
    return add(block.name() + "-activation1", scaled(1 / beta), input);
  }

  @Override
  String activation(String name, String input) {
    return add(name, scaled(1), input);
  }

  private PreActivation scaled(double inputScale) {
    return new PreActivation(new ScaledActivation(network.activation, inputScale, gamma));
  }

  @Override
  String endOfBranch(Block block, String input) {
    // The deeper a block is, the more often it is left out.
    double rate = network.stochasticDepth * blocks++ / network.shape.blocks().size();
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
