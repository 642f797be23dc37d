package io.github.dl4jagc.experiments.digits;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.AgcReport;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SummaryTest {

  private static final AgcReport NOTHING = new AgcReport(List.of());

  private final Experiment experiment =
      new Experiment(List.of(0.1, 1.0), List.of(0.01), 7, 2, 1, 512, true);
  private final Summary summary = new Summary(experiment, 360);

  /** Accuracies of all runs: for each learning rate plain and AGC, two seeds each. */
  private void add(double... accuracies) {
    List<Run> runs = experiment.runs();
    for (int i = 0; i < accuracies.length; i++) {
      double loss = accuracies[i] > 0.2 ? 0.5 : 2.4;
      summary.add(new Outcome(runs.get(i), 3, accuracies[i], loss, NOTHING));
    }
  }

  @Test
  void gridHasEachSettingWithEachSeedNextToEachOther() {
    assertThat(experiment.runs().stream().map(Run::toString).collect(Collectors.toList()))
        .containsExactly(
            "learning rate 0.1, plain, seed 7",
            "learning rate 0.1, plain, seed 8",
            "learning rate 0.1, AGC 0.01, seed 7",
            "learning rate 0.1, AGC 0.01, seed 8",
            "learning rate 1, plain, seed 7",
            "learning rate 1, plain, seed 8",
            "learning rate 1, AGC 0.01, seed 7",
            "learning rate 1, AGC 0.01, seed 8");
  }

  @Test
  void claimIsWhatHoldsInEverySeed() {
    add(0.8, 0.7, 0.9, 0.6, 0.9, 0.1, 0.9, 0.8);
    assertThat(summary.claim())
        .contains("every one of 2 seed(s)")
        .endsWith("plain: 0.1 (at least 70.0%); AGC 0.01: 1 (at least 80.0%).");
  }

  @Test
  void divergedSeedSpoilsTheClaim() {
    add(0.8, Double.NaN, 0.9, 0.6, 0.9, 0.9, 0.9, Double.NaN);
    assertThat(summary.claim())
        .endsWith("plain: 1 (at least 90.0%); AGC 0.01: 0.1 (at least 60.0%).");
  }

  @Test
  void settingsThatNeverLearnAreSaidToBe() {
    add(0.8, 0.5, 0.9, 0.6, 0.1, 0.1, 0.9, 0.8);
    assertThat(summary.claim()).contains("plain: none of these;");
  }

  @Test
  void rowHasSpreadAndCountsGuessing() {
    add(0.8, 0.1);
    Setting setting = experiment.settings().get(0);
    assertThat(summary.isComplete(setting)).isTrue();
    assertThat(summary.isComplete(experiment.settings().get(1))).isFalse();
    assertThat(summary.row(setting))
        .containsExactly("0.1", "plain", "45.0 ± 49.5", "10.0 to 80.0", "1.450", "1 of 2", "-");
  }

  @Test
  void excludedLayerIsNamed() {
    assertThat(summary.legend().toString()).contains("AGC leaves the output layer alone");
    Experiment all = new Experiment(List.of(0.1), List.of(0.01), 7, 2, 1, 512, false);
    assertThat(new Summary(all, 360).legend().toString())
        .contains("AGC clips the output layer too");
  }
}
