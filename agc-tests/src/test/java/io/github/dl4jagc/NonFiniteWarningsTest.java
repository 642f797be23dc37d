package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/** What is said of gradients that are not finite: one line for what happens at once. */
class NonFiniteWarningsTest {

  private static IUpdater agc(double rate) {
    return new AgcGradientNormalization(new Sgd(rate));
  }

  /** Three updater blocks of two parameters each. */
  private static MultiLayerNetwork withThreeUpdaters() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(agc(0.1))
                .list()
                .layer(new DenseLayer.Builder().nIn(4).nOut(6).build())
                .layer(new DenseLayer.Builder().nIn(6).nOut(5).updater(agc(0.2)).build())
                .layer(Networks.output(3))
                .build());
    net.init();
    return net;
  }

  private static void fitNaN(Model net) {
    MultiDataSet data = Networks.denseData(8, 1);
    data.getFeatures(0).putScalar(0, Double.NaN);
    NetworkCheck.fit(net, data);
  }

  private static void assertOneWarning(LogCapture log, String... parts) {
    assertThat(log.messages())
        .filteredOn(message -> message.contains("NaN or infinite norm"))
        .singleElement()
        .asString()
        .contains(parts)
        .startsWith("WARN");
  }

  @Test
  void oneMinibatchOfNaNIsOneLineThatCountsTheParameters() {
    for (Model net : List.of(Networks.dense(agc(0.1)), Networks.denseGraph(agc(0.1)))) {
      try (LogCapture log = new LogCapture()) {
        net.setListeners(new AgcListener());
        fitNaN(net);
        fitNaN(net);
        assertOneWarning(
            log,
            "parameter \"W\": 6 of 6 units have a NaN or infinite norm",
            "at iteration 0, and so have units of 5 more parameters; left untouched");
        assertThat(AgcReport.of(net).total().nonFiniteUnits()).isEqualTo(2 * (6 + 5 + 3 + 3));
      }
    }
  }

  @Test
  void severalUpdatersOfANetworkSayItOnce() {
    MultiLayerNetwork net = withThreeUpdaters();
    try (LogCapture log = new LogCapture()) {
      net.setListeners(new AgcListener());
      fitNaN(net);
      fitNaN(net);
      assertOneWarning(log, "layer \"layer0\", parameter \"W\"", "1 more parameters");
    }
  }

  @Test
  void whatComesLaterInAnotherParameterIsALineOfItsOwn() {
    MultiLayerNetwork net = withThreeUpdaters();
    Agc.attach(net);
    try (LogCapture log = new LogCapture()) {
      for (String parameter : List.of("1_W", "1_W", "0_b", "1_W")) {
        NetworkCheck.computeGradient(net, Networks.denseData(8, 1));
        net.gradient().getGradientFor(parameter).putScalar(0, Double.NaN);
        INDArray before = net.params().dup();
        NetworkCheck.update(net, 0); // a loop that does not count its iterations
        net.params().assign(before);
      }
      assertThat(log.messages()).hasSize(2);
      assertThat(log.messages().get(0)).contains("\"layer1\", parameter \"W\": 1 of 5 units");
      assertThat(log.messages().get(1)).contains("\"layer0\", parameter \"b\": 1 of 1 units");
    }
  }

  /** The gradient is clipped before Adam, and the update after it. */
  @Test
  void anUpdateThatIsBoundedTwiceSaysItOnce() {
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(new Adam(0.1))
                .updateRatio(0.03)
                .nonFiniteGradients(NonFiniteGradients.ZERO)
                .build());
    try (LogCapture log = new LogCapture()) {
      net.setListeners(new AgcListener());
      net.getParam("1_W").putScalar(0, Double.NaN); // so the update's ratio is not finite either
      fitNaN(net);
      assertOneWarning(log, "set to zero");
    }
  }

  @Test
  void everyVariableOfAGraphHasAnUpdaterAndItIsSaidOnce() {
    SameDiff sd = SameDiff.create();
    SDVariable in = sd.placeHolder("in", DataType.DOUBLE, -1, 4);
    SDVariable label = sd.placeHolder("label", DataType.DOUBLE, -1, 3);
    SDVariable weights = sd.var("W", Networks.gaussian(1, 4, 3));
    SDVariable bias = sd.var("b", Networks.gaussian(2, 3));
    sd.loss().softmaxCrossEntropy("loss", label, in.mmul(weights).add(bias), null);
    sd.setLossVariables("loss");
    sd.setTrainingConfig(
        TrainingConfig.builder()
            .updater(agc(0.1))
            .dataSetFeatureMapping("in")
            .dataSetLabelMapping("label")
            .build());
    try (LogCapture log = new LogCapture()) {
      sd.setListeners(new AgcSameDiffListener());
      INDArray features = Networks.gaussian(1, 8, 4);
      features.putScalar(0, Double.NaN);
      sd.fit(new DataSet(features, Networks.oneHot(1, 8, 3)));
      assertOneWarning(log, "variable \"");
    }
  }
}
