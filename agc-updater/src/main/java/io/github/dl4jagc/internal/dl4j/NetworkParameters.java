package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.PARAMETERS_THAT_ARE_NOT_VIEWS;
import static io.github.dl4jagc.internal.check.Troubleshooting.WEIGHT_DECAY_IS_APPLIED_TWICE;

import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.internal.binding.Exclusions;
import io.github.dl4jagc.internal.binding.Parameter;
import io.github.dl4jagc.internal.clip.SharedMemory;
import io.github.dl4jagc.internal.stats.NetworkStatistics;
import io.github.dl4jagc.internal.units.Units;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.misc.DummyConfig;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.params.CenterLossParamInitializer;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/** What AGC reads of a network: updater block by updater block, its parameters. */
final class NetworkParameters {

  /** One updater block, with the parameters that its updater is meant for. */
  static final class Block {
    final UpdaterBlock of;
    final List<Parameter> parameters = new ArrayList<>();

    private Block(UpdaterBlock of) {
      this.of = of;
    }

    /** Notes how the parameters are bound, and returns those that there is no reason against. */
    List<Parameter> clipped(Function<Parameter, String> reason) {
      List<Parameter> clipped = new ArrayList<>();
      for (Parameter each : parameters) {
        String why = reason.apply(each);
        each.statistics.boundTo(of.getGradientUpdater().getConfig(), why);
        if (why == null) {
          clipped.add(each);
        }
      }
      return clipped;
    }

    List<Parameter> decayed() {
      return parameters.stream().filter(Parameter::isDecayed).collect(Collectors.toList());
    }
  }

  final NetworkStatistics statistics;
  final List<Block> blocks = new ArrayList<>();

  private final Model model;
  private final Network network;
  private final INDArray flat;
  private final LayerUnits layerUnits = new LayerUnits();

  /** Costs some microseconds per parameter: done once for each updater object. */
  NetworkParameters(Model model) {
    this.statistics = NetworkStatistics.of(model);
    this.model = model;
    this.network = Network.of(model);
    this.flat = model.params();
    Findings repeatedDecay = new Findings();
    for (UpdaterBlock each : network.readableUpdater().getUpdaterBlocks()) {
      Block block = new Block(each);
      blocks.add(block);
      for (UpdaterBlock.ParamState state : each.getLayersAndVariablesInBlock()) {
        Trainable owner = network.owner(state.getLayer());
        Parameter parameter = parameter(owner, state.getParamName());
        findRepeatedDecay(
            parameter,
            owner.getConfig().getRegularizationByParam(state.getParamName()),
            repeatedDecay);
        block.parameters.add(parameter);
      }
    }
    repeatedDecay.warn(
        WEIGHT_DECAY_IS_APPLIED_TWICE,
        (decay, parameters) ->
            parameters
                + (parameters.endsWith("more") ? " are" : " is")
                + " decayed by "
                + decay
                + ": DL4J applies each of them, so weights decay faster than the configuration"
                + " says. Set .weightDecay(..) on the layers rather than on the network.");
  }

  /** What some settings leave alone here. */
  Exclusions exclusions(AgcSettings settings) {
    return Exclusions.in(network.names(), network.outputLayers(), settings);
  }

  /** DL4J 1.0.0-M2.1 validates layers twice, and appends the network's WeightDecay each time. */
  private static void findRepeatedDecay(
      Parameter parameter, List<Regularization> regularization, Findings found) {
    for (Regularization each :
        regularization == null ? Set.<Regularization>of() : new LinkedHashSet<>(regularization)) {
      int times = Collections.frequency(regularization, each);
      if (each instanceof WeightDecay && times > 1) {
        found.add(times + " equal " + each, parameter);
      }
    }
  }

  private Parameter parameter(Trainable owner, String name) {
    String layer = network.nameOf(owner);
    // Not ParamState.getParamView(): its offset is wrong where a layer lists its parameters in
    // another order than it flattens them (SeparableConvolution2D).
    INDArray weights = owner.paramTable(false).get(name);
    TrainingConfig config = configOf(owner);
    String untouchable = null;
    if (isFrozen(owner) || InnerParameter.of(config, name).isFrozen) {
      untouchable = "frozen layer";
    } else if (owner.getConfig().isPretrainParam(name) && owner != model) {
      untouchable = "trained by layer-wise pretraining alone";
    } else if (!owner.updaterDivideByMinibatch(name) || isCenter(owner, name)) {
      untouchable = "gets an update, not a gradient";
    }
    long offset = weights.offset() - flat.offset();
    boolean inside = offset >= 0 && offset + weights.length() <= flat.length();
    if (!inside || !isContiguous(weights) || !SharedMemory.areOfOneBuffer(weights, flat)) {
      throw PARAMETERS_THAT_ARE_NOT_VIEWS.state(
          "AGC needs parameters that are contiguous views of the network's flat parameter array;"
              + " layer \"{}\", parameter \"{}\" of shape {} and stride {} is not: give that layer"
              + " a plain updater",
          layer,
          name,
          weights.shape(),
          weights.stride());
    }
    Units units = layerUnits.of(config, name, weights.shape());
    ParameterKind kind = layerUnits.kindOf(config, name, weights.shape());
    return new Parameter(
        statistics.of(layer, name, kind, units.count()), weights, offset, units, untouchable);
  }

  /** Whether the elements lie side by side in the array's own order. */
  private static boolean isContiguous(INDArray array) {
    long[] dense = Nd4j.getStrides(array.shape(), array.ordering());
    return IntStream.range(0, array.rank())
        .allMatch(each -> array.size(each) == 1 || array.stride(each) == dense[each]);
  }

  /**
   * Whether it is a frozen layer or has one around it. By the classes, not by the configuration:
   * one that lets gradients through has the configuration of the layer inside.
   */
  private static boolean isFrozen(Trainable owner) {
    if (owner.getConfig() instanceof DummyConfig) {
      return true;
    }
    Trainable layer = layerOf(owner);
    while (layer instanceof BaseWrapperLayer && !(layer instanceof FrozenLayerWithBackprop)) {
      layer = ((BaseWrapperLayer) layer).getUnderlying();
    }
    return layer instanceof FrozenLayerWithBackprop;
  }

  /** Centers of center loss get an update, though DL4J divides it by the minibatch size. */
  private static boolean isCenter(Trainable owner, String name) {
    return owner.getConfig() instanceof CenterLossOutputLayer
        && name.equals(CenterLossParamInitializer.CENTER_KEY);
  }

  private static TrainingConfig configOf(Trainable owner) {
    Trainable layer = layerOf(owner);
    return layer instanceof Layer ? ((Layer) layer).conf().getLayer() : layer.getConfig();
  }

  /** The layer of a vertex that has one. */
  private static Trainable layerOf(Trainable owner) {
    return owner instanceof GraphVertex && ((GraphVertex) owner).hasLayer()
        ? ((GraphVertex) owner).getLayer()
        : owner;
  }
}
