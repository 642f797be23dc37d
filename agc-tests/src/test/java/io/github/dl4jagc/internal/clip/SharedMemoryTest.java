package io.github.dl4jagc.internal.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Whether views may share elements, compared with the lists of their elements. */
class SharedMemoryTest {

  private static INDArray view(INDArray of, long offset, long[] shape, long[] stride) {
    return Nd4j.create(of.data(), shape, stride, offset, 'c', of.dataType());
  }

  private static List<Long> elements(INDArray array) {
    List<Long> elements = new ArrayList<>();
    for (long i = 0; i < array.size(0); i++) {
      for (long j = 0; j < array.size(1); j++) {
        elements.add(array.offset() + i * array.stride(0) + j * array.stride(1));
      }
    }
    return elements;
  }

  private static INDArray randomView(INDArray of, Random random) {
    long[] shape = {1 + random.nextInt(4), 1 + random.nextInt(4)};
    long[] stride = {random.nextInt(7), random.nextInt(7)};
    return view(of, random.nextInt(20), shape, stride);
  }

  /** Whatever lies between: what is refused is what cannot be told from the ends. */
  @Test
  void viewsOverlapIfTheirRangesDo() {
    INDArray whole = Nd4j.create(DataType.DOUBLE, 64);
    Random random = new Random(1);
    int overlapping = 0;
    for (int i = 0; i < 3000; i++) {
      INDArray one = randomView(whole, random);
      INDArray other = randomView(whole, random);
      boolean apart =
          Collections.max(elements(one)) < Collections.min(elements(other))
              || Collections.max(elements(other)) < Collections.min(elements(one));
      assertThat(SharedMemory.overlap(one, other))
          .as("%s and %s", elements(one), elements(other))
          .isEqualTo(!apart);
      overlapping += apart ? 0 : 1;
    }
    assertThat(overlapping).isBetween(500, 2500);
  }

  @Test
  void noViewThatShowsAnElementTwiceIsTakenForOneThatDoesNot() {
    INDArray whole = Nd4j.create(DataType.DOUBLE, 64);
    Random random = new Random(2);
    int repeating = 0;
    for (int i = 0; i < 3000; i++) {
      INDArray view = randomView(whole, random);
      if (new TreeSet<>(elements(view)).size() < view.length()) {
        assertThat(SharedMemory.mayRepeat(view)).as("%s", elements(view)).isTrue();
        repeating++;
      }
    }
    assertThat(repeating).isBetween(500, 2500);
  }

  @Test
  void viewsThatDl4jMakesDoNotRepeat() {
    INDArray parameters = Nd4j.create(DataType.FLOAT, 1, 60);
    INDArray dense = parameters.get(all(), interval(4, 24)).reshape('f', 4, 5);
    for (INDArray view :
        List.of(
            dense,
            dense.getColumn(2),
            dense.get(all(), interval(1, 3)),
            dense.get(interval(1, 3), all()),
            dense.transpose(),
            parameters.get(all(), interval(0, 60)).reshape('c', 5, 3, 2, 2).permute(3, 1, 0, 2))) {
      assertThat(SharedMemory.mayRepeat(view)).isFalse();
    }
  }

  /** As far as its place in memory goes: there is no memory that is as large. */
  private static INDArray far(long offset, long[] shape, long... stride) {
    Map<String, Function<Object[], Object>> answers =
        Map.of(
            "offset", none -> offset,
            "rank", none -> shape.length,
            "length", none -> Arrays.stream(shape).reduce(1, Math::multiplyExact),
            "isEmpty", none -> false,
            "data", none -> BUFFER,
            "size", dimension -> shape[(int) dimension[0]],
            "stride", dimension -> (int) stride[(int) dimension[0]]);
    return (INDArray)
        Proxy.newProxyInstance(
            SharedMemoryTest.class.getClassLoader(),
            new Class<?>[] {INDArray.class},
            (proxy, method, arguments) -> answers.get(method.getName()).apply(arguments));
  }

  private static final DataBuffer BUFFER = Nd4j.create(DataType.FLOAT, 1).data();

  /** As a stride, one that two steps of are too many for an int. */
  private static final long FAR = 2_000_000_000;

  @Test
  void viewsMayRunBackwards() {
    long[] three = {3};
    assertThat(SharedMemory.overlap(far(9, three, -2), far(3, three, 1))).isTrue(); // at 5
    assertThat(SharedMemory.overlap(far(3, three, 1), far(9, three, -2))).isTrue();
    assertThat(SharedMemory.overlap(far(9, three, -2), far(2, three, 1))).isFalse();
    assertThat(SharedMemory.overlap(far(9, three, -2), far(10, three, 1))).isFalse();
    assertThat(SharedMemory.mayRepeat(far(9, new long[] {3, 2}, -1, 2))).isTrue();
    assertThat(SharedMemory.mayRepeat(far(9, new long[] {2, 2}, -1, 2))).isFalse();
  }

