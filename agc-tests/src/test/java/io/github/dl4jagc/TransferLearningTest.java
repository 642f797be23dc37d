package io.github.dl4jagc;

import static io.github.dl4jagc.testing.NetworkCheck.FROZEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.modelimport.keras.KerasModelImport;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.transferlearning.TransferLearningHelper;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
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
  void plainBiasUpdatersOutliveFineTuningAndAreWrappedByWrap() {
    MultiLayerNetwork pretrained =
        Networks.dense(Networks.builder(new Sgd(0.1)).biasUpdater(new Sgd(0.2)));
    MultiLayerNetwork tuned =
        new TransferLearning.Builder(pretrained)
            .fineTuneConfiguration(
                new FineTuneConfiguration.Builder().updater(agc(new Sgd(1))).build())
            .build();
    assertThat(leftAlone(tuned, "W")).isEmpty();
    assertThat(leftAlone(tuned, "b"))
        .hasValueSatisfying(why -> assertThat(why).contains("updater"));
    MultiLayerNetwork wrapped = Agc.wrap(pretrained, AgcSettings.builder().build());
    assertThat(leftAlone(wrapped, "W")).isEmpty();
    assertThat(leftAlone(wrapped, "b")).isEmpty();
  }

  private static Optional<String> leftAlone(MultiLayerNetwork net, String parameter) {
    Agc.attach(net);
    return AgcReport.of(net).row("layer1", parameter).orElseThrow().leftAlone();
  }

  @Test
  void withoutFineTuneConfigurationTheUpdatersStay() {
    MultiLayerNetwork tuned =
        new TransferLearning.Builder(Networks.dense(agc(new Sgd(1))))
            .nOutReplace(2, 3, WeightInit.XAVIER)
            .build();
    assertThat(leftAlone(tuned, "W")).isEmpty();
  }

  @Test
  void featurisedTrainingNeedsTheListenerOnTheUnfrozenPart() {
    DataSet data = Networks.minibatches(1).get(0);
    TransferLearningHelper without = new TransferLearningHelper(Networks.dense(agc(new Sgd(1))), 0);
    assertThatThrownBy(() -> without.fitFeaturized(without.featurize(data)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("never bound");

    TransferLearningHelper helper = new TransferLearningHelper(Networks.dense(agc(new Sgd(1))), 0);
    Agc.attach(helper.unfrozenMLN());
    helper.fitFeaturized(helper.featurize(data));
    AgcReport report = AgcReport.of(helper.unfrozenMLN());
    assertThat(report.rows()).hasSize(4);
    assertThat(report.total().clippedUnits()).isPositive();
  }

  @Test
  void importedNetworkIsWrappedAroundDl4jsDefaultUpdater() throws Exception {
    MultiLayerNetwork imported =
        new MultiLayerNetwork(
            KerasModelImport.importKerasSequentialConfiguration(
                Path.of(TransferLearningTest.class.getResource("/keras-sequential.json").toURI())
                    .toString(),
                false));
    imported.init();
    MultiLayerNetwork wrapped = Agc.wrap(imported, AgcSettings.builder().build());
    Agc.attach(wrapped);
    AgcReport report = AgcReport.of(wrapped);
    assertThat(report.rows()).hasSize(6).allMatch(row -> row.leftAlone().isEmpty());
    assertThat(report.rows().get(0).layer()).as("Keras's name").isEqualTo("conv2d_1");
    AgcGradientNormalization updater =
        (AgcGradientNormalization)
            ((BaseLayer) wrapped.getLayerWiseConfigurations().getConf(0).getLayer()).getIUpdater();
    assertThat(updater.inner()).isEqualTo(new Sgd(1e-3));
    assertThat(wrapped.params()).isEqualTo(imported.params());
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
