package io.github.dl4jagc.experiments.nfresnet;

import io.github.dl4jagc.models.NfResNet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How the size of the signal changes from block to block at initialisation: the average channel
 * variance of each block's output, which is the mean over channels of the variance over examples
 * and positions, and the average channel squared mean (Brock, De, Smith, arXiv 2101.08692, section
 * 3).
 */
public final class SignalPropagation {

  private SignalPropagation() {}

  /**
   * Sends images through a network and looks at the output of each of its blocks.
   *
   * @param network made by {@code description}, without SkipInit: with it the branches are shut at
   *     first
   * @param description what it was made by
   * @param images [examples, channels, height, width]; Gaussian noise of variance 1 is what the
   *     expected values are for
   * @return one entry a block, in order
   */
  public static List<BlockSignal> of(
      ComputationGraph network, NfResNet description, INDArray images) {
    Map<String, INDArray> outputs = network.feedForward(images, false);
    List<BlockSignal> signals = new ArrayList<>();
    description
        .expectedVariances()
        .forEach((block, expected) -> signals.add(signal(block, expected, outputs.get(block))));
    return signals;
  }

  private static BlockSignal signal(String block, double expected, INDArray output) {
    INDArray means = output.mean(0, 2, 3);
    double variance = output.var(false, 0, 2, 3).meanNumber().doubleValue();
    double squaredMean = means.mul(means).meanNumber().doubleValue();
    return new BlockSignal(block, expected, variance, squaredMean);
  }

  /** What comes out of one residual block. */
  public static final class BlockSignal {

    private final String block;
    private final double expectedVariance;
    private final double variance;
    private final double squaredMean;

    private BlockSignal(
        String block, double expectedVariance, double variance, double squaredMean) {
      this.block = block;
      this.expectedVariance = expectedVariance;
      this.variance = variance;
      this.squaredMean = squaredMean;
    }

    /**
     * The block.
     *
     * @return its name, as in {@code stage1-block1}
     */
    public String block() {
      return block;
    }

    /**
     * What the variance should be.
     *
     * @return as in {@link NfResNet#expectedVariances()}
     */
    public double expectedVariance() {
      return expectedVariance;
    }

    /**
     * The average channel variance.
     *
     * @return at least 0
     */
    public double variance() {
      return variance;
    }

    /**
     * The average channel squared mean.
     *
     * @return at least 0; 0 is expected of a network without bias
     */
    public double squaredMean() {
      return squaredMean;
    }
  }
}
