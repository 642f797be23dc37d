package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.WRONG_PARAMETERS_ARE_UPDATED;

import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.internal.binding.AgcUpdater;
import io.github.dl4jagc.internal.binding.Exclusions;
import io.github.dl4jagc.internal.binding.GradientClipper;
import io.github.dl4jagc.internal.binding.ListenerCalls;
import io.github.dl4jagc.internal.binding.Parameter;
import io.github.dl4jagc.internal.clip.Scratch;
import io.github.dl4jagc.internal.stats.LeftAlone;
import io.github.dl4jagc.internal.stats.NetworkStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/** Gives the weights of a network to the {@link AgcUpdater}s in it. */
public final class NetworkBinder {

  private NetworkBinder() {}

  /**
   * Binds every AGC updater of the network that is not bound yet. Costs one comparison per updater
   * block where all are.
   *
   * @return whether the network has any AGC updater
   * @throws IllegalArgumentException if an excluded layer does not exist
   * @throws IllegalStateException if the network is not initialised
   */
  public static boolean bind(Model network) {
    return bind(network, NetworkAdapters.of(network).readableUpdater());
  }

  /** The same when a listener is called, as it is before each update that {@code fit} makes. */
  public static boolean bindBeforeUpdate(Model network) {
    BaseMultiLayerUpdater<?> updater = NetworkAdapters.of(network).readableUpdater();
    boolean any = bind(network, updater);
    for (UpdaterBlock block : updater.getUpdaterBlocks()) {
      if (block.getGradientUpdater() instanceof AgcUpdater) {
        ((AgcUpdater) block.getGradientUpdater()).listenerIsCalled();
      }
    }
    return any;
  }

  private static boolean bind(Model network, BaseMultiLayerUpdater<?> updater) {
    INDArray flat = network.params();
    boolean any = false;
    boolean allBound = true;
    for (UpdaterBlock block : updater.getUpdaterBlocks()) {
      if (block.getGradientUpdater() instanceof AgcUpdater) {
        any = true;
        allBound &= ((AgcUpdater) block.getGradientUpdater()).isBoundTo(flat);
      }
    }
    if (any && !allBound) {
      bindAll(network, NetworkParameters.of(network), flat);
    }
    return any;
  }

  /**
   * Notes in the statistics of a network that has been trained without AGC why nothing of it was
   * clipped. Where there is any AGC, binding notes it.
   */
  public static void explain(Model network) {
    NetworkStatistics statistics = NetworkStatistics.of(network);
    if (statistics.isEmpty() && network instanceof NeuralNetwork) {
      Updater updater = NetworkAdapters.of(network).updater(false);
      if (updater instanceof BaseMultiLayerUpdater
          && ((BaseMultiLayerUpdater<?>) updater)
              .getUpdaterBlocks().stream()
                  .noneMatch(block -> block.getGradientUpdater() instanceof AgcUpdater)) {
        bindAll(network, NetworkParameters.of(network), network.params());
      }
    }
  }

  /**
   * A clipper of the whole network's gradient, whatever its updaters are.
   *
   * @param laterSteps is shown what DL4J does to this gradient after it
   */
  static GradientClipper wholeNetwork(Model network, AgcSettings settings, LaterSteps laterSteps) {
    List<UpdaterBlock> blocks = NetworkAdapters.of(network).readableUpdater().getUpdaterBlocks();
    NetworkParameters read = NetworkParameters.of(network);
    NetworkStatistics statistics = NetworkStatistics.of(network);
    Exclusions exclusions = Exclusions.in(read.layerNames, read.outputLayers, settings);
    List<Parameter> clipped = new ArrayList<>();
    List<Parameter> decayed = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      NetworkParameters.Block block = read.blocks.get(i);
      List<Parameter> ofBlock = clipped(block, exclusions, statistics);
      laterSteps.inspect(blocks.get(i), block.parameters, ofBlock);
      clipped.addAll(ofBlock);
      decayed.addAll(decayed(block));
    }
    return new GradientClipper(clipped, decayed, statistics, new Scratch(), 0);
  }

  private static void bindAll(Model network, NetworkParameters read, INDArray flat) {
    NetworkStatistics statistics = NetworkStatistics.of(network);
    Scratch scratch = new Scratch();
    ListenerCalls calls = new ListenerCalls();
    for (NetworkParameters.Block block : read.blocks) {
      if (block.updater instanceof AgcUpdater) {
        AgcUpdater updater = (AgcUpdater) block.updater;
        AgcSettings settings = updater.settings();
        List<Parameter> clipped =
            clipped(block, Exclusions.in(read.layerNames, read.outputLayers, settings), statistics);
        List<Parameter> decayed = settings.weightDecay() > 0 ? decayed(block) : List.of();
        clipped.forEach(parameter -> checkInside(parameter, block));
        decayed.forEach(parameter -> checkInside(parameter, block));
        updater.bind(
            flat, new GradientClipper(clipped, decayed, statistics, scratch, block.start), calls);
      } else {
        IUpdater plain = block.updater.getConfig();
        for (Parameter parameter : block.parameters) {
          parameter
              .statisticsIn(statistics)
              .boundTo(
                  plain,
                  parameter.untouchable != null ? parameter.untouchable : LeftAlone.PLAIN_UPDATER);
        }
      }
    }
  }

  /** The parameters of a block that are to be clipped; says of the others why they are not. */
  private static List<Parameter> clipped(
      NetworkParameters.Block block, Exclusions exclusions, NetworkStatistics statistics) {
    List<Parameter> clipped = new ArrayList<>();
    for (Parameter parameter : block.parameters) {
      LeftAlone reason = exclusions.reasonFor(parameter);
      parameter.statisticsIn(statistics).boundTo(block.updater.getConfig(), reason);
      if (reason == null) {
        clipped.add(parameter);
      }
    }
    return clipped;
  }

  private static List<Parameter> decayed(NetworkParameters.Block block) {
    return block.parameters.stream().filter(Parameter::isDecayed).collect(Collectors.toList());
  }

  private static void checkInside(Parameter parameter, NetworkParameters.Block block) {
    if (parameter.offset < block.start
        || parameter.offset + parameter.weights.length() > block.end) {
      throw WRONG_PARAMETERS_ARE_UPDATED.state(
          "{} lies at {} of the network's parameters, outside of its updater block [{}, {}): with a"
              + " bias updater of its own, DL4J updates wrong parameters of this layer type; give"
              + " the layer one updater for weights and biases",
          parameter,
          parameter.offset,
          block.start,
          block.end);
    }
  }
}
