package io.github.dl4jagc.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.AgcGradientNormalization;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import org.apache.spark.SparkException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.TaskCompletionListener;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * What goes wrong on a worker is either retried, and counted once, or fails the job and says so.
 */
class FaultsTest {

  private static final int MINIBATCHES = 8;

  /** Two tries of each task. */
  private static JavaSparkContext sc;

  @BeforeAll
  static void startSpark() {
    sc = LocalSpark.context(2);
  }

  @AfterAll
  static void stopSpark() {
    sc.stop();
  }

  /** How DL4J distributes: by averaging, or shared over as many tasks as workers. */
  private static TrainingMaster<?, ?> master(String mode, int workers) {
    return mode.equals("averaging")
        ? LocalSpark.averaging(workers, MINIBATCHES / workers)
        : LocalSpark.shared(workers);
  }

  private static SparkDl4jMultiLayer network(
      String mode, int workers, IUpdater updater, TrainingListener... listeners) {
    SparkDl4jMultiLayer network =
        new SparkDl4jMultiLayer(sc, LocalSpark.multiLayer(updater), master(mode, workers));
    network.setListeners(listeners);
    return network;
  }

  private static JavaRDD<DataSet> data(int partitions) {
    return sc.parallelize(LocalSpark.minibatches(MINIBATCHES), partitions);
  }

  @ParameterizedTest
  @CsvSource({"averaging, 1", "averaging, 2", "shared, 1", "shared, 2"})
  void neverBoundUpdaterFailsTheJobAndSaysWhatToWrite(String mode, int workers) {
    SparkDl4jMultiLayer network =
        network(mode, workers, new AgcGradientNormalization(new Nesterovs(0.1)));
    assertThatThrownBy(() -> network.fit(data(workers)))
        .isInstanceOf(SparkException.class)
        .hasMessageContaining("AgcGradientNormalization was never bound to its network")
        .hasMessageContaining("net.addListeners(new AgcListener())");
  }

  @ParameterizedTest
  @CsvSource({"averaging, 1", "averaging, 2", "shared, 1", "shared, 2"})
  void thresholdThatGoesBadFailsTheJobAndNamesIt(String mode, int workers) {
    IUpdater updater =
        AgcGradientNormalization.builder(new Nesterovs(0.1))
            .clippingThreshold(new GoesBad())
            .build();
    SparkDl4jMultiLayer network = network(mode, workers, updater, AgcSparkListener.register(sc));
    assertThatThrownBy(() -> network.fit(data(workers)))
        .isInstanceOf(SparkException.class)
        .hasMessageContaining("clippingThreshold")
        .hasMessageContaining("-0.25");
  }

  @ParameterizedTest
  @ValueSource(strings = {"averaging", "shared"})
  void excludedLayerThatDoesNotExistFailsTheJobAndListsThoseThatDo(String mode) {
    IUpdater updater =
        AgcGradientNormalization.builder(new Nesterovs(0.1)).excludeLayers("head").build();
    SparkDl4jMultiLayer network = network(mode, 1, updater, AgcSparkListener.register(sc));
    assertThatThrownBy(() -> network.fit(data(1)))
        .isInstanceOf(SparkException.class)
        .hasMessageContaining("excludeLayers must name layers of the network, got \"head\"")
        .hasMessageContaining("layer0, layer1");
  }

  @ParameterizedTest
  @CsvSource({"averaging, 1", "averaging, 2", "shared, 1", "shared, 2"})
  void figuresOfATaskThatFailedAreNotCounted(String mode, int workers) {
    AgcSparkListener listener = AgcSparkListener.register(sc);
    SparkDl4jMultiLayer network =
        network(
            mode,
            workers,
            new AgcGradientNormalization(new Nesterovs(0.1)),
            listener,
            new FailsAtTheEndOnce());
    MultiLayerNetwork before = network.getNetwork().clone();
    for (int epoch = 1; epoch <= 2; epoch++) {
      network.fit(data(workers));
      long iterations = listener.report().total().iterations();
      // A shared task may train another one's data, and take them along if it fails after that.
      boolean mayLose = mode.equals("shared") && workers > 1;
      assertThat(iterations)
          .isBetween(
              (long) (mayLose ? MINIBATCHES / workers : MINIBATCHES) * epoch,
              (long) MINIBATCHES * epoch);
      assertThat(listener.report().total().units()).isEqualTo(iterations * 10);
    }
    assertThat(network.getNetwork().params()).isNotEqualTo(before.params());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void figuresOfATaskThatFailedHalfwayAreNotCounted(int workers) {
    AgcSparkListener listener = AgcSparkListener.register(sc);
    SparkDl4jMultiLayer network =
        network(
            "averaging",
            workers,
            new AgcGradientNormalization(new Nesterovs(0.1)),
            listener,
            new FailsOnce());
    network.fit(data(workers));
    assertThat(listener.report().total().iterations()).isEqualTo(MINIBATCHES);
  }

  @Test
  void failedJobLeavesTheListenerUsable() {
    AgcSparkListener listener = AgcSparkListener.register(sc);
    SparkDl4jMultiLayer network =
        network(
            "averaging",
            2,
            new AgcGradientNormalization(new Nesterovs(0.1)),
            listener,
            new AlwaysFails());
    assertThatThrownBy(() -> network.fit(data(2))).hasMessageContaining("always");
    assertThat(listener.report().total().iterations()).isZero();
    network.setListeners(listener);
    network.fit(data(2));
    assertThat(listener.report().total().iterations()).isEqualTo(MINIBATCHES);
  }

  /** A schedule that is right at first. */
  private static final class GoesBad implements ISchedule {

    private static final long serialVersionUID = 1L;

    @Override
    public double valueAt(int iteration, int epoch) {
      return iteration < 2 ? 0.1 : -0.25;
    }

    @Override
    public ISchedule clone() {
      return this;
    }
  }

  /** Fails the first try of every task that trains, after it has trained something. */
  private static final class FailsOnce extends BaseTrainingListener implements Serializable {

    private static final long serialVersionUID = 1L;

    private int seen;

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
      seen++;
      if (seen == 3 && TaskContext.get().attemptNumber() == 0) {
        throw new IllegalStateException("once");
      }
    }
  }

  /** Fails the first try of every task after all of its training. */
  private static final class FailsAtTheEndOnce extends BaseTrainingListener
      implements Serializable {

    private static final long serialVersionUID = 1L;

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      TaskContext.get().addTaskCompletionListener(new FailFirstTry());
    }
  }

  private static final class FailFirstTry implements TaskCompletionListener {

    @Override
    public void onTaskCompletion(TaskContext task) {
      if (task.attemptNumber() == 0) {
        throw new IllegalStateException("once");
      }
    }
  }

  private static final class AlwaysFails extends BaseTrainingListener implements Serializable {

    private static final long serialVersionUID = 1L;

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
      throw new IllegalStateException("always");
    }
  }
}
