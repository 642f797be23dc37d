package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.testing.Networks;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** DL4J's training on several threads. */
class ParallelWrapperTest {

  private static final double THRESHOLD = 0.05;

  private static AgcGradientNormalization agc(IUpdater inner) {
    return new AgcGradientNormalization(inner, THRESHOLD);
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void parallelWrapperAveragingIsTheAverageOfTwoLocalNetworks() {
    MultiLayerNetwork root = Networks.dense(agc(new Sgd(0.5)));
    List<DataSet> data = Networks.minibatches(2);
    INDArray one = trainedCopy(root, data.get(0)).params();
    INDArray other = trainedCopy(root, data.get(1)).params();
    // DL4J's second worker copies the root network at its start, while the first may already have
    // trained it.
    INDArray later = trainedCopy(trainedCopy(root, data.get(0)), data.get(1)).params();

    AgcListener listener = new AgcListener(1);
    train(root, listener, ParallelWrapper.TrainingMode.AVERAGING, 2, data);
    assertThat(
            List.of(
                root.params().distance2(one.add(other).divi(2)),
                root.params().distance2(one.add(later).divi(2))))
        .anyMatch(distance -> distance < 1e-9);
    assertThat(listener.report(root).total().clippedUnits())
        .as("the first worker trains the root network itself")
        .isPositive();
  }

  private static MultiLayerNetwork trainedCopy(MultiLayerNetwork net, DataSet data) {
    MultiLayerNetwork copy = net.clone();
    Agc.attach(copy);
    copy.fit(data);
    return copy;
  }

  @ParameterizedTest
  @EnumSource(names = {"AVERAGING", "SHARED_GRADIENTS"})
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void parallelWrapperWithThreeWorkers(ParallelWrapper.TrainingMode mode) {
    MultiLayerNetwork root = Networks.dense(agc(new Nesterovs(0.1, 0.9)));
    root.getUpdater(); // else a second fit of a SHARED_GRADIENTS wrapper may deadlock in DL4J
    INDArray before = root.params().dup();
    train(root, new AgcListener(), mode, 3, Networks.minibatches(12));
    assertThat(root.params()).isNotEqualTo(before);
    assertThat(root.params().sumNumber().doubleValue()).isFinite();
    assertThat(AgcReport.of(root).total().clippedUnits()).isPositive();
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void listenerThatTheNetworkHasBeforeTheWrapperIsBuiltServes() {
    MultiLayerNetwork root = Networks.dense(agc(new Sgd(0.5)));
    root.setListeners(new AgcListener());
    ParallelWrapper wrapper = wrapper(root, ParallelWrapper.TrainingMode.AVERAGING, 2);
    assertThat(root.getListeners()).isEmpty();
    wrapper.fit(new ExistingDataSetIterator(Networks.minibatches(2)));
    assertThat(AgcReport.of(root).total().clippedUnits()).isPositive();
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void listenerThatTheNetworkGetsAfterwardsIsReplaced() {
    MultiLayerNetwork root = Networks.dense(agc(new Sgd(0.5)));
    ParallelWrapper wrapper = wrapper(root, ParallelWrapper.TrainingMode.AVERAGING, 2);
    root.setListeners(new AgcListener());
    assertThatThrownBy(() -> wrapper.fit(new ExistingDataSetIterator(Networks.minibatches(2))))
        .isExactlyInstanceOf(RuntimeException.class)
        .hasRootCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("never bound");
  }

  private static void train(
      MultiLayerNetwork root,
      TrainingListener listener,
      ParallelWrapper.TrainingMode mode,
      int workers,
      List<DataSet> data) {
    ParallelWrapper wrapper = wrapper(root, mode, workers);
    wrapper.setListeners(listener);
    wrapper.fit(new ExistingDataSetIterator(data));
  }

  private static ParallelWrapper wrapper(
      MultiLayerNetwork root, ParallelWrapper.TrainingMode mode, int workers) {
    return new ParallelWrapper.Builder<>(root)
        .workers(workers)
        .averagingFrequency(1)
        .prefetchBuffer(0)
        .trainingMode(mode)
        .build();
  }
}
