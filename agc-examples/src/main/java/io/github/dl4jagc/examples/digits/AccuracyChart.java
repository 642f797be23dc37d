package io.github.dl4jagc.examples.digits;

import io.github.dl4jagc.examples.support.Text;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Test accuracy over the learning rate, one line without AGC and one for each threshold. Runs that
 * diverged have no accuracy: they are crosses at the bottom.
 */
final class AccuracyChart {

  /** Colours that the colour-blind can tell apart (Okabe and Ito), plain first. */
  private static final Color[] COLOURS = {
    new Color(0x000000),
    new Color(0x0072B2),
    new Color(0xD55E00),
    new Color(0x009E73),
    new Color(0xCC79A7),
    new Color(0xE69F00),
    new Color(0x56B4E9)
  };

  private static final Marker[] MARKERS = {
    SeriesMarkers.CIRCLE, SeriesMarkers.SQUARE, SeriesMarkers.DIAMOND, SeriesMarkers.TRIANGLE_UP
  };

  private static final int WIDTH = 900;
  private static final int HEIGHT = 540;
  private static final int MOST_DECADES_WRITTEN_OUT = 7;
  private static final double PERCENT = 100;

  /** Where crosses are drawn, in percent; those of different lines beside or above each other. */
  private static final double LOWEST_CROSS = -3;

  private static final double CROSS_SPACING = 3;

  private AccuracyChart() {}

  /**
   * Draws the chart.
   *
   * @param experiment the grid
   * @param outcomes its outcomes
   * @return a PNG file
   */
  static byte[] png(Experiment experiment, List<Outcome> outcomes) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Residual network without normalisation on 8x8 digits")
            .xAxisTitle("learning rate")
            .yAxisTitle("test accuracy in %")
            .build();
    chart
        .getStyler()
        .setXAxisLogarithmic(true)
        // Below zero there are crosses, but no accuracies; XChart cannot draw an empty label.
        .setyAxisTickLabelsFormattingFunction(value -> value < 0 ? " " : Text.number(value))
        .setLegendPosition(LegendPosition.OutsideE)
        .setChartBackgroundColor(Color.WHITE);
    setRange(chart, experiment, outcomes.stream().anyMatch(Outcome::hasDiverged));

    addLine(chart, "plain", outcomes, OptionalDouble.empty(), 0);
    int line = 1;
    for (double threshold : experiment.thresholds()) {
      addLine(
          chart, "AGC " + Text.number(threshold), outcomes, OptionalDouble.of(threshold), line++);
    }
    return BitmapEncoder.getBitmapBytes(chart, BitmapFormat.PNG);
  }

  /** Whole decades, so that a grid of one learning rate has an axis too. */
  private static void setRange(XYChart chart, Experiment experiment, boolean crosses) {
    double smallest = experiment.learningRates().stream().min(Double::compare).orElseThrow();
    double largest = experiment.learningRates().stream().max(Double::compare).orElseThrow();
    double low = Math.floor(Math.log10(smallest));
    double high = Math.max(low + 1, Math.ceil(Math.log10(largest)));
    boolean writtenOut = high - low <= MOST_DECADES_WRITTEN_OUT;
    chart
        .getStyler()
        .setXAxisMin(Math.pow(10, low))
        .setXAxisMax(Math.pow(10, high))
        // A formatting function instead of a pattern would make XChart label the axis linearly.
        .setXAxisDecimalPattern(writtenOut ? "0.########" : "0E0");
    double lowestCross = LOWEST_CROSS - CROSS_SPACING * experiment.thresholds().size();
    chart.getStyler().setYAxisMin(crosses ? lowestCross - CROSS_SPACING : 0).setYAxisMax(PERCENT);
  }

  private static void addLine(
      XYChart chart, String name, List<Outcome> outcomes, OptionalDouble threshold, int line) {
    List<Double> rates = new ArrayList<>();
    List<Double> accuracies = new ArrayList<>();
    List<Double> divergedRates = new ArrayList<>();
    List<Double> crosses = new ArrayList<>();
    List<Outcome> ofThisLine =
        outcomes.stream()
            .filter(outcome -> outcome.run().threshold().equals(threshold))
            .sorted(Comparator.comparingDouble(outcome -> outcome.run().learningRate()))
            .collect(Collectors.toList());
    for (Outcome outcome : ofThisLine) {
      if (outcome.hasDiverged()) {
        divergedRates.add(outcome.run().learningRate());
        crosses.add(LOWEST_CROSS - CROSS_SPACING * line);
      } else {
        rates.add(outcome.run().learningRate());
        accuracies.add(PERCENT * outcome.accuracy());
      }
    }
    Color colour = COLOURS[line % COLOURS.length];
    if (!rates.isEmpty()) {
      XYSeries series = chart.addSeries(name, rates, accuracies);
      series.setMarker(MARKERS[line % MARKERS.length]);
      series.setMarkerColor(colour).setLineColor(colour);
      series.setLineStyle(new BasicStroke(2));
    }
    if (!divergedRates.isEmpty()) {
      XYSeries series = chart.addSeries(name + ", diverged", divergedRates, crosses);
      series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
      series.setMarker(SeriesMarkers.CROSS).setMarkerColor(colour);
    }
  }
}
