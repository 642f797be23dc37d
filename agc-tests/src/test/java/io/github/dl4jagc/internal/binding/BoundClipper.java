package io.github.dl4jagc.internal.binding;

import org.deeplearning4j.nn.updater.UpdaterBlock;

/** What an updater block clips by; for tests of other packages. */
public final class BoundClipper {

  private BoundClipper() {}

  /** {@code null} if the block's updater is not bound yet. */
  public static GradientClipper of(UpdaterBlock block) {
    return ((AgcUpdater) block.getGradientUpdater()).clipper;
  }
}
