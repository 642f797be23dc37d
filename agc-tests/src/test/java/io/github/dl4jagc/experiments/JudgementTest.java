package io.github.dl4jagc.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.experiments.clippings.ClippingSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JudgementTest {

  private final List<Outcome> outcomes = new ArrayList<>();

  private void add(String updater, String clipping, double rate, double... accuracies) {
    for (int i = 0; i < accuracies.length; i++) {
      String run = "digits,%s,%s,%s,constant,32,3,%d";
      outcomes.add(
          new Outcome(
              Run.of(String.format(run, updater, clipping, rate, i + 1).split(",")),
              9,
              accuracies[i],
              1,
              1,
              0.5,
              1));
    }
  }

  private List<String> judged(String... clippings) {
    return Judgement.of(
            Stream.of(clippings).map(ClippingSpec::of).collect(Collectors.toList()), outcomes)
        .text()
        .lines()
        .skip(2)
        .map(line -> line.strip().replaceAll(" {2,}", "|"))
        .collect(Collectors.toList());
  }

  @Test
  void claimsAreJudgedFromTheBestPlainRateUpToAHundredTimesIt() {
    add("sgd", "none", 0.001, 0.6, 0.6);
    add("sgd", "none", 0.01, 0.9, 0.9);
    add("sgd", "none", 0.1, 0.99, Double.NaN); // worse: a run that diverged counts as 0
    add("sgd", "ratio:0.03", 0.001, 0.1, 0.1); // below the best rate: not looked at
    add("sgd", "ratio:0.03", 0.01, 0.895, 0.895);
    add("sgd", "ratio:0.03", 0.1, 0.9, 0.45); // half way from 0.1 to 0.9 is 0.5
    add("sgd", "ratio:0.03", 1, 0.8, 0.6);
    add("sgd", "ratio:0.03", 3, Double.NaN, 0.1);
    add("sgd", "agc:0.01", 1, 0.72, 0.72); // better by more than a point
    add("sgd", "agc:0.04", 1, 0.1, 0.1);
    add("sgd", "agc:0.01", 0.1, 0.68, 0.68); // by less
    assertThat(judged("ratio:0.03"))
        .containsExactly("digits|sgd|constant|0.01|90.0 ± 0.0|89.5 ± 0.0|0.1|yes|1");
  }

  @Test
  void whatCostsMoreThanAPointAndMoreThanTheSpreadCosts() {
    add("sgd", "none", 0.1, 0.9, 0.9);
    add("sgd", "ratio:0.03", 0.1, 0.88, 0.88);
    add("adam", "none", 0.1, 0.88, 0.92);
    add("adam", "ratio:0.03", 0.1, 0.88, 0.88);
    add("nadam", "none", 0.1, 0.88, 0.92); // not judged: no run with the ratio
    assertThat(judged("ratio:0.03"))
        .containsExactly(
            "digits|sgd|constant|0.1|90.0 ± 0.0|88.0 ± 0.0|-|no|-",
            "digits|adam|constant|0.1|90.0 ± 2.8|88.0 ± 0.0|-|yes|-");
  }

  @Test
  void ofSeveralClippingsTheCellsInWhichAClaimHoldsAreCounted() {
    for (String updater : List.of("sgd", "adam")) {
      add(updater, "none", 0.1, 0.9, 0.9);
      add(updater, "ratio:0.03", 0.1, 0.9, 0.9);
      add(updater, "ratio:0.1", 0.1, 0.85, 0.85);
    }
    add("adam", "ratio:0.03", 1, 0.1, 0.1);
    add("sgd", "agc:0.01", 0.1, 0.87, 0.87); // within a point of neither
    assertThat(judged("ratio:0.03", "ratio:0.1"))
        .containsExactly("ratio:0.03|2|1|2|2", "ratio:0.1|2|2|0|1");
  }

  @Test
  void ofEachMethodTheBestNumberOverAllRatesIsLeft() {
    add("sgd", "agc:0.01", 0.1, 0.5);
    add("sgd", "agc:0.01", 1, 0.9);
    add("sgd", "agc:0.04", 0.1, 0.95);
    add("sgd", "agc:0.04", 1, Double.NaN);
    add("sgd", "l2-layer:1", 0.1, 0.3);
    add("sgd", "elementwise:1", 0.1, 0.4);
    assertThat(Judgement.best(outcomes))
        .extracting(outcome -> outcome.run.clipping + " " + outcome.run.learningRate)
        .containsExactly("agc:0.01 0.1", "agc:0.01 1.0", "elementwise:1 0.1");
  }
}
