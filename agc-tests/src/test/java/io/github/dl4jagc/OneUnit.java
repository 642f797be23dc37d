package io.github.dl4jagc;

import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A network of two weights and nothing else, which are one unit, stepped by hand. */
final class OneUnit {

  private OneUnit() {}

  static AgcGradientNormalization agc(IUpdater inner, double ratio) {
    return AgcGradientNormalization.builder(inner).updateRatio(ratio).build();
  }

  /** Weights (3, 4), of norm 5, of one unit; nothing else. */
  static MultiLayerNetwork one(IUpdater updater) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(updater)
                .list()
                .layer(
                    new OutputLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .nIn(2)
                        .nOut(1)
                        .hasBias(false)
                        .build())
                .build());
    net.init();
    net.params().assign(Nd4j.createFromArray(new double[][] {{3, 4}}));
    Agc.attach(net);
    NetworkCheck.computeGradient(
        net, new MultiDataSet(Nd4j.createFromArray(new double[][] {{1, 1}}), Nd4j.create(1, 1)));
    return net;
  }

  static double[] step(MultiLayerNetwork net, int iteration, double... gradient) {
    net.gradient().gradient().assign(Nd4j.createFromArray(gradient).reshape(1, 2));
    NetworkCheck.update(net, iteration);
    return Oracle.values(net.params());
  }

  static INDArray state(MultiLayerNetwork net) {
    return ((BaseMultiLayerUpdater<?>) net.getUpdater()).getUpdaterStateViewArray();
  }
}
