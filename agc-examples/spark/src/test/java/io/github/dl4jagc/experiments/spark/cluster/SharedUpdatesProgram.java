package io.github.dl4jagc.experiments.spark.cluster;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.spark.AgcSparkListener;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.CollectionAccumulator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.solvers.accumulation.encoding.threshold.AdaptiveThresholdAlgorithm;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.repartitioner.EqualRepartitioner;
import org.deeplearning4j.spark.parameterserver.training.SharedTrainingMaster;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.parameterserver.distributed.conf.VoidConfiguration;
import org.nd4j.parameterserver.distributed.v2.transport.PortSupplier;

/**
 * Shows whether shared updates cross between processes. Each of two executors gets data in which
 * one half of the features is zero, and so a gradient of zero for the weights of that half: where
 * these change, the change has come from the other process. The driver trains nothing at all.
 *
 * <p>Prints a line for each process: its id, the features that its own data have, and the features
 * whose weights have changed.
 */
public final class SharedUpdatesProgram {

  static final String MARK = "features:";

  private static final int FEATURES = 8;
  private static final int BATCH = 16;
  private static final int MINIBATCHES_PER_EXECUTOR = 40;

  private SharedUpdatesProgram() {}

  public static void main(String... arguments) {
    SparkConf conf =
        new SparkConf()
            .setAppName("shared updates")
            .set(
                "spark.executor.extraJavaOptions",
                "-Daeron.publication.unblock.timeout=45s -Daeron.dir.delete.on.shutdown=true");
    try (JavaSparkContext sc = new JavaSparkContext(conf)) {
      MultiLayerNetwork network =
          new MultiLayerNetwork(
              new NeuralNetConfiguration.Builder()
                  .seed(1)
                  .updater(new AgcGradientNormalization(new Sgd(1.0), 0.1))
                  .activation(Activation.TANH)
                  .list(
                      new DenseLayer.Builder().nIn(FEATURES).nOut(6).build(),
                      new OutputLayer.Builder(LossFunction.MCXENT)
                          .activation(Activation.SOFTMAX)
                          .nIn(6)
                          .nOut(2)
                          .build())
                  .build());
      network.init();
      float[][] initial = weights(network);
      SparkDl4jMultiLayer spark = new SparkDl4jMultiLayer(sc, network, trainingMaster());
      CollectionAccumulator<String[]> seen = sc.sc().collectionAccumulator();
      spark.setListeners(AgcSparkListener.register(sc), new Watch(seen));
      spark.fit(sc.parallelize(data(), 2));

      Map<String, String[]> latest = new HashMap<>();
      seen.value().forEach(line -> latest.put(line[0], line));
      latest.values().forEach(line -> System.out.println(MARK + " " + String.join(" ", line)));
      System.out.println(
          String.join(
              " ", MARK, processId(), "none", changed(initial, weights(spark.getNetwork()))));
    }
    System.exit(0);
  }

  private static SharedTrainingMaster trainingMaster() {
    VoidConfiguration udp =
        VoidConfiguration.builder()
            .controllerAddress("127.0.0.1")
            .portSupplier(new OnePortPerProcess())
            .build();
    return new SharedTrainingMaster.Builder(udp, 2, new AdaptiveThresholdAlgorithm(1e-4), BATCH)
        .batchSizePerWorker(BATCH)
        .workersPerNode(1)
        .repartitioner(new EqualRepartitioner())
        .rddTrainingApproach(RDDTrainingApproach.Direct)
        .build();
  }

  /** One half for each partition. */
  private static List<DataSet> data() {
    List<DataSet> data = new ArrayList<>();
    Nd4j.getRandom().setSeed(1);
    for (int half = 0; half < 2; half++) {
      for (int i = 0; i < MINIBATCHES_PER_EXECUTOR; i++) {
        INDArray features = Nd4j.zeros(BATCH, FEATURES);
        INDArray used =
            features.get(
                NDArrayIndex.all(),
                NDArrayIndex.interval(half * FEATURES / 2, (half + 1) * FEATURES / 2));
        used.assign(Nd4j.randn(BATCH, FEATURES / 2));
        INDArray labels = Nd4j.zeros(BATCH, 2);
        for (int example = 0; example < BATCH; example++) {
          labels.putScalar(example, used.getDouble(example, 0) > 0 ? 1 : 0, 1);
        }
        data.add(new DataSet(features, labels));
      }
    }
    return data;
  }

  private static String processId() {
    return String.valueOf(ProcessHandle.current().pid());
  }

  /** Copied to Java: an INDArray made in a listener belongs to a workspace of DL4J's. */
  private static float[][] weights(Model network) {
    return network.getParam("0_W").toFloatMatrix();
  }

  private static String changed(float[][] before, float[][] after) {
    return features(feature -> !Arrays.equals(before[feature], after[feature]));
  }

  private static String features(IntPredicate which) {
    String names =
        IntStream.range(0, FEATURES)
            .filter(which)
            .mapToObj(String::valueOf)
            .collect(Collectors.joining(","));
    return names.isEmpty() ? "none" : names;
  }

  /** Notes after each iteration what has changed on this worker. */
  private static final class Watch extends BaseTrainingListener implements Serializable {

    private static final long serialVersionUID = 1L;

    private final CollectionAccumulator<String[]> seen;
    private transient float[][] initial;
    private transient Set<Integer> own;

    private Watch(CollectionAccumulator<String[]> seen) {
      this.seen = seen;
    }

    @Override
    public void onForwardPass(Model model, List<INDArray> activations) {
      if (initial == null) {
        initial = weights(model);
        own = new HashSet<>();
      }
      for (float[] example : activations.get(0).toFloatMatrix()) {
        for (int feature = 0; feature < FEATURES; feature++) {
          if (example[feature] != 0) {
            own.add(feature);
          }
        }
      }
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
      seen.add(
          new String[] {processId(), features(own::contains), changed(initial, weights(model))});
      pause();
    }

    /** Gives the other process time to start: an update that comes too late crosses nothing. */
    private static void pause() {
      try {
        Thread.sleep(250);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The executors share this machine. */
  private static final class OnePortPerProcess implements PortSupplier {

    private static final long serialVersionUID = 1L;

    private static int port;

    @Override
    public synchronized int getPort() {
      if (port == 0) {
        try (DatagramSocket socket = new DatagramSocket()) {
          port = socket.getLocalPort();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      return port;
    }
  }
}
