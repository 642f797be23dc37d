package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.Oracle;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * A token that no example has, whose weights are not finite: its gradient is, as are the scores.
 */
class WeightsThatAreNotFiniteTest {

  private static final DataSet TOKENS_0_AND_1 =
      new DataSet(
          Nd4j.createFromArray(new float[][] {{0}, {1}}),
          Nd4j.createFromArray(new float[][] {{1, 0}, {0, 1}}));

  private static MultiLayerNetwork network(NonFiniteGradients policy) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(
                    AgcGradientNormalization.builder(new Sgd(0.1))
                        .nonFiniteGradients(policy)
                        .build())
                .list(
                    new EmbeddingLayer.Builder().nIn(3).nOut(20).build(),
                    new OutputLayer.Builder()
                        .nIn(20)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    net.init();
    net.addListeners(new AgcListener());
    net.getParam("0_W").putScalar(2, 7, Double.NaN);
    return net;
  }

  @Test
  void theyAreNotReadWhereThereIsNoGradientAndLeaveTheOthersAlone() {
    for (NonFiniteGradients policy : NonFiniteGradients.values()) {
      MultiLayerNetwork net = network(policy);
      INDArray before = net.getParam("0_W").dup();
      try (LogCapture log = new LogCapture()) {
        net.fit(TOKENS_0_AND_1);
        assertThat(log.messages()).isEmpty();
      }
      AgcReport.Statistics figures = AgcReport.of(net).row("layer0", "W").orElseThrow().latest();
      assertThat(figures.units()).isEqualTo(3);
      assertThat(figures.nonFiniteUnits()).isZero();
      assertThat(figures.largestRatio()).isPositive().isFinite();
      INDArray after = net.getParam("0_W");
      assertSameValues(after.getRow(2), before.getRow(2));
      assertThat(Oracle.values(after.getRow(0)))
          .doesNotContain(Double.NaN)
          .isNotEqualTo(Oracle.values(before.getRow(0)));
    }
  }
}
