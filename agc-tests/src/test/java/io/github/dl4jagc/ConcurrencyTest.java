package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays large enough to be shared among threads, from one caller, several, and none to spare. */
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
      assertThat(row.norm2Number().doubleValue())
          .isCloseTo(bound, org.assertj.core.api.Assertions.within(1e-5 * bound));
      double scale =
          bound / before.getRow(unit).castTo(DataType.DOUBLE).norm2Number().doubleValue();
      assertThat(row.getDouble(17))
          .isCloseTo(
              scale * before.getDouble(unit, 17), org.assertj.core.api.Assertions.within(1e-8));
    }
  }

  @Test
  @Timeout(60)
  void severalThreadsClipAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        INDArray[] own = arrays(i);
        running.add(
            threads.submit(
                () -> {
                  for (int round = 0; round < 5; round++) {
                    INDArray gradient = own[1].dup();
                    Agc.clip(own[0], gradient, 0.01, 1e-3, 0);
                    assertClipped(own[0], gradient, own[1]);
                  }
                }));
      }
      for (Future<?> each : running) {
        each.get(50, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
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
      Agc.clip(own[0], gradient, 0.01, 1e-3, 0);
      assertClipped(own[0], gradient, own[1]);
    } finally {
      release.countDown();
    }
  }
}
