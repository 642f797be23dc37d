package io.github.dl4jagc.internal.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.Networks;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/** A variable that several operations use, or one operation in several places. */
class VariablesUsedTwiceTest {

  private final SameDiff graph = SameDiff.create();
  private final SDVariable in = graph.placeHolder("in", DataType.DOUBLE, -1, 7);
  private final SDVariable label = graph.placeHolder("label", DataType.DOUBLE, -1, 7);
  private final SDVariable weights = graph.var("w", Networks.gaussian(1, 7, 4));

  private void loss(SDVariable output) {
    graph.loss().meanSquaredError("loss", label, output, null);
    graph.setLossVariables("loss");
  }

  private int[] units(Map<String, int[]> named) {
    return new SameDiffUnits(graph, named).of("w", new long[] {7, 4}).unitDimensions();
  }

  @Test
  void tiedWeightsAreTakenByTheFirstOperationWithAWarningThatSaysHowToDecide() {
    loss(graph.mmul(in.mmul(weights), weights, false, true, false));
    try (LogCapture log = new LogCapture()) {
      assertThat(units(Map.of())).containsExactly(1);
      assertThat(units(Map.of())).containsExactly(1);
      assertThat(log.messages())
          .singleElement()
          .asString()
          .contains(
              "WARN",
              "\"w\" of shape [7, 4] disagree",
              "matmul: a column (dimension 1); matmul: a row (dimension 0)",
              "takes a column (dimension 1)",
              "new AgcSameDiffListener(Map.of(\"w\", ...)) to decide");
    }
  }

  @Test
  void whoNamesTheUnitsHasDecided() {
    loss(graph.mmul(in.mmul(weights), weights, false, true, false));
    try (LogCapture log = new LogCapture()) {
      assertThat(units(Map.of("w", new int[] {0}))).containsExactly(0);
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void operationsThatDoNotLeadToTheLossDoNotCount() {
    graph.mmul(graph.constant(Networks.gaussian(2, 2, 4)), weights, false, true, false);
    loss(in.mmul(weights).mmul(graph.constant(Networks.gaussian(3, 4, 7))));
    try (LogCapture log = new LogCapture()) {
      assertThat(units(Map.of())).containsExactly(1);
      assertThat(log.messages()).isEmpty();
    }
  }

  /** No gradient comes back through whole numbers. */
  @Test
  void operationsThatLeadToTheLossThroughWholeNumbersDoNotCount() {
    SDVariable aside =
        graph
            .mmul(graph.constant(Networks.gaussian(2, 2, 4)), weights, false, true, false)
            .castTo(DataType.INT)
            .castTo(DataType.DOUBLE)
            .sum();
    loss(in.mmul(weights).mmul(graph.constant(Networks.gaussian(3, 4, 7))).add(aside));
    try (LogCapture log = new LogCapture()) {
      assertThat(units(Map.of())).containsExactly(1);
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void aVariableInBothPlacesOfOneOperationIsLookedAtInBoth() {
    SameDiff square = SameDiff.create();
    SDVariable w = square.var("w", Networks.gaussian(1, 4, 4));
    square.mmul(w, w);
    try (LogCapture log = new LogCapture()) {
      int[] units = new SameDiffUnits(square, Map.of()).of("w", new long[] {4, 4}).unitDimensions();
      assertThat(units).containsExactly(0);
      assertThat(log.messages())
          .singleElement()
          .asString()
          .contains("a row (dimension 0); matmul: a column (dimension 1)");
    }
  }

  @Test
  void aVariableTimesItsTransposeIsTheSameInBothPlaces() {
    loss(in.mmul(graph.mmul(weights, weights, false, true, false)));
    try (LogCapture log = new LogCapture()) {
      assertThat(units(Map.of())).containsExactly(0);
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void whatIsAWeightToOneOperationHasTheUnitsOfThatOne() {
    SDVariable square = graph.placeHolder("square", DataType.DOUBLE, 7, 4);
    loss(graph.mmul(square.mul(weights), weights, false, true, false));
    try (LogCapture log = new LogCapture()) {
      assertThat(units(Map.of())).containsExactly(0);
      assertThat(new SameDiffUnits(graph, Map.of()).kindOf("w", new long[] {7, 4}))
          .isEqualTo(ParameterKind.WEIGHT);
      assertThat(log.messages())
          .singleElement()
          .asString()
          .contains("matmul: a row (dimension 0); multiply: the whole array");
    }
  }

  @Test
  void aVariableIsTheSameTurnedAndInAnotherType() {
    SDVariable hidden = in.mmul(weights);
    SDVariable turned = graph.transpose(weights.castTo(DataType.FLOAT)).castTo(DataType.DOUBLE);
    loss(hidden.mmul(turned));
    try (LogCapture log = new LogCapture()) {
      assertThat(units(Map.of())).containsExactly(1);
      assertThat(log.messages())
          .singleElement()
          .asString()
          .contains("matmul: a column (dimension 1); matmul: a row (dimension 0)");
    }
  }

  /** Dimensions of size 1 tell nothing apart. */
  @Test
  void operationsAgreeThatDifferInDimensionsOfSizeOne() {
    SDVariable column = graph.var("column", Networks.gaussian(2, 7, 1));
    SDVariable twice = in.mmul(column).add(in.mul(graph.constant(1.0)).mmul(column));
    graph.loss().meanSquaredError("loss", twice, graph.constant(Networks.gaussian(3, 7, 1)), null);
    graph.setLossVariables("loss");
    try (LogCapture log = new LogCapture()) {
      new SameDiffUnits(graph, Map.of()).of("column", new long[] {7, 1});
      assertThat(log.messages()).isEmpty();
    }
  }
}
