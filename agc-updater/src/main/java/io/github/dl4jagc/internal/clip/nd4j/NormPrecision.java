package io.github.dl4jagc.internal.clip.nd4j;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the backend's norms can be believed: found out by a few thousand elements, once for each
 * type. The kernels of ND4J's CUDA backend add squares up in the type of the result, DOUBLE; the
 * loops of its CPU backend in the type of the array, where FLOAT overflows at 1e19 and HALF at 256.
 */
final class NormPrecision {

  private static final Logger log = LoggerFactory.getLogger(NormPrecision.class);

  /** Relative error that a norm may have. */
  private static final double TOLERANCE = 1e-7;

  private static final int UNITS = 3;
  private static final int UNIT_SIZE = 2500;

  private static final Map<DataType, Boolean> EXACT = new EnumMap<>(DataType.class);

  private NormPrecision() {}

  /**
   * Whether norms of arrays of a type, reduced to DOUBLE without a copy, are as exact as those of a
   * copy in DOUBLE. Norms of DOUBLE arrays are.
   */
  static synchronized boolean isExact(DataType type) {
    return type == DataType.DOUBLE || EXACT.computeIfAbsent(type, NormPrecision::test);
  }

  private static boolean test(DataType type) {
    return test(type, (array, norms) -> Nd4j.exec(new DoubleNorm2(array, norms, 1)));
  }

  /**
   * @param normsOfRows computes the norms of its first argument's rows into its second argument
   */
  static boolean test(DataType type, BiConsumer<INDArray, INDArray> normsOfRows) {
    boolean hasRangeOfFloat = type == DataType.FLOAT || type == DataType.BFLOAT16;
    double[] values = hasRangeOfFloat ? new double[] {1e25, 1e-30} : new double[] {300, 1e-4};
    boolean exact = true;
    try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      for (double value : values) {
        INDArray array = Nd4j.valueArrayOf(new long[] {UNITS, UNIT_SIZE}, value, type);
        INDArray norms = Nd4j.create(DataType.DOUBLE, UNITS);
        normsOfRows.accept(array, norms);
        double expected = array.getDouble(0) * Math.sqrt(UNIT_SIZE);
        for (double norm : norms.data().asDouble()) {
          exact &= Math.abs(norm / expected - 1) < TOLERANCE;
        }
      }
    } catch (RuntimeException e) { // no kernel for this pair of types
      log.debug("AGC: the backend has no norm of {} arrays in DOUBLE", type, e);
      exact = false;
    }
    log.debug(
        "AGC: norms of {} arrays are {}", type, exact ? "exact" : "taken of copies in DOUBLE");
    return exact;
  }
}
