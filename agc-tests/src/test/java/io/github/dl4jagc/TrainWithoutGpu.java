package io.github.dl4jagc;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.slf4j.LoggerFactory;

/** Run in a process of its own, with the CUDA backend on the class path beside the CPU's. */
final class TrainWithoutGpu {

  private TrainWithoutGpu() {}

  public static void main(String[] args) throws Exception {
    ((Logger) LoggerFactory.getLogger("io.github.dl4jagc")).setLevel(Level.INFO);
    Class.forName(
        "org.nd4j.linalg.jcublas.JCublasBackend", false, TrainWithoutGpu.class.getClassLoader());
    int[] column = {1};
    int[] whole = {};
    MultiLayerNetwork net = Networks.dense(new AgcGradientNormalization(new Sgd(1), 0.05));
    net.setListeners(new AgcListener());
    for (int step = 0; step < 3; step++) {
      NetworkCheck.assertFitClips(
          net,
          Networks.denseData(8, step),
          0.05,
          Map.of(
              "0_W", column, "0_b", whole, "1_W", column, "1_b", whole, "2_W", column, "2_b",
              whole));
    }
    System.out.println("trained on " + Nd4j.getBackend().getClass().getSimpleName());
  }
}
