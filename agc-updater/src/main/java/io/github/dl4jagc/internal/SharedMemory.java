package io.github.dl4jagc.internal;

import java.util.Arrays;
import java.util.BitSet;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Whether arrays, which may be views, lie in the same memory. */
public final class SharedMemory {

  private SharedMemory() {}

  /** Whether both arrays are views of the very same elements, none of them closed. */
  static boolean isSame(INDArray one, INDArray other) {
    return one.length() == other.length()
        && one.offset() == other.offset()
        && Arrays.equals(one.stride(), other.stride())
        && !one.wasClosed()
        && !other.wasClosed()
        && one.data().address() == other.data().address();
  }

  /** Whether the two arrays have any element in common. Exact; cheap unless both are views. */
  public static boolean overlap(INDArray one, INDArray other) {
    if (one.isEmpty()
        || other.isEmpty()
        || one.data().address() != other.data().address()
        || one.dataType() != other.dataType()
        || end(one) < other.offset()
        || end(other) < one.offset()) {
      return false;
    }
    long start = Math.min(one.offset(), other.offset());
    return elements(one, start).intersects(elements(other, start));
  }

  /** Whether the array shows an element more than once, as a broadcast view does. */
  public static boolean repeats(INDArray array) {
    for (int dimension = 0; dimension < array.rank(); dimension++) {
      if (array.stride(dimension) == 0 && array.size(dimension) > 1) {
        return true;
      }
    }
    return false;
  }

  private static long end(INDArray array) {
    long end = array.offset();
    for (int dimension = 0; dimension < array.rank(); dimension++) {
      end += (array.size(dimension) - 1) * array.stride(dimension);
    }
    return end;
  }

  private static BitSet elements(INDArray array, long start) {
    BitSet elements = new BitSet();
    long[] index = new long[array.rank()];
    for (long i = 0; i < array.length(); i++) {
      long position = array.offset() - start;
      for (int dimension = 0; dimension < index.length; dimension++) {
        position += index[dimension] * array.stride(dimension);
      }
      elements.set(Math.toIntExact(position));
      for (int dimension = index.length - 1; dimension >= 0; dimension--) {
        if (++index[dimension] < array.size(dimension)) {
          break;
        }
        index[dimension] = 0;
      }
    }
    return elements;
  }
}
