package io.github.dl4jagc.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.AgcGradientNormalization;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
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

  @Test
  void isNotCountedOutsideOfTasks() throws InterruptedException {
    try (JavaSparkContext sc = LocalSpark.context(1)) {
      AgcSparkListener listener = AgcSparkListener.register(sc);
      trainInAnotherThread(listener);
      assertThat(listener.report().rows()).isEmpty();
    }
  }
}
