package io.github.dl4jagc;

import static io.github.dl4jagc.OneUnit.agc;
import static io.github.dl4jagc.OneUnit.one;
import static io.github.dl4jagc.OneUnit.state;
import static io.github.dl4jagc.OneUnit.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.testing.OperationWatch;
import io.github.dl4jagc.testing.Oracle;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** Gradients that are not finite where an {@code updateRatio} is bounded. */
class UpdateRatioPoliciesTest {

  private static IUpdater bounded(IUpdater inner, NonFiniteGradients policy) {
    return bounded(inner, policy, false);
  }

  private static IUpdater bounded(IUpdater inner, NonFiniteGradients policy, boolean threshold) {
    AgcOptions<AgcGradientNormalization> options =
        AgcGradientNormalization.builder(inner).updateRatio(0.1).nonFiniteGradients(policy);
    return (threshold ? options.clippingThreshold(0.01) : options).build();
  }

  @Test
  void aUnitThatIsSetToZeroDoesNotSpoilTheStateOfTheInnerUpdater() {
    MultiLayerNetwork net = one(bounded(new Adam(1), NonFiniteGradients.ZERO));
    assertThat(step(net, 0, Double.NaN, 8)).containsExactly(3, 4);
    assertThat(Oracle.values(state(net))).containsOnly(0);
    AgcReport.Statistics total = AgcReport.of(net).total();
    assertThat(total.nonFiniteUnits()).isEqualTo(1);
    assertThat(step(net, 1, 6, 8)).doesNotContain(Double.NaN).isNotEqualTo(new double[] {3, 4});
    assertThat(AgcReport.of(net).total().nonFiniteUnits()).isEqualTo(1);
  }

  static Stream<Arguments> policiesBeforeLinearUpdaters() {
    return Stream.of(new Sgd(1), new Nesterovs(1, 0.9))
        .flatMap(inner -> Stream.of(Arguments.of(inner, false), Arguments.of(inner, true)));
  }

  /** The clip that counts has the policy itself. */
  @ParameterizedTest
  @MethodSource("policiesBeforeLinearUpdaters")
  void aUnitThatIsSetToZeroBeforeALinearUpdaterIsSeenOnce(IUpdater inner, boolean threshold) {
    MultiLayerNetwork net = one(bounded(inner, NonFiniteGradients.ZERO, threshold));
    assertThat(step(net, 0, Double.NaN, 8)).containsExactly(3, 4);
    AgcReport.Statistics total = AgcReport.of(net).total();
    assertThat(total.nonFiniteUnits()).isEqualTo(1);
    assertThat(total.units()).isEqualTo(1);
    assertThat(AgcReport.of(net).rows().get(0).rule().orElseThrow().policy())
        .isEqualTo(NonFiniteGradients.ZERO);
  }

  @ParameterizedTest
  @MethodSource("policiesBeforeLinearUpdaters")
  void aFailureBeforeALinearUpdaterIsCountedOnce(IUpdater inner, boolean threshold) {
    MultiLayerNetwork net = one(bounded(inner, NonFiniteGradients.FAIL, threshold));
    assertThatThrownBy(() -> step(net, 3, Double.NaN, 8))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("at iteration 3");
    assertThat(AgcReport.of(net).total().units()).isEqualTo(1);
    assertThat(AgcReport.of(net).rules())
        .extracting(ReportRow.Rule::form)
        .containsExactly(ClippingForm.STEP);
  }

  /** Where a policy alone would be the reason to clip first, the clip that counts has it. */
  @ParameterizedTest
  @EnumSource(names = {"ZERO", "FAIL"})
  void aPolicyCostsALinearUpdaterNothing(NonFiniteGradients policy) throws Exception {
    System.setProperty("io.github.dl4jagc.clipper", "nd4j");
    try {
      assertThat(operationsOfAStep(policy))
          .isEqualTo(operationsOfAStep(NonFiniteGradients.PASS_THROUGH));
    } finally {
      System.clearProperty("io.github.dl4jagc.clipper");
    }
  }

  private static int operationsOfAStep(NonFiniteGradients policy) throws Exception {
    MultiLayerNetwork net = one(bounded(new Sgd(1), policy));
    step(net, 0, 6, 8);
    try (OperationWatch watch = new OperationWatch()) {
      step(net, 1, 6, 8);
      return watch.operations().size();
    }
  }

  @Test
  void aFailureComesBeforeTheStateOfTheInnerUpdater() {
    MultiLayerNetwork net = one(bounded(new Adam(1), NonFiniteGradients.FAIL));
    assertThatThrownBy(() -> step(net, 3, Double.NaN, 8))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("layer0")
        .hasMessageContaining("at iteration 3");
    assertThat(Oracle.values(state(net))).containsOnly(0);
    assertThat(AgcReport.of(net).total().nonFiniteUnits()).isEqualTo(1);
  }

  @Test
  void byDefaultWhatIsNotFinitePassesAndIsCountedOnce() {
    MultiLayerNetwork net = one(agc(new Adam(1), 0.1));
    assertThat(step(net, 0, Double.NaN, 8)).contains(Double.NaN);
    assertThat(AgcReport.of(net).total().nonFiniteUnits()).isEqualTo(1);
  }
}
