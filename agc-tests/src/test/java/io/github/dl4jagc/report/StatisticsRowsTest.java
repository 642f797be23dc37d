package io.github.dl4jagc.report;

import static io.github.dl4jagc.report.StatisticsFiles.HEADER;
import static io.github.dl4jagc.report.StatisticsFiles.column;
import static io.github.dl4jagc.report.StatisticsFiles.lines;
import static io.github.dl4jagc.report.StatisticsFiles.network;
import static io.github.dl4jagc.report.StatisticsFiles.ratios;
import static io.github.dl4jagc.report.StatisticsFiles.records;
import static io.github.dl4jagc.report.StatisticsFiles.recordsOfFirstWeights;
import static io.github.dl4jagc.report.StatisticsFiles.train;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.Agc;
import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** What is in the rows of a statistics file. */
class StatisticsRowsTest {

  @TempDir Path folder;

  @Test
  void aRowHoldsWhatWasCountedSinceTheReportBefore() throws IOException {
    Path file = folder.resolve("run/statistics.csv");
    MultiLayerNetwork net =
        Networks.dense(
            new AgcGradientNormalization(
                new Sgd(new StepSchedule(ScheduleType.ITERATION, 0.4, 0.5, 2)), 0.1));
    net.setListeners(new AgcListener(2, AgcReportWriter.csv(file)));
    AgcReport before = new AgcReport(List.of());
    List<Map<String, Object>> expected = new ArrayList<>();
    List<Double> scores = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      NetworkCheck.fit(net, Networks.denseData(8, i));
      if (i % 2 == 0) {
        AgcReport report = AgcReport.of(net);
        report.since(before).rows().forEach(row -> expected.add(row.fields()));
        before = report;
        scores.add(net.score());
      }
    }
    assertThat(lines(file)).hasSize(1 + 3 * 6).first().isEqualTo(HEADER);
    List<Map<String, String>> records = records(file);
    for (int i = 0; i < records.size(); i++) {
      Map<String, String> row = records.get(i);
      expected
          .get(i)
          .forEach(
              (name, value) -> assertThat(row).containsEntry(name, Objects.toString(value, "")));
      assertThat(row)
          .containsEntry("iteration", String.valueOf(2 * (i / 6)))
          .containsEntry("epoch", "0")
          .containsEntry("score", String.valueOf(scores.get(i / 6)))
          .containsEntry("rowsLeft", String.valueOf(5 - i % 6))
          .containsEntry("learningRate", new String[] {"0.4", "0.2", "0.1"}[i / 6])
          .containsEntry("iterations", i < 6 ? "1" : "2")
          .containsEntry("resumes", "")
          .containsEntry("run", records.get(0).get("run"));
      assertThat(Instant.parse(row.get("started"))).isBefore(Instant.now());
    }
    assertThat(column(file, "seen")).containsExactly("6", "12", "12");
  }

  @Test
  void parametersThatAreLeftAloneHaveTheReasonAndEmptyCounts() throws IOException {
    Path file = folder.resolve("statistics.csv");
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(new Sgd(0.1)).excludeOutputLayer(true).build());
    net.setListeners(new AgcListener(1, AgcReportWriter.csv(file)));
    train(net, 1);
    assertThat(lines(file)).hasSize(1 + 6);
    assertThat(lines(file).get(5)).endsWith(",layer2,W,WEIGHT,3,output layer,,,,,,,,,,,,,,,1");
  }

  @Test
  void unitsThatAreNotFiniteHaveNoRatioAndNoScale() throws IOException {
    Path file = folder.resolve("statistics.csv");
    MultiLayerNetwork net = network(new AgcListener(1, AgcReportWriter.csv(file)));
    net.params().assign(Double.NaN);
    train(net, 1);
    assertThat(recordsOfFirstWeights(file).get(0))
        .containsEntry("score", "")
        .containsEntry("seen", "6")
        .containsEntry("nonFinite", "6")
        .containsEntry("largestRatio", "")
        .containsEntry("smallestScale", "")
        .containsEntry("ratios", "");
  }

  @Test
  void whatWasOnlyObservedIsCounted() throws IOException {
    Path file = folder.resolve("statistics.csv");
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(new Sgd(0.1))
                .clippingThreshold(1e-5)
                .startIteration(4)
                .build());
    net.setListeners(new AgcListener(2, AgcReportWriter.csv(file)));
    train(net, 7); // reports at 0, 2, 4 and 6
    assertThat(column(file, "clipped")).containsExactly("6", "12", "12", "12");
    assertThat(column(file, "observed")).containsExactly("6", "12", "6", "0");
    assertThat(column(file, "observeOnly")).containsExactly("true", "true", "false", "false");
  }

  /** A report that comes twice, and one that comes too late from another thread, take nothing. */
  @Test
  void everythingThatWasCountedIsInOneRow() throws Exception {
    Path file = folder.resolve("statistics.csv");
    AgcReportWriter writer = AgcReportWriter.csv(file);
    MultiLayerNetwork net = network(new AgcListener(5, writer));
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService monitors = Executors.newFixedThreadPool(3);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        running.add(
            monitors.submit(
                () -> {
                  while (!stop.get()) {
                    writer.write(net, net.getIterationCount(), 0);
                  }
                }));
      }
      for (int i = 0; i < 100; i++) {
        train(net, 1);
        if (i % 10 == 9) {
          writer.write(net, net.getIterationCount(), 0);
          writer.write(net, net.getIterationCount(), 0);
        }
      }
      stop.set(true);
      for (Future<?> each : running) {
        each.get(60, TimeUnit.SECONDS);
      }
    } finally {
      stop.set(true);
      monitors.shutdownNow();
    }
    writer.write(net, net.getIterationCount(), 0);
    assertThat(ratios(file))
        .isEqualTo(AgcReport.of(net).total().ratios().count())
        .isEqualTo(100 * 17);
    assertThat(new HashSet<>(column(file, "run"))).hasSize(1);
  }

  @Test
  void awkwardLayerNamesStayInTheirFieldAndAreNoFormulas() throws IOException {
    Path file = folder.resolve("statistics.csv");
    AgcReportWriter writer = AgcReportWriter.csv(file);
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(new AgcGradientNormalization(new Sgd(0.1)))
                .list()
                .layer(new DenseLayer.Builder().name("=cmd|a,\"b\"\u202ec").nIn(4).nOut(6).build())
                .layer(new DenseLayer.Builder().name("'+1").nOut(6).nIn(6).build())
                .layer(Networks.output(3))
                .build());
    net.init();
    net.setListeners(new AgcListener(1, writer));
    train(net, 1);
    assertThat(lines(file).get(1)).contains(",\"'=cmd|a,\"\"b\"\"\u202ec\",W,");
    assertThat(lines(file).get(3)).contains(",''+1,W,");
    assertThat(records(file).get(0)).containsEntry("layer", "=cmd|a,\"b\"\u202ec");
    assertThat(records(file).get(2)).containsEntry("layer", "'+1");
    assertThat(Files.readString(writer.writePage(folder.resolve("page.html"))))
        .contains("=cmd|a,&quot;b&quot;\ufffdc")
        .doesNotContain("\u202e");
  }

  @Test
  void aReportSaysWithWhichUpdatersAndMinibatchesTheNetworkIsTrained() throws IOException {
    Path file = folder.resolve("statistics.csv");
    ComputationGraph net =
        Networks.denseGraph(new AgcGradientNormalization(new Nesterovs(0.1, 0.8)));
    net.setListeners(new AgcListener(1, AgcReportWriter.csv(file)));
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    assertThat(records(file).get(0))
        .containsEntry("updater", "Nesterovs(learningRate=0.1, momentum=0.8)")
        .containsEntry("minibatch", "8");
    MultiLayerNetwork other =
        new MultiLayerNetwork(
            Networks.builder(new AgcGradientNormalization(new Adam(0.01)))
                .biasUpdater(new Sgd(new StepSchedule(ScheduleType.EPOCH, 0.4, 0.5, 2)))
                .list()
                .layer(new DenseLayer.Builder().nIn(4).nOut(6).build())
                .layer(Networks.output(3))
                .build());
    other.init();
    other.setListeners(new AgcListener(1, AgcReportWriter.csv(file)));
    train(other, 1);
    assertThat(records(file).get(6).get("updater"))
        .isEqualTo(
            "Adam(learningRate=0.01, beta1=0.9, beta2=0.999, epsilon=1.0E-8); Sgd(learningRate=NaN,"
                + " learningRateSchedule=StepSchedule(scheduleType=EPOCH, initialValue=0.4,"
                + " decayRate=0.5, step=2.0))");
  }

  @Test
  void beforeTheFirstIterationThereIsNothingToWrite() {
    Path file = folder.resolve("statistics.csv");
    MultiLayerNetwork net = network(new AgcListener());
    Agc.attach(net);
    AgcReportWriter.csv(file).write(net, 0, 0);
    assertThat(file).doesNotExist();
  }
}
