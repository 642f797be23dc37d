package io.github.dl4jagc.bench;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.zoo.model.ResNet50;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * What does a whole {@code fit} step cost with AGC and without? Steps of both networks alternate,
 * so that a slow minute of the machine hits both.
 */
final class TrainingStep {

  final String name;
  final double[] plainMillis;
  final double[] agcMillis;

  /** Time inside of AGC in one step: norms, decisions and scaling, without the inner updater. */
  final double clippingMillis;

  private TrainingStep(
      String name, double[] plainMillis, double[] agcMillis, double clippingMillis) {
    this.name = name;
    this.plainMillis = plainMillis;
    this.agcMillis = agcMillis;
    this.clippingMillis = clippingMillis;
  }

  /** Six 3x3 convolutions of 16 channels on 8x8 images, batch 128. */
  static TrainingStep digits(int steps) {
    DataSet data = new DataSet(Nd4j.rand(DataType.FLOAT, 128, 1, 8, 8), oneHot(128, 10));
    return measure(
        "six 16-channel convolutions, 8x8, batch 128",
        TrainingStep::smallNetwork,
        () -> data,
        steps);
  }

  /** DL4J's ResNet50 from its zoo, 224x224 images, batch 8. */
  static TrainingStep resNet50(int steps) {
    DataSet data = new DataSet(Nd4j.rand(DataType.FLOAT, 8, 3, 224, 224), oneHot(8, 1000));
    return measure(
        "zoo ResNet50, 224x224, batch 8",
        updater -> {
          return ResNet50.builder()
              .numClasses(1000)
              .inputShape(new int[] {3, 224, 224})
              .updater(updater)
              .workspaceMode(WorkspaceMode.ENABLED)
              .build()
              .init();
        },
        () -> data,
        steps);
  }

  private static ComputationGraph smallNetwork(IUpdater updater) {
    var graph =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .updater(updater)
            .activation(Activation.RELU)
            .convolutionMode(ConvolutionMode.Same)
            .graphBuilder()
            .addInputs("in")
            .setInputTypes(InputType.convolutional(8, 8, 1));
    String top = "in";
    for (int i = 0; i < 6; i++) {
      graph.addLayer("c" + i, new ConvolutionLayer.Builder(3, 3).nOut(16).build(), top);
      top = "c" + i;
    }
    graph.addLayer(
        "out", new OutputLayer.Builder().activation(Activation.SOFTMAX).nOut(10).build(), top);
    ComputationGraph net = new ComputationGraph(graph.setOutputs("out").build());
    net.init();
    return net;
  }

  private static TrainingStep measure(
      String name,
      Function<IUpdater, ComputationGraph> network,
      Supplier<DataSet> data,
      int steps) {
    ComputationGraph plain = network.apply(new Nesterovs(1e-4));
    ComputationGraph agc = network.apply(new AgcGradientNormalization(new Nesterovs(1e-4)));
    agc.setListeners(new AgcListener());
    double[] plainTimes = new double[steps];
    double[] agcTimes = new double[steps];
    for (int step = -2; step < steps; step++) {
      // Who goes second finds the memory as the other left it: take turns.
      boolean plainFirst = step % 2 == 0;
      double first = millis(() -> (plainFirst ? plain : agc).fit(data.get()));
      double second = millis(() -> (plainFirst ? agc : plain).fit(data.get()));
      if (step >= 0) {
        plainTimes[step] = plainFirst ? first : second;
        agcTimes[step] = plainFirst ? second : first;
      }
    }
    return new TrainingStep(name, plainTimes, agcTimes, clipping(agc, plain));
  }

  /** The updater blocks of both networks side by side: the difference is the clipping. */
  private static double clipping(ComputationGraph agc, ComputationGraph plain) {
    double[] times = new double[15];
    for (int i = 0; i < times.length; i++) {
      times[i] = millis(() -> updaters(agc)) - millis(() -> updaters(plain));
    }
    return median(times);
  }

  private static void updaters(ComputationGraph net) {
    BaseMultiLayerUpdater<?> updater = net.getUpdater();
    for (UpdaterBlock block : updater.getUpdaterBlocks()) {
      INDArray gradient = block.getGradientView();
      block.getGradientUpdater().applyUpdater(gradient, 0, 0);
    }
  }

  private static INDArray oneHot(int examples, int classes) {
    INDArray labels = Nd4j.create(DataType.FLOAT, examples, classes);
    for (int i = 0; i < examples; i++) {
      labels.putScalar(i, i * 7 % classes, 1);
    }
    return labels;
  }

  private static double millis(Runnable run) {
    long start = System.nanoTime();
    run.run();
    Nd4j.getExecutioner().commit(); // on a GPU: wait for it
    return (System.nanoTime() - start) / 1e6;
  }

  private static double median(double[] times) {
    return quantile(times, 0.5);
  }

  static double quantile(double[] times, double share) {
    double[] sorted = times.clone();
    Arrays.sort(sorted);
    return sorted[(int) (share * (sorted.length - 1))];
  }
}
