package io.github.dl4jagc.report;

import io.github.dl4jagc.RatioHistogram;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The distribution of the ratios of each layer over time, as SVG: a column for a stretch of
 * iterations, a cell for each half octave, its shade the share of the column's units in it, against
 * that of the fullest cell.
 */
final class RatioMap {

  private static final int SHADES = HeatMap.SHADES;

  /** Cells of all layers: a page of at most some hundred kilobytes. */
  private static final int MOST_CELLS = 100_000;

  private static final int MOST_COLUMNS = 120;
  private static final int FEWEST_COLUMNS = 12;
  private static final int BINS_OF_CELL = 2;
  private static final double CELL = 9;
  private static final double TOP = 4;
  private static final double BOTTOM = 22;

  private final RunSummary run;
  private final PageFrame frame;
  private final RatioAxis axis;
  private final List<Double> inUse;
  private final int rows;

  /** How many of the run's columns are one here. */
  private final int merged;

  RatioMap(PageFrame frame) {
    this.frame = frame;
    this.run = frame.run;
    this.inUse = run.thresholdsInUse();
    this.axis = new RatioAxis(run.ratios, inUse);
    this.rows = (axis.bins() + BINS_OF_CELL - 1) / BINS_OF_CELL;
    int most = MOST_CELLS / rows / run.layers.size();
    int columns = Math.max(FEWEST_COLUMNS, Math.min(MOST_COLUMNS, most));
    this.merged = (run.columns.size() + columns - 1) / columns;
  }

  /** The options of a list of all layers; the first is all weights. */
  String options() {
    StringBuilder html = new StringBuilder();
    appendOption(html, RunSummary.ALL_WEIGHTS);
    run.layers.forEach(layer -> appendOption(html, layer));
    return html.toString();
  }

  private static void appendOption(StringBuilder html, String name) {
    html.append("<option>").append(PageFrame.escape(name)).append("</option>");
  }

  /** One map for each option. */
  String svgs() {
    StringBuilder html = new StringBuilder();
    append(html, RunSummary.ALL_WEIGHTS, run.layersOfWeights());
    for (int layer = 0; layer < run.layers.size(); layer++) {
      append(html, run.layers.get(layer), List.of(layer));
    }
    return html.toString();
  }

  private void append(StringBuilder html, String name, List<Integer> layers) {
    double bottom = TOP + rows * CELL;
    html.append("<div class=\"ratio-map\">");
    frame.open(html, bottom + BOTTOM, "Ratios of " + name + ", by size and iteration", "map");
    for (double tick : axis.ticks()) {
      html.append(
          String.format(
              Locale.ROOT,
              "<text class=\"tick end\" x=\"%.1f\" y=\"%.1f\">%s</text>",
              frame.left - 6,
              y(tick) + 3.5,
              Ticks.label(tick)));
    }
    String[] cells = cells(layers);
    for (int shade = 1; shade < SHADES; shade++) {
      html.append("<path class=\"s").append(shade).append("\" d=\"").append(cells[shade]);
      html.append("\"/>");
    }
    for (double threshold : inUse) {
      html.append(
          String.format(
              Locale.ROOT,
              "<path class=\"in-use\" d=\"M%.1f %.1fh%.1f\"/>",
              frame.left,
              y(threshold),
              frame.width));
    }
    frame.iterations(html, bottom + 16);
    html.append("</svg></div>\n");
  }

  /** By shade, neighbours of one shade in a row as one rectangle. */
  private String[] cells(List<Integer> layers) {
    int columns = (run.columns.size() + merged - 1) / merged;
    double[][] shares = shares(layers, columns);
    double largest = Arrays.stream(shares).flatMapToDouble(Arrays::stream).max().orElse(0);
    int[][] shades = new int[rows][columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        shades[row][column] = shade(shares[row][column] / largest);
      }
    }
    StringBuilder[] paths = new StringBuilder[SHADES];
    Arrays.setAll(paths, shade -> new StringBuilder());
    for (int row = 0; row < rows; row++) {
      int start = 0;
      for (int column = 1; column <= columns; column++) {
        if (column == columns || shades[row][column] != shades[row][start]) {
          append(paths[shades[row][start]], start, column, row);
          start = column;
        }
      }
    }
    return Arrays.stream(paths).map(StringBuilder::toString).toArray(String[]::new);
  }

  private static int shade(double part) {
    return (int) Math.ceil((SHADES - 1) * part);
  }

  /** The share of a column's units that is in each row. */
  private double[][] shares(List<Integer> layers, int columns) {
    double[][] shares = new double[rows][columns];
    for (int column = 0; column < columns; column++) {
      RatioHistogram ratios = ratios(column, layers);
      long count = ratios.count();
      for (int bin = axis.first; bin < axis.last && count > 0; bin++) {
        int row = (bin - axis.first) / BINS_OF_CELL;
        shares[row][column] += (double) ratios.count(bin) / count;
      }
    }
    return shares;
  }

  private void append(StringBuilder path, int from, int to, int row) {
    double cell = frame.width / run.columns.size() * merged;
    double length = Math.min(frame.width, to * cell) - from * cell;
    path.append(
        String.format(
            Locale.ROOT,
            "M%.1f %.1fh%.1fv%.1fh-%.1fz",
            frame.left + from * cell,
            TOP + (rows - 1 - row) * CELL,
            length,
            CELL - 0.5,
            length));
  }

  private RatioHistogram ratios(int column, List<Integer> layers) {
    int from = column * merged;
    return run.columns.subList(from, Math.min(from + merged, run.columns.size())).stream()
        .flatMap(each -> layers.stream().map(layer -> each.ratios[layer]))
        .reduce(RatioHistogram.EMPTY, RatioHistogram::plus);
  }

  private double y(double ratio) {
    double height = CELL * axis.bins() / BINS_OF_CELL;
    return TOP + rows * CELL - Math.max(0, Math.min(1, axis.share(ratio))) * height;
  }
}
