package io.github.dl4jagc.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.Agc;
import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.testing.Networks;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;

/** Layers whose parameters are not where DL4J's updaters look for them. */
class ParametersThatAreNotViewsTest {

  private final MultiLayerNetwork net = Networks.dense(new AgcGradientNormalization(new Sgd(0.1)));

  private void replaceWeights(INDArray weights) {
    net.getLayer(0).paramTable(false).put("W", weights);
  }

  private INDArray weights(long rowStride, long columnStride) {
    return Nd4j.create(
        net.params().data(),
        new long[] {4, 6},
        new long[] {rowStride, columnStride},
        0,
        'f',
        DataType.DOUBLE);
  }

  private void assertRefused() {
    assertThatThrownBy(() -> Agc.attach(net))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("contiguous views of the network's flat parameter array")
        .hasMessageContaining("parameter \"W\" of shape [4, 6]");
  }

  @Test
  void viewsWithGapsAreRefused() {
    replaceWeights(weights(1, 5));
    assertRefused();
    replaceWeights(weights(2, 8));
    assertRefused();
  }

  @Test
  void arraysBeyondTheNetworksAreRefused() {
    long length = net.params().length();
    INDArray longer = Nd4j.create(DataType.DOUBLE, length + 24);
    replaceWeights(longer.get(NDArrayIndex.interval(length - 23, length + 1)).reshape('f', 4, 6));
    assertRefused();
  }

  @Test
  void arraysOfTheirOwnAreRefusedEvenWhereTheirOffsetWouldDo() {
    replaceWeights(net.getParam("0_W").dup('f'));
    assertRefused();
  }

  @Test
  void viewsInEitherOrderAreTaken() {
    replaceWeights(weights(1, 4));
    assertThatCode(() -> Agc.attach(net)).doesNotThrowAnyException();
  }
}
