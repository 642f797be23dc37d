package io.github.dl4jagc.examples.spark;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.spark.AgcSparkListener;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

/** AGC on Spark with parameter averaging: the updater goes into the configuration as elsewhere. */
public final class AveragingOnSpark {

  private static final int WORKERS = 2;
  private static final int BATCH_SIZE = 32; // of a worker

  private AveragingOnSpark() {}

  /**
   * Trains a network on two workers to tell in which quadrant a point of the plane lies.
   *
   * @param arguments Spark's master; without it local[2]
   */
  public static void main(String... arguments) {
    SparkConf spark =
        new SparkConf()
            .setMaster(arguments.length > 0 ? arguments[0] : "local[2]")
            .setAppName("agc");
    MultiLayerConfiguration network =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .updater(new AgcGradientNormalization(new Nesterovs(0.1, 0.9), 0.04))
            .weightInit(WeightInit.RELU)
            .list(
                new DenseLayer.Builder().nIn(2).nOut(32).activation(Activation.RELU).build(),
                new OutputLayer.Builder().nIn(32).nOut(4).activation(Activation.SOFTMAX).build())
            .build();
    ParameterAveragingTrainingMaster averaging =
        new ParameterAveragingTrainingMaster.Builder(WORKERS, BATCH_SIZE)
            .batchSizePerWorker(BATCH_SIZE)
            .averagingFrequency(5)
            .rddTrainingApproach(RDDTrainingApproach.Direct)
            .rngSeed(1)
            .build();

    try (JavaSparkContext sc = new JavaSparkContext(spark)) {
      AgcSparkListener listener = AgcSparkListener.register(sc);
      SparkDl4jMultiLayer training = new SparkDl4jMultiLayer(sc, network, averaging);
      training.setListeners(listener); // called on the workers
      List<DataSet> minibatches = points().batchBy(BATCH_SIZE);
      JavaRDD<DataSet> data = sc.parallelize(minibatches, WORKERS);
      for (int epoch = 1; epoch <= 3; epoch++) {
        training.fit(data);
        double loss = training.getNetwork().score(DataSet.merge(minibatches));
        System.out.printf("epoch %d: loss %.3f%n", epoch, loss);
      }
      System.out.println(listener.report()); // of all workers
    }
  }

  private static DataSet points() {
    Nd4j.getRandom().setSeed(1);
    INDArray points = Nd4j.randn(2560, 2);
    INDArray quadrants = points.gt(0).castTo(points.dataType()).mmul(Nd4j.createFromArray(1f, 2f));
    return new DataSet(points, Nd4j.eye(4).getRows(quadrants.toIntVector()));
  }
}
