package io.github.dl4jagc.models;

import org.deeplearning4j.nn.conf.ConvolutionMode;

/**
 * The conventions of a published implementation of NF-ResNets, for {@link NfResNet.Builder#preset}.
 * The two differ in what follows, and agree otherwise.
 *
 * <table>
 * <caption>Differences</caption>
 * <tr><th></th><th>{@link #DEEPMIND}</th><th>{@link #TIMM}</th></tr>
 * <tr><td>padding</td><td>SAME: where it is odd, more of it at the bottom and right</td><td>the
 * same on all sides</td></tr>
 * <tr><td>shortcut of a transition block with stride 2</td><td>1x1 convolution with stride
 * 2</td><td>2x2 average pooling with stride 2, 1x1 convolution</td></tr>
 * <tr><td>gamma</td><td>factor of the activation function</td><td>factor of every convolution's
 * filters, the stem's too, so that no gamma is after the last block</td></tr>
 * <tr><td>standardisation divides by</td><td>{@code sqrt(max(var * fanIn, 1e-4))}</td><td>{@code
 * sqrt((var + 1e-5) * fanIn)}</td></tr>
 * <tr><td>a branch starts at 0 by</td><td>a learned scale at its end, SkipInit</td><td>the gain of
 * its last convolution</td></tr>
 * <tr><td>stochastic depth of block {@code i} of {@code n}, from 0</td><td>{@code rate * i /
 * n}</td><td>{@code rate * i / (n - 1)}</td></tr>
 * </table>
 */
public enum Preset {
  /** The code that its authors published with the paper. */
  DEEPMIND(ConvolutionMode.Same, false, false, 0, true),

  /** The {@code nf_resnet} models of timm, PyTorch Image Models. */
  TIMM(ConvolutionMode.Truncate, true, true, 1e-5, false);

  private final ConvolutionMode padding;
  private final boolean pooledShortcuts;
  private final boolean gammaInConvolutions;
  private final double epsilon;
  private final boolean skipInit;

  Preset(
      ConvolutionMode padding,
      boolean pooledShortcuts,
      boolean gammaInConvolutions,
      double epsilon,
      boolean skipInit) {
    this.padding = padding;
    this.pooledShortcuts = pooledShortcuts;
    this.gammaInConvolutions = gammaInConvolutions;
    this.epsilon = epsilon;
    this.skipInit = skipInit;
  }

  /** How convolutions and max pooling are padded. */
  ConvolutionMode padding() {
    return padding;
  }

  /** Pixels of padding on each side, for a kernel of odd size; none where SAME sees to it. */
  int padding(int kernel) {
    return padding == ConvolutionMode.Same ? 0 : kernel / 2;
  }

  /** Whether shortcuts are strided by average pooling, not by their convolution. */
  boolean hasPooledShortcuts() {
    return pooledShortcuts;
  }

  /** The factor of the filters, if {@code gamma} is that of the activation function. */
  double filterScale(double gamma) {
    return gammaInConvolutions ? gamma : 1;
  }

  /** The factor of the activation function, whose gamma is {@code gamma}. */
  double activationScale(double gamma) {
    return gammaInConvolutions ? 1 : gamma;
  }

  /** What is added to variances of weights, or 0 for the floor. */
  double epsilon() {
    return epsilon;
  }

  /** Whether branches end in a scale by default. */
  boolean hasSkipInit() {
    return skipInit;
  }

  /** What the gain of a branch's last convolution starts at. */
  double lastGain(boolean skipInit) {
    return this.skipInit || skipInit ? 1 : 0;
  }

  /** How often block {@code index} of {@code count} is left out in training. */
  double dropRate(double rate, int index, int count) {
    int last = this == TIMM ? Math.max(1, count - 1) : count;
    return rate * index / last;
  }
}
