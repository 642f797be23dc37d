package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertRelativelyClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import io.github.dl4jagc.testing.OracleListener;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/** Layer-wise pretraining, against the oracle. */
class PretrainingTest {

  private static final double THRESHOLD = 0.05;

  private static AgcGradientNormalization agc(IUpdater inner) {
    return new AgcGradientNormalization(inner, THRESHOLD);
  }

  @Test
  void layerwisePretrainingOfAnAutoEncoder() {
    assertPretrainsAsTheOracle(new AutoEncoder.Builder().nOut(6).corruptionLevel(0).build());
  }

  @Test
  void layerwisePretrainingOfAVariationalAutoEncoder() {
    assertPretrainsAsTheOracle(
        new VariationalAutoencoder.Builder()
            .nOut(3)
            .encoderLayerSizes(6, 5)
            .decoderLayerSizes(5)
            .build());
  }

  private static void assertPretrainsAsTheOracle(FeedForwardLayer layer) {
    MultiLayerNetwork net = pretrainable(agc(new Sgd(1)), layer);
    Map<String, INDArray> gradients = new HashMap<>();
    net.setListeners(
        new BaseTrainingListener() {
          @Override
          public void onGradientCalculation(Model model) { // of the layer, not of the network
            gradients.putAll(NetworkCheck.copies(model.gradient().gradientForVariable()));
          }
        },
        new AgcListener());
    for (int step = 0; step < 3; step++) {
      Map<String, INDArray> before = NetworkCheck.copies(net.getLayer(0).paramTable(false));
      net.pretrainLayer(0, Networks.gaussian(step, 8, 4));
      assertThat(gradients.keySet()).isEqualTo(before.keySet());
      for (String name : before.keySet()) {
        int[] units = OracleListener.columnsOf(before.get(name));
        assertRelativelyClose(
            before.get(name).sub(net.getLayer(0).getParam(name)),
            Oracle.clip(before.get(name), gradients.get(name).div(8), THRESHOLD, 1e-3, units),
            1e-7);
      }
    }
    assertThat(AgcReport.of((Model) net.getLayer(0)).total().clippedUnits()).isPositive();
  }

  private static MultiLayerNetwork pretrainable(IUpdater updater, FeedForwardLayer layer) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(updater)
                .list()
                .layer(layer.clone())
                .layer(Networks.output(3))
                .setInputType(InputType.feedForward(4))
                .build());
    net.init();
    return net;
  }
}
