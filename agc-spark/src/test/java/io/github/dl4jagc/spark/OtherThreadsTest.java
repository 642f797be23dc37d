package io.github.dl4jagc.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.AgcGradientNormalization;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.Nesterovs;

/** What is trained in threads of a worker that belong to no task, as ParallelWrapper's do. */
class OtherThreadsTest {

  private static void trainInAnotherThread(AgcSparkListener listener) throws InterruptedException {
    Thread thread =
        new Thread(
            () -> {
              MultiLayerNetwork network =
                  LocalSpark.multiLayer(new AgcGradientNormalization(new Nesterovs(0.1)));
              network.setListeners(listener);
              LocalSpark.minibatches(5).forEach(network::fit);
            });
    thread.start();
    thread.join();
  }

  @Test
  void isCountedWithARunningTask() {
    try (JavaSparkContext sc = LocalSpark.context(1)) {
      AgcSparkListener listener = AgcSparkListener.register(sc);
      sc.parallelize(List.of(1, 2, 3), 3)
          .foreachPartition(partition -> trainInAnotherThread(listener));
      assertThat(listener.report().total().iterations()).isEqualTo(15);
    }
  }

  /**
   * Two networks are in the middle of an iteration when one of two tasks ends, the older or the
   * newer one: the other task, which ends after them, counts them.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void iterationThatOutlastsItsTaskIsCountedWithAnother(int firstToEnd) {
    MIDDLE_OF_ITERATION.set(new CountDownLatch(2));
    FIRST_TASK_ENDED.set(new CountDownLatch(1));
    NETWORKS_TRAINED.set(new CountDownLatch(2));
    try (JavaSparkContext sc = LocalSpark.context(1)) {
      sc.sc().addSparkListener(new EndOfTask());
      AgcSparkListener listener = AgcSparkListener.register(sc);
      sc.parallelize(List.of(0, 1), 2)
          .foreach(
              partition -> {
                new Thread(() -> trainOneIteration(listener)).start();
                await(MIDDLE_OF_ITERATION);
                if (partition != firstToEnd) {
                  await(NETWORKS_TRAINED);
                }
              });
      assertThat(listener.report().total().iterations()).isEqualTo(2);
    }
  }

  // Tasks get copies of what they use; these are this JVM's.
  private static final AtomicReference<CountDownLatch> MIDDLE_OF_ITERATION =
      new AtomicReference<>();
  private static final AtomicReference<CountDownLatch> FIRST_TASK_ENDED = new AtomicReference<>();
  private static final AtomicReference<CountDownLatch> NETWORKS_TRAINED = new AtomicReference<>();

  private static void trainOneIteration(AgcSparkListener listener) {
    MultiLayerNetwork network =
        LocalSpark.multiLayer(new AgcGradientNormalization(new Nesterovs(0.1)));
    network.setListeners(
        listener,
        new BaseTrainingListener() {
          @Override
          public void onGradientCalculation(Model model) {
            MIDDLE_OF_ITERATION.get().countDown();
            await(FIRST_TASK_ENDED);
          }
        });
    network.fit(LocalSpark.minibatches(1).get(0));
    NETWORKS_TRAINED.get().countDown();
  }

  private static void await(AtomicReference<CountDownLatch> latch) {
    try {
      assertThat(latch.get().await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class EndOfTask extends SparkListener {

    @Override
    public void onTaskEnd(SparkListenerTaskEnd task) {
      FIRST_TASK_ENDED.get().countDown();
    }
  }

  @Test
  void isNotCountedOutsideOfTasks() throws InterruptedException {
    try (JavaSparkContext sc = LocalSpark.context(1)) {
      AgcSparkListener listener = AgcSparkListener.register(sc);
      trainInAnotherThread(listener);
      assertThat(listener.report().rows()).isEmpty();
    }
  }
}
