package io.github.dl4jagc.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.learning.config.Sgd;

class StepNetworkTest {

  @ParameterizedTest
  @EnumSource(value = StepNetwork.class, names = "RESNET50", mode = EnumSource.Mode.EXCLUDE)
  void aStepClips(StepNetwork type) {
    ComputationGraph net = type.network(new AgcGradientNormalization(new Sgd(1e-4), 1e-9));
    net.setListeners(new AgcListener());
    net.fit(type.minibatch());

    assertThat(net.score()).isFinite();
    assertThat(AgcReport.of(net).latest().clippedUnits()).isPositive();
  }
}
