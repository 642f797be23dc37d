package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertRelativelyClose;

import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

/** What DL4J does to gradients before AGC, and to parameters after it. */
class RegularizationTest {

  private static final double THRESHOLD = 0.05;

  private static AgcGradientNormalization agc(IUpdater inner) {
    return new AgcGradientNormalization(inner, THRESHOLD);
  }

  @ParameterizedTest
  @EnumSource(GradientNormalization.class)
  void gradientNormalizationOfDl4jComesFirst(GradientNormalization normalization) {
    double clip = 0.02;
    MultiLayerNetwork net =
        Networks.dense(
            Networks.builder(agc(new Sgd(1)))
                .gradientNormalization(normalization)
                .gradientNormalizationThreshold(clip));
    net.setListeners(new AgcListener());
    // What DL4J alone makes of the gradient, by the same network with a plain updater
    MultiLayerNetwork plain =
        Networks.dense(
            Networks.builder(new NoOp())
                .gradientNormalization(normalization)
                .gradientNormalizationThreshold(clip));
    MultiDataSet data = Networks.denseData(8, 1);
    NetworkCheck.computeGradient(plain, data);
    plain.getUpdater().update(plain, plain.gradient(), 0, 0, 8, LayerWorkspaceMgr.noWorkspaces());
    INDArray before = net.getParam("1_W").dup();
    NetworkCheck.fit(net, data);
    double[] expected =
        Oracle.clip(before, plain.gradient().getGradientFor("1_W"), THRESHOLD, 1e-3, 1);
    assertRelativelyClose(before.sub(net.getParam("1_W")), expected, 1e-7);
  }

  @Test
  void l1AndL2AreClippedWithTheGradient() {
    double l1 = 0.01;
    double l2 = 0.2;
    MultiLayerNetwork net = Networks.dense(Networks.builder(agc(new Sgd(1))).l1(l1).l2(l2));
    net.setListeners(new AgcListener());
    MultiDataSet data = Networks.denseData(8, 1);
    INDArray before = net.getParam("1_W").dup();
    INDArray gradient = NetworkCheck.meanGradients(net, data).get("1_W");
    for (int i = 0; i < before.rows(); i++) {
      for (int j = 0; j < before.columns(); j++) {
        double w = before.getDouble(i, j);
        gradient.putScalar(i, j, gradient.getDouble(i, j) + l1 * Math.signum(w) + l2 * w);
      }
    }
    NetworkCheck.fit(net, data);
    assertRelativelyClose(
        before.sub(net.getParam("1_W")), Oracle.clip(before, gradient, THRESHOLD, 1e-3, 1), 1e-7);
  }

  @Test
  void constraintsComeLast() {
    MultiLayerNetwork net =
        Networks.dense(
            Networks.builder(agc(new Sgd(1))).constrainWeights(new MaxNormConstraint(0.5, 1)));
    net.setListeners(new AgcListener());
    MultiDataSet data = Networks.denseData(8, 1);
    INDArray before = net.getParam("1_W").dup();
    INDArray gradient = NetworkCheck.meanGradients(net, data).get("1_W");
    double[] update = Oracle.clip(before, gradient, THRESHOLD, 1e-3, 1);
    NetworkCheck.fit(net, data);
    INDArray expected = before.dup('c');
    for (int i = 0; i < update.length; i++) {
      expected.putScalar(i, expected.getDouble(i) - update[i]);
    }
    new MaxNormConstraint(0.5, 1).apply(expected);
    // DL4J adds 1e-6 to norms of at most 0.5 in one of the two uses of its constraint.
    assertRelativelyClose(net.getParam("1_W"), Oracle.values(expected), 1e-5);
  }
}
