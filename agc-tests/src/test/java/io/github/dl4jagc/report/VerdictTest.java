package io.github.dl4jagc.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.RatioHistogram;
import io.github.dl4jagc.ReportRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Ten units in each layer, one report for each iteration, and a threshold of 0.01. */
class VerdictTest {

  private final List<RunReport> reports = new ArrayList<>();

  private static ReportRow row(
      String layer, int clipped, int notFinite, double ratio, boolean observed) {
    Map<String, Object> fields = new HashMap<>();
    fields.put("layer", layer);
    fields.put("parameter", "W");
    fields.put("kind", "WEIGHT");
    fields.put("units", 10);
    fields.put("form", "GRADIENT");
    fields.put("threshold", 0.01);
    fields.put("nonFiniteGradients", "PASS_THROUGH");
    fields.put("observeOnly", observed);
    fields.put("iterations", 1);
    fields.put("seen", 10);
    fields.put("clipped", clipped);
    fields.put("observed", observed ? clipped : 0);
    fields.put("nonFinite", notFinite);
    if (notFinite < 10) {
      fields.put("largestRatio", ratio);
      fields.put("smallestScale", 1);
      fields.put("ratios", RatioHistogram.binOf(ratio) + ":" + (10 - notFinite));
    }
    return ReportRow.of(fields);
  }

  private static ReportRow row(String layer, int clipped) {
    return row(layer, clipped, 0, clipped == 0 ? 0.001 : 0.02, false);
  }

  private void add(double score, ReportRow... rows) {
    reports.add(Reports.report("run", "", reports.size(), score, rows));
  }

  private RunSummary run() {
    Runs runs = new Runs("test");
    reports.forEach(runs::add);
    return runs.show(all -> all.get(0));
  }

  private String verdict() {
    return new RunVerdict(run()).sentence();
  }

  @Test
  void nothingClippedIsAnInsurance() {
    for (int i = 0; i < 20; i++) {
      add(1.0 / (i + 1), row("a", 0), row("b", 0));
    }
    assertThat(verdict())
        .isEqualTo(
            "Nothing of the weights was clipped in 20 iterations: AGC is an insurance only.");
  }

  @Test
  void whatIsObservedWasNotClipped() {
    add(1, row("a", 2, 0, 0.02, true), row("b", 4, 0, 0.02, true));
    assertThat(verdict())
        .isEqualTo(
            "AGC only observes: 30.0 % of the weights' units would have been clipped, most in"
                + " \"b\".");
  }

  @Test
  void mostLayersClippedAllTheTimeSetTheStepSize() {
    add(1, row("a", 10), row("b", 9), row("c", 2), row("d", 2));
    assertThat(verdict())
        .startsWith("AGC limits nearly every step of 2 of 4 layers: it sets the step size");
  }

  @Test
  void oneLayerAloneWantsAThresholdOfItsOwn() {
    add(1, row("a", 1), row("b", 10), row("c", 0));
    assertThat(verdict()).startsWith("\"b\" alone is clipped all the time");
  }

  @Test
  void aLayerThatIsClippedMoreThanSeldomIsNotAlone() {
    add(1, row("a", 2), row("b", 10), row("c", 0));
    assertThat(verdict()).isEqualTo("AGC clips 40.0 % of the weights' units, most in \"b\".");
  }

  @Test
  void someUnitsThatAreNotFiniteAreNamed() {
    add(1, row("a", 0), row("b", 1, 3, 0.02, false));
    add(1, row("a", 1, 1, 0.02, false), row("b", 0));
    assertThat(verdict())
        .isEqualTo("Gradients were not finite 4 times in units of \"b\": AGC does not mend them.");
  }

  @Test
  void aTrainingThatHasDivergedSaysSinceWhen() {
    for (int i = 0; i < 12; i++) {
      int notFinite = i == 3 || i >= 8 ? 10 : 0;
      add(1, row("a", 0, notFinite, 0.001, false), row("b", 0, notFinite, 0.001, false));
    }
    assertThat(verdict())
        .startsWith("No unit's gradient or weights have been finite since iteration 8");
  }

  @Test
  void aScoreThatHasNotFallenIsSaidToBeSo() {
    for (int i = 0; i < 8; i++) {
      add(i < 4 ? 1 : 1 + i, row("a", 2), row("b", 0));
    }
    assertThat(verdict())
        .isEqualTo(
            "AGC clips 10.0 % of the weights' units, most in \"a\". The score has not fallen.");
  }

  /** As of a small table: most minibatches are told right with certainty, a few are not. */
  @Test
  void aScoreThatFellAtOnceAndIsUnevenSinceHasFallen() {
    for (int i = 0; i < 40; i++) {
      add(i == 0 ? 1.6 : i % 10 == 9 ? 3 : 0.02, row("a", 2), row("b", 0));
    }
    assertThat(verdict()).doesNotContain("fallen");
  }

  @Test
  void ofAFewReportsNoScoreIsJudged() {
    for (int i = 0; i < 7; i++) {
      add(1 + i, row("a", 2), row("b", 0));
    }
    assertThat(verdict()).doesNotContain("fallen");
  }

  private void growing(double lastScore) {
    for (int i = 0; i < 16; i++) {
      double ratio = 0.002 * Math.pow(10, i / 4);
      add(i < 12 ? 1 : lastScore, row("a", 1), row("b", ratio > 0.01 ? 10 : 0, 0, ratio, false));
    }
  }

  @Test
  void ratiosThatGrowWhileTheScoreDoesNotFallAreAWarning() {
    growing(1.5);
    assertThat(verdict()).startsWith("Ratios of \"b\" grow from quarter to quarter of the run");
  }

  /** Weights that are found make gradients that are large beside them: no false alarm. */
  @Test
  void ratiosThatGrowWhileTheScoreFallsAreFine() {
    growing(0.5);
    assertThat(verdict()).startsWith("AGC ");
  }

  @Test
  void theSentenceLinksToThePageThatExplainsIt() {
    add(1, row("<a>", 10), row("b", 0), row("c", 0));
    assertThat(new RunVerdict(run()).html())
        .contains("&quot;&lt;a&gt;&quot; alone", "/docs/choosing-the-threshold.md\">More</a>");
  }
}
