package io.github.dl4jagc;

import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.io.File;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;

/** Run in a process of its own, without the library on the class path. */
final class OpenSavedNetwork {

  private OpenSavedNetwork() {}

  public static void main(String[] args) throws Exception {
    try {
      Class.forName("io.github.dl4jagc.AgcListener");
      throw new IllegalStateException("the library is on the class path");
    } catch (ClassNotFoundException expected) {
      MultiLayerNetwork net = ModelSerializer.restoreMultiLayerNetwork(new File(args[0]), true);
      NetworkCheck.fit(net, Networks.denseData(8, 2));
      System.out.println("opened with " + net.numParams() + " parameters");
    }
  }
}
