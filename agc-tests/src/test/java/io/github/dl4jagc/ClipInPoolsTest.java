package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.ArrayClip;
import io.github.dl4jagc.testing.JavaProcess;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Clipping beside and within the tasks of the common pool: each in a process of its own, as that
 * pool is everybody's, with more processors than there may be.
 */
class ClipInPoolsTest {

  private static String run(Path folder, Class<?> program, String option, String... arguments)
      throws Exception {
    return JavaProcess.run(
        folder,
        Map.of("OMP_NUM_THREADS", "8"),
        List.of("-XX:ActiveProcessorCount=8", "-Xmx1g", option),
        program,
        arguments);
  }

  /** Clips in each task of a parallel stream, and counts tasks that begin within another's clip. */
  static final class TasksWithinClips {
    private TasksWithinClips() {}

    public static void main(String[] args) {
      INDArray[] arrays = new INDArray[32];
      for (int i = 0; i < arrays.length; i++) {
        arrays[i] = Nd4j.create(DataType.FLOAT, 512, 1024);
      }
      ThreadLocal<Boolean> clipping = ThreadLocal.withInitial(() -> false);
      AtomicInteger within = new AtomicInteger();
      for (int round = 0; round < 10; round++) {
        IntStream.range(0, 16)
            .parallel()
            .forEach(
                task -> {
                  if (clipping.get()) {
                    within.incrementAndGet();
                  }
                  clipping.set(true);
                  for (int i = 0; i < 4; i++) {
                    ArrayClip.clip(arrays[task], arrays[16 + task], 0.01, 1e-3, 1);
                  }
                  clipping.set(false);
                });
      }
      System.out.println("begun within a clip: " + within + ".");
    }
  }

  @Test
  void noOtherTaskRunsWithinAClip(@TempDir Path folder) throws Exception {
    assertThat(run(folder, TasksWithinClips.class, "-Xss1m")).contains("begun within a clip: 0.");
  }

  /**
   * Clips many arrays beside the pool's tasks or within them, lets go of them, and counts those
   * that something still holds, while all of the pool's threads are busy.
   */
  static final class Holders {
    private static final List<WeakReference<INDArray>> CLIPPED = new ArrayList<>();

    private Holders() {}

    private static void clipMany() {
      for (int i = 0; i < 20; i++) {
        INDArray gradient = Nd4j.create(DataType.FLOAT, 64, 4096);
        ArrayClip.clip(Nd4j.create(DataType.FLOAT, 64, 4096), gradient, 0.01, 1e-3, 0);
        synchronized (CLIPPED) {
          CLIPPED.add(new WeakReference<>(gradient));
        }
      }
    }

    public static void main(String[] args) throws Exception {
      CountDownLatch release = new CountDownLatch(1);
      int threads = Integer.parseInt(args[1]);
      CountDownLatch begun = new CountDownLatch(threads);
      CountDownLatch ended = new CountDownLatch(threads);
      for (int i = 0; i < threads; i++) {
        ForkJoinPool.commonPool()
            .execute(
                () -> {
                  begun.countDown();
                  awaitQuietly(begun);
                  if (args[0].equals("within")) {
                    clipMany();
                  }
                  ended.countDown();
                  awaitQuietly(release);
                });
      }
      if (args[0].equals("beside")) {
        begun.await();
        clipMany();
      }
      ended.await();
      long held = CLIPPED.size();
      for (int i = 0; i < 50 && held > 0; i++) {
        System.gc();
        Thread.sleep(100);
        held = CLIPPED.stream().filter(each -> each.get() != null).count();
      }
      System.out.println("clipped " + CLIPPED.size() + ", still held " + held + ".");
      release.countDown();
    }

    private static void awaitQuietly(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"beside, 7, 20", "beside, 0, 20", "within, 7, 140"})
  void clippedArraysAreLetGoHoweverBusyThePoolIs(
      String where, int poolThreads, int clipped, @TempDir Path folder) throws Exception {
    String option = "-Djava.util.concurrent.ForkJoinPool.common.parallelism=" + poolThreads;
    assertThat(run(folder, Holders.class, option, where, String.valueOf(poolThreads)))
        .contains("clipped " + clipped + ", still held 0.");
  }
}
