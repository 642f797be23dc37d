package io.github.dl4jagc.internal.clip.host;

import static io.github.dl4jagc.internal.check.Troubleshooting.CHOICE_OF_THE_IMPLEMENTATION;

import io.github.dl4jagc.internal.clip.UnitClipper;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The BLAS that the CPU backend brings along, found at run time: the library itself depends on no
 * backend. Calls through constant method handles cost what direct calls do.
 */
final class Blas {

  private static final String CLASS = "org.bytedeco.openblas.global.openblas_nolapack";

  private static final MethodHandle SDOT =
      find(
          "cblas_sdot",
          MethodType.methodType(
              float.class,
              int.class,
              FloatPointer.class,
              int.class,
              FloatPointer.class,
              int.class));

  private static final MethodHandle SSCAL =
      find(
          "cblas_sscal",
          MethodType.methodType(void.class, int.class, float.class, FloatPointer.class, int.class));

  /** The most elements of a call: OpenBLAS starts threads of its own from 10,000 on. */
  static final int LONGEST_CALL = 8192;

  /** Any kernel is exact enough here, be it with one sum in FLOAT. */
  private static final int SHORTEST_CALL = 256;

  /** Relative error that a norm may have: somewhat less than the 1e-5 that is promised. */
  private static final double TOLERANCE = 9e-6;

  private Blas() {}

  private static MethodHandle find(String name, MethodType type) {
    try {
      return MethodHandles.publicLookup().findStatic(Class.forName(CLASS), name, type);
    } catch (ReflectiveOperationException | LinkageError e) {
      return null; // another backend, or one without OpenBLAS: plain Java does as well
    }
  }

  static boolean isAvailable() {
    return SDOT != null && SSCAL != null;
  }

  /**
   * How many FLOAT squares one call may add up: the more, the more is rounded off. Found out at
   * first use, as it differs a hundredfold from one kernel to another: some have many sums side by
   * side, some have one, and some add up in DOUBLE.
   */
  static int longestFloatSum() {
    return FloatSums.LONGEST;
  }

  private static final class FloatSums {
    static final int LONGEST = longest();

    private static int longest() {
      int length = LONGEST_CALL;
      while (length > SHORTEST_CALL && !(error(length) < TOLERANCE)) {
        length /= 2;
      }
      return length;
    }

    /** Of the worst case: after a 1, squares that are just too small to be added to it. */
    private static double error(int length) {
      float small = 2.4e-4f;
      float[] values = new float[length];
      Arrays.fill(values, small);
      values[0] = 1;
      double expected = 1 + (length - 1) * ((double) small * small);
      try (FloatPointer array = new FloatPointer(values)) {
        return Math.abs(Math.sqrt(sumOfSquares(length, array) / expected) - 1);
      }
    }
  }

  /** {@code x . x} of {@code n} elements, added up in FLOAT. */
  static double sumOfSquares(int n, FloatPointer x) {
    try {
      return (float) SDOT.invokeExact(n, x, 1, x, 1);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code x *= factor} for {@code n} elements. */
  static void scale(int n, float factor, FloatPointer x) {
    try {
      SSCAL.invokeExact(n, factor, x, 1);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static IllegalStateException unexpected(Throwable e) {
    return new IllegalStateException(
        CHOICE_OF_THE_IMPLEMENTATION.message(
            "BLAS failed; -D{}=nd4j does without", UnitClipper.PROPERTY),
        e);
  }
}
