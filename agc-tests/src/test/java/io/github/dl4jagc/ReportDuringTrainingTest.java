package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.Networks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** A report may be asked for from any thread while another one trains. */
class ReportDuringTrainingTest {

  private static final int ITERATIONS = 60;

  @AfterEach
  void clear() {
    System.clearProperty("io.github.dl4jagc.clipper");
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "nd4j"})
  void everyReportIsOfWholeIterationsOfEachParameter(String clipper) throws Exception {
    System.setProperty("io.github.dl4jagc.clipper", clipper);
    MultiLayerNetwork net = Networks.dense(new AgcGradientNormalization(new Sgd(0.1), 0.05));
    Agc.attach(net);
    MultiDataSet data = Networks.denseData(8, 1);
    net.fit(data);
    List<AgcReport> reports = new ArrayList<>();
    ExecutorService trainer = Executors.newSingleThreadExecutor();
    try {
      Future<?> training =
          trainer.submit(
              () -> {
                for (int i = 1; i < ITERATIONS; i++) {
                  net.fit(data);
                }
              });
      while (!training.isDone()) {
        reports.add(AgcReport.of(net));
      }
      training.get();
    } finally {
      trainer.shutdown();
    }
    reports.add(AgcReport.of(net));

    long before = 0;
    for (AgcReport report : reports) {
      for (AgcReport.Row row : report.rows()) {
        assertThat(row.total().units()).isEqualTo(row.total().iterations() * row.units());
        assertThat(row.latest().units()).isEqualTo(row.units());
        assertThat(row.latest().clippedUnits()).isBetween(0L, row.units());
      }
      assertThat(report.total().units()).isGreaterThanOrEqualTo(before);
      before = report.total().units();
    }
    assertThat(AgcReport.of(net).total().iterations()).isEqualTo(ITERATIONS);
    assertThat(reports).hasSizeGreaterThan(2);
  }
}
