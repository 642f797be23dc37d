package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.WRONG_PARAMETERS_ARE_UPDATED;

import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.internal.binding.AgcUpdater;
import io.github.dl4jagc.internal.binding.Exclusions;
import io.github.dl4jagc.internal.binding.GradientClipper;
import io.github.dl4jagc.internal.binding.ListenerCalls;
import io.github.dl4jagc.internal.binding.Parameter;
import io.github.dl4jagc.internal.clip.Scratch;
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

/** Gives the weights of a network to the {@link AgcUpdater}s in it. */
public final class NetworkBinder {

  private NetworkBinder() {}

  /**
   * Binds the network's AGC updaters, if one is not bound yet, and says whether it has any. Costs
   * one comparison per updater block where all are.
   */
  public static boolean bind(Model network) {
    return !bound(network).isEmpty();
  }

  /** The same when a listener is called, as it is before each update that {@code fit} makes. */
  public static boolean bindBeforeUpdate(Model network) {
    List<AgcUpdater> bound = bound(network);
    bound.forEach(AgcUpdater::listenerIsCalled);
    return !bound.isEmpty();
  }

  private static List<AgcUpdater> bound(Model network) {
    List<AgcUpdater> updaters = agcUpdaters(Network.of(network).readableUpdater());
    INDArray flat = network.params();
    if (!updaters.stream().allMatch(each -> each.isBoundTo(flat))) {
      bindAll(network, flat);
    }
    return updaters;
  }

  private static List<AgcUpdater> agcUpdaters(BaseMultiLayerUpdater<?> updater) {
    return updater.getUpdaterBlocks().stream()
        .map(UpdaterBlock::getGradientUpdater)
        .filter(AgcUpdater.class::isInstance)
        .map(AgcUpdater.class::cast)
        .collect(Collectors.toList());
  }

  /** Notes why nothing was clipped of a network that has been trained without any AGC. */
  public static void explain(Model network, NetworkStatistics statistics) {
    if (statistics.isEmpty() && network instanceof NeuralNetwork) {
      Updater updater = Network.of(network).updater(false);
      if (updater instanceof BaseMultiLayerUpdater
          && agcUpdaters((BaseMultiLayerUpdater<?>) updater).isEmpty()) {
        bindAll(network, network.params());
      }
    }
  }

  /** A clipper of the whole network's gradient, whatever its updaters are. */
  static GradientClipper wholeNetwork(Model network, AgcSettings settings, LaterSteps laterSteps) {
    NetworkParameters read = new NetworkParameters(network);
    Exclusions exclusions = read.exclusions(settings);
    List<Parameter> clipped = new ArrayList<>();
    List<Parameter> decayed = new ArrayList<>();
    for (NetworkParameters.Block block : read.blocks) {
      List<Parameter> ofBlock = block.clipped(exclusions::reasonFor);
      laterSteps.inspect(block, ofBlock);
      clipped.addAll(ofBlock);
      decayed.addAll(block.decayed());
    }
    return new GradientClipper(clipped, decayed, read.statistics, new Scratch(), 0);
  }

  private static void bindAll(Model network, INDArray flat) {
    NetworkParameters read = new NetworkParameters(network);
    Scratch scratch = new Scratch();
    ListenerCalls calls = new ListenerCalls();
    for (NetworkParameters.Block block : read.blocks) {
      if (!(block.of.getGradientUpdater() instanceof AgcUpdater)) {
        String updater = block.of.getGradientUpdater().getConfig().getClass().getSimpleName();
        block.clipped(
            each -> each.untouchable != null ? each.untouchable : "plain updater " + updater);
        continue;
      }
      AgcUpdater updater = (AgcUpdater) block.of.getGradientUpdater();
      List<Parameter> clipped = block.clipped(read.exclusions(updater.settings())::reasonFor);
      List<Parameter> decayed = updater.settings().weightDecay() > 0 ? block.decayed() : List.of();
      clipped.forEach(each -> checkInside(each, block.of));
      decayed.forEach(each -> checkInside(each, block.of));
      int start = block.of.getParamOffsetStart();
      updater.bind(
          flat, new GradientClipper(clipped, decayed, read.statistics, scratch, start), calls);
    }
  }

  private static void checkInside(Parameter parameter, UpdaterBlock block) {
    long start = block.getParamOffsetStart();
    long end = block.getParamOffsetEnd();
    if (parameter.offset < start || parameter.offset + parameter.weights.length() > end) {
      throw WRONG_PARAMETERS_ARE_UPDATED.state(
          "{} lies at {} of the network's parameters, outside of its updater block [{}, {}): with a"
              + " bias updater of its own, DL4J updates wrong parameters of this layer type; give"
              + " the layer one updater for weights and biases",
          parameter,
          parameter.offset,
          start,
          end);
    }
  }
}
