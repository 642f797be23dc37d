package io.github.dl4jagc.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.solvers.accumulation.encoding.threshold.AdaptiveThresholdAlgorithm;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.deeplearning4j.spark.impl.repartitioner.EqualRepartitioner;
import org.deeplearning4j.spark.parameterserver.training.SharedTrainingMaster;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.parameterserver.distributed.conf.VoidConfiguration;
import org.nd4j.parameterserver.distributed.v2.transport.PortSupplier;

/** Spark within this JVM, and what is trained on it: small networks and minibatches. */
final class LocalSpark {

  /** Examples in a minibatch. */
  static final int BATCH = 8;

  private static final int FEATURES = 4;
  private static final int CLASSES = 3;

  private LocalSpark() {}

  /**
   * Two threads that run tasks.
   *
   * @param tries how often a task is tried before the job fails
   */
  static JavaSparkContext context(int tries) {
    return new JavaSparkContext(
        new SparkConf()
            .setMaster("local[2," + tries + "]")
            .setAppName("agc-spark tests")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1"));
  }

  static TrainingMaster<?, ?> averaging(int workers, int frequency) {
    return new ParameterAveragingTrainingMaster.Builder(workers, BATCH)
        .batchSizePerWorker(BATCH)
        .averagingFrequency(frequency)
        .saveUpdater(true) // false by default: momentum is then forgotten at each averaging
        .rddTrainingApproach(RDDTrainingApproach.Direct)
        .rngSeed(1)
        .build();
  }

  static TrainingMaster<?, ?> shared(int workers) {
    VoidConfiguration network =
        VoidConfiguration.builder()
            .controllerAddress("127.0.0.1")
            .portSupplier(new TestPort())
            .build();
    return new SharedTrainingMaster.Builder(
            network, workers, new AdaptiveThresholdAlgorithm(), BATCH)
        .batchSizePerWorker(BATCH)
        .workersPerNode(1) // more than one can deadlock in ParallelWrapper
        .repartitioner(new EqualRepartitioner())
        .rddTrainingApproach(RDDTrainingApproach.Direct)
        .build();
  }

  private static NeuralNetConfiguration.Builder configuration(IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .seed(1)
        .updater(updater)
        .activation(Activation.TANH);
  }

  private static DenseLayer dense() {
    return new DenseLayer.Builder().nIn(FEATURES).nOut(5).build();
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .activation(Activation.SOFTMAX)
        .nIn(5)
        .nOut(CLASSES)
        .build();
  }

  static MultiLayerNetwork multiLayer(IUpdater updater) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(configuration(updater).list(dense(), output()).build());
    network.init();
    return network;
  }

  static ComputationGraph graph(IUpdater updater) {
    ComputationGraph network =
        new ComputationGraph(
            configuration(updater)
                .graphBuilder()
                .addInputs("in")
                .addLayer("dense", dense(), "in")
                .addLayer("out", output(), "dense")
                .setOutputs("out")
                .build());
    network.init();
    return network;
  }

  /** Random features, and the class that the largest of the first ones names. */
  static List<DataSet> minibatches(int count) {
    List<DataSet> minibatches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Nd4j.getRandom().setSeed(100 + i);
      INDArray features = Nd4j.randn(BATCH, FEATURES);
      INDArray labels = Nd4j.zeros(BATCH, CLASSES);
      for (int example = 0; example < BATCH; example++) {
        int label = 0;
        for (int j = 1; j < CLASSES; j++) {
          label = features.getDouble(example, j) > features.getDouble(example, label) ? j : label;
        }
        labels.putScalar(example, label, 1);
      }
      minibatches.add(new DataSet(features, labels));
    }
    return minibatches;
  }

  /** DL4J's own StaticPortSupplier ignores its port. */
  private static final class TestPort implements PortSupplier, Serializable {

    private static final long serialVersionUID = 1L;

    @Override
    public int getPort() {
      return 41877;
    }
  }
}
