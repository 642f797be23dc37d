package io.github.dl4jagc.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.RatioHistogram;
import io.github.dl4jagc.TestReports;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The figures of a partition count once, however often and in whatever order Spark merges them. */
class AgcAccumulatorTest {

  private static TaskFigures task(
      int stage, int partition, int stageAttempt, int taskAttempt, long clipped, double ratio) {
    AgcReport report = TestReports.report(TestReports.statistics(1, clipped, ratio));
    return new TaskFigures(
        stage, partition, stageAttempt, taskAttempt, report, Duration.ofSeconds(1));
  }

  private static AgcAccumulator copyOf(TaskFigures... tasks) {
    AgcAccumulator accumulator = new AgcAccumulator();
    for (TaskFigures task : tasks) {
      accumulator.add(task);
    }
    return accumulator;
  }

  @Test
  void partitionsAndStagesAreAddedAndExtremesKept() {
    AgcAccumulator driver = new AgcAccumulator();
    assertThat(driver.isZero()).isTrue();
    driver.merge(copyOf(task(1, 0, 0, 0, 3, 2)));
    driver.merge(copyOf(task(1, 1, 0, 0, 4, 8)));
    driver.merge(copyOf(task(2, 0, 0, 0, 5, 4)));
    AgcReport report = driver.value().report();
    assertThat(report.total()).hasToString(TestReports.statistics(3, 12, 8).toString());
    assertThat(report.total().iterations()).isEqualTo(3);
    assertThat(report.total().ratios().count()).isEqualTo(30);
    double edge = RatioHistogram.lowerEdge(RatioHistogram.binOf(3) + 1);
    assertThat(report.total().clippedShareAt(edge)).isEqualTo((4 + 5) / 30.0);
    assertThat(report.total().thresholdFor(4 / 30.0)).isEqualTo(Math.pow(2, 2.25));
    assertThat(report.latest())
        .as("of the latest stage alone")
        .hasToString(TestReports.statistics(1, 5, 4).toString());
    assertThat(report.clippingTime()).isEqualTo(Duration.ofMillis(3));
    assertThat(driver.value().workerTime()).isEqualTo(Duration.ofSeconds(3));
    assertThat(driver.isZero()).isFalse();
  }

  @Test
  void mergingTheSameTaskTwiceChangesNothing() {
    AgcAccumulator driver = copyOf(task(1, 0, 0, 0, 3, 2));
    driver.merge(copyOf(task(1, 0, 0, 0, 3, 2)));
    driver.merge(driver.copy());
    assertThat(driver.value().report().total().clippedUnits()).isEqualTo(3);
    assertThat(driver.value().report().total().iterations()).isEqualTo(1);
  }

  @Test
  void latestTryReplacesTheOthersInWhateverOrderTheyArrive() {
    TaskFigures first = task(1, 0, 0, 1, 3, 8);
    TaskFigures again = task(1, 0, 1, 0, 4, 2); // the stage ran again: its executor was lost
    for (AgcAccumulator driver : List.of(copyOf(first, again), copyOf(again, first))) {
      assertThat(driver.value().report().total().clippedUnits()).isEqualTo(4);
      assertThat(driver.value().report().total().largestRatio()).isEqualTo(2);
      assertThat(driver.value().workerTime()).isEqualTo(Duration.ofSeconds(1));
    }
  }

  @Test
  void manyRoundsAreSummedExactlyInBoundedMemory() {
    AgcAccumulator driver = new AgcAccumulator();
    for (int round = 0; round < 1000; round++) {
      for (int partition = 0; partition < 2; partition++) {
        driver.merge(copyOf(task(3 * round, partition, 0, 0, 2, round + 1)));
        driver.merge(copyOf(task(3 * round, partition, 1, 0, 1, round + 1)));
      }
    }
    AgcReport report = driver.value().report();
    assertThat(report.total().iterations()).isEqualTo(2000);
    assertThat(report.total().clippedUnits()).isEqualTo(2000);
    assertThat(report.total().largestRatio()).isEqualTo(1000);
    assertThat(report.latest().units()).isEqualTo(20);
    assertThat(driver.tasksKept()).isLessThan(100);
  }

  @Test
  void copiesAreIndependentAndResetForgetsEverything() {
    AgcAccumulator driver = copyOf(task(1, 0, 0, 0, 3, 2));
    AgcAccumulator copy = driver.copy();
    copy.add(task(1, 1, 0, 0, 3, 2));
    assertThat(driver.value().report().total().iterations()).isEqualTo(1);
    copy.reset();
    assertThat(copy.isZero()).isTrue();
    assertThat(copy.value().report().rows()).isEmpty();
  }
}
