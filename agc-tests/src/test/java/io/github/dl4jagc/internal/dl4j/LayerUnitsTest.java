package io.github.dl4jagc.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.LogCapture;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which layer's rule a parameter is taken by. */
class LayerUnitsTest {

  private final LayerUnits units = new LayerUnits();

  private int[] units(Layer layer, String parameter, long... shape) {
    return units.of(layer, parameter, shape).unitDimensions();
  }

  private static ConvolutionLayer convolution() {
    return new ConvolutionLayer.Builder(3, 3).nOut(5).build();
  }

  private static LSTM lstm() {
    return new LSTM.Builder().nIn(3).nOut(4).build();
  }

  @Test
  void wrappersAreTakenAsTheLayerInside() {
    assertThat(units(new FrozenLayer(convolution()), "W", 5, 2, 3, 3)).containsExactly(0);
    assertThat(units(new LastTimeStep(lstm()), "RW", 4, 16)).containsExactly(1);
    for (String direction : new String[] {"f", "b"}) {
      assertThat(units(new Bidirectional(lstm()), direction + "RW", 4, 16)).containsExactly(1);
      assertThat(units(new Bidirectional(lstm()), direction + "b", 1, 16)).isEmpty();
    }
  }

  @Test
  void weightsOfAVariationalAutoEncoderEndInW() {
    VariationalAutoencoder layer = new VariationalAutoencoder.Builder().nIn(3).nOut(2).build();
    for (String weights : new String[] {"e0W", "d1W", "pZXMeanW", "pXZW"}) {
      assertThat(units(layer, weights, 3, 4)).containsExactly(1);
    }
    for (String bias : new String[] {"e0b", "d1b", "pZXMeanb", "pXZb"}) {
      assertThat(units(layer, bias, 3, 4)).isEmpty();
    }
  }

  /** A layer of one's own, whose parameters are unlike those of the layer that it extends. */
  private static final class Extended extends ConvolutionLayer {
    private static final long serialVersionUID = 1L;

    Extended() {
      super(new ConvolutionLayer.Builder(3, 3).nOut(5));
    }
  }

  @Test
  void whatASubclassDoesNotShareIsTakenByRankAndTheRestAsItsSuperclass() {
    try (LogCapture log = new LogCapture()) {
      assertThat(units(new Extended(), "W", 5, 2)).containsExactly(0);
      assertThat(log.messages()).isEmpty();
      assertThat(units(new Extended(), "mine", 5, 2)).containsExactly(1);
      assertThat(log.messages()).singleElement().asString().contains("\"mine\"", "a column");
    }
  }

  /** A layer that has one matrix per head where the layer that it extends has one. */
  private static final class Heads extends DenseLayer {
    private static final long serialVersionUID = 1L;

    Heads() {
      setNIn(2);
      setNOut(7);
    }
  }

  @Test
  void aRuleForMatricesIsNotAppliedToTheCubesOfASubclass() {
    try (LogCapture log = new LogCapture()) {
      assertThat(units(new Heads(), "W", 2, 7)).containsExactly(1);
      assertThat(log.messages()).isEmpty();
      assertThat(units(new Heads(), "W", 3, 2, 7)).containsExactly(0);
      assertThat(log.messages())
          .singleElement()
          .asString()
          .contains("Heads", "takes a slice of dimension 0 of parameter \"W\" of shape [3, 2, 7]");
    }
  }

  static Stream<Arguments> ranks() {
    return Stream.of(
        Arguments.of("scalar", new long[0], new int[0], "the whole array"),
        Arguments.of("vector", new long[] {7}, new int[0], "the whole array"),
        Arguments.of("row", new long[] {1, 7}, new int[0], "the whole array"),
        Arguments.of("column", new long[] {7, 1}, new int[0], "the whole array"),
        Arguments.of("channels", new long[] {1, 7, 1, 1}, new int[0], "the whole array"),
        Arguments.of("matrix", new long[] {2, 7}, new int[] {1}, "a column (dimension 1)"),
        Arguments.of("cube", new long[] {1, 2, 7}, new int[] {0}, "a slice of dimension 0"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ranks")
  void parametersThatNobodyKnowsAreTakenByRankWithOneWarning(
      String name, long[] shape, int[] expected, String unit) {
    DenseLayer layer = new DenseLayer.Builder().nIn(2).nOut(7).build();
    try (LogCapture log = new LogCapture()) {
      assertThat(units(layer, name, shape)).containsExactly(expected);
      assertThat(units(layer, name, shape)).containsExactly(expected);
      assertThat(log.messages())
          .singleElement()
          .asString()
          .contains("DenseLayer", "\"" + name + "\"", "takes " + unit + " of");
    }
  }
}
