package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_NETWORK;
import static io.github.dl4jagc.internal.check.Troubleshooting.PARAMETERS_THAT_ARE_NOT_VIEWS;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.internal.binding.Parameter;
import io.github.dl4jagc.internal.check.Checks;
import io.github.dl4jagc.internal.clip.SharedMemory;
import io.github.dl4jagc.internal.stats.LeftAlone;
import io.github.dl4jagc.internal.units.Units;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.misc.DummyConfig;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.CenterLossParamInitializer;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;

/** What AGC reads of a network: its layers and, updater block by updater block, its parameters. */
final class NetworkParameters {

  /** One updater block: what its updater is, and the parameters that it is meant for. */
  static final class Block {
    final GradientUpdater<?> updater;
    final long start;
    final long end;
    final List<Parameter> parameters;

    private Block(GradientUpdater<?> updater, long start, long end, List<Parameter> parameters) {
      this.updater = updater;
      this.start = start;
      this.end = end;
      this.parameters = parameters;
    }
  }

  final List<Block> blocks;

  /** Names of all layers and vertices, those without parameters included. */
  final Set<String> layerNames;

  /** Names of the final layer or layers with parameters. */
  final Set<String> outputLayers;

  private NetworkParameters(List<Block> blocks, Set<String> layerNames, Set<String> outputLayers) {
    this.blocks = blocks;
    this.layerNames = layerNames;
    this.outputLayers = outputLayers;
  }

  /**
   * The live updater of a network, created if there is none.
   *
   * @throws IllegalStateException if the network is not initialised
   * @throws IllegalArgumentException if the model has no updater that AGC can read
   */
  static BaseMultiLayerUpdater<?> updaterOf(Model network) {
    Checks.notNull(network, "network", NOT_A_NETWORK);
    Object updater = null;
    if (network instanceof MultiLayerNetwork) {
      MultiLayerNetwork layers = (MultiLayerNetwork) network;
      requireInitialised(layers.isInitCalled());
      updater = layers.getUpdater();
    } else if (network instanceof ComputationGraph) {
      ComputationGraph graph = (ComputationGraph) network;
      requireInitialised(graph.getVertices() != null);
      updater = graph.getUpdater();
    } else if (network.getOptimizer() != null) { // a layer that is being pretrained
      updater = network.getOptimizer().getUpdater();
    }
    if (!(updater instanceof BaseMultiLayerUpdater)) {
      throw NOT_A_NETWORK.argument(
          "AGC reads the parameters of a network from its BaseMultiLayerUpdater; {} has {}",
          network.getClass().getName(),
          updater == null ? "no updater" : "a " + updater.getClass().getName());
    }
    return (BaseMultiLayerUpdater<?>) updater;
  }

  private static void requireInitialised(boolean initialised) {
    if (!initialised) {
      throw NOT_A_NETWORK.state("The network has no parameters yet: call init() on it first");
    }
  }

  /** Reads a network. Costs some microseconds per parameter: done once for each updater object. */
  static NetworkParameters of(Model network) {
    BaseMultiLayerUpdater<?> updater = updaterOf(network);
    INDArray flat = network.params();
    Map<Trainable, String> names = namesOf(network);
    LayerUnits layerUnits = new LayerUnits();
    RepeatedWeightDecay repeatedDecay = new RepeatedWeightDecay();
    List<Block> blocks = new ArrayList<>();
    for (UpdaterBlock block : updater.getUpdaterBlocks()) {
      List<Parameter> parameters = new ArrayList<>();
      for (UpdaterBlock.ParamState state : block.getLayersAndVariablesInBlock()) {
        Trainable owner = state.getLayer();
        Parameter parameter = parameter(state, names.get(owner), network, flat, layerUnits);
        repeatedDecay.look(parameter, owner.getConfig().getRegularizationByParam(parameter.name));
        parameters.add(parameter);
      }
      blocks.add(
          new Block(
              block.getGradientUpdater(),
              block.getParamOffsetStart(),
              block.getParamOffsetEnd(),
              parameters));
    }
    repeatedDecay.warn();
    return new NetworkParameters(
        blocks, new TreeSet<>(names.values()), outputLayers(network, names));
  }

