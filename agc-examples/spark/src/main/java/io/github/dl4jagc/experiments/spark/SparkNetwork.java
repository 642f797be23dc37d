package io.github.dl4jagc.experiments.spark;

import io.github.dl4jagc.experiments.tasks.TestResult;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
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
final class SparkNetwork {

  private final Consumer<JavaRDD<DataSet>> training;
  private final Supplier<Model> model;
  private final UnaryOperator<INDArray> output;

  private SparkNetwork(
      Consumer<JavaRDD<DataSet>> training, Supplier<Model> model, UnaryOperator<INDArray> output) {
    this.training = training;
    this.model = model;
    this.output = output;
  }

  /** Whatever fits the model. */
  static SparkNetwork of(
      JavaSparkContext sc, Model model, TrainingMaster<?, ?> master, TrainingListener listener) {
    if (model instanceof MultiLayerNetwork) {
      SparkDl4jMultiLayer spark = new SparkDl4jMultiLayer(sc, (MultiLayerNetwork) model, master);
      spark.setListeners(listener);
      return new SparkNetwork(
          spark::fit, spark::getNetwork, features -> spark.getNetwork().output(features));
    }
    SparkComputationGraph spark = new SparkComputationGraph(sc, (ComputationGraph) model, master);
    spark.setListeners(listener);
    return new SparkNetwork(
        spark::fit, spark::getNetwork, features -> spark.getNetwork().outputSingle(features));
  }

  /** Trains one epoch. */
  void fit(JavaRDD<DataSet> data) {
    training.accept(data);
  }

  /** The driver's network, which has the trained weights after each {@link #fit}. */
  Model model() {
    return model.get();
  }

  /** Share of the examples that are recognised by the driver's network, in [0, 1]. */
  double accuracy(List<DataSet> test) {
    return TestResult.of(output, test).accuracy();
  }
}
