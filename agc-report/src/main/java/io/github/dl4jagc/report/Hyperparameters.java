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

/** What a network is trained with besides AGC. */
final class Hyperparameters {

  private Hyperparameters() {}

  /** Such as {@code Nesterovs(learningRate=0.1, momentum=0.9)}; several if layers differ. */
  static String updaters(Model model) {
    return layers(model)
        .flatMap(
            layer ->
                layer.paramTable(false).keySet().stream()
                    .map(name -> layer.getConfig().getUpdaterByParam(name)))
        .filter(updater -> updater != null && updater.hasLearningRate())
        .map(Hyperparameters::inWords)
        .distinct()
        .collect(Collectors.joining("; "));
  }

  private static Stream<Layer> layers(Model model) {
    if (model instanceof ComputationGraph) {
      return Arrays.stream(((ComputationGraph) model).getLayers());
    }
    // Not getLayers(), which waits for fit(), which may wait for who asks.
    return model instanceof MultiLayerNetwork
        ? IntStream.range(0, ((MultiLayerNetwork) model).getnLayers())
            .mapToObj(((MultiLayerNetwork) model)::getLayer)
        : Stream.empty();
  }

  /** Without what has no value, and without packages. */
  private static String inWords(IUpdater updater) {
    IUpdater inner =
        updater instanceof AgcGradientNormalization
            ? ((AgcGradientNormalization) updater).inner()
            : updater;
    return inner.toString().replaceAll(", \\w+=null|\\b([a-z]\\w*\\.)+(?=[A-Z])", "");
  }

  /** The examples in the latest minibatch; 0: not known. */
  static int minibatch(Model model) {
    INDArray[] inputs =
        model instanceof ComputationGraph
            ? ((ComputationGraph) model).getInputs()
            : new INDArray[] {model.input()};
    return inputs == null || inputs[0] == null ? 0 : (int) inputs[0].size(0);
  }
}
