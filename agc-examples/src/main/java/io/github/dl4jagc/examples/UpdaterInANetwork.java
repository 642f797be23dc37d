package io.github.dl4jagc.examples;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import java.util.zip.GZIPInputStream;
import org.datavec.api.records.reader.impl.csv.CSVRecordReader;
import org.datavec.api.split.InputStreamInputSplit;
import org.deeplearning4j.datasets.datavec.RecordReaderDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.SplitTestAndTrain;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.learning.config.Nesterovs;

/** AGC in a network: an updater around the network's own, and a listener. */
public final class UpdaterInANetwork {

  private UpdaterInANetwork() {}

  /**
   * Trains a network on handwritten digits, at a learning rate that is too large for it without
   * AGC.
   *
   * @param arguments none
   * @throws Exception if the data cannot be read
   */
  public static void main(String... arguments) throws Exception {
    SplitTestAndTrain digits = digits();

    AgcGradientNormalization updater =
        AgcGradientNormalization.builder(new Nesterovs(0.3, 0.9)) // any updater inside
            .updateRatio(0.03) // no step changes a unit by more than 3 % of its norm
            .build();
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(updater)
                .weightInit(WeightInit.RELU)
                .list(
                    new DenseLayer.Builder().nIn(64).nOut(64).activation(Activation.RELU).build(),
                    new DenseLayer.Builder().nOut(64).activation(Activation.RELU).build(),
                    new OutputLayer.Builder().nOut(10).activation(Activation.SOFTMAX).build())
                .build());
    network.init();
    network.setListeners(new AgcListener(100)); // and logs what was bounded, every 100 iterations

    network.fit(new ViewIterator(digits.getTrain(), 32), 10);

    double accuracy = network.evaluate(new ViewIterator(digits.getTest(), 360)).accuracy();
    System.out.printf("%.1f %% of the test digits recognised%n", 100 * accuracy);
    System.out.println(AgcReport.of(network));
  }

  /** 1,437 digits of 8x8 pixels to train on, 360 to test on. */
  private static SplitTestAndTrain digits() throws Exception {
    CSVRecordReader lines = new CSVRecordReader();
    lines.initialize(
        new InputStreamInputSplit(
            new GZIPInputStream(UpdaterInANetwork.class.getResourceAsStream("digits.csv.gz"))));
    DataSet digits = new RecordReaderDataSetIterator(lines, 1797, 64, 10).next();
    digits.setFeatures(digits.getFeatures().div(16)); // pixels are 0 to 16
    digits.shuffle(1);
    return digits.splitTestAndTrain(1437);
  }
}
