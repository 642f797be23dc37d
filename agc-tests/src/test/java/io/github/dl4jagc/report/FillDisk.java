package io.github.dl4jagc.report;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.learning.config.Sgd;

/** A program: appends reports to the file that its argument names, and prints how many it could. */
final class FillDisk {

  private FillDisk() {}

  public static void main(String[] arguments) {
    AgcReportWriter file = AgcReportWriter.csv(Path.of(arguments[0]));
    MultiLayerNetwork net = Networks.dense(new AgcGradientNormalization(new Sgd(0.1)));
    net.setListeners(new AgcListener());
    int written = 0;
    int failed = 0;
    for (int iteration = 0; iteration < 40; iteration++) {
      NetworkCheck.fit(net, Networks.denseData(8, iteration));
      try {
        file.write(net, iteration, 0);
        written++;
      } catch (UncheckedIOException e) {
        failed++;
      }
    }
    System.out.println(written + " written, " + failed + " failed");
  }
}
