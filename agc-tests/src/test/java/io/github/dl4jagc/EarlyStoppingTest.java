package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.OracleListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

/** Early stopping, and what DL4J makes of listeners in it. */
class EarlyStoppingTest {

  private static final double THRESHOLD = 0.05;

  private static AgcGradientNormalization agc(IUpdater inner) {
    return new AgcGradientNormalization(inner, THRESHOLD);
  }

  @Test
  void earlyStopping() {
    MultiLayerNetwork clipped = Networks.dense(agc(new Adam(0.05)));
    clipped.setListeners(new AgcListener());
    MultiLayerNetwork oracle = Networks.dense(new Adam(0.05));
    oracle.setListeners(OracleListener.columns(THRESHOLD));
    NetworkCheck.assertSameParameters(stopEarly(clipped), stopEarly(oracle));
    NetworkCheck.assertClippedSome(clipped);
  }

  private static MultiLayerNetwork stopEarly(MultiLayerNetwork net) {
    EarlyStoppingResult<MultiLayerNetwork> result = earlyStoppingTrainer(net).fit();
    assertThat(result.getTotalEpochs()).isEqualTo(3);
    return result.getBestModel();
  }

  private static EarlyStoppingTrainer earlyStoppingTrainer(MultiLayerNetwork net) {
    DataSetIterator data = new ExistingDataSetIterator(Networks.minibatches(4));
    return new EarlyStoppingTrainer(
        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
            .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
            .scoreCalculator(new DataSetLossCalculator(data, true))
            .modelSaver(new InMemoryModelSaver<>())
            .build(),
        net,
        data);
  }

  @Test
  void missingListenerThatEarlyStoppingHidesIsInTheLog() throws Exception {
    MultiLayerNetwork net = Networks.dense(agc(new Adam(0.05)));
    EarlyStoppingTrainer trainer = earlyStoppingTrainer(net);
    try (LogCapture log = new LogCapture()) {
      Throwable thrown = catchThrowable(trainer::fit);
      assertThat(thrown).isInstanceOf(NullPointerException.class).hasNoCause();
      assertThat(log.messages())
          .singleElement()
          .asString()
          .startsWith("ERROR AGC ends this training")
          .contains("net.addListeners(new AgcListener())")
          .endsWith("/docs/troubleshooting.md#hidden-exceptions)");
      // A search for what DL4J throws finds the entry.
      String page =
          Files.readString(
              Path.of(System.getProperty("agc.root.directory"), "docs/troubleshooting.md"));
      assertThat(page.replaceAll("\\s+", " ")).contains(thrown.getMessage());
    }
  }

  @Test
  void bestModelOfEarlyStoppingAndTransferLearningNeedAListenerOfTheirOwn() {
    MultiLayerNetwork net = Networks.dense(agc(new Adam(0.05)));
    net.setListeners(new AgcListener());
    MultiLayerNetwork best = earlyStoppingTrainer(net).fit().getBestModel();
    MultiLayerNetwork transferred =
        new TransferLearning.Builder(net).nOutReplace(2, 3, WeightInit.XAVIER).build();
    for (MultiLayerNetwork copy : List.of(best, transferred)) {
      assertThatThrownBy(() -> NetworkCheck.fit(copy, Networks.denseData(8, 1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("getBestModel()")
          .hasMessageContaining("TransferLearning")
          .hasMessageContaining("Agc.attach(net)");
      Agc.attach(copy);
      NetworkCheck.fit(copy, Networks.denseData(8, 1));
      NetworkCheck.assertClippedSome(copy);
    }
  }
}
