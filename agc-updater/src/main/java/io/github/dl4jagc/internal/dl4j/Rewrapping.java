package io.github.dl4jagc.internal.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Copies networks with other updaters, such as the same with AGC around them. */
public final class Rewrapping {

  private Rewrapping() {}

  /**
   * A copy of a network with other updaters, but the state of those that it has. By {@code clone()}
   * of its configuration, as what DL4J writes as JSON lacks some things: word vectors in memory,
   * some schedules, layers that are anonymous classes.
   */
  public static Model copy(Model net, UpdatersInside.Change change) {
    BaseMultiLayerUpdater<?> updater = Network.ofNetwork(net).readableUpdater();
    INDArray parameters = net.params().dup();
    Model copy;
    if (net instanceof MultiLayerNetwork) {
      MultiLayerNetwork layers = (MultiLayerNetwork) net;
      MultiLayerNetwork copied =
          new MultiLayerNetwork(
              UpdatersInside.changed(layers.getLayerWiseConfigurations(), change));
      copied.init(parameters, false);
      copy = copied;
    } else {
      ComputationGraph copied =
          new ComputationGraph(
              UpdatersInside.changed(((ComputationGraph) net).getConfiguration(), change));
      copied.init(parameters, false);
      copy = copied;
    }
    copyState(updater, Network.of(copy).readableUpdater());
    return copy;
  }

  /**
   * Copies updater state parameter by parameter: layers that differ in nothing but their AGC
   * settings share an updater block once they have the same or none, and a block keeps the first
   * state of all its parameters before the second (Adam: m of a, m of b, v of a, v of b).
   */
  private static void copyState(BaseMultiLayerUpdater<?> from, BaseMultiLayerUpdater<?> to) {
    List<INDArray> states = states(from);
    List<INDArray> copies = states(to);
    for (int i = 0; i < states.size(); i++) {
      copies.get(i).assign(states.get(i));
    }
  }

  /** Views of the states of each parameter, in the order of the parameters. */
  private static List<INDArray> states(BaseMultiLayerUpdater<?> updater) {
    List<INDArray> states = new ArrayList<>();
    for (UpdaterBlock block : updater.getUpdaterBlocks()) {
      INDArray state = block.getUpdaterView(); // null: it has none
      int blockLength = block.getParamOffsetEnd() - block.getParamOffsetStart();
      for (UpdaterBlock.ParamState parameter : block.getLayersAndVariablesInBlock()) {
        int length = parameter.getParamOffsetEnd() - parameter.getParamOffsetStart();
        for (long at = parameter.getParamOffsetStart() - block.getParamOffsetStart();
            state != null && at < state.length();
            at += blockLength) {
          states.add(state.reshape(state.length()).get(NDArrayIndex.interval(at, at + length)));
        }
      }
    }
    return states;
  }
}
