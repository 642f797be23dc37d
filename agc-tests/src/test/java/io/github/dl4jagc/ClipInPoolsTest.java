package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;

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
        List.of("-XX:ActiveProcessorCount=8", option),
        program,
        arguments);
  }

  /** Clips in each task of a parallel stream, and counts tasks that begin within another's clip. */
  static final class TasksWithinClips {
    private TasksWithinClips() {}

    public static void main(String[] args) {
      ThreadLocal<Boolean> clipping = ThreadLocal.withInitial(() -> false);
      AtomicInteger within = new AtomicInteger();
      for (int round = 0; round < 3; round++) {
        IntStream.range(0, 16)
            .parallel()
            .forEach(
                task -> {
                  if (clipping.get()) {
                    within.incrementAndGet();
                  }
                  INDArray weights = Nd4j.ones(DataType.FLOAT, 512, 2048);
                  INDArray gradient = Nd4j.ones(DataType.FLOAT, 512, 2048);
                  clipping.set(true);
                  for (int i = 0; i < 4; i++) {
                    Agc.clip(weights, gradient, 0.01 / (i + 1), 1e-3, 1);
                  }
                  clipping.set(false);
                });
      }
      System.out.println("begun within a clip: " + within + ".");
    }
  }

  @Test
  void noOtherTaskRunsWithinAClip(@TempDir Path folder) throws Exception {
    assertThat(run(folder, TasksWithinClips.class, "-Xmx1g")).contains("begun within a clip: 0.");
  }

  /** Clips many arrays, lets go of them, and counts those that something still holds. */
  static final class Holders {
    private static final List<WeakReference<INDArray>> CLIPPED = new ArrayList<>();

    private Holders() {}

    private static void clipMany() {
      for (int i = 0; i < 20; i++) {
        INDArray gradient = Nd4j.ones(DataType.FLOAT, 64, 4096);
        Agc.clip(Nd4j.ones(DataType.FLOAT, 64, 4096), gradient, 0.01, 1e-3, 0);
        synchronized (CLIPPED) {
          CLIPPED.add(new WeakReference<>(gradient));
        }
      }
    }

    public static void main(String[] args) throws Exception {
      CountDownLatch release = new CountDownLatch(1);
      switch (args[0]) {
        case "beside a busy pool":
          for (int i = 0; i < ForkJoinPool.commonPool().getParallelism(); i++) {
            ForkJoinPool.commonPool().execute(() -> awaitQuietly(release));
          }
          clipMany();
          break;
        case "in a task":
          ForkJoinPool.commonPool().submit(Holders::clipMany).get();
          break;
        default:
          IntStream.range(0, 8).parallel().forEach(i -> clipMany());
      }
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
  @CsvSource({
    "beside a busy pool, -Xmx1g, 20",
    "beside a pool without threads, "
        + "-Djava.util.concurrent.ForkJoinPool.common.parallelism=0, 160",
    "in a task, -Xmx1g, 20",
    "in a parallel stream, -Xmx1g, 160"
  })
  void clippedArraysAreLetGo(String situation, String option, int clipped, @TempDir Path folder)
      throws Exception {
    assertThat(run(folder, Holders.class, option, situation))
        .contains("clipped " + clipped + ", still held 0.");
  }
}
