package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertRelativelyClose;
import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import io.github.dl4jagc.testing.OracleListener;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** Updaters that change in mid-training, and networks that have several. */
class UpdatersTest {

  private static final double THRESHOLD = 0.05;

  private static AgcGradientNormalization agc(IUpdater inner) {
    return new AgcGradientNormalization(inner, THRESHOLD);
  }

  @Test
  void learningRateSetInMidTraining() {
    MultiLayerNetwork clipped = Networks.dense(agc(new Nesterovs(0.3, 0.9)));
    clipped.setListeners(new AgcListener());
    MultiLayerNetwork oracle = Networks.dense(new Nesterovs(0.3, 0.9));
    oracle.setListeners(OracleListener.columns(THRESHOLD));
    for (MultiLayerNetwork net : List.of(clipped, oracle)) {
      NetworkCheck.fit(net, Networks.denseData(8, 1));
      net.setLearningRate(0.03);
      NetworkCheck.fit(net, Networks.denseData(8, 2));
      net.setLearningRate(1, 0.5); // one layer alone: updater blocks are cut anew
      NetworkCheck.fit(net, Networks.denseData(8, 3));
    }
    NetworkCheck.assertSameParameters(clipped, oracle);
    NetworkCheck.assertClippedSome(clipped);
  }

  @Test
  void thresholdScheduleGoesOnAfterSaveAndRestore(@TempDir Path folder) throws Exception {
    AgcGradientNormalization scheduled =
        AgcGradientNormalization.builder(new Adam(0.05))
            .clippingThreshold(new StepSchedule(ScheduleType.ITERATION, 0.2, 0.1, 3))
            .build();
    MultiLayerNetwork whole = Networks.dense(scheduled);
    whole.setListeners(new AgcListener());
    for (int step = 0; step < 5; step++) {
      NetworkCheck.fit(whole, Networks.denseData(8, step));
    }
    File file = folder.resolve("net.zip").toFile();
    ModelSerializer.writeModel(whole, file, true);
    MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(file);
    restored.setListeners(new AgcListener());
    for (int step = 5; step < 8; step++) {
      NetworkCheck.fit(whole, Networks.denseData(8, step));
      NetworkCheck.fit(restored, Networks.denseData(8, step));
    }
    assertSameValues(restored.params(), whole.params());
    assertThat(scheduled.settings().clippingThreshold(6, 0))
        .isEqualTo(0.2 * 0.1 * 0.1, within(1e-15));
  }

  @Test
  void separableConvolutionWithABiasUpdaterOfItsOwnIsRefused() {
    assertThatThrownBy(() -> Agc.attach(separable(AgcSettings.builder())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("\"layer0\"")
        .hasMessageContaining("one updater for weights and biases");
  }

  @Test
  void soItIsWhereItIsExcludedButDecayed() {
    AgcOptions<AgcSettings> excluded = AgcSettings.builder().excludeLayers("layer0");
    Agc.attach(separable(excluded));
    assertThatThrownBy(() -> Agc.attach(separable(excluded.weightDecay(0.1))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("\"layer0\"");
  }

  /**
   * DL4J lists this layer's parameters in another order than it flattens them, and so updates wrong
   * slices as soon as there are two updater blocks.
   */
  private static MultiLayerNetwork separable(AgcOptions<AgcSettings> settings) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(new AgcGradientNormalization(new Sgd(1), settings.build()))
                .biasUpdater(new AgcGradientNormalization(new Sgd(2), settings.build()))
                .list()
                .layer(new SeparableConvolution2D.Builder(3, 3).nOut(5).build())
                .layer(Networks.output(3))
                .setInputType(InputType.convolutional(6, 6, 2))
                .build());
    net.init();
    return net;
  }

  @Test
  void biasUpdaterOfItsOwnOnOtherLayers() {
    MultiLayerNetwork net =
        Networks.dense(
            Networks.builder(agc(new Sgd(1)))
                .biasUpdater(new AgcGradientNormalization(new Sgd(1), 1e-3)));
    net.setListeners(new AgcListener());
    MultiDataSet data = Networks.denseData(8, 1);
    Map<String, INDArray> before = NetworkCheck.copies(net.paramTable());
    Map<String, INDArray> gradients = NetworkCheck.meanGradients(net, data);
    NetworkCheck.fit(net, data);
    for (String name : before.keySet()) {
      boolean weights = name.endsWith("W");
      double[] expected =
          Oracle.clip(
              before.get(name),
              gradients.get(name),
              weights ? THRESHOLD : 1e-3,
              1e-3,
              weights ? new int[] {1} : new int[0]);
      assertRelativelyClose(before.get(name).sub(net.getParam(name)), expected, 1e-7);
    }
  }
}
