package io.github.dl4jagc.bench;

import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/** What clipping is measured by: passes over flat FLOAT arrays that do not know of units. */
final class FlatPasses {

  private FlatPasses() {}

  /** Norm of the weights, norm of the gradient, the gradient times a number, by BLAS. */
  static Runnable blas(INDArray weights, INDArray gradient) {
    FloatPointer w = pointer(weights);
    FloatPointer g = pointer(gradient);
    int n = Math.toIntExact(gradient.length());
    return () -> {
      consume(openblas_nolapack.cblas_sdot(n, w, 1, w, 1));
      consume(openblas_nolapack.cblas_sdot(n, g, 1, g, 1));
      openblas_nolapack.cblas_sscal(n, 0.999f, g, 1);
    };
  }

  /** The gradient alone, once, by BLAS: what it takes to find that it is zero. */
  static Runnable read(INDArray gradient) {
    FloatPointer g = pointer(gradient);
    int n = Math.toIntExact(gradient.length());
    return () -> consume(openblas_nolapack.cblas_sdot(n, g, 1, g, 1));
  }

  /** The passes of {@link #blas} by ND4J operations, which every backend has. */
  static Runnable nd4j(INDArray weights, INDArray gradient) {
    return () -> {
      consume(weights.norm2Number().doubleValue());
      consume(gradient.norm2Number().doubleValue());
      gradient.muli(0.999f);
    };
  }

  /** The one of the two that is faster on this backend. */
  static Runnable fastest(INDArray weights, INDArray gradient) {
    return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.CUDA
        ? nd4j(weights, gradient)
        : blas(weights, gradient);
  }

  /** A part for each thread that ND4J may use. */
  static Runnable copy(INDArray from, INDArray to) {
    FloatPointer source = pointer(from);
    FloatPointer target = pointer(to);
    long n = to.length();
    int parts =
        Math.min(Runtime.getRuntime().availableProcessors(), Nd4j.getEnvironment().maxThreads());
    return () ->
        IntStream.range(0, parts)
            .parallel()
            .forEach(
                part -> {
                  long first = n * part / parts;
                  long end = n * (part + 1) / parts;
                  Pointer.memcpy(
                      target.getPointer(first),
                      source.getPointer(first),
                      (end - first) * Float.BYTES);
                });
  }

  private static FloatPointer pointer(INDArray array) {
    return new FloatPointer(array.data().addressPointer());
  }

  /** Also a check that the pointers point at the arrays. */
  private static void consume(double result) {
    if (!(result >= 0)) {
      throw new IllegalStateException("a sum of squares cannot be " + result);
    }
  }
}
