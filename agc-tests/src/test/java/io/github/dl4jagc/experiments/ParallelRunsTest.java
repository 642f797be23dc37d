package io.github.dl4jagc.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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
  void eachRunIsMadeOnce() throws IOException {
    List<Integer> runs = IntStream.range(0, 50).boxed().collect(Collectors.toList());
    Queue<Integer> made = new ConcurrentLinkedQueue<>();
    ParallelRuns.make(runs, 2, made::add);
    assertThat(made).containsExactlyInAnyOrderElementsOf(runs);
  }

  @Test
  void nativeCodeHasOneThreadInARunAndAsManyAsBeforeAfterwards() throws IOException {
    List<Integer> before = nativeThreads();
    Queue<List<Integer>> inRuns = new ConcurrentLinkedQueue<>();
    ParallelRuns.make(List.of(1, 2, 3), 2, run -> inRuns.add(nativeThreads()));
    assertThat(inRuns).hasSize(3).containsOnly(List.of(1, 1, 1));
    assertThat(nativeThreads()).isEqualTo(before);
  }

  @Test
  void runThatFailsEndsAllWithItsReason() {
    List<Integer> made = new ArrayList<>();
    assertThatThrownBy(
            () ->
                ParallelRuns.make(
                    List.of(1, 0, 2),
                    1,
                    run -> {
                      if (run == 0) {
                        throw new IllegalArgumentException("no such run");
                      }
                      made.add(run);
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no such run");
    assertThat(made).startsWith(1).doesNotContain(0);
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
                    }))
        .isSameAs(lack);
  }
}
