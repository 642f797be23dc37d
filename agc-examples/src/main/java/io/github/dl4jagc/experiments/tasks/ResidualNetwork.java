package io.github.dl4jagc.experiments.tasks;

import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * A small residual network for 8x8 digits, in which nothing keeps the activations in range but the
 * weights themselves: a 3x3 convolution, 2x2 average pooling, blocks x + conv(relu(conv(relu(x)))),
 * ReLU, global average pooling, softmax.
 */
public final class ResidualNetwork {

  private static final int CHANNELS = 16;
  private static final int BLOCKS = 3;

  private ResidualNetwork() {}

  /** An initialised network; equal seeds give equal weights, whatever the updater. */
  public static ComputationGraph create(IUpdater updater, long seed) {
    ComputationGraph network = new ComputationGraph(configuration(updater, seed));
    network.init();
    return network;
  }

  static ComputationGraphConfiguration configuration(IUpdater updater, long seed) {
    GraphBuilder graph =
        new NeuralNetConfiguration.Builder()
            .seed(seed)
            .updater(updater)
            .weightInit(WeightInit.RELU)
            .convolutionMode(ConvolutionMode.Same)
            // Half of the time goes into im2col; with a cache the backward pass need not repeat it.
            .cacheMode(CacheMode.DEVICE)
            .graphBuilder()
            .addInputs("pixels")
            .setInputTypes(InputType.convolutional(Digits.SIDE, Digits.SIDE, 1));
    graph.addLayer("stem", convolution(Activation.IDENTITY), "pixels");
    graph.addLayer(
        "halved",
        new SubsamplingLayer.Builder(PoolingType.AVG).kernelSize(2, 2).stride(2, 2).build(),
        "stem");
    String top = "halved";
    for (int block = 1; block <= BLOCKS; block++) {
      top = residualBlock(graph, "block" + block, top);
    }
    return graph
        .addLayer("relu", new ActivationLayer(Activation.RELU), top)
        .addLayer("pooled", new GlobalPoolingLayer(PoolingType.AVG), "relu")
        .addLayer(
            "digit",
            Stacks.softmax(new OutputLayer.Builder(LossFunction.MCXENT).nOut(Digits.CLASSES)),
            "pooled")
        .setOutputs("digit")
        .build();
  }

  /** Adds {@code name = input + conv(relu(conv(relu(input))))}; returns its name. */
  private static String residualBlock(GraphBuilder graph, String name, String input) {
    graph
        .addLayer(name + "-relu", new ActivationLayer(Activation.RELU), input)
        .addLayer(name + "-a", convolution(Activation.RELU), name + "-relu")
        .addLayer(name + "-b", convolution(Activation.IDENTITY), name + "-a")
        .addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), input, name + "-b");
    return name;
  }

  private static ConvolutionLayer convolution(Activation activation) {
    return new ConvolutionLayer.Builder(3, 3).nOut(CHANNELS).activation(activation).build();
  }
}
