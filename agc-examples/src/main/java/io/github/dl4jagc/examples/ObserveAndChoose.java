package io.github.dl4jagc.examples;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.ReportRow;
import io.github.dl4jagc.report.AgcReportWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.learning.config.Nesterovs;

/** Choosing a threshold: see the ratios where training works, begin with the median, halve. */
public final class ObserveAndChoose {
  private ObserveAndChoose() {}

  /**
   * Looks at the ratios, and trains with thresholds that follow from them.
   *
   * @param arguments a folder for the page of the ratios; the current one without it
   * @throws Exception if a file cannot be read or written
   */
  public static void main(String... arguments) throws Exception {
    Path folder = Path.of(arguments.length > 0 ? arguments[0] : ".");
    Files.deleteIfExists(folder.resolve("ratios.csv"));
    AgcReportWriter figures = AgcReportWriter.csv(folder.resolve("ratios.csv"));
    AgcSettings looking = AgcSettings.builder().observeOnly(true).excludeOutputLayer(true).build();

    AgcReport report = AgcReport.of(train(0.01, looking, new AgcListener(5, figures)));
    AgcReport.Statistics weights = report.total(ReportRow::isWeight);
    System.out.printf("0.01 would clip %.2f%% of the units%n", 100 * weights.clippedShareAt(0.01));
    double threshold = weights.thresholdFor(0.5);
    System.out.printf("%.2g would clip half of them%n", threshold);
    System.out.println("Page: " + figures.writePage(folder.resolve("ratios.html")));

    for (int halvings = 0; halvings < 4; halvings++, threshold /= 2) {
      train(0.3, looking.toBuilder().observeOnly(false).clippingThreshold(threshold).build());
    }
  }

  private static MultiLayerNetwork train(double rate, AgcSettings agc, AgcListener... listeners)
      throws Exception {
    CSVRecordReader lines = new CSVRecordReader();
    lines.initialize(
        new InputStreamInputSplit(
            new GZIPInputStream(ObserveAndChoose.class.getResourceAsStream("digits.csv.gz"))));
    DataSet digits = new RecordReaderDataSetIterator(lines, 1797, 64, 10).next();
    digits.setFeatures(digits.getFeatures().div(16)); // pixels are 0 to 16
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .updater(new AgcGradientNormalization(new Nesterovs(rate, 0.9), agc))
            .weightInit(WeightInit.RELU)
            .activation(Activation.RELU)
            .list();
    for (int i = 0; i < 4; i++) {
      layers.layer(new DenseLayer.Builder().nIn(64).nOut(64).build());
    }
    layers.layer(new OutputLayer.Builder().nOut(10).activation(Activation.SOFTMAX).build());
    MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
    network.init();
    network.setListeners(listeners.length > 0 ? listeners[0] : new AgcListener());
    network.fit(new ViewIterator(digits, 32), 10);
    String what = agc.observeOnly() ? "nothing" : "above " + agc.clippingThreshold(0, 0);
    System.out.printf("rate %s, %s clipped: loss %.3f%n", rate, what, network.score(digits));
    return network;
  }
}
