package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.ArrayClip;
import io.github.dl4jagc.testing.JavaProcess;
import io.github.dl4jagc.testing.Networks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * Several callers that share arrays, an updater and a listener; and helper threads that are busy.
 */
class ConcurrencyTest {

  /** 300 units of 4,000 elements: many pieces of work. */
  private static INDArray[] arrays(long seed) {
    Nd4j.getRandom().setSeed(seed);
    return new INDArray[] {
      Nd4j.randn(DataType.FLOAT, 300, 4000), Nd4j.randn(DataType.FLOAT, 300, 4000)
    };
  }

  private static void assertClipped(INDArray weights, INDArray gradient, INDArray before) {
    for (int unit = 0; unit < 300; unit += 7) {
      double bound =
          0.01 * weights.getRow(unit).castTo(DataType.DOUBLE).norm2Number().doubleValue();
      INDArray row = gradient.getRow(unit).castTo(DataType.DOUBLE);
      assertThat(row.norm2Number().doubleValue()).isCloseTo(bound, within(1e-5 * bound));
      double scale =
          bound / before.getRow(unit).castTo(DataType.DOUBLE).norm2Number().doubleValue();
      assertThat(row.getDouble(17)).isCloseTo(scale * before.getDouble(unit, 17), within(1e-8));
    }
  }

  /** All threads at once, from the first line of each; what one throws is thrown. */
  private static void inThreads(int count, IntFunction<Callable<Void>> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(count);
    CyclicBarrier start = new CyclicBarrier(count);
    try {
      List<Future<Void>> running = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Callable<Void> own = work.apply(i);
        running.add(
            threads.submit(
                () -> {
                  start.await(20, TimeUnit.SECONDS);
                  return own.call();
                }));
      }
      for (Future<Void> each : running) {
        each.get(50, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** The weights are one array, and the gradients neighbours in one. */
  @Test
  @Timeout(60)
  void severalThreadsClipAgainstTheSameWeights() throws Exception {
    INDArray[] arrays = arrays(1);
    INDArray weights = arrays[0];
    INDArray expected = ArrayClip.clip(weights, arrays[1].dup(), 0.01, 1e-3, 0);
    assertClipped(weights, expected, arrays[1]);
    INDArray all = Nd4j.create(DataType.FLOAT, 4 * 300, 4000);
    for (int round = 0; round < 5; round++) {
      inThreads(
          4,
          i -> {
            INDArray own = all.get(NDArrayIndex.interval(300 * i, 300 * (i + 1)));
            own.assign(arrays[1]);
            return () -> {
              ArrayClip.clip(weights, own, 0.01, 1e-3, 0);
              return null;
            };
          });
      for (int i = 0; i < 4; i++) {
        assertThat(all.get(NDArrayIndex.interval(300 * i, 300 * (i + 1)))).isEqualTo(expected);
      }
    }
  }

  /**
   * As in ParallelWrapper, but that nothing is averaged: each network alone is what it would be.
   */
  @Test
  @Timeout(60)
  void oneUpdaterAndOneListenerServeNetworksOfSeveralThreads() throws Exception {
    AgcGradientNormalization updater = new AgcGradientNormalization(new Nesterovs(0.1, 0.9), 0.05);
    AgcListener listener = new AgcListener(7);
    List<MultiLayerNetwork> together = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      together.add(Networks.dense(updater));
      together.get(i).setListeners(listener);
    }
    inThreads(
        4,
        i ->
            () -> {
              train(together.get(i), i);
              return null;
            });
    for (int i = 0; i < 4; i++) {
      MultiLayerNetwork alone = Networks.dense(updater.clone());
      alone.setListeners(new AgcListener());
      train(alone, i);
      assertThat(together.get(i).params()).as("network %d", i).isEqualTo(alone.params());
      assertThat(AgcReport.of(together.get(i)).total().clippedUnits())
          .isPositive()
          .isEqualTo(AgcReport.of(alone).total().clippedUnits());
    }
  }

  private static void train(MultiLayerNetwork net, int data) {
    for (int step = 1; step <= 30; step++) {
      net.fit(Networks.denseData(8, 100 * data + step));
    }
  }

  @Test
  @Timeout(60)
  void aBusyCommonPoolIsNotWaitedFor() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    int poolThreads = ForkJoinPool.commonPool().getParallelism();
    CountDownLatch busy = new CountDownLatch(poolThreads);
    for (int i = 0; i < poolThreads; i++) {
      ForkJoinPool.commonPool()
          .execute(
              () -> {
                busy.countDown();
                try {
                  release.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
    }
    try {
      assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
      INDArray[] own = arrays(9);
      INDArray gradient = own[1].dup();
      ArrayClip.clip(own[0], gradient, 0.01, 1e-3, 0);
      assertClipped(own[0], gradient, own[1]);
    } finally {
      release.countDown();
    }
  }

  /**
   * A clip has as many helpers as ND4J has threads, which the process of these tests has one of.
   */
  @Test
  @Timeout(180)
  void theSameWithHelpers(@TempDir Path folder) throws Exception {
    String output =
        JavaProcess.run(
            folder,
            Map.of("OMP_NUM_THREADS", "4"),
            List.of("-XX:ActiveProcessorCount=4", "-Xmx1g"),
            WithHelpers.class);
    assertThat(output).contains("passed");
  }

  /** The other tests once more. */
  static final class WithHelpers {

    private WithHelpers() {}

    public static void main(String[] arguments) throws Exception {
      if (Nd4j.getEnvironment().maxThreads() < 4) {
        throw new IllegalStateException("no helpers");
      }
      ConcurrencyTest test = new ConcurrencyTest();
      test.severalThreadsClipAgainstTheSameWeights();
      test.oneUpdaterAndOneListenerServeNetworksOfSeveralThreads();
      test.aBusyCommonPoolIsNotWaitedFor();
      System.out.println("passed");
    }
  }
}
