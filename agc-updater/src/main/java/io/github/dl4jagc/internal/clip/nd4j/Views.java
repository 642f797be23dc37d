package io.github.dl4jagc.internal.clip.nd4j;

import io.github.dl4jagc.internal.clip.SharedMemory;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Parts of an array along its first dimension. Not by {@code slice} and {@code get}, which in
 * 1.0.0-M2.1 answer an empty array where a part begins further behind the first element than the
 * array has elements, as it may in an array with gaps.
 */
final class Views {

  private Views() {}

  /** The elements {@code from} to {@code to}, the last one excluded, of the first dimension. */
  static INDArray interval(INDArray array, long from, long to) {
    long[] shape = array.shape().clone();
    shape[0] = to - from;
    return view(array, shape, array.stride(), from);
  }

  /** One element of the first dimension; that dimension is gone. */
  static INDArray slice(INDArray array, long index) {
    int rank = array.rank();
    return view(
        array,
        Arrays.copyOfRange(array.shape(), 1, rank),
        Arrays.copyOfRange(array.stride(), 1, rank),
        index);
  }

  private static INDArray view(INDArray array, long[] shape, long[] stride, long first) {
    return Nd4j.create(
        SharedMemory.bufferOf(array),
        shape,
        stride,
        array.offset() + first * array.stride(0),
        'c',
        array.dataType());
  }
}
