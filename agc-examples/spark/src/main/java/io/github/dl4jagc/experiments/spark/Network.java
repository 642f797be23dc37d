package io.github.dl4jagc.experiments.spark;

import io.github.dl4jagc.experiments.tasks.Digits;
import io.github.dl4jagc.experiments.tasks.ResidualNetwork;
import io.github.dl4jagc.models.NfResNet;
import java.util.Locale;
import java.util.function.BiFunction;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The networks that the program can train. Another one takes one more constant. */
enum Network {
  /** Five plain convolutions, as a MultiLayerNetwork. */
  DIGITS_MLN(Network::plainConvolutions),

  /** The residual network of the program {@code digits}, as a ComputationGraph. */
  DIGITS_GRAPH(ResidualNetwork::create),

  /** A small normalizer-free residual network, as a ComputationGraph. */
  NF_RESNET(Network::nfResNet);

  private static final int CHANNELS = 16;

  private final BiFunction<IUpdater, Long, Model> factory;

  Network(BiFunction<IUpdater, Long, Model> factory) {
    this.factory = factory;
  }

  /**
   * An initialised network.
   *
   * @param updater the updater of all parameters
   * @param seed of the initial weights
   */
  Model create(IUpdater updater, long seed) {
    return factory.apply(updater, seed);
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Without SkipInit, whose scales AGC would keep near 0 for longer than is trained here. */
  private static Model nfResNet(IUpdater updater, long seed) {
    return NfResNet.builder()
        .small(CHANNELS, 1)
        .inputShape(1, Digits.SIDE, Digits.SIDE)
        .classes(Digits.CLASSES)
        .skipInit(false)
        .updater(updater)
        .seed(seed)
        .build()
        .init();
  }

  private static Model plainConvolutions(IUpdater updater, long seed) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(updater)
                .weightInit(WeightInit.RELU)
                .activation(Activation.RELU)
                .convolutionMode(ConvolutionMode.Same)
                .list(
                    convolution(),
                    new SubsamplingLayer.Builder(PoolingType.AVG)
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build(),
                    convolution(),
                    convolution(),
                    convolution(),
                    convolution(),
                    new GlobalPoolingLayer(PoolingType.AVG),
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(Digits.CLASSES)
                        .build())
                .setInputType(InputType.convolutional(Digits.SIDE, Digits.SIDE, 1))
                .build());
    network.init();
    return network;
  }

  private static ConvolutionLayer convolution() {
    return new ConvolutionLayer.Builder(3, 3).nOut(CHANNELS).build();
  }
}