  private static Parameter parameter(
      UpdaterBlock.ParamState state,
      String layer,
      Model network,
      INDArray flat,
      LayerUnits layerUnits) {
    Trainable owner = state.getLayer();
    String name = state.getParamName();
    // Not state.getParamView(): its offset is wrong where a layer lists its parameters in another
    // order than it flattens them (SeparableConvolution2D).
    INDArray weights = owner.paramTable(false).get(name);
    LeftAlone untouchable = null;
    if (isFrozen(owner)) {
      untouchable = LeftAlone.FROZEN;
    } else if (owner.getConfig().isPretrainParam(name) && owner != network) {
      untouchable = LeftAlone.PRETRAINED_ONLY;
    } else if (!owner.updaterDivideByMinibatch(name) || isCenter(owner, name)) {
      untouchable = LeftAlone.UPDATE;
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
    TrainingConfig config = configOf(owner);
    Units units = layerUnits.of(config, name, weights.shape());
    ParameterKind kind = layerUnits.kindOf(config, name, weights.shape());
    return new Parameter(layer, name, weights, offset, units, kind, untouchable);
  }

  /** Whether the elements lie side by side in the array's own order. */
  private static boolean isContiguous(INDArray array) {
    boolean rowMajor = array.ordering() == 'c';
    long expected = 1;
    for (int i = 0; i < array.rank(); i++) {
      int dimension = rowMajor ? array.rank() - 1 - i : i;
      if (array.size(dimension) != 1 && array.stride(dimension) != expected) {
        return false;
      }
      expected *= array.size(dimension);
    }
    return true;
  }

  /**
   * By its own class: one that lets gradients through has the configuration of the layer inside.
   */
  private static boolean isFrozen(Trainable owner) {
    return owner.getConfig() instanceof DummyConfig
        || layerOf(owner) instanceof FrozenLayerWithBackprop;
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

  /**
   * Layers and vertices with their names, by identity: DL4J's layers are equal by their arrays. A
   * MultiLayerNetwork may have several layers of one name: these are told apart by their indices.
   */
  private static Map<Trainable, String> namesOf(Model network) {
    Map<Trainable, String> names = new IdentityHashMap<>();
    if (network instanceof ComputationGraph) {
      for (GraphVertex vertex : ((ComputationGraph) network).getVertices()) {
        names.put(vertex, vertex.getVertexName());
      }
      return names;
    }
    Layer[] layers =
        network instanceof MultiLayerNetwork
            ? ((MultiLayerNetwork) network).getLayers()
            : new Layer[] {(Layer) network};
    Map<String, Integer> uses = new HashMap<>();
    for (Layer layer : layers) {
      uses.merge(String.valueOf(layer.getConfig().getLayerName()), 1, Integer::sum);
    }
    for (Layer layer : layers) {
      String name = String.valueOf(layer.getConfig().getLayerName());
      names.put(layer, uses.get(name) == 1 ? name : name + "#" + layer.getIndex());
    }
    return names;
  }

  private static Set<String> outputLayers(Model network, Map<Trainable, String> layerNames) {
    if (network instanceof ComputationGraph) {
      return finalWithParameters((ComputationGraph) network);
    }
    if (network instanceof MultiLayerNetwork) {
      Layer[] layers = ((MultiLayerNetwork) network).getLayers();
      for (int i = layers.length - 1; i >= 0; i--) {
        if (layers[i].numParams() > 0) {
          return Set.of(layerNames.get(layers[i]));
        }
      }
    }
    return Set.of();
  }

  /** The outputs or, where these have no parameters, the nearest vertices before them that do. */
  private static Set<String> finalWithParameters(ComputationGraph graph) {
    Set<String> names = new HashSet<>();
    Deque<GraphVertex> toVisit = new ArrayDeque<>();
    for (String output : graph.getConfiguration().getNetworkOutputs()) {
      toVisit.add(graph.getVertex(output));
    }
    BitSet visited = new BitSet(); // branches that meet again lead to a vertex in several ways
    while (!toVisit.isEmpty()) {
      GraphVertex vertex = toVisit.remove();
      if (visited.get(vertex.getVertexIndex())) {
        continue;
      }
      visited.set(vertex.getVertexIndex());
      if (vertex.numParams() > 0) {
        names.add(vertex.getVertexName());
      } else if (vertex.getInputVertices() != null) {
        for (VertexIndices input : vertex.getInputVertices()) {
          toVisit.add(graph.getVertices()[input.getVertexIndex()]);
        }
      }
    }
    return names;
  }
}
