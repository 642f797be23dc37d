package io.github.dl4jagc.report;

import io.github.dl4jagc.AgcGradientNormalization;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/** What a network is trained with besides AGC, in words. */
final class Hyperparameters {

  static final Hyperparameters NONE = new Hyperparameters("", 0);

  /** Such as {@code Nesterovs(learningRate=0.1, momentum=0.9)}; several if layers differ. */
  final String updater;

  /** The examples in the latest minibatch; 0: not known. */
  final int minibatch;

  Hyperparameters(String updater, int minibatch) {
    this.updater = updater;
    this.minibatch = minibatch;
  }

  static Hyperparameters of(Model model) {
    if (model instanceof ComputationGraph) {
      ComputationGraph graph = (ComputationGraph) model;
      INDArray[] inputs = graph.getInputs();
      return of(Arrays.stream(graph.getLayers()), inputs == null ? null : inputs[0]);
    }
    if (model instanceof MultiLayerNetwork) {
      MultiLayerNetwork network = (MultiLayerNetwork) model;
      // Not getLayers(), which waits for fit(), which may wait for who asks.
      return of(
          IntStream.range(0, network.getnLayers()).mapToObj(network::getLayer), network.input());
    }
    return NONE;
  }

  private static Hyperparameters of(Stream<Layer> layers, INDArray input) {
    String updaters =
        layers
            .flatMap(
                layer ->
                    layer.paramTable(false).keySet().stream()
                        .map(name -> layer.getConfig().getUpdaterByParam(name)))
            .filter(updater -> updater != null && updater.hasLearningRate())
            .distinct()
            .map(Hyperparameters::inWords)
            .distinct()
            .collect(Collectors.joining("; "));
    return new Hyperparameters(updaters, input == null ? 0 : (int) input.size(0));
  }

  /** Without what has no value, and without packages. */
  private static String inWords(IUpdater updater) {
    IUpdater inner =
        updater instanceof AgcGradientNormalization
            ? ((AgcGradientNormalization) updater).inner()
            : updater;
    return inner.toString().replaceAll(", \\w+=null|\\b([a-z]\\w*\\.)+(?=[A-Z])", "");
  }
}
