package io.github.dl4jagc;

import static io.github.dl4jagc.testing.NetworkCheck.FROZEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.modelimport.keras.KerasModelImport;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Networks that were made from others. */
class TransferLearningTest {

  private static final double THRESHOLD = 0.05;

  private static AgcGradientNormalization agc(IUpdater inner) {
    return new AgcGradientNormalization(inner, THRESHOLD);
  }

  @Test
  void transferLearningWithFineTuneConfiguration() {
    MultiLayerNetwork pretrained = Networks.dense(new Adam(0.05));
    NetworkCheck.fit(pretrained, Networks.denseData(8, 1));
    MultiLayerNetwork tuned =
        new TransferLearning.Builder(pretrained)
            .fineTuneConfiguration(
                new FineTuneConfiguration.Builder().updater(agc(new Sgd(1))).seed(1).build())
            .setFeatureExtractor(0)
            .nOutReplace(2, 3, WeightInit.XAVIER)
            .build();
    tuned.setListeners(new AgcListener());
    Map<String, int[]> units = Networks.denseUnits();
    units.put("0_W", FROZEN);
    units.put("0_b", FROZEN);
    NetworkCheck.assertFitClips(tuned, Networks.denseData(8, 2), THRESHOLD, units);
    AgcReport report = AgcReport.of(tuned);
    assertThat(report.row("layer0", "W").orElseThrow().leftAlone()).contains("frozen layer");
  }

  @Test
  void modelImportedFromKeras() throws Exception {
    MultiLayerConfiguration imported =
        KerasModelImport.importKerasSequentialConfiguration(
            Path.of(TransferLearningTest.class.getResource("/keras-sequential.json").toURI())
                .toString(),
            false);
    MultiLayerNetwork keras = new MultiLayerNetwork(imported);
    keras.init();
    MultiLayerNetwork net =
        new TransferLearning.Builder(keras.convertDataType(DataType.DOUBLE))
            .fineTuneConfiguration(
                new FineTuneConfiguration.Builder().updater(agc(new Sgd(1))).build())
            .addLayer(new LossLayer.Builder(LossFunctions.LossFunction.MSE).build())
            .build();
    net.setListeners(new AgcListener());
    Map<String, int[]> units = new HashMap<>();
    units.put("0_W", new int[] {0});
    units.put("0_b", new int[0]);
    for (int layer : new int[] {1, 2}) { // Flatten became a preprocessor
      units.put(layer + "_W", new int[] {1});
      units.put(layer + "_b", new int[0]);
    }
    NetworkCheck.assertFitClips(
        net,
        new MultiDataSet(Networks.gaussian(1, 4, 2, 6, 6), Networks.oneHot(1, 4, 3)),
        THRESHOLD,
        units);
  }
}
