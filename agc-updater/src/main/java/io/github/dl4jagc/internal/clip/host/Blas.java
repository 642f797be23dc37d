package io.github.dl4jagc.internal.clip.host;

import static io.github.dl4jagc.internal.check.Troubleshooting.CHOICE_OF_THE_IMPLEMENTATION;

import io.github.dl4jagc.internal.clip.UnitClipper;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.javacpp.DoublePointer;
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
          float.class,
          int.class,
          FloatPointer.class,
          int.class,
          FloatPointer.class,
          int.class);
  private static final MethodHandle SSCAL =
      find("cblas_sscal", void.class, int.class, float.class, FloatPointer.class, int.class);
  private static final MethodHandle SASUM =
      find("cblas_sasum", float.class, int.class, FloatPointer.class, int.class);
  private static final MethodHandle DDOT =
      find(
          "cblas_ddot",
          double.class,
          int.class,
          DoublePointer.class,
          int.class,
          DoublePointer.class,
          int.class);
  private static final MethodHandle DSCAL =
      find("cblas_dscal", void.class, int.class, double.class, DoublePointer.class, int.class);
  private static final MethodHandle DASUM =
      find("cblas_dasum", double.class, int.class, DoublePointer.class, int.class);

  private static final boolean AVAILABLE =
      Stream.of(SDOT, SSCAL, SASUM, DDOT, DSCAL, DASUM).allMatch(Objects::nonNull);

  private Blas() {}

  private static MethodHandle find(String name, Class<?> result, Class<?>... arguments) {
    try {
      return MethodHandles.publicLookup()
          .findStatic(Class.forName(CLASS), name, MethodType.methodType(result, arguments));
    } catch (ReflectiveOperationException | LinkageError e) {
      return null; // another backend, or one without OpenBLAS: plain Java does as well
    }
  }

  static boolean isAvailable() {
    return AVAILABLE;
  }

  /** {@code x . x} of {@code n} elements at distance {@code step}, added up in FLOAT. */
  static double sumOfSquares(int n, FloatPointer x, int step) {
    try {
      return (float) SDOT.invokeExact(n, x, step, x, step);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code x . x} of {@code n} elements at distance {@code step}. */
  static double sumOfSquares(int n, DoublePointer x, int step) {
    try {
      return (double) DDOT.invokeExact(n, x, step, x, step);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code x *= factor} for {@code n} elements at distance {@code step}. */
  static void scale(int n, float factor, FloatPointer x, int step) {
    try {
      SSCAL.invokeExact(n, factor, x, step);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code x *= factor} for {@code n} elements at distance {@code step}. */
  static void scale(int n, double factor, DoublePointer x, int step) {
    try {
      DSCAL.invokeExact(n, factor, x, step);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code |x|} added up, of {@code n} elements at distance {@code step}. */
  static double sumOfSizes(int n, FloatPointer x, int step) {
    try {
      return (float) SASUM.invokeExact(n, x, step);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code |x|} added up, of {@code n} elements at distance {@code step}. */
  static double sumOfSizes(int n, DoublePointer x, int step) {
    try {
      return (double) DASUM.invokeExact(n, x, step);
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
