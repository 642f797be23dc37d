package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import io.github.dl4jagc.testing.OracleListener;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaBelief;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** AGC around every updater is "clip by the oracle, then the bare updater". */
class InnerUpdatersTest {

  private static final double THRESHOLD = 0.1;

  static Stream<Arguments> innerUpdaters() {
    return Stream.of(
            new Sgd(0.5),
            new Sgd(new StepSchedule(ScheduleType.ITERATION, 0.5, 0.1, 2)),
            new Nesterovs(0.3, 0.9),
            new Nesterovs(new ExponentialSchedule(ScheduleType.ITERATION, 0.3, 0.8), 0.9),
            new Adam(0.05),
            new AMSGrad(0.05),
            new AdaMax(0.05),
            new Nadam(0.05),
            new AdaGrad(0.1),
            new AdaDelta(),
            new RmsProp(0.05),
            new NoOp())
        .map(updater -> Arguments.of(Named.of(updater.toString(), updater)));
  }

  @ParameterizedTest
  @MethodSource("innerUpdaters")
  void sameAsClippingThenTheBareUpdater(IUpdater inner) {
    assertSameAsClippingThenTheBareUpdater(inner, 0);
  }

  @ParameterizedTest
  @MethodSource("innerUpdaters")
  void decoupledWeightDecayComesAfter(IUpdater inner) {
    assertSameAsClippingThenTheBareUpdater(inner, 0.02);
  }

  @Test
  void adaBeliefFailsAsItDoesWithoutAgc() {
    // ND4J 1.0.0-M2.1: AdaBelief.instantiate asks the rank-1 state view for a second dimension.
    MultiLayerNetwork bare = Networks.dense(new AdaBelief(0.05));
    MultiLayerNetwork wrapped = Networks.dense(new AgcGradientNormalization(new AdaBelief(0.05)));
    assertThatThrownBy(bare::getUpdater).isInstanceOf(ArrayIndexOutOfBoundsException.class);
    assertThatThrownBy(wrapped::getUpdater).isInstanceOf(ArrayIndexOutOfBoundsException.class);
  }

  private static void assertSameAsClippingThenTheBareUpdater(IUpdater inner, double weightDecay) {
    MultiLayerNetwork wrapped =
        Networks.dense(builder(new AgcGradientNormalization(inner, THRESHOLD), weightDecay));
    wrapped.setListeners(new AgcListener());
    MultiLayerNetwork bare = Networks.dense(builder(inner.clone(), weightDecay));
    assertSameValues(bare.params(), wrapped.params());

    for (int iteration = 0; iteration < 5; iteration++) {
      MultiDataSet data = Networks.denseData(8, iteration);
      NetworkCheck.fit(wrapped, data);

      NetworkCheck.computeGradient(bare, data);
      OracleListener.columns(THRESHOLD).onGradientCalculation(bare);
      NetworkCheck.update(bare, iteration);

      assertThat(Oracle.values(wrapped.params()))
          .as("parameters after iteration %d", iteration)
          .containsExactly(Oracle.values(bare.params()), within(1e-10));
      INDArray state = stateOf(bare);
      if (state == null) {
        assertThat(stateOf(wrapped)).isNull();
      } else {
        assertThat(Oracle.values(stateOf(wrapped)))
            .as("updater state after iteration %d", iteration)
            .containsExactly(Oracle.values(state), within(1e-10));
      }
    }
    AgcReport.Statistics total = TestReports.attached(wrapped).total();
    assertThat(total.clippedUnits()).isBetween(1L, total.units() - 1);
  }

  private static NeuralNetConfiguration.Builder builder(IUpdater updater, double weightDecay) {
    NeuralNetConfiguration.Builder builder = Networks.builder(updater);
    return weightDecay == 0
        ? builder
        : builder.regularization(List.of(new WeightDecay(weightDecay, true)));
  }

  private static INDArray stateOf(MultiLayerNetwork net) {
    return ((BaseMultiLayerUpdater<?>) net.getUpdater()).getUpdaterStateViewArray();
  }
}
