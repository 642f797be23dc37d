package io.github.dl4jagc.examples.spark;

import io.github.dl4jagc.examples.support.Evaluation;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** SparkDl4jMultiLayer and SparkComputationGraph, which have no type in common that can train. */
interface SparkNetwork {

  /** Trains one epoch. */
  void fit(JavaRDD<DataSet> data);

  /** The driver's network, which has the trained weights after each {@link #fit}. */
  Model model();

  /** The network's answer to some features, computed on the driver. */
  INDArray output(INDArray features);

  /** Share of the examples that are recognised, in [0, 1]. */
  default double accuracy(DataSet test) {
    return (double) Evaluation.recognised(output(test.getFeatures()), test.getLabels())
        / test.numExamples();
  }

  /** Whatever fits the model. */
  static SparkNetwork of(
      JavaSparkContext sc, Model model, TrainingMaster<?, ?> master, TrainingListener listener) {
    return model instanceof MultiLayerNetwork
        ? new MultiLayer(sc, (MultiLayerNetwork) model, master, listener)
        : new Graph(sc, (ComputationGraph) model, master, listener);
  }

  /** A MultiLayerNetwork on Spark. */
  final class MultiLayer implements SparkNetwork {

    private final SparkDl4jMultiLayer spark;

    private MultiLayer(
        JavaSparkContext sc,
        MultiLayerNetwork network,
        TrainingMaster<?, ?> master,
        TrainingListener listener) {
      spark = new SparkDl4jMultiLayer(sc, network, master);
      spark.setListeners(listener);
    }

    @Override
    public void fit(JavaRDD<DataSet> data) {
      spark.fit(data);
    }

    @Override
    public Model model() {
      return spark.getNetwork();
    }

    @Override
    public INDArray output(INDArray features) {
      return spark.getNetwork().output(features);
    }
  }

  /** A ComputationGraph on Spark. */
  final class Graph implements SparkNetwork {

    private final SparkComputationGraph spark;

    private Graph(
        JavaSparkContext sc,
        ComputationGraph network,
        TrainingMaster<?, ?> master,
        TrainingListener listener) {
      spark = new SparkComputationGraph(sc, network, master);
      spark.setListeners(listener);
    }

    @Override
    public void fit(JavaRDD<DataSet> data) {
      spark.fit(data);
    }

    @Override
    public Model model() {
      return spark.getNetwork();
    }

    @Override
    public INDArray output(INDArray features) {
      return spark.getNetwork().outputSingle(features);
    }
  }
}
