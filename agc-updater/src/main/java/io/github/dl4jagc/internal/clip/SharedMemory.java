package io.github.dl4jagc.internal.clip;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Whether arrays, which may be views, lie in the same memory, and whether it is still theirs. By
 * the identity of the buffers that they are views of, never by address: on a GPU, memory has none
 * that the host could ask for.
 */
public final class SharedMemory {

  private SharedMemory() {}

  /** The buffer that an array is a view of; offsets of views count from its beginning. */
  public static DataBuffer bufferOf(INDArray array) {
    DataBuffer original = array.data().originalDataBuffer();
    return original == null ? array.data() : original;
  }

  /** Whether both arrays are views of one buffer, whatever parts of it. */
  public static boolean areOfOneBuffer(INDArray one, INDArray other) {
    return bufferOf(one) == bufferOf(other);
  }

  /** Whether both arrays are views of the very same elements, none of them closed. */
  public static boolean isSame(INDArray one, INDArray other) {
    return one.length() == other.length()
        && one.offset() == other.offset()
        && Arrays.equals(one.stride(), other.stride())
        && !one.wasClosed()
        && !other.wasClosed()
        && areOfOneBuffer(one, other);
  }

  /**
   * Whether the ranges of two arrays, none of them closed, overlap in one buffer: views that lie
   * between each other's elements do, although they share none.
   */
  public static boolean overlap(INDArray one, INDArray other) {
    return !one.isEmpty()
        && !other.isEmpty()
        && bufferOf(one) == bufferOf(other)
        && first(one) <= last(other)
        && first(other) <= last(one);
  }

  /**
   * Whether the array may show an element more than once, as a broadcast view or sliding windows
   * do: unless each stride steps over all that the smaller ones reach.
   */
  public static boolean mayRepeat(INDArray array) {
    long[][] dimensions = new long[array.rank()][];
    for (int i = 0; i < dimensions.length; i++) {
      long stride = array.size(i) == 1 ? 0 : Math.abs(array.stride(i));
      dimensions[i] = new long[] {stride, array.size(i)};
    }
    Arrays.sort(dimensions, (one, other) -> Long.compare(one[0], other[0]));
    long reach = 0;
    for (long[] dimension : dimensions) {
      if (dimension[1] > 1) {
        if (dimension[0] <= reach) {
          return !array.isEmpty();
        }
        reach += (dimension[1] - 1) * dimension[0];
      }
    }
    return false;
  }

  /** Whether the array lies in a workspace that has been closed or reopened since it was made. */
  public static boolean isOfClosedWorkspace(INDArray array) {
    if (!array.isAttached()) {
      return false;
    }
    MemoryWorkspace workspace = array.data().getParentWorkspace();
    return workspace.getWorkspaceType() != MemoryWorkspace.Type.CIRCULAR
        && (!workspace.isScopeActive()
            || workspace.getGenerationId() != array.data().getGenerationId());
  }

  private static long first(INDArray array) {
    long first = array.offset();
    for (int dimension = 0; dimension < array.rank(); dimension++) {
      first += (array.size(dimension) - 1) * Math.min(0, array.stride(dimension));
    }
    return first;
  }

  private static long last(INDArray array) {
    long last = array.offset();
    for (int dimension = 0; dimension < array.rank(); dimension++) {
      last += (array.size(dimension) - 1) * Math.max(0, array.stride(dimension));
    }
    return last;
  }
}
