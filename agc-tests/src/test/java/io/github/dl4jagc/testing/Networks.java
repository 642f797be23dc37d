package io.github.dl4jagc.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Small networks and random data that many tests share. */
public final class Networks {

  private Networks() {}

  public static NeuralNetConfiguration.Builder builder(IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .seed(12345)
        .dataType(DataType.DOUBLE)
        .updater(updater)
        .activation(Activation.TANH);
  }

  /** Two dense layers "layer0" [4, 6] and "layer1" [6, 5], output "layer2" [5, 3]. */
  public static MultiLayerNetwork dense(IUpdater updater) {
    return dense(builder(updater));
  }

  public static MultiLayerNetwork dense(NeuralNetConfiguration.Builder builder) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            builder
                .list()
                .layer(new DenseLayer.Builder().nOut(6).build())
                .layer(new DenseLayer.Builder().nOut(5).build())
                .layer(output(3))
                .setInputType(InputType.feedForward(4))
                .build());
    net.init();
    return net;
  }

  /** The same as a graph: "first", "second", "out". */
  public static ComputationGraph denseGraph(IUpdater updater) {
    ComputationGraph net =
        new ComputationGraph(
            builder(updater)
                .graphBuilder()
                .addInputs("in")
                .addLayer("first", new DenseLayer.Builder().nOut(6).build(), "in")
                .addLayer("second", new DenseLayer.Builder().nOut(5).build(), "first")
                .addLayer("out", output(3), "second")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(4))
                .build());
    net.init();
    return net;
  }

  public static OutputLayer output(int classes) {
    return new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
        .activation(Activation.SOFTMAX)
        .nOut(classes)
        .build();
  }

  /** Data for {@link #dense}. */
  public static MultiDataSet denseData(int examples, long seed) {
    return new MultiDataSet(gaussian(seed, examples, 4), oneHot(seed, examples, 3));
  }

  public static INDArray gaussian(long seed, long... shape) {
    Random random = new Random(seed);
    INDArray array = Nd4j.create(DataType.DOUBLE, shape);
    INDArray flat = array.reshape(array.length());
    for (long i = 0; i < flat.length(); i++) {
      flat.putScalar(i, random.nextGaussian());
    }
    return array;
  }

  public static INDArray oneHot(long seed, int examples, int classes) {
    Random random = new Random(seed);
    INDArray labels = Nd4j.create(DataType.DOUBLE, examples, classes);
    for (int i = 0; i < examples; i++) {
      labels.putScalar(i, random.nextInt(classes), 1);
    }
    return labels;
  }

  /** Data for {@link #dense}, as iterators give it. */
  public static List<DataSet> minibatches(int count) {
    List<DataSet> minibatches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      minibatches.add(new DataSet(gaussian(i, 8, 4), oneHot(i, 8, 3)));
    }
    return minibatches;
  }

  /** The unit dimensions of the parameters of {@link #dense}. */
  public static Map<String, int[]> denseUnits() {
    Map<String, int[]> units = new HashMap<>();
    for (int layer = 0; layer < 3; layer++) {
      units.put(layer + "_W", new int[] {1});
      units.put(layer + "_b", new int[0]);
    }
    return units;
  }
}
