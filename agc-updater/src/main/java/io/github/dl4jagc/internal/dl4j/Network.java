package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_NETWORK;

import io.github.dl4jagc.internal.check.Checks;
import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One face for all that DL4J trains, with what it does not have in an interface. This class is that
 * of a layer while {@code pretrain} trains it, which is all that listeners see then; networks of
 * layers say the rest.
 */
public class Network {

  private final Model model;

  private Network(Model model) {
    this.model = model;
  }

  /** Of a MultiLayerNetwork, a ComputationGraph or a layer. */
  static Network of(Model model) {
    Checks.notNull(model, "net", NOT_A_NETWORK);
    if (model instanceof MultiLayerNetwork) {
      return new OfLayers((MultiLayerNetwork) model);
    }
    if (model instanceof ComputationGraph) {
      return new OfVertices((ComputationGraph) model);
    }
    if (model instanceof Layer) {
      return new Network(model);
    }
    throw isNone(model);
  }

  /** The same of a network of layers alone: a layer by itself is a model too. */
  public static Network ofNetwork(Model model) {
    if (!(model instanceof NeuralNetwork)) {
      throw isNone(model);
    }
    return of(model);
  }

  private static IllegalArgumentException isNone(Model model) {
    return NOT_A_NETWORK.argument(
        "model must be an initialised MultiLayerNetwork or ComputationGraph, got {}",
        model == null ? null : model.getClass().getName());
  }

  /** Whether it has parameters yet. */
  boolean isInitialised() {
    return true;
  }

  /** What it trains by; {@code null} if there is none and none is to be created. */
  Updater updater(boolean create) {
    return model.getOptimizer() == null ? null : model.getOptimizer().getUpdater(create);
  }

  /**
   * Its own layer or vertex for one that its updater names: in the clone of a network with frozen
   * layers, the updater knows these without the wrapper that the clone has around them.
   */
  Trainable owner(Trainable named) {
    return named;
  }

  /** The name of one of its own layers or vertices; no other has it. */
  String nameOf(Trainable owner) {
    return String.valueOf(owner.getConfig().getLayerName());
  }

  /** The names of all layers or vertices, those without parameters included. */
  Set<String> names() {
    return Set.of(nameOf((Layer) model));
  }

  /** The names of the final layer or layers with parameters. */
  Set<String> outputLayers() {
    return Set.of();
  }

  /** The flat gradient that it has just computed; {@code null} if it has none. */
  INDArray gradient() {
    Gradient gradient = model.gradient();
    return gradient == null || gradient.gradientForVariable().isEmpty()
        ? null
        : gradient.gradient();
  }

  /** As DL4J takes it. */
  int batchSize() {
    return model.batchSize();
  }

  int iteration() {
    return ((Layer) model).getIterationCount();
  }

  int epoch() {
    return ((Layer) model).getEpochCount();
  }

  /** {@code null} after Java serialisation. */
  Collection<TrainingListener> presentListeners() {
    return ((Layer) model).getListeners();
  }

  /** {@return a copy of the list of its listeners} */
  public final List<TrainingListener> listeners() {
    Collection<TrainingListener> present = presentListeners();
    return present == null ? new ArrayList<>() : new ArrayList<>(present);
  }

  /** Sets these listeners and no others. */
  public final void setListeners(List<TrainingListener> listeners) {
    if (presentListeners() == null) {
      restoreListeners();
    }
    model.setListeners(listeners);
  }

  /** DL4J's own methods fail in a network that comes out of Java serialisation without any. */
  private void restoreListeners() {
    try {
      Class<?> type = // of a user's subclass too
          model instanceof MultiLayerNetwork ? MultiLayerNetwork.class : ComputationGraph.class;
      Field listeners = type.getDeclaredField("trainingListeners");
      listeners.setAccessible(true);
      listeners.set(model, new ArrayList<TrainingListener>());
    } catch (ReflectiveOperationException e) {
      throw NOT_A_NETWORK.state(
          "DL4J has left this network without a list of listeners, as after Java serialisation, and"
              + " it cannot be given one ({}): use its clone()",
          e);
    }
  }

  /** What its parameters are read from, if it is initialised and has such an updater. */
  final BaseMultiLayerUpdater<?> readableUpdater() {
    if (!isInitialised()) {
      throw NOT_A_NETWORK.state("The network has no parameters yet: call init() on it first");
    }
    Updater updater = updater(true);
    NOT_A_NETWORK.require(
        updater instanceof BaseMultiLayerUpdater,
        "AGC reads the parameters of a network from its BaseMultiLayerUpdater; {} has {}",
        model.getClass().getName(),
        updater == null ? "no updater" : "a " + updater.getClass().getName());
    return (BaseMultiLayerUpdater<?>) updater;
  }

