package io.github.dl4jagc.internal.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.Networks;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.params.provider.Arguments;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/** Graphs in which one operation uses one variable, and the units that it has there. */
final class GraphsOfOneVariable {

  private GraphsOfOneVariable() {}

  /** Adds an operation that uses a variable. */
  interface Use extends BiFunction<SameDiff, SDVariable, SDVariable> {}

  static int[] units(SameDiff graph, String name, long... shape) {
    return new SameDiffUnits(graph, Map.of()).of(name, shape).unitDimensions();
  }

  static int[] unitsOf(Use use, long... shape) {
    SameDiff graph = SameDiff.create();
    use.apply(graph, graph.var("v", DataType.DOUBLE, shape));
    return units(graph, "v", shape);
  }

  static SDVariable other(SameDiff graph, long... shape) {
    return graph.constant(Networks.gaussian(1, shape));
  }

  static Arguments known(String name, Use use, long[] shape, int... expected) {
    return Arguments.of(name, use, shape, expected);
  }

  static long[] shape(long... shape) {
    return shape;
  }

  /** Of an operation that is known: there is no warning. */
  static void assertUnits(Use use, long[] shape, int[] expected) {
    try (LogCapture log = new LogCapture()) {
      assertThat(unitsOf(use, shape)).containsExactly(expected);
      assertThat(log.messages()).isEmpty();
    }
  }
}
