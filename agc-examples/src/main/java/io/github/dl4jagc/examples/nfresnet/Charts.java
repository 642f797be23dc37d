package io.github.dl4jagc.examples.nfresnet;

import io.github.dl4jagc.examples.nfresnet.Run.Excluded;
import io.github.dl4jagc.examples.support.Text;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Charts of an experiment as PNG files. */
final class Charts {

  /** Colours that the colour-blind can tell apart (Okabe and Ito), and grey. */
  private static final Color[] COLOURS = {
    new Color(0x000000),
    new Color(0xD55E00),
    new Color(0x0072B2),
    new Color(0x009E73),
    new Color(0xCC79A7),
    new Color(0xE69F00),
    new Color(0x56B4E9),
    new Color(0x888888)
  };

  private static final Marker[] MARKERS = {
    SeriesMarkers.CIRCLE, SeriesMarkers.SQUARE, SeriesMarkers.DIAMOND, SeriesMarkers.TRIANGLE_UP
  };

  private static final int WIDTH = 900;
  private static final int HEIGHT = 500;
  private static final int LABEL_ROTATION = 20;

  private Charts() {}

  /** Mean accuracy over the batch size, with standard deviations; what diverged has no point. */
  static byte[] accuracy(Experiment experiment, Summary summary) throws IOException {
    XYChart chart =
        xyChart("Test accuracy, mean and standard deviation", "batch size", "test accuracy in %");
    chart
        .getStyler()
        .setXAxisLogarithmic(true)
        .setXAxisDecimalPattern("0")
        .setXAxisMin(Math.pow(10, Math.floor(Math.log10(smallestBatch(experiment)))))
        .setXAxisMax(Math.pow(10, Math.ceil(Math.log10(experiment.grid().largestBatch() + 1))))
        .setYAxisMin(0.0)
        .setYAxisMax(100.0);
    int line = 0;
    for (String candidate : experiment.grid().candidates()) {
      List<Double> x = new ArrayList<>();
      List<Double> y = new ArrayList<>();
      List<Double> deviations = new ArrayList<>();
      for (int batchSize : experiment.grid().batchSizes()) {
        Summary.Cell cell = summary.cell(candidate, batchSize);
        if (!cell.isEmpty()) {
          x.add((double) batchSize);
          y.add(100 * cell.mean());
          deviations.add(100 * cell.spread());
        }
      }
      if (!x.isEmpty()) {
        style(chart.addSeries(candidate, x, y, deviations), line);
      }
      line++;
    }
    return png(chart);
  }

  private static int smallestBatch(Experiment experiment) {
    return experiment.grid().batchSizes().stream().min(Integer::compare).orElseThrow();
  }

  /** The clipped share of each stage over the epochs. */
  static byte[] clipping(Experiment experiment, Summary summary, double threshold)
      throws IOException {
    XYChart chart =
        xyChart(
            "Clipped units, AGC "
                + Text.number(threshold)
                + ", batch size "
                + experiment.grid().largestBatch(),
            "epoch",
            "clipped units in %");
    chart.getStyler().setYAxisMin(0.0).setYAxisMax(100.0).setXAxisDecimalPattern("0");
    int line = 0;
    for (Map.Entry<String, Map<Integer, Double>> stage : summary.clipping(threshold).entrySet()) {
      List<Double> x = new ArrayList<>();
      List<Double> y = new ArrayList<>();
      stage
          .getValue()
          .forEach(
              (epoch, share) -> {
                x.add((double) epoch);
                y.add(100 * share);
              });
      style(chart.addSeries(stage.getKey(), x, y), line++);
    }
    return png(chart);
  }

  /** Mean accuracy for each choice of excluded layers. */
  static byte[] ablation(Experiment experiment, Summary summary) throws IOException {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(
                "Layers that AGC "
                    + Text.number(experiment.grid().ablationThreshold().orElseThrow())
                    + " leaves alone, batch size "
                    + experiment.grid().largestBatch())
            .yAxisTitle("test accuracy in %, mean and standard deviation")
            .build();
    List<String> names = new ArrayList<>();
    List<Double> means = new ArrayList<>();
    List<Double> deviations = new ArrayList<>();
    for (Excluded excluded : Excluded.values()) {
      Summary.Cell cell = summary.cell(excluded);
      names.add(excluded.label() + (cell.isEmpty() ? " (diverged)" : ""));
      means.add(cell.isEmpty() ? 0 : 100 * cell.mean());
      deviations.add(cell.isEmpty() ? 0 : 100 * cell.spread());
    }
    chart
        .addSeries("mean and standard deviation", names, means, deviations)
        .setFillColor(COLOURS[2]);
    chart.getStyler().setYAxisMin(0.0).setYAxisMax(100.0);
    chart.getStyler().setAvailableSpaceFill(0.5);
    common(chart.getStyler());
    chart.getStyler().setXAxisLabelRotation(LABEL_ROTATION).setLegendVisible(false);
    return png(chart);
  }

  /** Measured and expected variance of each block's output. */
  static byte[] signalPropagation(String network, List<SignalPropagation.BlockSignal> signals)
      throws IOException {
    XYChart chart =
        xyChart("Signal propagation at initialisation, " + network, "residual block", "variance");
    List<Integer> blocks = new ArrayList<>();
    List<Double> expected = new ArrayList<>();
    List<Double> measured = new ArrayList<>();
    List<Double> squaredMeans = new ArrayList<>();
    for (SignalPropagation.BlockSignal signal : signals) {
      blocks.add(blocks.size() + 1);
      expected.add(signal.expectedVariance());
      measured.add(signal.variance());
      squaredMeans.add(signal.squaredMean());
    }
    chart.getStyler().setYAxisMin(0.0).setXAxisDecimalPattern("0");
    style(chart.addSeries("expected", blocks, expected), 0);
    style(chart.addSeries("average channel variance", blocks, measured), 1);
    style(chart.addSeries("average channel squared mean", blocks, squaredMeans), 2);
    return png(chart);
  }

  private static XYChart xyChart(String title, String x, String y) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    common(chart.getStyler());
    return chart;
  }

  private static void common(Styler styler) {
    styler.setLegendPosition(LegendPosition.OutsideE);
    styler.setChartBackgroundColor(Color.WHITE);
  }

  private static void style(XYSeries series, int line) {
    Color colour = COLOURS[line % COLOURS.length];
    series.setMarker(MARKERS[line % MARKERS.length]);
    series.setMarkerColor(colour).setLineColor(colour);
    series.setLineStyle(new BasicStroke(2));
  }

  private static byte[] png(org.knowm.xchart.internal.chartpart.Chart<?, ?> chart)
      throws IOException {
    return BitmapEncoder.getBitmapBytes(chart, BitmapFormat.PNG);
  }
}