  /** A MultiLayerNetwork. */
  private static final class OfLayers extends Network {

    private final MultiLayerNetwork net;

    /** By identity, as DL4J's layers are equal by arrays; empty until they are asked for. */
    private final Map<Trainable, String> names = new IdentityHashMap<>();

    OfLayers(MultiLayerNetwork net) {
      super(net);
      this.net = net;
    }

    @Override
    boolean isInitialised() {
      return net.isInitCalled();
    }

    @Override
    Updater updater(boolean create) {
      return net.getUpdater(create);
    }

    @Override
    Trainable owner(Trainable named) {
      return Arrays.stream(net.getLayers())
          .filter(each -> innermost(each) == innermost(named))
          .map(Trainable.class::cast)
          .findFirst()
          .orElse(named);
    }

    @Override
    String nameOf(Trainable owner) {
      return layerNames().getOrDefault(owner, super.nameOf(owner));
    }

    @Override
    Set<String> names() {
      return new TreeSet<>(layerNames().values());
    }

    /** Layers of one name are told apart by their places. */
    private Map<Trainable, String> layerNames() {
      if (names.isEmpty()) {
        List<String> given = new ArrayList<>();
        Arrays.stream(net.getLayers()).forEach(layer -> given.add(super.nameOf(layer)));
        for (int i = 0; i < given.size(); i++) {
          String name = given.get(i);
          boolean shared = Collections.frequency(given, name) > 1;
          while (shared && given.contains(name)) {
            name += "#" + i;
          }
          names.put(net.getLayer(i), name);
        }
      }
      return names;
    }

    /** What no wrapper changes: a wrapper may be around a layer at one time and not at another. */
    private static Trainable innermost(Trainable layer) {
      Trainable inner = layer;
      while (inner instanceof BaseWrapperLayer) {
        inner = ((BaseWrapperLayer) inner).getUnderlying();
      }
      return inner;
    }

    @Override
    Set<String> outputLayers() {
      Layer[] layers = net.getLayers();
      for (int i = layers.length - 1; i >= 0; i--) {
        if (layers[i].numParams() > 0) {
          return Set.of(nameOf(layers[i]));
        }
      }
      return Set.of();
    }

    /** Else a view of its own array, as it does not keep what {@code backpropGradient} returns. */
    @Override
    INDArray gradient() {
      INDArray gradient = super.gradient();
      return gradient == null ? net.getFlattenedGradients() : gradient;
    }

    /** Its own method fails where errors come from outside and not of labels. */
    @Override
    int batchSize() {
      return net.getLabels() == null ? (int) net.getInput().size(0) : super.batchSize();
    }
  }

  /** A ComputationGraph. */
  private static final class OfVertices extends Network {

    private final ComputationGraph graph;

    OfVertices(ComputationGraph graph) {
      super(graph);
      this.graph = graph;
    }

    @Override
    boolean isInitialised() {
      return graph.getVertices() != null;
    }

    @Override
    Updater updater(boolean create) {
      return graph.getUpdater(create);
    }

    @Override
    Trainable owner(Trainable named) {
      return graph.getVertex(nameOf(named));
    }

    @Override
    String nameOf(Trainable owner) {
      return ((GraphVertex) owner).getVertexName();
    }

    @Override
    Set<String> names() {
      return Arrays.stream(graph.getVertices())
          .map(GraphVertex::getVertexName)
          .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The outputs or, where these have no parameters, the nearest vertices before them that do. */
    @Override
    Set<String> outputLayers() {
      Set<String> found = new HashSet<>();
      Set<String> visited = new HashSet<>(); // branches that meet lead to a vertex in several ways
      Deque<String> toVisit = new ArrayDeque<>(graph.getConfiguration().getNetworkOutputs());
      while (!toVisit.isEmpty()) {
        GraphVertex vertex = graph.getVertex(toVisit.remove());
        if (!visited.add(vertex.getVertexName())) {
          continue;
        }
        if (vertex.numParams() > 0) {
          found.add(vertex.getVertexName());
        } else if (vertex.getInputVertices() != null) {
          for (VertexIndices input : vertex.getInputVertices()) {
            toVisit.add(graph.getVertices()[input.getVertexIndex()].getVertexName());
          }
        }
      }
      return found;
    }

    @Override
    int iteration() {
      return graph.getIterationCount();
    }

    @Override
    int epoch() {
      return graph.getEpochCount();
    }

    @Override
    Collection<TrainingListener> presentListeners() {
      return graph.getListeners();
    }
  }
}
