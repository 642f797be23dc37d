package io.github.dl4jagc.experiments.tasks;

import java.util.Collections;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Layers on top of each other, without normalisation: dense ones with ReLU, or LSTMs. */
final class Stacks {

  private static final int LSTM_UNITS = 32;
  private static final int CHARACTER_UNITS = 64;

  private Stacks() {}

  /** Dense layers with ReLU and a softmax. */
  static ComputationGraphConfiguration dense(
      int inputs, int layers, int width, int classes, IUpdater updater, long seed) {
    Layer hidden = new DenseLayer.Builder().nOut(width).activation(Activation.RELU).build();
    return stack(
        InputType.feedForward(inputs),
        WeightInit.RELU,
        Collections.nCopies(layers, hidden),
        softmax(new OutputLayer.Builder(LossFunction.MCXENT).nOut(classes)),
        updater,
        seed);
  }

  /** Two LSTMs that read an image row by row, of which the last step's output is looked at. */
  static ComputationGraphConfiguration digitsLstm(IUpdater updater, long seed) {
    return stack(
        InputType.recurrent(Digits.SIDE, Digits.SIDE),
        WeightInit.XAVIER,
        List.of(
            new LSTM.Builder().nOut(LSTM_UNITS).build(),
            new LastTimeStep(new LSTM.Builder().nOut(LSTM_UNITS).build())),
        softmax(new OutputLayer.Builder(LossFunction.MCXENT).nOut(Digits.CLASSES)),
        updater,
        seed);
  }

  /** An LSTM that reads a text character by character and guesses the next one. */
  static ComputationGraphConfiguration characterLstm(IUpdater updater, long seed) {
    return stack(
        InputType.recurrent(Characters.CLASSES, Characters.LENGTH),
        WeightInit.XAVIER,
        List.of(new LSTM.Builder().nOut(CHARACTER_UNITS).build()),
        softmax(new RnnOutputLayer.Builder(LossFunction.MCXENT).nOut(Characters.CLASSES)),
        updater,
        seed);
  }

  static BaseOutputLayer softmax(BaseOutputLayer.Builder<?> output) {
    return (BaseOutputLayer) output.activation(Activation.SOFTMAX).build();
  }

  private static ComputationGraphConfiguration stack(
      InputType input,
      WeightInit weights,
      List<? extends Layer> hidden,
      BaseOutputLayer output,
      IUpdater updater,
      long seed) {
    GraphBuilder graph =
        new NeuralNetConfiguration.Builder()
            .seed(seed)
            .updater(updater)
            .weightInit(weights)
            .graphBuilder()
            .addInputs("input")
            .setInputTypes(input);
    String below = "input";
    for (Layer each : hidden) {
      String name = "layer" + graph.getVertices().size();
      graph.addLayer(name, each.clone(), below);
      below = name;
    }
    return graph.addLayer("output", output, below).setOutputs("output").build();
  }
}
