package io.github.dl4jagc.models;

import io.github.dl4jagc.models.ResNetShape.Block;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;

/**
 * Lays out a pre-activation residual network. What its convolutions are, and what is before each
 * and after the last of them in a block, is for subclasses to say.
 *
 * <pre>
 * stem, blocks, activation, global average pooling, output layer
 *
 * block:            activation, convolutions with an activation between any two, end of branch,
 *                   + input
 * transition block: the same, but + shortcut(activation) in place of + input
 * </pre>
 */
abstract class ResNetGraph {

  private static final String STEM = "stem";
  private static final String OUTPUT = "output";

  private final GraphBuilder graph;

  ResNetGraph(NeuralNetConfiguration.Builder settings) {
    this.graph = settings.convolutionMode(ConvolutionMode.Same).graphBuilder();
  }

  /** A convolution without an activation function. */
  abstract Layer convolution(int kernel, int stride, int channels);

  /** The last convolution of a branch. */
  Layer lastConvolution(int kernel, int channels) {
    return convolution(kernel, 1, channels);
  }

  /** Of 3x3 pixels with stride 2. */
  SubsamplingLayer.Builder maxPooling() {
    return new SubsamplingLayer.Builder(PoolingType.MAX).kernelSize(3, 3).stride(2, 2);
  }

  /** Adds the shortcut of a transition block, which changes the shape of {@code activated}. */
  String shortcut(Block block, String activated) {
    return add(
        block.name() + "-shortcut", convolution(1, block.stride(), block.channels()), activated);
  }

  /** Adds what is between {@code input} and the convolutions of {@code block}. */
  abstract String beforeBlock(Block block, String input);

  /** Adds what is between two convolutions, or between the last block and the pooling. */
  abstract String activation(String name, String input);

  /** Adds what is between the last convolution of {@code block} and the addition. */
  abstract String endOfBranch(Block block, String input);

  final ComputationGraphConfiguration lay(ResNetShape shape, InputType images, OutputLayer output) {
    graph.addInputs("images").setInputTypes(images);
    String top = stem(shape);
    for (Block block : shape.blocks()) {
      top = block(block, top);
    }
    add("pooled", new GlobalPoolingLayer(PoolingType.AVG), activation("activation", top));
    return graph.addLayer(OUTPUT, output, "pooled").setOutputs(OUTPUT).build();
  }

  private String stem(ResNetShape shape) {
    if (!shape.hasImageNetStem()) {
      return add(STEM, convolution(3, 1, shape.stemChannels()), "images");
    }
    add(STEM, convolution(7, 2, shape.stemChannels()), "images");
    return add("stem-pooled", maxPooling().build(), STEM);
  }

  private String block(Block block, String input) {
    String name = block.name();
    String activated = beforeBlock(block, input);
    String shortcut = block.isTransition() ? shortcut(block, activated) : input;
    String branch =
        block.isBottleneck() ? bottleneck(block, activated) : twoConvolutions(block, activated);
    graph.addVertex(
        name,
        new ElementWiseVertex(ElementWiseVertex.Op.Add),
        shortcut,
        endOfBranch(block, branch));
    return name;
  }

  private String bottleneck(Block block, String input) {
    String name = block.name();
    int inner = block.innerChannels();
    add(name + "-conv1", convolution(1, 1, inner), input);
    String second = activation(name + "-activation2", name + "-conv1");
    add(name + "-conv2", convolution(3, block.stride(), inner), second);
    String third = activation(name + "-activation3", name + "-conv2");
    return add(name + "-conv3", lastConvolution(1, block.channels()), third);
  }

  private String twoConvolutions(Block block, String input) {
    String name = block.name();
    add(name + "-conv1", convolution(3, block.stride(), block.channels()), input);
    String second = activation(name + "-activation2", name + "-conv1");
    return add(name + "-conv2", lastConvolution(3, block.channels()), second);
  }

  /** Adds a layer; returns its name. */
  final String add(String name, Layer layer, String input) {
    graph.addLayer(name, layer, input);
    return name;
  }

  /** Adds a vertex without parameters; returns its name. */
  final String add(String name, org.deeplearning4j.nn.conf.graph.GraphVertex vertex, String input) {
    graph.addVertex(name, vertex, input);
    return name;
  }
}
