package io.github.dl4jagc.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class AccuraciesTest {

  @Test
  void meanAndSpreadAreThoseOfTheRunsThatStayedFinite() {
    Accuracies accuracies = new Accuracies(List.of(0.2, Double.NaN, 0.8, 0.5));
    assertThat(accuracies.mean()).isCloseTo(0.5, within(1e-12));
    assertThat(accuracies.deviation()).isCloseTo(0.3, within(1e-12));
    assertThat(accuracies).hasToString("50.0 ± 30.0 (1 diverged)");
  }

  @Test
  void whatEverySeedReachesIsNothingIfOneDiverged() {
    assertThat(new Accuracies(List.of(0.4, 0.3)).inEverySeed()).isEqualTo(0.3);
    assertThat(new Accuracies(List.of(0.4, Double.NaN)).inEverySeed()).isZero();
  }

  @Test
  void oneRunHasNoSpread() {
    assertThat(new Accuracies(List.of(0.25))).hasToString("25.0");
  }

  @Test
  void runsThatAllDivergedHaveNoFigures() {
    assertThat(new Accuracies(List.of(Double.NaN, Double.NaN)).isEmpty()).isTrue();
    assertThat(new Accuracies(List.of(Double.NaN))).hasToString("diverged");
    assertThat(new Accuracies(List.of())).hasToString("-");
  }
}