  @Test
  void regularViewsAreJudgedByTheirStridesHoweverFarTheyReach() {
    assertThat(SharedMemory.mayRepeat(far(0, new long[] {3, 2, 3}, FAR, 3, 1))).isFalse();
    assertThat(SharedMemory.mayRepeat(far(0, new long[] {3, 2, 3}, 1, 3, FAR))).isFalse();
    assertThat(SharedMemory.mayRepeat(far(0, new long[] {3, 2, 3}, -FAR, -3, 1))).isFalse();
    assertThat(SharedMemory.mayRepeat(far(0, new long[] {3, 1, 2, 3}, FAR, 7, 3, 1))).isFalse();
  }

  @Test
  void viewsThatAreApartAreJudgedByTheirEndsHoweverFarTheyReach() {
    long[] three = {3};
    INDArray low = far(0, three, FAR);
    INDArray high = far(2 * FAR + 1, three, FAR);
    assertThat(SharedMemory.overlap(low, high)).isFalse();
    assertThat(SharedMemory.overlap(high, low)).isFalse();
    assertThat(SharedMemory.overlap(far(2 * FAR, three, -FAR), high)).isFalse();
    assertThat(SharedMemory.overlap(low, far(4 * FAR + 1, three, -FAR))).isFalse();
  }

  @Test
  void viewsThatTouchDoNotOverlapAndViewsInStepDo() {
    INDArray whole = Nd4j.create(DataType.FLOAT, 4, 6);
    INDArray left = whole.get(all(), interval(0, 3));
    INDArray right = whole.get(all(), interval(3, 6));
    assertThat(SharedMemory.overlap(left, right)).isTrue();
    assertThat(SharedMemory.overlap(right, left)).isTrue();
    assertThat(SharedMemory.overlap(whole.getRow(0), whole.getRow(1))).isFalse();
    assertThat(SharedMemory.overlap(whole, whole.getRow(3))).isTrue();
  }

  @Test
  void whatLiesInDifferentMemoryDoesNotOverlap() {
    assertThat(SharedMemory.overlap(Nd4j.create(3), Nd4j.create(3))).isFalse();
  }

  @Test
  void emptyArraysNeitherOverlapNorRepeat() {
    INDArray empty = Nd4j.empty(DataType.FLOAT);
    INDArray whole = Nd4j.create(DataType.FLOAT, 3);
    assertThat(SharedMemory.overlap(empty, whole)).isFalse();
    assertThat(SharedMemory.overlap(whole, empty)).isFalse();
    assertThat(SharedMemory.overlap(empty, empty)).isFalse();
    assertThat(SharedMemory.mayRepeat(empty)).isFalse();
  }

  @Test
  void sameAreViewsOfTheSameElementsInTheSameOrder() {
    INDArray whole = Nd4j.create(DataType.FLOAT, 6);
    long[] shape = {2, 2};
    INDArray view = view(whole, 1, shape, new long[] {2, 1});
    assertThat(SharedMemory.isSame(view, view(whole, 1, shape, new long[] {2, 1}))).isTrue();
    assertThat(SharedMemory.isSame(view, view(whole, 2, shape, new long[] {2, 1}))).isFalse();
    assertThat(SharedMemory.isSame(view, view(whole, 1, shape, new long[] {1, 2}))).isFalse();
    assertThat(SharedMemory.isSame(view, view(whole, 1, new long[] {1, 2}, new long[] {2, 1})))
        .isFalse();
    INDArray stranger = Nd4j.create(DataType.FLOAT, 6);
    assertThat(SharedMemory.isSame(view, view(stranger, 1, shape, new long[] {2, 1}))).isFalse();
  }

  @Test
  void closedArraysAreNotTheSameAsAny() {
    INDArray closed = Nd4j.create(DataType.FLOAT, 6);
    INDArray open = Nd4j.create(DataType.FLOAT, 6);
    closed.close();
    assertThat(SharedMemory.isSame(closed, open)).isFalse();
    assertThat(SharedMemory.isSame(open, closed)).isFalse();
    assertThat(SharedMemory.isSame(closed, closed)).isFalse();
  }

  @Test
  void arraysOutliveNeitherTheirWorkspaceNorItsNextTurn() {
    WorkspaceConfiguration configuration =
        WorkspaceConfiguration.builder()
            .initialSize(1 << 16)
            .policyLearning(LearningPolicy.NONE)
            .build();
    INDArray detached = Nd4j.create(DataType.FLOAT, 3);
    assertThat(SharedMemory.isOfClosedWorkspace(detached)).isFalse();
    INDArray array;
    try (MemoryWorkspace scope =
        Nd4j.getWorkspaceManager().getAndActivateWorkspace(configuration, "shared memory test")) {
      array = Nd4j.create(DataType.FLOAT, 3);
      assertThat(array.isAttached()).isTrue();
      assertThat(SharedMemory.isOfClosedWorkspace(array)).isFalse();
    }
    assertThat(SharedMemory.isOfClosedWorkspace(array)).isTrue();
    try (MemoryWorkspace scope =
        Nd4j.getWorkspaceManager().getAndActivateWorkspace(configuration, "shared memory test")) {
      assertThat(SharedMemory.isOfClosedWorkspace(array)).isTrue();
    }
  }
}
