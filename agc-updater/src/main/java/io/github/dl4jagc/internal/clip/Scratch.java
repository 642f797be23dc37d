package io.github.dl4jagc.internal.clip;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A DOUBLE array that the clippers of a network use one after the other; made when the first of
 * them needs it. Serves one thread at a time.
 */
public final class Scratch {

  private long length;
  private INDArray array;

  /** Says that {@link #array} may be asked for so many elements. */
  public void reserve(long elements) {
    length = Math.max(length, elements);
  }

  /** So many elements of any content: those of all who ask overlap. */
  public INDArray array(long elements) {
    reserve(elements);
    if (array == null || array.length() < length) {
      // Kept from one call to the next, so not in a workspace of the caller.
      try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        array = Nd4j.createUninitialized(DataType.DOUBLE, length);
      }
    }
    return array.get(NDArrayIndex.interval(0, elements));
  }
}
