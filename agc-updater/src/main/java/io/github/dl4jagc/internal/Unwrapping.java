package io.github.dl4jagc.internal;

import io.github.dl4jagc.AgcGradientNormalization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** Copies networks with the inner updaters in place of their AGC wrappers. */
public final class Unwrapping {

  private Unwrapping() {}

  /** A copy of {@code net} without AGC. */
  public static MultiLayerNetwork unwrap(MultiLayerNetwork net) {
    BaseMultiLayerUpdater<?> updater = NetworkParameters.updaterOf(net);
    MultiLayerNetwork copy =
        new MultiLayerNetwork(
            MultiLayerConfiguration.fromJson(
                withoutAgc(
                    net.getLayerWiseConfigurations().toJson(), NeuralNetConfiguration.mapper())));
    copy.init(net.params().dup(), false);
    copy.setIterationCount(net.getIterationCount());
    copy.setEpochCount(net.getEpochCount());
    copyState(updater, (BaseMultiLayerUpdater<?>) copy.getUpdater());
    return copy;
  }

  /** A copy of {@code net} without AGC. */
  public static ComputationGraph unwrap(ComputationGraph net) {
    BaseMultiLayerUpdater<?> updater = NetworkParameters.updaterOf(net);
    ComputationGraph copy =
        new ComputationGraph(
            ComputationGraphConfiguration.fromJson(
                withoutAgc(net.getConfiguration().toJson(), NeuralNetConfiguration.mapper())));
    copy.init(net.params().dup(), false);
    copy.getConfiguration().setIterationCount(net.getConfiguration().getIterationCount());
    copy.getConfiguration().setEpochCount(net.getConfiguration().getEpochCount());
    copyState(updater, copy.getUpdater());
    return copy;
  }

  /**
   * By way of JSON, which is how DL4J itself copies a configuration to a file: there a wrapper is
   * found wherever it stands, in layers inside of layers and in classes that the library has never
   * seen.
   */
  private static String withoutAgc(String json, ObjectMapper mapper) {
    try {
      return mapper.writeValueAsString(withoutAgc(mapper.readTree(json)));
    } catch (IOException e) {
      throw new UncheckedIOException("The network's configuration is not valid JSON", e);
    }
  }

  private static JsonNode withoutAgc(JsonNode node) {
    if (AgcGradientNormalization.class.getName().equals(node.path("@class").asText(null))) {
      return node.get("inner");
    }
    if (node instanceof ObjectNode) {
      Iterator<Map.Entry<String, JsonNode>> fields = node.fields();
      while (fields.hasNext()) {
        Map.Entry<String, JsonNode> field = fields.next();
        field.setValue(withoutAgc(field.getValue()));
      }
    } else if (node instanceof ArrayNode) {
      ArrayNode array = (ArrayNode) node;
      for (int i = 0; i < array.size(); i++) {
        array.set(i, withoutAgc(array.get(i)));
      }
    }
    return node;
  }

  /**
   * Copies updater state parameter by parameter: layers that differ in nothing but their AGC
   * settings share an updater block once they are unwrapped, and a block keeps the first state of
   * all its parameters before the second (Adam: m of a, m of b, v of a, v of b).
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
