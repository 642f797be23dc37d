package io.github.dl4jagc.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

class ParallelRunsTest {

  private static List<Integer> nativeThreads() {
    return List.of(
        Nd4j.getEnvironment().maxMasterThreads(),
        Nd4j.factory().blas().getMaxThreads(),
        NativeOpsHolder.getInstance().getDeviceNativeOps().ompGetMaxThreads());
  }

  @Test
  void outcomesComeInTheOrderOfTheRuns() throws IOException {
    List<Integer> runs = IntStream.range(0, 50).boxed().collect(Collectors.toList());
    List<Integer> outcomes = new ArrayList<>();
    ParallelRuns.make(runs, 2, run -> 10 * run, outcomes::add);
    assertThat(outcomes).isEqualTo(runs.stream().map(run -> 10 * run).collect(Collectors.toList()));
  }

  @Test
  void outcomeIsThereWhileLaterRunsAreBeingMade() throws IOException {
    CountDownLatch seen = new CountDownLatch(1);
    List<Boolean> outcomes = new ArrayList<>();
    ParallelRuns.make(
        List.of(1, 2),
        2,
        run -> run == 1 || isOpened(seen),
        outcome -> {
          seen.countDown();
          outcomes.add(outcome);
        });
    assertThat(outcomes).containsExactly(true, true);
  }

  private static boolean isOpened(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void nativeCodeHasOneThreadInARunAndAsManyAsBeforeAfterwards() throws IOException {
    List<Integer> before = nativeThreads();
    List<List<Integer>> inRuns = new ArrayList<>();
    ParallelRuns.make(List.of(1, 2, 3), 2, run -> nativeThreads(), inRuns::add);
    assertThat(inRuns).hasSize(3).containsOnly(List.of(1, 1, 1));
    assertThat(nativeThreads()).isEqualTo(before);
  }

  @Test
  void runThatFailsEndsAllWithItsReason() {
    List<Integer> outcomes = new ArrayList<>();
    assertThatThrownBy(
            () ->
                ParallelRuns.make(
                    List.of(1, 0, 2),
                    1,
                    run -> {
                      if (run == 0) {
                        throw new IllegalArgumentException("no such run");
                      }
                      return run;
                    },
                    outcomes::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no such run");
    assertThat(outcomes).containsExactly(1);
  }

  @Test
  void lackOfMemoryInARunIsToldAsSuch() {
    OutOfMemoryError lack = new OutOfMemoryError("too large");
    assertThatThrownBy(
            () ->
                ParallelRuns.make(
                    List.of(1),
                    1,
                    run -> {
                      throw lack;
                    },
                    outcome -> {}))
        .isSameAs(lack);
  }
}
