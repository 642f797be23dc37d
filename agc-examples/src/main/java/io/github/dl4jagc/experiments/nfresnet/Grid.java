package io.github.dl4jagc.experiments.nfresnet;

import io.github.dl4jagc.experiments.nfresnet.Run.Excluded;
import io.github.dl4jagc.experiments.nfresnet.Run.Network;
import io.github.dl4jagc.experiments.nfresnet.Run.Scales;
import io.github.dl4jagc.experiments.support.Arguments;
import io.github.dl4jagc.experiments.support.Text;
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

/** The runs of an experiment. */
final class Grid {

  private final List<Network> networks;
  private final List<Integer> batchSizes;
  private final List<Double> thresholds;
  private final List<Scales> scales;
  private final int seeds;
  private final OptionalDouble ablationThreshold;

  /**
   * @param networks that are compared
   * @param batchSizes minibatch sizes
   * @param thresholds clipping thresholds
   * @param scales what AGC does with the residual scales of an NF-ResNet
   * @param seeds runs of each kind
   * @param ablationThreshold of the runs at the largest batch size that differ in the layers that
   *     are excluded; empty for none
   */
  Grid(
      List<Network> networks,
      List<Integer> batchSizes,
      List<Double> thresholds,
      List<Scales> scales,
      int seeds,
      OptionalDouble ablationThreshold) {
    this.networks = List.copyOf(networks);
    this.batchSizes = List.copyOf(batchSizes);
    this.thresholds = List.copyOf(thresholds);
    this.scales = List.copyOf(scales);
    this.seeds = seeds;
    this.ablationThreshold = ablationThreshold;
  }

  /**
   * All runs, each once, in the order in which they are to be made: seed by seed, so that what is
   * there after an interruption can be compared.
   */
  List<Run> runs() {
    Set<Run> runs = new LinkedHashSet<>();
    for (long seed = 1; seed <= seeds; seed++) {
      for (int batchSize : batchSizes) {
        for (Network network : networks) {
          addRuns(runs, network, batchSize, seed);
        }
      }
      if (ablationThreshold.isPresent()) {
        for (Excluded excluded : Excluded.values()) {
          double threshold = ablationThreshold.getAsDouble();
          runs.add(Run.agc(Network.NF_AGC, threshold, excluded, largestBatch(), seed));
        }
      }
    }
    return new ArrayList<>(runs);
  }

  private void addRuns(Set<Run> runs, Network network, int batchSize, long seed) {
    switch (network) {
      case NF_AGC:
        for (double threshold : thresholds) {
          for (Scales scale : scales) {
            runs.add(Run.agc(network, threshold, scale.excluded(), batchSize, seed));
          }
        }
        break;
      case PLAIN_AGC:
        for (double threshold : thresholds) {
          runs.add(Run.agc(network, threshold, Excluded.OUTPUT, batchSize, seed));
        }
        break;
      default:
        runs.add(Run.plain(network, batchSize, seed));
    }
  }

  /** The networks and thresholds that are compared, as in {@link Run#candidate()}. */
  List<String> candidates() {
    return compared(Run::candidate);
  }

  /** The same, as in {@link Run#candidateHeader()}. */
  List<String> candidateHeaders() {
    return compared(Run::candidateHeader);
  }

  private List<String> compared(Function<Run, String> name) {
    return runs().stream()
        .filter(Run::isCompared)
        .map(name)
        .distinct()
        .collect(Collectors.toList());
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

  int seeds() {
    return seeds;
  }

  /** The threshold of the ablation; empty if there is none. */
  OptionalDouble ablationThreshold() {
    return ablationThreshold;
  }

  /** What the runs depend on, by the names of the options. */
  Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("--networks", joined(networks));
    options.put("--batch-sizes", Arguments.join(batchSizes));
    options.put("--thresholds", Arguments.join(thresholds));
    options.put("--scales", joined(scales));
    options.put("--seeds", String.valueOf(seeds));
    options.put(
        "--ablation",
        ablationThreshold.isPresent() ? Text.number(ablationThreshold.getAsDouble()) : "none");
    return options;
  }

  private static String joined(List<?> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
