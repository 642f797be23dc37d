package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertRelativelyClose;
import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * What reports say, against the oracle: where a parameter is large enough to be cut into pieces,
 * where gradients are sums over a minibatch, over several iterations; and what the policies do to
 * units that lie in memory in runs.
 */
class ReportedArithmeticTest {

  private static final double THRESHOLD = 0.1;

  private static AgcSettings settings(double threshold, double epsilon, NonFiniteGradients policy) {
    return AgcSettings.builder()
        .clippingThreshold(threshold)
        .epsilon(epsilon)
        .nonFiniteGradients(policy)
        .build();
  }

  /** A network of one dense layer whose gradients are given, not computed. */
  private static MultiLayerNetwork oneLayer(int nIn, int nOut, DataType type) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(new Sgd(1))
                .dataType(type)
                .miniBatch(false)
                .list()
                .layer(new DenseLayer.Builder().nIn(nIn).nOut(nOut).build())
                .layer(Networks.output(2))
                .setInputType(InputType.feedForward(nIn))
                .build());
    net.init();
    NetworkCheck.computeGradient(
        net, new MultiDataSet(Networks.gaussian(1, 2, nIn), Networks.oneHot(1, 2, 2)));
    return net;
  }

  private static ReportRow row(MultiLayerNetwork net, String layer, String parameter) {
    return AgcReport.of(net).row(layer, parameter).orElseThrow();
  }

  /** Units of 500 elements: more than two pieces of work, whatever share of them is in each. */
  @ParameterizedTest
  @CsvSource({"3, FLOAT", "3, DOUBLE", "200, FLOAT", "200, DOUBLE", "396, FLOAT", "396, DOUBLE"})
  void theMostClippedUnitIsFoundInWhicheverPieceOfALargeParameterItLies(int most, DataType type) {
    int units = 400;
    MultiLayerNetwork net = oneLayer(500, units, type);
    INDArray weights = net.getParam("0_W");
    INDArray gradient = net.gradient().getGradientFor("0_W");
    Random random = new Random(most);
    for (int unit = 0; unit < units; unit++) {
      double size = unit == most ? 50 : unit % 2 == 0 ? 1e-4 : 1 + random.nextDouble();
      INDArray column = Networks.gaussian(unit, 500).muli(size);
      gradient.getColumn(unit).assign(column.castTo(type));
    }
    double[] bounds = Oracle.norms(weights, 1);
    double[] norms = Oracle.norms(gradient, 1);

    Agc.apply(net, settings(THRESHOLD, 1e-3, NonFiniteGradients.PASS_THROUGH));

    AgcReport.Statistics figures = row(net, "layer0", "W").latest();
    double largest = norms[most] / bounds[most];
    assertThat(figures.largestRatio()).isCloseTo(largest, within(1e-5 * largest));
    assertThat(figures.smallestScale())
        .isCloseTo(THRESHOLD / largest, within(1e-5 * THRESHOLD / largest));
    assertThat(figures.units()).isEqualTo(units);
    assertThat(figures.clippedUnits()).isEqualTo(units / 2 + (most % 2 == 0 ? 1 : 0));
  }

  /** DL4J divides sums by the minibatch size later, and ratios are those of the mean. */
  @ParameterizedTest
  @ValueSource(ints = {1, 8, 32})
  void ratiosAndScalesOfSumsAreThoseOfMeans(int examples) {
    MultiLayerNetwork net = Networks.dense(new Sgd(1));
    MultiDataSet data = Networks.denseData(examples, 4);
    Map<String, INDArray> mean = NetworkCheck.meanGradients(net, data);
    double[] norms = Oracle.norms(mean.get("1_W"), 1);
    double[] bounds = Oracle.norms(net.getParam("1_W"), 1);
    double largest = 0;
    for (int unit = 0; unit < norms.length; unit++) {
      largest = Math.max(largest, norms[unit] / bounds[unit]);
    }
    NetworkCheck.computeGradient(net, data);

    Agc.apply(net, 1e-3);

    AgcReport.Statistics figures = row(net, "layer1", "W").latest();
    assertThat(figures.largestRatio()).isCloseTo(largest, within(1e-9 * largest));
    assertThat(figures.smallestScale()).isCloseTo(1e-3 / largest, within(1e-9));
    assertThat(figures.clippedUnits()).isEqualTo(5);
    double ofZeroBiases = Oracle.norms(mean.get("1_b"))[0] / 1e-3; // measured by the floor
    assertThat(row(net, "layer1", "b").latest().largestRatio())
        .isCloseTo(ofZeroBiases, within(1e-9 * ofZeroBiases));
  }

  /** The extremes come first, and the latest iteration has none of them. */
  @Test
  void totalsKeepTheExtremesOfAllIterations() {
    MultiLayerNetwork net = oneLayer(20, 6, DataType.DOUBLE);
    INDArray gradient = net.gradient().getGradientFor("0_W");
    double[] bounds = Oracle.norms(net.getParam("0_W"), 1);
    double[] sizes = {3, 50, 2, 1e-5};
    double largest = 0;
    for (int step = 0; step < sizes.length; step++) {
      gradient.assign(Networks.gaussian(step, 20, 6).muli(sizes[step]));
      double[] norms = Oracle.norms(gradient, 1);
      for (int unit = 0; unit < norms.length; unit++) {
        largest = Math.max(largest, norms[unit] / bounds[unit]);
      }
      Agc.apply(net, settings(THRESHOLD, 1e-3, NonFiniteGradients.PASS_THROUGH));
    }
    ReportRow row = row(net, "layer0", "W");
    assertThat(row.total().iterations()).isEqualTo(sizes.length);
    assertThat(row.total().clippedUnits()).isEqualTo(3 * 6);
    assertThat(row.total().largestRatio()).isCloseTo(largest, within(1e-9 * largest));
    assertThat(row.total().smallestScale())
        .isCloseTo(THRESHOLD / largest, within(1e-9 * THRESHOLD / largest));
    assertThat(row.latest().clippedUnits()).isZero();
    assertThat(row.latest().smallestScale()).isEqualTo(1);
    assertThat(row.latest().largestRatio()).isBetween(1e-7, THRESHOLD);
  }

  /** Of FLOAT, their squares are subnormal, or nothing; none of them is clipped. */
  @ParameterizedTest
  @CsvSource({"FLOAT, 1e-22", "FLOAT, 1e-30", "DOUBLE, 1e-149"})
  void theLargestRatioIsExactHoweverTinyAllGradientsAre(DataType type, double size) {
    MultiLayerNetwork net = oneLayer(100, 6, type);
    INDArray gradient = net.gradient().getGradientFor("0_W");
    for (int unit = 0; unit < 6; unit++) {
      gradient
          .getColumn(unit)
          .assign(Networks.gaussian(unit, 100).muli(size * (unit == 4 ? 9 : 1)).castTo(type));
    }
    double largest = Oracle.norms(gradient, 1)[4] / Oracle.norms(net.getParam("0_W"), 1)[4];

    Agc.apply(net, settings(THRESHOLD, 1e-3, NonFiniteGradients.PASS_THROUGH));

    AgcReport.Statistics figures = row(net, "layer0", "W").latest();
    assertThat(figures.clippedUnits()).isZero();
    assertThat(figures.largestRatio()).isCloseTo(largest, within(1e-5 * largest));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void aUnitAtItsBoundIsNotCountedAndOneJustAboveItIs(DataType type) {
    MultiLayerNetwork net = oneLayer(16, 4, type);
    INDArray weights = net.getParam("0_W");
    weights.assign(1); // norm 4
    INDArray gradient = net.gradient().getGradientFor("0_W");
    gradient.assign(0.5); // norm 2
    gradient.putScalar(new long[] {7, 2}, 0.5 + (type == DataType.FLOAT ? 1e-4 : 1e-12));
    INDArray before = gradient.dup();

    Agc.apply(net, settings(0.5, 1e-3, NonFiniteGradients.PASS_THROUGH));

    AgcReport.Statistics figures = row(net, "layer0", "W").latest();
    assertThat(figures.clippedUnits()).isEqualTo(1);
    assertThat(figures.smallestScale()).isBetween(0.9999, Math.nextDown(1.0));
    for (int unit : new int[] {0, 1, 3}) {
      assertSameValues(gradient.getColumn(unit), before.getColumn(unit));
    }
    assertRelativelyClose(
        gradient,
        Oracle.clip(weights, before, 0.5, 1e-3, 1),
        type == DataType.FLOAT ? 1e-6 : 1e-12);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void unitsOfZerosWithoutAFloorAreNeitherClippedNorNotFinite(DataType type) {
    MultiLayerNetwork net = oneLayer(16, 4, type);
    net.getParam("0_W").assign(0);
    INDArray gradient = net.gradient().getGradientFor("0_W");
    gradient.assign(0);

    Agc.apply(net, settings(0.5, 0, NonFiniteGradients.FAIL));

    AgcReport.Statistics figures = row(net, "layer0", "W").latest();
    assertThat(figures.clippedUnits()).isZero();
    assertThat(figures.nonFiniteUnits()).isZero();
    assertThat(figures.smallestScale()).isEqualTo(1);
    assertThat(Oracle.values(gradient)).containsOnly(0.0);
  }

  /** Layers whose units lie in memory in one stride, in runs, and in runs of strides. */
  private enum Runs {
    DENSE(new DenseLayer.Builder().nOut(20).build(), 1),
    DECONVOLUTION(new Deconvolution2D.Builder(2, 2).nOut(5).build(), 1),
    LOCALLY_CONNECTED(
        new LocallyConnected2D.Builder().kernelSize(2, 2).nOut(3).setInputSize(4, 4).build(), 0, 2),
    DEPTHWISE(new DepthwiseConvolution2D.Builder(2, 2).depthMultiplier(3).nOut(9).build(), 2, 3);

    final Layer layer;
    final int[] unitDimensions;

    Runs(Layer layer, int... unitDimensions) {
      this.layer = layer;
      this.unitDimensions = unitDimensions;
    }
  }

  @ParameterizedTest
  @EnumSource
  void zeroOverwritesWholeUnitsAndNoOthersHoweverTheyLie(Runs runs) {
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE, DataType.HALF)) {
      MultiLayerNetwork net =
          new MultiLayerNetwork(
              Networks.builder(new Sgd(1))
                  .dataType(type)
                  .miniBatch(false)
                  .list()
                  .layer(runs.layer.clone())
                  .layer(Networks.output(2))
                  .setInputType(InputType.convolutional(4, 4, 3))
                  .build());
      net.init();
      NetworkCheck.computeGradient(
          net,
          new MultiDataSet(
              Networks.gaussian(1, 2, 3, 4, 4).castTo(type),
              Networks.oneHot(1, 2, 2).castTo(type)));
      INDArray gradient = net.gradient().getGradientFor("0_W");
      gradient.assign(1);
      long[] first = new long[gradient.rank()];
      long[] last = Arrays.stream(gradient.shape()).map(size -> size - 1).toArray();
      long[] second = first.clone();
      second[0] = 1;
      gradient.putScalar(first, Double.POSITIVE_INFINITY);
      gradient.putScalar(second, Double.NEGATIVE_INFINITY);
      gradient.putScalar(last, Double.NaN);
      double[] norms = Oracle.norms(gradient, runs.unitDimensions);

      Agc.apply(net, settings(1e3, 1, NonFiniteGradients.ZERO));

      assertThat(row(net, "layer0", "W").latest().nonFiniteUnits())
          .isEqualTo(Arrays.stream(norms).filter(norm -> !Double.isFinite(norm)).count());
      double[] left = Oracle.norms(gradient, runs.unitDimensions);
      double whole = Math.sqrt((double) gradient.length() / norms.length);
      for (int unit = 0; unit < norms.length; unit++) {
        assertThat(left[unit])
            .as("norm of unit %d of %s", unit, type)
            .isCloseTo(Double.isFinite(norms[unit]) ? whole : 0, within(1e-12));
      }
      assertThat(Oracle.values(gradient)).containsOnly(0.0, 1.0);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE", "HALF"})
  void aUnitThatWasSetToZeroIsClippedAsAnyOtherOnceItIsFiniteAgain(DataType type) {
    MultiLayerNetwork net = oneLayer(16, 4, type);
    net.getParam("0_W").assign(1); // norm 4
    INDArray gradient = net.gradient().getGradientFor("0_W");
    AgcSettings settings = settings(0.25, 1e-3, NonFiniteGradients.ZERO);
    gradient.assign(1).putScalar(new long[] {3, 2}, Double.NaN);
    Agc.apply(net, settings);
    assertThat(Oracle.norms(gradient, 1)).containsExactly(1, 1, 0, 1);

    gradient.assign(1);
    gradient.getColumn(1).assign(0.125);
    Agc.apply(net, settings);
    assertThat(Oracle.norms(gradient, 1)).containsExactly(1, 0.5, 1, 1);
    ReportRow row = row(net, "layer0", "W");
    assertThat(row.latest().nonFiniteUnits()).isZero();
    assertThat(row.total().nonFiniteUnits()).isOne();
    assertThat(row.total().clippedUnits()).isEqualTo(3 + 3);
  }
}
