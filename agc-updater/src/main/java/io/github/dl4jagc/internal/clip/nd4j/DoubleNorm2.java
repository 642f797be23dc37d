package io.github.dl4jagc.internal.clip.nd4j;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.impl.reduce.floating.Norm2;

/**
 * The L2 norm with a DOUBLE result, whatever the array's type is: ND4J's kernels can do it, and
 * only the operation's own word on its result type stands in between.
 */
final class DoubleNorm2 extends Norm2 {

  DoubleNorm2(INDArray array, INDArray result, int... dimensions) {
    super(array, dimensions); // not every version of ND4J has a constructor that takes the result
    setZ(result);
  }

  @Override
  public DataType resultType() {
    return DataType.DOUBLE;
  }

  @Override
  public DataType resultType(OpContext context) {
    return DataType.DOUBLE;
  }
}
