package io.github.dl4jagc.examples.nfresnet;

import io.github.dl4jagc.examples.nfresnet.Run.Excluded;
import io.github.dl4jagc.examples.nfresnet.Run.Network;
import io.github.dl4jagc.examples.support.Arguments;
import io.github.dl4jagc.examples.support.Text;
import io.github.dl4jagc.models.NfResNet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/** The grid of runs, and what they have in common. */
final class Experiment {

  /** The batch size that the learning rate is given for. */
  static final int REFERENCE_BATCH = 256;

  private static final double MOMENTUM = 0.9;

  private final List<Integer> batchSizes;
  private final List<Double> thresholds;
  private final int seeds;
  private final int epochs;
  private final int warmUpEpochs;
  private final double learningRate;
  private final int width;
  private final int blocks;
  private final OptionalDouble ablationThreshold;

  /**
   * @param batchSizes minibatch sizes
   * @param thresholds clipping thresholds
   * @param seeds runs of each kind
   * @param epochs passes over the training images
   * @param warmUpEpochs of them, the first in which the learning rate rises
   * @param learningRate the peak for a batch size of {@link #REFERENCE_BATCH}
   * @param width channels of the first stage
   * @param blocks residual blocks in each of the three stages
   * @param ablationThreshold of the runs at the largest batch size that differ in the layers that
   *     are excluded; empty for none
   */
  Experiment(
      List<Integer> batchSizes,
      List<Double> thresholds,
      int seeds,
      int epochs,
      int warmUpEpochs,
      double learningRate,
      int width,
      int blocks,
      OptionalDouble ablationThreshold) {
    this.batchSizes = List.copyOf(batchSizes);
    this.thresholds = List.copyOf(thresholds);
    this.seeds = seeds;
    this.epochs = epochs;
    this.warmUpEpochs = warmUpEpochs;
    this.learningRate = learningRate;
    this.width = width;
    this.blocks = blocks;
    this.ablationThreshold = ablationThreshold;
  }

  /** All runs, each once, in the order in which they are to be made. */
  List<Run> runs() {
    Set<Run> runs = new LinkedHashSet<>();
    for (int batchSize : batchSizes) {
      for (long seed = 1; seed <= seeds; seed++) {
        runs.add(Run.plain(Network.BATCH_NORM, batchSize, seed));
        runs.add(Run.plain(Network.NF, batchSize, seed));
        for (double threshold : thresholds) {
          runs.add(Run.agc(threshold, Excluded.OUTPUT, batchSize, seed));
          runs.add(Run.agc(threshold, Excluded.SCALES, batchSize, seed));
        }
      }
    }
    if (ablationThreshold.isPresent()) {
      for (Excluded excluded : Excluded.values()) {
        for (long seed = 1; seed <= seeds; seed++) {
          runs.add(Run.agc(ablationThreshold.getAsDouble(), excluded, largestBatch(), seed));
        }
      }
    }
    return new ArrayList<>(runs);
  }

  /** The networks and thresholds of the main grid, as in {@link Run#candidate()}. */
  List<String> candidates() {
    return ofGrid(Run::candidate);
  }

  /** The same, as in {@link Run#candidateHeader()}. */
  List<String> candidateHeaders() {
    return ofGrid(Run::candidateHeader);
  }

  private List<String> ofGrid(Function<Run, String> name) {
    return runs().stream().filter(Run::isOfGrid).map(name).distinct().collect(Collectors.toList());
  }

  List<Integer> batchSizes() {
    return batchSizes;
  }

  int largestBatch() {
    return Collections.max(batchSizes);
  }

  List<Double> thresholds() {
    return thresholds;
  }

  int epochs() {
    return epochs;
  }

  int seeds() {
    return seeds;
  }

  /** The threshold of the ablation; empty if there is none. */
  OptionalDouble ablationThreshold() {
    return ablationThreshold;
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
    IUpdater nesterovs =
        new Nesterovs(new WarmupCosine(peakLearningRate(run.batchSize()), warmUp, steps), MOMENTUM);
    int[] image = data.shape();
    NfResNet description =
        NfResNet.builder()
            .small(width, blocks)
            .inputShape(image[0], image[1], image[2])
            .classes(data.classes())
            .updater(run.updater(nesterovs))
            .scaleUpdater(run.scaleUpdater(nesterovs))
            .seed(run.seed())
            .build();
    return run.network() == Network.BATCH_NORM ? description.batchNormConf() : description.conf();
  }

  /** Everything that the results depend on, by the names of the options. */
  Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("--batch-sizes", Arguments.join(batchSizes));
    options.put("--thresholds", Arguments.join(thresholds));
    options.put("--seeds", String.valueOf(seeds));
    options.put("--epochs", String.valueOf(epochs));
    options.put("--warm-up", String.valueOf(warmUpEpochs));
    options.put("--learning-rate", Text.number(learningRate));
    options.put("--width", String.valueOf(width));
    options.put("--blocks", String.valueOf(blocks));
    options.put(
        "--ablation",
        ablationThreshold.isPresent() ? Text.number(ablationThreshold.getAsDouble()) : "none");
    return options;
  }
}
