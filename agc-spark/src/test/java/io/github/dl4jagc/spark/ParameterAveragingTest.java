package io.github.dl4jagc.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.Agc;
import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportRow;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** AGC on the workers of parameter averaging is AGC as it is locally. */
class ParameterAveragingTest {

  private static JavaSparkContext sc;

  @BeforeAll
  static void startSpark() {
    sc = LocalSpark.context(1);
  }

  @AfterAll
  static void stopSpark() {
    sc.stop();
  }

  /** The threshold depends on the iteration, so a worker that lost count would be seen. */
  private static IUpdater agc(IUpdater inner) {
    return AgcGradientNormalization.builder(inner)
        .clippingThreshold(new StepSchedule(ScheduleType.ITERATION, 0.5, 0.5, 2))
        .build();
  }

  private static void assertClose(INDArray actual, INDArray expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertThat(actual.sub(expected).amaxNumber().doubleValue()).isEqualTo(0, within(1e-6));
  }

  private static void assertSameCounts(AgcReport actual, AgcReport expected) {
    assertThat(actual.rows()).hasSameSizeAs(expected.rows()).isNotEmpty();
    for (ReportRow row : expected.rows()) {
      AgcReport.Statistics there = actual.row(row.layer(), row.parameter()).orElseThrow().total();
      assertThat(there).hasToString(row.total().toString());
      assertThat(there.iterations()).isEqualTo(row.total().iterations());
    }
  }

  static Stream<IUpdater> updaters() {
    return Stream.of(
        agc(new Adam(0.01)),
        AgcGradientNormalization.builder(new Adam(0.01)).updateRatio(0.02).build(),
        AgcGradientNormalization.builder(new Nesterovs(0.1, 0.9)).updateRatio(0.05).build());
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void oneWorkerAtFrequencyOneTrainsAsTheLocalNetworkMinibatchForMinibatch(IUpdater updater) {
    MultiLayerNetwork local = LocalSpark.multiLayer(updater);
    AgcListener localListener = Agc.attach(local);
    AgcSparkListener listener = AgcSparkListener.register(sc);
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(sc, LocalSpark.multiLayer(updater), LocalSpark.averaging(1, 1));
    spark.setListeners(listener);

    for (DataSet minibatch : LocalSpark.minibatches(6)) {
      local.fit(minibatch);
      spark.fit(sc.parallelize(List.of(minibatch), 1));
      assertClose(spark.getNetwork().params(), local.params());
    }
    AgcReport expected = AgcReport.of(local);
    assertSameCounts(listener.report(), expected);
    assertThat(expected.total().clippedShare()).as("some at least").isGreaterThan(0.05);
    assertThat(listener.report().latest()).hasToString(expected.latest().toString());
  }

  @Test
  void oneWorkerAtFrequencyOneTrainsAsTheLocalGraphMinibatchForMinibatch() {
    // No schedule here: DL4J's graph configurations lose the iteration count on the way to a
    // worker.
    ComputationGraph local =
        LocalSpark.graph(new AgcGradientNormalization(new Nesterovs(0.05, 0.9), 0.3));
    AgcListener localListener = Agc.attach(local);
    AgcSparkListener listener = AgcSparkListener.register(sc);
    SparkComputationGraph spark =
        new SparkComputationGraph(
            sc,
            LocalSpark.graph(new AgcGradientNormalization(new Nesterovs(0.05, 0.9), 0.3)),
            LocalSpark.averaging(1, 1));
    spark.setListeners(listener);

    for (DataSet minibatch : LocalSpark.minibatches(6)) {
      local.fit(minibatch);
      spark.fit(sc.parallelize(List.of(minibatch), 1));
      assertClose(spark.getNetwork().params(), local.params());
    }
    assertSameCounts(listener.report(), AgcReport.of(local));
  }

  @Test
  void twoWorkersTrainAsTwoLocalNetworksAveragedByHand() {
    MultiLayerNetwork one = LocalSpark.multiLayer(agc(new Nesterovs(0.05, 0.9)));
    MultiLayerNetwork other = LocalSpark.multiLayer(agc(new Nesterovs(0.05, 0.9)));
    AgcListener localListener = new AgcListener();
    one.setListeners(localListener);
    other.setListeners(localListener);
    AgcSparkListener listener = AgcSparkListener.register(sc);
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(
            sc, LocalSpark.multiLayer(agc(new Nesterovs(0.05, 0.9))), LocalSpark.averaging(2, 1));
    spark.setListeners(listener);

    List<DataSet> minibatches = LocalSpark.minibatches(10);
    for (int round = 0; round < 5; round++) {
      List<DataSet> ofRound = minibatches.subList(2 * round, 2 * round + 2);
      one.fit(ofRound.get(0));
      other.fit(ofRound.get(1));
      assertThat(one.params()).isNotEqualTo(other.params());
      average(one.params(), other.params());
      average(one.getUpdater().getStateViewArray(), other.getUpdater().getStateViewArray());
      spark.fit(sc.parallelize(ofRound, 2));
      assertClose(spark.getNetwork().params(), one.params());
    }
    AgcReport expected = AgcReport.of(one).merge(AgcReport.of(other));
    assertSameCounts(listener.report(), expected);
    assertThat(listener.report().latest()).hasToString(expected.latest().toString());
  }

  private static void average(INDArray one, INDArray other) {
    INDArray mean = one.add(other).divi(2);
    one.assign(mean);
    other.assign(mean);
  }

  @Test
  void everyMinibatchOfEveryRoundIsCountedOnceAndItsTimeIsPartOfTheWorkers() {
    AgcSparkListener listener = AgcSparkListener.register(sc);
    assertThat(listener.report().rows()).as("before the first task").isEmpty();
    assertThat(listener.workerTime()).isZero();
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(
            sc,
            LocalSpark.multiLayer(new AgcGradientNormalization(new Nesterovs(0.1))),
            LocalSpark.averaging(2, 3));
    spark.setListeners(listener);
    for (int epoch = 1; epoch <= 3; epoch++) {
      spark.fit(sc.parallelize(LocalSpark.minibatches(24), 2));
      assertThat(listener.report().total().iterations()).isEqualTo(24 * epoch);
    }
    AgcReport report = listener.report();
    assertThat(report.total().units()).isEqualTo(3 * 24 * (5 + 1 + 3 + 1));
    assertThat(report.latest().iterations()).as("two partitions").isEqualTo(2);
    assertThat(report.clippingTime()).isPositive().isLessThan(listener.workerTime());
  }

  @Test
  void twoListenersOfOneContextAreCountedApart() {
    AgcSparkListener first = AgcSparkListener.register(sc);
    AgcSparkListener second = AgcSparkListener.register(sc);
    SparkDl4jMultiLayer spark =
        new SparkDl4jMultiLayer(
            sc,
            LocalSpark.multiLayer(new AgcGradientNormalization(new Nesterovs(0.1))),
            LocalSpark.averaging(2, 1));
    spark.setListeners(first);
    spark.fit(sc.parallelize(LocalSpark.minibatches(2), 2));
    spark.setListeners(first, second);
    spark.fit(sc.parallelize(LocalSpark.minibatches(4), 2));
    assertThat(first.report().total().iterations()).isEqualTo(6);
    assertThat(second.report().total().iterations()).isEqualTo(4);
  }
}
