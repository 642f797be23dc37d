package io.github.dl4jagc.report.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportRow;
import io.github.dl4jagc.report.RunReport;
import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.deeplearning4j.core.storage.Persistable;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.ui.model.stats.StatsListener;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.learning.config.Sgd;

@Timeout(60)
class AgcStatsListenerTest {

  private final StatsStorage storage = new InMemoryStatsStorage();

  private static MultiLayerNetwork network(TrainingListener... listeners) {
    MultiLayerNetwork net = Networks.dense(new AgcGradientNormalization(new Sgd(0.1), 0.1));
    net.setListeners(listeners);
    return net;
  }

  private static void train(MultiLayerNetwork net, int iterations) {
    for (int i = 0; i < iterations; i++) {
      NetworkCheck.fit(net, Networks.denseData(8, 1 + net.getIterationCount()));
    }
  }

  private List<RunReport> reports(String session) {
    return storage.getAllUpdatesAfter(session, AgcStatsUpdate.TYPE_ID, -1).stream()
        .sorted(Comparator.comparingLong(Persistable::getTimeStamp))
        .map(update -> ((AgcStatsUpdate) update).report())
        .collect(Collectors.toList());
  }

  /** By itself, so that it binds too: an updater that is not bound does not train. */
  @Test
  void itBindsAndReportsEveryFewIterations() {
    MultiLayerNetwork net = network(new AgcStatsListener(storage, 3, "session"));
    train(net, 8);
    List<RunReport> reports = reports("session");
    assertThat(reports).extracting(report -> report.iteration).containsExactly(0, 3, 6);
    assertThat(reports).extracting(report -> report.run).containsOnly(reports.get(0).run);
    assertThat(reports.get(2).report.total().iterations()).isEqualTo(7);
    train(net, 2);
    assertThat(reports("session").get(3).report.rows())
        .extracting(ReportRow::fields)
        .isEqualTo(
            AgcReport.of(net).rows().stream().map(ReportRow::fields).collect(Collectors.toList()));
  }

  @Test
  void itBelongsToTheSessionOfTheListenerBesideIt() {
    StatsListener stats = new StatsListener(storage);
    train(network(new AgcStatsListener(storage, 1), stats), 2);
    assertThat(storage.listSessionIDs()).containsExactly(stats.getSessionID());
    assertThat(storage.listTypeIDsForSession(stats.getSessionID()))
        .containsExactlyInAnyOrder(StatsListener.TYPE_ID, AgcStatsUpdate.TYPE_ID);
    assertThat(reports(stats.getSessionID())).hasSize(2);
  }

  /** Storages take updates of one millisecond for the same. */
  @Test
  void noTwoReportsHaveTheSameTime() {
    AgcStatsListener listener = new AgcStatsListener(storage, 1, "session");
    MultiLayerNetwork net = network(listener);
    train(net, 1);
    for (int i = 1; i < 1000; i++) {
      listener.iterationDone(net, i, 0);
    }
    assertThat(reports("session")).hasSize(1000);
  }

  @Test
  void twoNetworksOfASessionAreTwoRuns() {
    AgcStatsListener listener = new AgcStatsListener(storage, 1, "session");
    train(network(listener), 1);
    train(network(listener), 2);
    assertThat(reports("session")).extracting(report -> report.run).hasSize(3);
    assertThat(reports("session").stream().map(report -> report.run).distinct()).hasSize(2);
  }

  @Test
  void replicasReportAsRunsOfOneSession() {
    StatsListener stats = new StatsListener(storage);
    MultiLayerNetwork net = network(stats, new AgcStatsListener(storage, 1));
    ParallelWrapper wrapper =
        new ParallelWrapper.Builder<>(net).workers(2).averagingFrequency(2).build();
    try {
      wrapper.fit(new ExistingDataSetIterator(Networks.minibatches(8)));
    } finally {
      wrapper.shutdown();
    }
    assertThat(storage.listSessionIDs()).containsExactly(stats.getSessionID());
    assertThat(reports(stats.getSessionID()).stream().map(report -> report.run).distinct())
        .hasSize(2);
  }

  /** As Spark does it: who has the copy gives it a router. */
  @Test
  void aCopyThatWasSerialisedReportsWhereItIsTold() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new AgcStatsListener(new InMemoryStatsStorage(), 2, "session"));
    }
    AgcStatsListener copy;
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      copy = (AgcStatsListener) in.readObject();
    }
    MultiLayerNetwork net = network(copy.clone());
    train(net, 2); // binds without a router
    copy.setStorageRouter(storage);
    copy.setWorkerID("worker 7");
    net.setListeners(copy.clone());
    train(net, 1);
    assertThat(reports("session")).extracting(report -> report.iteration).containsExactly(2);
    assertThat(storage.listWorkerIDsForSession("session")).containsExactly("worker 7");
  }

  @Test
  void aStorageThatFailsDoesNotEndTheTraining() {
    StatsStorage full =
        new InMemoryStatsStorage() {
          @Override
          public void putUpdate(Persistable update) {
            throw new IllegalStateException("the disk is full");
          }
        };
    try (LogCapture log = new LogCapture()) {
      train(network(new AgcStatsListener(full, 1, "session")), 3);
      assertThat(log.messages())
          .filteredOn(message -> message.contains("AGC cannot store"))
          .singleElement()
          .asString()
          .contains("of iteration 0", "the disk is full");
    }
  }

  @Test
  void aNetworkWithoutAgcReportsNothing() {
    MultiLayerNetwork net = Networks.dense(new Sgd(0.1));
    net.setListeners(new AgcStatsListener(storage, 1, "session"));
    train(net, 2);
    assertThat(storage.listSessionIDs()).isEmpty();
  }

  @Test
  void badArgumentsAreRefusedWithTheRemedy() {
    assertThatThrownBy(() -> new AgcStatsListener(null, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("router must be a StatsStorageRouter");
    assertThatThrownBy(() -> new AgcStatsListener(storage, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("frequency must be >= 1, got 0");
  }
}
