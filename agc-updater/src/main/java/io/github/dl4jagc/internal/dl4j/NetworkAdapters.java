package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_NETWORK;

import io.github.dl4jagc.internal.check.Checks;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Chooses the {@link Network} of a model. */
public final class NetworkAdapters {

  private NetworkAdapters() {}

  /**
   * @param model a MultiLayerNetwork, a ComputationGraph or a layer
   * @throws IllegalArgumentException if it is something else, or null
   */
  static Network of(Model model) {
    Checks.notNull(model, "net", NOT_A_NETWORK);
    if (model instanceof MultiLayerNetwork) {
      return new LayersNetwork((MultiLayerNetwork) model);
    }
    if (model instanceof ComputationGraph) {
      return new GraphNetwork((ComputationGraph) model);
    }
    if (model instanceof Layer) {
      return new Network(model);
    }
    throw isNone(model);
  }

  /**
   * The same for a network of layers: a layer by itself is a model too.
   *
   * @throws IllegalArgumentException if it is something else, or null
   */
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
}
