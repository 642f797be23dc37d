package io.github.dl4jagc.internal;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A DOUBLE array that the clippers of a network use one after the other. Made when the first of
 * them needs it, as large as the largest of them may need it. Serves one thread at a time.
 */
final class Scratch {

  private long length;
  private INDArray array;

  /** Says that an array of {@code elements} may be wanted. */
  void reserve(long elements) {
    length = Math.max(length, elements);
  }

  /** An array of at least {@code elements} elements, of any content. */
  INDArray array(long elements) {
    reserve(elements);
    if (array == null || array.length() < length) {
      // Kept from one call to the next, so not in a workspace of the caller.
      try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        array = Nd4j.createUninitialized(DataType.DOUBLE, length);
      }
    }
    return array;
  }
}
