package io.github.dl4jagc.examples;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.models.NfResNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/** A residual network without normalisation, with AGC in its place, on Fashion-MNIST. */
public final class NfResNetOnFashionMnist {

  private static final String DEBIAN = "/usr/share/datasets/fashion-mnist";
  private static final int SIDE = 28;

  private static final IUpdater PLAIN = new Nesterovs(0.1, 0.9);
  private static final AgcSettings AGC =
      AgcSettings.builder().clippingThreshold(0.04).excludeOutputLayer(true).build();

  private NfResNetOnFashionMnist() {}

  /**
   * Trains for two epochs on the first images, tests after each.
   *
   * @param arguments the files' folder, and how many images (2000) to train and to test on
   * @throws IOException if a file cannot be read
   */
  public static void main(String... arguments) throws IOException {
    Path folder = Path.of(arguments.length > 0 ? arguments[0] : DEBIAN);
    int count = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2000;
    ComputationGraph network =
        NfResNet.builder()
            .small(8, 1) // channels of the first of three stages, residual blocks in each
            .inputShape(1, SIDE, SIDE)
            .classes(10)
            .updater(new AgcGradientNormalization(PLAIN, AGC))
            .scaleUpdater(PLAIN) // the scales of the branches start at 0, and have to get away
            .seed(1)
            .build()
            .init();
    network.setListeners(new AgcListener());
    for (int epoch = 1; epoch <= 2; epoch++) {
      network.fit(new ViewIterator(read(folder, "train", count), 64));
      double accuracy =
          network.evaluate(new ViewIterator(read(folder, "t10k", count), 250)).accuracy();
      System.out.printf("epoch %d: %.1f %%%n", epoch, 100 * accuracy);
    }
    System.out.println(AgcReport.of(network));
  }

  /** The first images of a part: after a header of 16 bytes, and one of 8 before the labels. */
  private static DataSet read(Path folder, String part, int count) throws IOException {
    INDArray images = bytes(folder.resolve(part + "-images-idx3-ubyte.gz"), 16, count, SIDE * SIDE);
    INDArray labels = bytes(folder.resolve(part + "-labels-idx1-ubyte.gz"), 8, count, 1);
    return new DataSet(
        images.reshape('c', count, 1, SIDE, SIDE).subi(73).divi(90), // mean 0, variance 1
        Nd4j.eye(10).getRows(labels.toIntVector()));
  }

  private static INDArray bytes(Path file, int header, int rows, int columns) throws IOException {
    float[] values = new float[rows * columns];
    try (GZIPInputStream content = new GZIPInputStream(Files.newInputStream(file))) {
      byte[] bytes = content.readNBytes(header + values.length);
      for (int i = 0; i < values.length; i++) {
        values[i] = bytes[header + i] & 0xff;
      }
    }
    return Nd4j.create(values, new long[] {rows, columns}, 'c');
  }
}
