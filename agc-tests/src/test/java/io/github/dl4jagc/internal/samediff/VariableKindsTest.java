package io.github.dl4jagc.internal.samediff;

import static io.github.dl4jagc.ParameterKind.BIAS;
import static io.github.dl4jagc.ParameterKind.GAIN;
import static io.github.dl4jagc.ParameterKind.WEIGHT;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.testing.Networks;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** What is a weight, a bias, a gain: of SameDiff's variables. */
class VariableKindsTest {

  @Test
  void variablesAreWhatOperationsMakeOfThem() {
    SameDiff sd = SameDiff.create();
    SDVariable in = sd.placeHolder("in", DataType.DOUBLE, -1, 4);
    SDVariable column = sd.var("column", Networks.gaussian(1, 4, 1));
    SDVariable row = sd.var("row", Networks.gaussian(2, 1, 5));
    SDVariable bias = sd.var("bias", Networks.gaussian(3, 5));
    SDVariable rowBias = sd.var("row bias", Networks.gaussian(4, 1, 5));
    SDVariable factor = sd.var("factor", Networks.gaussian(5, 5));
    SDVariable gain = sd.var("gain", Networks.gaussian(6, 5));
    SDVariable shift = sd.var("shift", Networks.gaussian(7, 5));
    SDVariable odd = sd.var("odd", Networks.gaussian(8, 2, 5));
    SDVariable hidden = in.mmul(column).mmul(row).add(bias).add(rowBias).mul(factor);
    sd.nn().layerNorm(hidden, gain, shift, true, 1).add("out", odd);

    Map<String, ParameterKind> found = new LinkedHashMap<>();
    SameDiffUnits units = new SameDiffUnits(sd, Map.of());
    for (SDVariable each :
        new SDVariable[] {column, row, bias, rowBias, factor, gain, shift, odd}) {
      found.put(each.name(), units.kindOf(each.name(), each.getShape()));
    }
    assertThat(found)
        .isEqualTo(
            Map.of(
                "column",
                WEIGHT,
                "row",
                WEIGHT,
                "odd",
                BIAS,
                "bias",
                BIAS,
                "row bias",
                BIAS,
                "shift",
                BIAS,
                "factor",
                GAIN,
                "gain",
                GAIN));
  }

  @Test
  void batchNormalisationInAGraphHasAGainAndABias() {
    SameDiff sd = SameDiff.create();
    SDVariable in = sd.placeHolder("in", DataType.DOUBLE, -1, 4);
    SDVariable gamma = sd.var("gamma", Networks.gaussian(1, 4));
    SDVariable beta = sd.var("beta", Networks.gaussian(2, 4));
    SDVariable mean = sd.constant("mean", Networks.gaussian(3, 4));
    SDVariable variance = sd.constant("variance", Nd4j.ones(DataType.DOUBLE, 4));
    sd.nn().batchNorm(in, mean, variance, gamma, beta, 1e-5, 1);
    SameDiffUnits units = new SameDiffUnits(sd, Map.of());
    assertThat(units.kindOf("gamma", new long[] {4})).isEqualTo(GAIN);
    assertThat(units.kindOf("beta", new long[] {4})).isEqualTo(BIAS);
  }

  @Test
  void factorsOfAnyShapeAreGains() {
    SameDiff sd = SameDiff.create();
    SDVariable in = sd.placeHolder("in", DataType.DOUBLE, 4, 5);
    SDVariable factors = sd.var("factors", Networks.gaussian(1, 4, 5));
    SDVariable slopes = sd.var("slopes", Networks.gaussian(2, 1));
    sd.nn().prelu(in.mul(factors), slopes, 1);
    SameDiffUnits units = new SameDiffUnits(sd, Map.of());
    assertThat(units.kindOf("factors", new long[] {4, 5})).isEqualTo(GAIN);
    assertThat(units.kindOf("slopes", new long[] {1})).isEqualTo(GAIN);
  }

  @Test
  void weightsOfARecurrentLayerAreThoseWithTwoDimensions() {
    SameDiff sd = SameDiff.create();
    SDVariable in = sd.placeHolder("in", DataType.DOUBLE, 1, 2, 4);
    sd.rnn()
        .gru(
            in,
            sd.constant(Networks.gaussian(1, 2, 3)),
            sd.var("input", Networks.gaussian(2, 4, 9)),
            sd.var("recurrent", Networks.gaussian(3, 3, 9)),
            sd.var("bias", Networks.gaussian(4, 9)));
    SameDiffUnits units = new SameDiffUnits(sd, Map.of());
    assertThat(units.kindOf("input", new long[] {4, 9})).isEqualTo(WEIGHT);
    assertThat(units.kindOf("recurrent", new long[] {3, 9})).isEqualTo(WEIGHT);
    assertThat(units.kindOf("bias", new long[] {9})).isEqualTo(BIAS);
  }

  /** A weight to one operation is a weight, whatever others make of it. */
  @Test
  void ofSeveralKindsWeightsComeFirst() {
    SameDiff sd = SameDiff.create();
    SDVariable in = sd.placeHolder("in", DataType.DOUBLE, -1, 4);
    SDVariable shared = sd.var("shared", Networks.gaussian(1, 4));
    in.mul(shared).mmul(shared);
    assertThat(new SameDiffUnits(sd, Map.of()).kindOf("shared", new long[] {4})).isEqualTo(WEIGHT);
  }

  @Test
  void aVariableThatNothingUsesIsTakenByItsShape() {
    SameDiff sd = SameDiff.create();
    sd.var("unused", Networks.gaussian(1, 4));
    assertThat(new SameDiffUnits(sd, Map.of()).kindOf("unused", new long[] {4})).isEqualTo(BIAS);
  }
}
