package io.github.dl4jagc.examples;

import io.github.dl4jagc.Agc;
import java.util.zip.GZIPInputStream;
import org.datavec.api.records.reader.impl.csv.CSVRecordReader;
import org.datavec.api.split.InputStreamInputSplit;
import org.deeplearning4j.datasets.datavec.RecordReaderDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Nesterovs;

/** A training loop of one's own, which clips between the gradient and the updater. */
public final class OwnLoop {

  private static final int BATCH_SIZE = 32;

  private OwnLoop() {}

  /**
   * Trains a network on handwritten digits without {@code fit}.
   *
   * @param arguments none
   * @throws Exception if the data cannot be read
   */
  public static void main(String... arguments) throws Exception {
    CSVRecordReader lines = new CSVRecordReader();
    lines.initialize(
        new InputStreamInputSplit(
            new GZIPInputStream(OwnLoop.class.getResourceAsStream("digits.csv.gz"))));
    DataSet digits = new RecordReaderDataSetIterator(lines, 1797, 64, 10).next();
    digits.setFeatures(digits.getFeatures().div(16)); // pixels are 0 to 16

    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Nesterovs(0.1, 0.9))
                .weightInit(WeightInit.RELU)
                .list(
                    new DenseLayer.Builder().nIn(64).nOut(64).activation(Activation.RELU).build(),
                    new OutputLayer.Builder().nOut(10).activation(Activation.SOFTMAX).build())
                .build());
    network.init();

    for (int epoch = 0; epoch < 10; epoch++) {
      for (int first = 0; first + BATCH_SIZE <= digits.numExamples(); first += BATCH_SIZE) {
        DataSet batch = (DataSet) digits.getRange(first, first + BATCH_SIZE);
        network.setInput(batch.getFeatures());
        network.setLabels(batch.getLabels());
        network.computeGradientAndScore();
        Agc.apply(network, 0.02); // here, before the updater
        int iteration = network.getIterationCount();
        network
            .getUpdater()
            .update(
                network,
                network.gradient(),
                iteration,
                epoch,
                BATCH_SIZE,
                LayerWorkspaceMgr.noWorkspaces());
        network.params().subi(network.gradient().gradient());
        network.setIterationCount(iteration + 1);
      }
      System.out.printf("epoch %d: loss %.3f%n", epoch + 1, network.score(digits));
    }
  }
}
