package io.github.dl4jagc.report.ui;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.report.RunReport;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.learning.config.Sgd;

/** Updates of a small network. */
final class StatsUpdates {

  private StatsUpdates() {}

  static AgcReport report(int iterations) {
    return AgcReport.of(network(iterations));
  }

  private static MultiLayerNetwork network(int iterations) {
    MultiLayerNetwork net = Networks.dense(new AgcGradientNormalization(new Sgd(0.1), 0.1));
    net.setListeners(new AgcListener());
    for (int i = 0; i < iterations; i++) {
      NetworkCheck.fit(net, Networks.denseData(8, 1 + i));
    }
    net.setScore(0.25);
    return net;
  }

  static AgcStatsUpdate of(int iterations) {
    MultiLayerNetwork net = network(iterations);
    return new AgcStatsUpdate(
        "session",
        "worker",
        1234567890123L,
        RunReport.begin(net, "").at(net, 7, 3, AgcReport.of(net)));
  }
}
