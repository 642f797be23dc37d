package io.github.dl4jagc.experiments.nfresnet;

import io.github.dl4jagc.experiments.nfresnet.Run.Network;
import io.github.dl4jagc.experiments.support.Text;
import io.github.dl4jagc.models.NfResNet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.learning.config.IUpdater;

/** The grid of runs, and what they have in common. */
final class Experiment {

  /** The batch size that the learning rate is given for. */
  static final int REFERENCE_BATCH = 256;

  private final Grid grid;
  private final int epochs;
  private final int warmUpEpochs;
  private final InnerUpdater innerUpdater;
  private final double learningRate;
  private final int width;
  private final int blocks;
  private final int stemStride;

  /**
   * @param grid the runs
   * @param epochs passes over the training images
   * @param warmUpEpochs of them, the first in which the learning rate rises
   * @param innerUpdater what AGC is put around
   * @param learningRate the peak for a batch size of {@link #REFERENCE_BATCH}
   * @param width channels of the first stage
   * @param blocks residual blocks in each of the three stages
   * @param stemStride of the first convolution
   */
  Experiment(
      Grid grid,
      int epochs,
      int warmUpEpochs,
      InnerUpdater innerUpdater,
      double learningRate,
      int width,
      int blocks,
      int stemStride) {
    this.grid = grid;
    this.epochs = epochs;
    this.warmUpEpochs = warmUpEpochs;
    this.innerUpdater = innerUpdater;
    this.learningRate = learningRate;
    this.width = width;
    this.blocks = blocks;
    this.stemStride = stemStride;
  }

  Grid grid() {
    return grid;
  }

  int epochs() {
    return epochs;
  }

  /** The peak of the learning rate: linear in the batch size. */
  double peakLearningRate(int batchSize) {
    return learningRate * batchSize / REFERENCE_BATCH;
  }

  /** The updates of a run that does not diverge. */
  long steps(int batchSize, int trainingSize) {
    return (long) epochs * stepsPerEpoch(batchSize, trainingSize);
  }

  private static int stepsPerEpoch(int batchSize, int trainingSize) {
    return (trainingSize + batchSize - 1) / batchSize;
  }

  /** The network of a run. */
  ComputationGraphConfiguration configuration(Run run, ImageData data) {
    int steps = Math.toIntExact(steps(run.batchSize(), data.trainingSize()));
    int warmUp = warmUpEpochs * stepsPerEpoch(run.batchSize(), data.trainingSize());
    IUpdater inner =
        innerUpdater.with(new WarmupCosine(peakLearningRate(run.batchSize()), warmUp, steps));
    int[] image = data.shape();
    NfResNet description =
        NfResNet.builder()
            .small(width, blocks)
            .inputShape(image[0], image[1], image[2])
            .classes(data.classes())
            .updater(run.updater(inner))
            .scaleUpdater(run.scaleUpdater(inner))
            .seed(run.seed())
            .build();
    ComputationGraphConfiguration network = network(run.network(), description);
    LayerVertex stem = (LayerVertex) network.getVertices().get(Run.STEM);
    ((ConvolutionLayer) stem.getLayerConf().getLayer())
        .setStride(new int[] {stemStride, stemStride});
    return network;
  }

  private static ComputationGraphConfiguration network(Network network, NfResNet description) {
    switch (network) {
      case BATCH_NORM:
        return description.batchNormConf();
      case PLAIN:
      case PLAIN_AGC:
        return StrippedResNet.of(description.batchNormConf());
      default:
        return description.conf();
    }
  }

  /** Everything that the results depend on, by the names of the options. */
  Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>(grid.options());
    options.put("--epochs", String.valueOf(epochs));
    options.put("--warm-up", String.valueOf(warmUpEpochs));
    options.put("--updater", innerUpdater.toString());
    options.put("--learning-rate", Text.number(learningRate));
    options.put("--width", String.valueOf(width));
    options.put("--blocks", String.valueOf(blocks));
    options.put("--stem-stride", String.valueOf(stemStride));
    return options;
  }
}
