package io.github.dl4jagc.internal.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.Networks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.shape.Shape;

/**
 * Units against what operations do: elements that change the same outputs are of one unit, and
 * others are not. Only the operations' own results are trusted.
 */
class SummedProductsTest {

  /** Makes an output of a variable. */
  private interface Operation {
    SDVariable of(SameDiff graph, SDVariable variable);
  }

  private static Arguments of(String name, Operation operation, long... shape) {
    return Arguments.of(name, operation, shape);
  }

  private static SDVariable other(SameDiff graph, long... shape) {
    return graph.constant(Networks.gaussian(1, shape));
  }

  /** Shapes [.., m, k] and [.., k, n], swapped where they are to be transposed. */
  private static long[] matrix(int rank, long rows, long columns, boolean transposed) {
    long[] last = transposed ? new long[] {columns, rows} : new long[] {rows, columns};
    return rank == 2 ? last : new long[] {2, last[0], last[1]};
  }

  static Stream<Arguments> operations() {
    List<Arguments> all = new ArrayList<>();
    for (int flags = 0; flags < 16; flags++) {
      boolean left = (flags & 1) != 0;
      boolean right = (flags & 2) != 0;
      boolean result = (flags & 4) != 0;
      int rank = (flags & 8) != 0 ? 3 : 2;
      long[] a = matrix(rank, 3, 4, left);
      long[] b = matrix(rank, 4, 5, right);
      String name = "rank " + rank + ", transposed " + left + " " + right + " " + result;
      all.add(of("left, " + name, (sd, v) -> sd.mmul(v, other(sd, b), left, right, result), a));
      all.add(of("right, " + name, (sd, v) -> sd.mmul(other(sd, a), v, left, right, result), b));
    }
    all.add(of("turned", (sd, v) -> sd.mmul(other(sd, 3, 4), sd.transpose(v)), 5, 4));
    all.add(
        of(
            "turned in a batch",
            (sd, v) -> sd.mmul(other(sd, 2, 3, 4), sd.permute(v, 1, 2, 0)),
            5,
            2,
            4));
    all.add(
        of(
            "turned twice",
            (sd, v) -> sd.mmul(other(sd, 2, 3, 4), sd.permute(sd.permute(v, 1, 2, 0), 2, 1, 0)),
            2,
            5,
            4));
    all.add(of("linear", (sd, v) -> sd.nn().linear(other(sd, 3, 4), v, other(sd, 5)), 4, 5));
    all.add(
        of(
            "tensorMmul",
            (sd, v) ->
                sd.tensorMmul(
                    other(sd, 2, 3, 4), v, new int[] {1}, new int[] {2}, false, false, false),
            4,
            5,
            3));
    for (WeightsFormat format : WeightsFormat.values()) {
      Conv2DConfig config = Conv2DConfig.builder().kH(2).kW(2).weightsFormat(format).build();
      all.add(
          of(
              "conv2d, " + format,
              (sd, v) -> sd.cnn().conv2d(other(sd, 1, 4, 3, 3), v, config),
              filters(format)));
      all.add(
          of(
              "sconv2d without pointwise weights, " + format,
              (sd, v) -> sd.cnn().separableConv2d(other(sd, 1, 4, 3, 3), v, null, null, config),
              filters(format)));
    }
    return all.stream();
  }

  /** Of 2 by 2, from 4 channels to 3, or with 3 multipliers. */
  private static long[] filters(WeightsFormat format) {
    return format == WeightsFormat.YXIO
        ? new long[] {2, 2, 4, 3}
        : format == WeightsFormat.OIYX ? new long[] {3, 4, 2, 2} : new long[] {3, 2, 2, 4};
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("operations")
  void elementsOfAUnitAreThoseThatLeadToTheSameOutputs(
      String name, Operation operation, long[] shape) {
    SameDiff graph = SameDiff.create();
    SDVariable variable = graph.var("v", Networks.gaussian(2, shape));
    String output = operation.of(graph, variable).name();
    int[] dimensions = new SameDiffUnits(graph, Map.of()).of("v", shape).unitDimensions();

    INDArray values = variable.getArr();
    INDArray before = graph.outputSingle(Map.of(), output).dup();
    Map<Set<Long>, Set<List<Long>>> unitsByOutputs = new HashMap<>();
    Set<List<Long>> units = new HashSet<>();
    for (long i = 0; i < values.length(); i++) {
      long[] index = Shape.ind2subC(shape, i);
      double value = values.getDouble(index);
      values.putScalar(index, value + 1);
      Set<Long> changed = changed(before, graph.outputSingle(Map.of(), output));
      values.putScalar(index, value);
      List<Long> unit = new ArrayList<>();
      for (int dimension : dimensions) {
        unit.add(index[dimension]);
      }
      units.add(unit);
      unitsByOutputs.computeIfAbsent(changed, key -> new HashSet<>()).add(unit);
    }
    assertThat(unitsByOutputs.values()).hasSameSizeAs(units).allMatch(each -> each.size() == 1);
  }

  private static Set<Long> changed(INDArray before, INDArray after) {
    Set<Long> changed = new TreeSet<>();
    for (long i = 0; i < before.length(); i++) {
      long[] index = Shape.ind2subC(before.shape(), i);
      if (before.getDouble(index) != after.getDouble(index)) {
        changed.add(i);
      }
    }
    return changed;
  }
}
