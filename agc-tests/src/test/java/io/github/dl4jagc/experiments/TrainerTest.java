package io.github.dl4jagc.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.experiments.tasks.FashionMnist;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

class TrainerTest {

  private final Trainer trainer = new Trainer(FashionMnist.DEBIAN);

  private Outcome train(String run) throws IOException {
    return trainer.train(Run.of(run.split(",")));
  }

  @Test
  void equalSeedsGiveEqualOutcomesAndOthersOthers() throws IOException {
    Outcome first = train("dense3,adam,none,0.01,constant,64,2,1");
    Outcome again = train("dense3,adam,none,0.01,constant,64,2,1");
    Outcome other = train("dense3,adam,none,0.01,constant,64,2,2");
    assertThat(again.accuracy).isEqualTo(first.accuracy);
    assertThat(again.trainingLoss).isEqualTo(first.trainingLoss);
    assertThat(other.trainingLoss).isNotEqualTo(first.trainingLoss);
  }

  @Test
  void networkLearns() throws IOException {
    Outcome outcome = train("dense3,adam,none,0.003,constant,32,5,1");
    assertThat(outcome.accuracy).isGreaterThan(0.9);
    assertThat(outcome.testLoss).isBetween(0.01, 0.4);
    assertThat(outcome.trainingLoss).isLessThan(0.2);
    assertThat(outcome.steps).isEqualTo(5 * 45);
    assertThat(outcome.clippedShare).isNaN();
  }

  @Test
  void divergenceIsSeenAndEndsTheRun() throws IOException {
    Outcome outcome = train("dense10,sgd,none,1e+30,constant,32,5,1");
    assertThat(outcome.hasDiverged()).isTrue();
    assertThat(outcome.steps).isLessThan(10);
    assertThat(outcome.trainingLoss).isNaN();
    assertThat(outcome.testLoss).isNaN();
  }

  @Test
  void whatAgcLeavesAloneIsNotClipped() throws IOException {
    // Everything is clipped that may be; half of the layers' arrays are biases.
    assertThat(train("dense3,sgd,agc:1.0E-9,0.1,constant,512,1,1").clippedShare)
        .isCloseTo(1, within(0.05));
    assertThat(train("dense3,sgd,agc:1.0E-9/no-output/no-biases,0.1,constant,512,1,1").clippedShare)
        .isCloseTo(1, within(0.05));
  }

  @Test
  void sequencesAreTrainedAndTestedStepByStep() throws IOException {
    Outcome outcome = train("lstm,adam,none,0.03,constant,32,2,1");
    assertThat(outcome.steps).isEqualTo(2 * 45);
    // Of a step, not of all eight: below that of guessing.
    assertThat(outcome.trainingLoss).isLessThan(Math.log(10));
    assertThat(outcome.accuracy).isGreaterThan(0.3);
  }

  @ParameterizedTest
  @EnumSource(Updater.class)
  void updatersAreWhatTheirNamesSay(Updater updater) {
    IUpdater inner = updater.with(Schedule.CONSTANT.of(0.25, 1, 1));
    assertThat(inner.getClass().getSimpleName()).isEqualToIgnoringCase(updater.toString());
    assertThat(inner.getLearningRate(3, 0)).isEqualTo(0.25);
  }

  @ParameterizedTest
  @CsvSource({
    // the rate at iterations 0, 3 and 11 of 12, four an epoch
    "CONSTANT, 2, 2, 2",
    "COSINE, 2, 1.7071068, 0.0340742",
    "WARMUP_COSINE, 0.4, 1.6, 0.0761205",
    "RISING, 0.1538462, 0.6153846, 1.8461538",
  })
  void ratesFollowTheSchedule(Schedule schedule, double first, double fourth, double last) {
    ISchedule rate = schedule.of(2, 4, 12);
    assertThat(rate.valueAt(0, 0)).isCloseTo(first, within(1e-6));
    assertThat(rate.valueAt(3, 0)).isCloseTo(fourth, within(1e-6));
    assertThat(rate.valueAt(11, 2)).isCloseTo(last, within(1e-6));
  }

  @ParameterizedTest
  // By hand: a rise in steps of 1/5 of the peak, then half a cosine over eight iterations.
  @CsvSource({
    "0, 0.4",
    "1, 0.8",
    "3, 1.6",
    "4, 2",
    "6, 1.7071068",
    "8, 1",
    "10, 0.2928932",
    "12, 0",
    "99, 0"
  })
  void scheduleRisesAndFalls(int iteration, double rate) {
    assertThat(new WarmupCosine(2, 4, 12).valueAt(iteration, 0)).isCloseTo(rate, within(1e-6));
  }
}
