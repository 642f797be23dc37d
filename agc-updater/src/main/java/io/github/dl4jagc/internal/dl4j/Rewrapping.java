package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.CONFIGURATION_IN_JSON;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.common.config.ND4JClassLoading;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * Puts AGC around the updaters of a configuration or of a network, or takes it off a network's.
 *
 * <p>By way of JSON, which is how DL4J itself copies a configuration to a file: there an updater is
 * found wherever it stands, in layers inside of layers and in classes that the library has never
 * seen.
 */
public final class Rewrapping {

  private static final String CLASS = "@class";

  private Rewrapping() {}

  /** A copy of {@code conf} with AGC around every updater. */
  public static MultiLayerConfiguration wrap(MultiLayerConfiguration conf, AgcSettings settings) {
    return MultiLayerConfiguration.fromJson(
        rewrite(conf.toJson(), node -> withAgc(node, settings)));
  }

  /** A copy of {@code conf} with AGC around every updater. */
  public static ComputationGraphConfiguration wrap(
      ComputationGraphConfiguration conf, AgcSettings settings) {
    return ComputationGraphConfiguration.fromJson(
        rewrite(conf.toJson(), node -> withAgc(node, settings)));
  }

  /** A copy of {@code net} with AGC around every updater. */
  public static MultiLayerNetwork wrap(MultiLayerNetwork net, AgcSettings settings) {
    return copy(net, node -> withAgc(node, settings));
  }

  /** A copy of {@code net} with AGC around every updater. */
  public static ComputationGraph wrap(ComputationGraph net, AgcSettings settings) {
    return copy(net, node -> withAgc(node, settings));
  }

  /** A copy of {@code net} without AGC. */
  public static MultiLayerNetwork unwrap(MultiLayerNetwork net) {
    return copy(net, Rewrapping::withoutAgc);
  }

  /** A copy of {@code net} without AGC. */
  public static ComputationGraph unwrap(ComputationGraph net) {
    return copy(net, Rewrapping::withoutAgc);
  }

  private static MultiLayerNetwork copy(MultiLayerNetwork net, UnaryOperator<JsonNode> change) {
    BaseMultiLayerUpdater<?> updater = NetworkParameters.updaterOf(net);
    MultiLayerNetwork copy =
        new MultiLayerNetwork(
            MultiLayerConfiguration.fromJson(
                rewrite(net.getLayerWiseConfigurations().toJson(), change)));
    copy.init(net.params().dup(), false);
    copy.setIterationCount(net.getIterationCount());
    copy.setEpochCount(net.getEpochCount());
    copyState(updater, (BaseMultiLayerUpdater<?>) copy.getUpdater());
    return copy;
  }

  private static ComputationGraph copy(ComputationGraph net, UnaryOperator<JsonNode> change) {
    BaseMultiLayerUpdater<?> updater = NetworkParameters.updaterOf(net);
    ComputationGraph copy =
        new ComputationGraph(
            ComputationGraphConfiguration.fromJson(
                rewrite(net.getConfiguration().toJson(), change)));
    copy.init(net.params().dup(), false);
    copy.getConfiguration().setIterationCount(net.getConfiguration().getIterationCount());
    copy.getConfiguration().setEpochCount(net.getConfiguration().getEpochCount());
    copyState(updater, copy.getUpdater());
    return copy;
  }

  /**
   * @param change gives the replacement of a node, or {@code null} to leave it and look inside
   */
  private static String rewrite(String json, UnaryOperator<JsonNode> change) {
    ObjectMapper mapper = NeuralNetConfiguration.mapper();
    try {
      return mapper.writeValueAsString(rewrite(mapper.readTree(json), change));
    } catch (IOException e) {
      throw new UncheckedIOException(
          CONFIGURATION_IN_JSON.message("The configuration is not valid JSON"), e);
    }
  }

  private static JsonNode rewrite(JsonNode node, UnaryOperator<JsonNode> change) {
    JsonNode replacement = change.apply(node);
    if (replacement != null) {
      return replacement;
    }
    if (node instanceof ObjectNode) {
      Iterator<Map.Entry<String, JsonNode>> fields = node.fields();
      while (fields.hasNext()) {
        Map.Entry<String, JsonNode> field = fields.next();
        field.setValue(rewrite(field.getValue(), change));
      }
    } else if (node instanceof ArrayNode) {
      ArrayNode array = (ArrayNode) node;
      for (int i = 0; i < array.size(); i++) {
        array.set(i, rewrite(array.get(i), change));
      }
    }
    return node;
  }

  private static JsonNode withoutAgc(JsonNode node) {
    return isAgc(node) ? node.get("inner") : null;
  }

  private static JsonNode withAgc(JsonNode node, AgcSettings settings) {
    if (!isUpdater(node)) {
      return null;
    }
    ObjectMapper mapper = NeuralNetConfiguration.mapper();
    ObjectNode wrapper = mapper.valueToTree(new AgcGradientNormalization(new NoOp(), settings));
    wrapper.set("inner", isAgc(node) ? node.get("inner") : node);
    return wrapper;
  }

  private static boolean isAgc(JsonNode node) {
    return AgcGradientNormalization.class.getName().equals(node.path(CLASS).asText(null));
  }

  private static boolean isUpdater(JsonNode node) {
    String name = node.path(CLASS).asText(null);
    if (name == null) {
      return false;
    }
    Class<?> type = ND4JClassLoading.loadClassByName(name); // as DL4J loads it
    return type != null && IUpdater.class.isAssignableFrom(type);
  }

  /**
   * Copies updater state parameter by parameter: layers that differ in nothing but their AGC
   * settings share an updater block once they have the same or none, and a block keeps the first
   * state of all its parameters before the second (Adam: m of a, m of b, v of a, v of b).
   */
  private static void copyState(BaseMultiLayerUpdater<?> from, BaseMultiLayerUpdater<?> to) {
    Map<String, INDArray> states = new HashMap<>();
    forEachState(from, states::put);
    forEachState(to, (name, state) -> state.assign(states.get(name)));
  }

  private interface StateVisitor {
    void visit(String name, INDArray state);
  }

  private static void forEachState(BaseMultiLayerUpdater<?> updater, StateVisitor visitor) {
    for (UpdaterBlock block : updater.getUpdaterBlocks()) {
      INDArray view = block.getUpdaterView();
      if (view == null) {
        continue;
      }
      INDArray flat = view.reshape(view.length());
      long parametersInBlock = block.getParamOffsetEnd() - block.getParamOffsetStart();
      long kinds = flat.length() / parametersInBlock;
      List<UpdaterBlock.ParamState> parameters = block.getLayersAndVariablesInBlock();
      for (long kind = 0; kind < kinds; kind++) {
        for (UpdaterBlock.ParamState parameter : parameters) {
          long start =
              kind * parametersInBlock
                  + parameter.getParamOffsetStart()
                  - block.getParamOffsetStart();
          long length = parameter.getParamOffsetEnd() - parameter.getParamOffsetStart();
          visitor.visit(
              ownerOf(parameter) + "/" + parameter.getParamName() + "/" + kind,
              flat.get(NDArrayIndex.interval(start, start + length)));
        }
      }
    }
  }

  private static String ownerOf(UpdaterBlock.ParamState parameter) {
    if (parameter.getLayer() instanceof GraphVertex) {
      return ((GraphVertex) parameter.getLayer()).getVertexName();
    }
    return String.valueOf(((org.deeplearning4j.nn.api.Layer) parameter.getLayer()).getIndex());
  }
}
