package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.ChosenClipper;
import io.github.dl4jagc.testing.Networks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** A report may be asked for from any thread while another one trains. */
class ReportDuringTrainingTest {

  private static final int REPORTS = 60;

  @RegisterExtension final ChosenClipper clippers = new ChosenClipper();

  @ParameterizedTest
  @ValueSource(strings = {"host", "nd4j"})
  @Timeout(60)
  void everyReportIsOfWholeIterationsOfEachParameter(String clipper) throws Exception {
    clippers.choose(clipper);
    MultiLayerNetwork net = Networks.dense(new AgcGradientNormalization(new Sgd(0.1), 0.05));
    Agc.attach(net);
    MultiDataSet data = Networks.denseData(8, 1);
    Semaphore trained = new Semaphore(0);
    AtomicBoolean seenEnough = new AtomicBoolean();
    ExecutorService trainer = Executors.newSingleThreadExecutor();
    List<AgcReport> reports = new ArrayList<>();
    int iterations;
    try {
      Future<Integer> training =
          trainer.submit(
              () -> {
                int done = 0;
                while (!seenEnough.get()) {
                  net.fit(data);
                  done++;
                  trained.release();
                }
                return done;
              });
      // The trainer goes on until all of these are there, so each is of a training that runs.
      while (reports.size() < REPORTS && !training.isDone()) {
        if (trained.tryAcquire(100, TimeUnit.MILLISECONDS)) {
          reports.add(AgcReport.of(net));
        }
      }
      seenEnough.set(true);
      iterations = training.get();
    } finally {
      seenEnough.set(true);
      trainer.shutdown();
    }
    reports.add(AgcReport.of(net));

    long before = 0;
    for (AgcReport report : reports) {
      for (ReportRow row : report.rows()) {
        assertThat(row.total().units()).isEqualTo(row.total().iterations() * row.units());
        assertThat(row.latest().units()).isEqualTo(row.units());
        assertThat(row.latest().clippedUnits()).isBetween(0L, row.units());
      }
      assertThat(report.total().units()).isGreaterThanOrEqualTo(before);
      before = report.total().units();
    }
    assertThat(reports).hasSize(REPORTS + 1);
    assertThat(reports.get(REPORTS).total().iterations())
        .isEqualTo(iterations)
        .isGreaterThanOrEqualTo(REPORTS);
  }
}
