package io.github.dl4jagc.bench;

import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.zoo.model.ResNet50;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** Networks that are trained, with a minibatch for them. */
enum StepNetwork {
  /** DL4J's ResNet50 from its zoo. */
  RESNET50("zoo ResNet50, 224x224, batch 8") {
    @Override
    ComputationGraph network(IUpdater updater) {
      return ResNet50.builder()
          .numClasses(1000)
          .inputShape(new int[] {3, 224, 224})
          .updater(updater)
          .workspaceMode(WorkspaceMode.ENABLED)
          .build()
          .init();
    }

    @Override
    DataSet minibatch() {
      return new DataSet(Nd4j.rand(DataType.FLOAT, 8, 3, 224, 224), oneHot(8, 1000));
    }
  },
  /** Two layers for characters. */
  LSTM("two LSTM layers of 512, 80 characters, 50 steps, batch 32") {
    @Override
    ComputationGraph network(IUpdater updater) {
      return chain(
          updater,
          InputType.recurrent(80),
          new LSTM.Builder().nOut(512).build(),
          new LSTM.Builder().nOut(512).build(),
          new RnnOutputLayer.Builder().nOut(80).activation(Activation.SOFTMAX).build());
    }

    @Override
    DataSet minibatch() {
      INDArray labels = Nd4j.zeros(DataType.FLOAT, 32, 80, 50);
      labels.tensorAlongDimension(7, 0, 2).assign(1);
      return new DataSet(Nd4j.rand(DataType.FLOAT, 32, 80, 50), labels);
    }
  },
  /** Of half a million tokens a minibatch has at most 640. */
  EMBEDDING("embedding of 500,000 x 64, dense 64, batch 640") {
    @Override
    IUpdater updater() {
      return new Sgd(1e-4); // what costs least beside AGC
    }

    @Override
    ComputationGraph network(IUpdater updater) {
      return chain(
          updater,
          InputType.feedForward(500_000), // of which DL4J takes the size of the vocabulary
          new EmbeddingLayer.Builder().nOut(64).build(),
          new DenseLayer.Builder().nOut(64).activation(Activation.RELU).build(),
          new OutputLayer.Builder().nOut(10).activation(Activation.SOFTMAX).build());
    }

    @Override
    DataSet minibatch() {
      INDArray tokens = Nd4j.create(DataType.FLOAT, 640, 1);
      for (int i = 0; i < 640; i++) {
        tokens.putScalar(i, i * 781);
      }
      return new DataSet(tokens, oneHot(640, 10));
    }
  },
  /** Dense layers. */
  MLP("dense 784, 2048, 2048, 10, batch 128") {
    @Override
    ComputationGraph network(IUpdater updater) {
      return chain(
          updater,
          InputType.feedForward(784),
          new DenseLayer.Builder().nOut(2048).activation(Activation.RELU).build(),
          new DenseLayer.Builder().nOut(2048).activation(Activation.RELU).build(),
          new OutputLayer.Builder().nOut(10).activation(Activation.SOFTMAX).build());
    }

    @Override
    DataSet minibatch() {
      return new DataSet(Nd4j.rand(DataType.FLOAT, 128, 784), oneHot(128, 10));
    }
  },
  /** Six small convolutions. */
  DIGITS("six 16-channel 3x3 convolutions, 8x8, batch 128") {
    @Override
    ComputationGraph network(IUpdater updater) {
      Layer[] layers = new Layer[7];
      for (int i = 0; i < 6; i++) {
        layers[i] =
            new ConvolutionLayer.Builder(3, 3)
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.RELU)
                .nOut(16)
                .build();
      }
      layers[6] = new OutputLayer.Builder().nOut(10).activation(Activation.SOFTMAX).build();
      return chain(updater, InputType.convolutional(8, 8, 1), layers);
    }

    @Override
    DataSet minibatch() {
      return new DataSet(Nd4j.rand(DataType.FLOAT, 128, 1, 8, 8), oneHot(128, 10));
    }
  };

  final String description;

  StepNetwork(String description) {
    this.description = description;
  }

  /** What it is trained with, by itself and inside of AGC. */
  IUpdater updater() {
    return new Nesterovs(1e-4, 0.9);
  }

  abstract ComputationGraph network(IUpdater updater);

  abstract DataSet minibatch();

  private static ComputationGraph chain(IUpdater updater, InputType input, Layer... layers) {
    var graph =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .updater(updater)
            .graphBuilder()
            .addInputs("0")
            .setInputTypes(input);
    for (int i = 0; i < layers.length; i++) {
      graph.addLayer("" + (i + 1), layers[i], "" + i);
    }
    ComputationGraph net = new ComputationGraph(graph.setOutputs("" + layers.length).build());
    net.init();
    return net;
  }

  private static INDArray oneHot(int examples, int classes) {
    INDArray labels = Nd4j.create(DataType.FLOAT, examples, classes);
    for (int i = 0; i < examples; i++) {
      labels.putScalar(i, i * 7 % classes, 1);
    }
    return labels;
  }
}
