package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertRelativelyClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** The loops of docs/own-loops.md. */
class OwnLoopsTest {

  private static final double THRESHOLD = 0.05;

  private static MultiDataSet multi(DataSet data) {
    return new MultiDataSet(data.getFeatures(), data.getLabels());
  }

  /** Sizes of micro-batches: the last one is as large as the others, or smaller. */
  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 12})
  void accumulatedMicroBatchesAreClippedAsOneBatch(int size) {
    MultiLayerNetwork net = Networks.dense(Networks.builder(new Nesterovs(0.3, 0.9)).l2(0.01));
    MultiLayerNetwork whole = Networks.dense(Networks.builder(new Nesterovs(0.3, 0.9)).l2(0.01));
    for (int step = 0; step < 4; step++) {
      DataSet data = new DataSet(Networks.gaussian(step, 12, 4), Networks.oneHot(step, 12, 3));
      INDArray sum = null;
      int examples = 0;
      List<DataSet> microBatches = data.batchBy(size);
      assertThat(microBatches).hasSize((11 + size) / size);
      for (DataSet micro : microBatches) {
        NetworkCheck.computeGradient(net, multi(micro));
        INDArray flat = net.gradient().gradient();
        sum = sum == null ? flat.dup() : sum.addi(flat);
        examples += micro.numExamples();
      }
      net.gradient().gradient().assign(sum.muli((double) net.batchSize() / examples));
      Agc.apply(net, THRESHOLD);
      NetworkCheck.update(net, step);

      NetworkCheck.computeGradient(whole, multi(data));
      Agc.apply(whole, THRESHOLD);
      NetworkCheck.update(whole, step);
      assertRelativelyClose(net.params(), Oracle.values(whole.params()), 1e-9);
    }
    assertThat(AgcReport.of(net).total().clippedUnits())
        .isEqualTo(AgcReport.of(whole).total().clippedUnits());
    NetworkCheck.assertClippedSome(net);
  }

  private static MultiLayerNetwork withLossTimes(double scale) {
    INDArray weights = Nd4j.valueArrayOf(new long[] {1, 3}, scale, DataType.DOUBLE);
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(new Sgd(0.5))
                .list()
                .layer(new DenseLayer.Builder().nIn(4).nOut(6).build())
                .layer(
                    new OutputLayer.Builder(new LossMCXENT(weights))
                        .activation(Activation.SOFTMAX)
                        .nIn(6)
                        .nOut(3)
                        .build())
                .build());
    net.init();
    return net;
  }

  @Test
  void scaledLossesAreUnscaledBeforeClipping() {
    double lossScale = 1024;
    MultiLayerNetwork scaled = withLossTimes(lossScale);
    MultiLayerNetwork plain = withLossTimes(1);
    for (int step = 0; step < 4; step++) {
      NetworkCheck.computeGradient(scaled, Networks.denseData(8, step));
      scaled.gradient().gradient().divi(lossScale);
      Agc.apply(scaled, THRESHOLD);
      NetworkCheck.update(scaled, step);

      NetworkCheck.computeGradient(plain, Networks.denseData(8, step));
      Agc.apply(plain, THRESHOLD);
      NetworkCheck.update(plain, step);
      assertRelativelyClose(scaled.params(), Oracle.values(plain.params()), 1e-12);
    }
    NetworkCheck.assertClippedSome(scaled);
  }
}
