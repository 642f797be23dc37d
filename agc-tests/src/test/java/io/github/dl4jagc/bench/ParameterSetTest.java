package io.github.dl4jagc.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.Agc;
import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportRow;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.learning.config.NoOp;

class ParameterSetTest {

  @ParameterizedTest
  @CsvSource({
    "EMBEDDING, f, 500000, 640, 1",
    "SHORT, c, 500000, 500000, 64",
    "STRIDED, c, 64, 64, 64",
    "STRIDED_WIDE, c, 4096, 4096, 4096",
    "TINY1000, f, 8, 8, 1"
  })
  void aSetHasTheUnitsThatItsDescriptionNamesAndAllThatHaveAGradientAreClipped(
      ParameterSet set, char order, long units, long clipped, long stride) {
    MultiLayerNetwork net =
        set.network(new AgcGradientNormalization(new NoOp(), 1e-9), GradientNormalization.None);
    Agc.attach(net);
    ((BaseMultiLayerUpdater<?>) net.getUpdater())
        .getUpdaterBlocks()
        .get(0)
        .getGradientUpdater()
        .applyUpdater(set.gradient(net.numParams()), 0, 0);

    assertThat(net.getLayer(0).getParam("W").ordering()).isEqualTo(order);
    assertThat(net.getLayer(0).getParam("W").stride(0)).isEqualTo(stride);
    ReportRow row = AgcReport.of(net).rows().get(0);
    assertThat(row.units()).isEqualTo(units);
    assertThat(row.latest().clippedUnits()).isEqualTo(clipped);
  }
}
