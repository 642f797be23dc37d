package io.github.dl4jagc.experiments;

import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Environment;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * While it is open, native code works on the thread that calls it and on no other: ND4J's loops,
 * BLAS, and OpenMP for each thread that has called {@link #here()}. Small networks lose more by
 * sharing their work among threads than they gain; and sums are then the same in every run.
 */
final class OneNativeThread implements AutoCloseable {

  private final Environment loops = Nd4j.getEnvironment();
  private final Blas blas = Nd4j.factory().blas();
  private final NativeOps openMp = NativeOpsHolder.getInstance().getDeviceNativeOps();
  private final int loopThreads = loops.maxMasterThreads();
  private final int blasThreads = blas.getMaxThreads();
  private final int openMpThreads = openMp.ompGetMaxThreads();

  /** For the whole process, and for OpenMP on this thread. */
  OneNativeThread() {
    loops.setMaxMasterThreads(1);
    blas.setMaxThreads(1);
    here();
  }

  /** OpenMP has a number of threads for each thread that calls it. */
  void here() {
    openMp.setOmpNumThreads(1);
  }

  /** As it was before. */
  @Override
  public void close() {
    openMp.setOmpNumThreads(openMpThreads);
    loops.setMaxMasterThreads(loopThreads);
    blas.setMaxThreads(blasThreads);
  }
}
