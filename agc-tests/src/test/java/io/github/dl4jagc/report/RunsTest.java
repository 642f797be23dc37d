package io.github.dl4jagc.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportRow;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Ten units, of which four are clipped in each iteration. */
class RunsTest {

  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  private final Runs runs = new Runs("The training");

  private static AgcReport total(int iterations) {
    Map<String, Object> fields = new HashMap<>();
    fields.put("layer", "a");
    fields.put("parameter", "W");
    fields.put("kind", "WEIGHT");
    fields.put("units", 10);
    fields.put("form", "GRADIENT");
    fields.put("threshold", 0.01);
    fields.put("nonFiniteGradients", "PASS_THROUGH");
    fields.put("observeOnly", false);
    fields.put("iterations", iterations);
    fields.put("seen", 10 * iterations);
    fields.put("clipped", 4 * iterations);
    fields.put("observed", 0);
    fields.put("nonFinite", 0);
    fields.put("largestRatio", 0.02);
    fields.put("smallestScale", 0.5);
    fields.put("ratios", "60:" + 10 * iterations);
    return new AgcReport(List.of(ReportRow.of(fields)));
  }

  private void add(String run, int iteration) {
    runs.addTotal(new RunReport(run, START, "", iteration, 0, 0.5, "", 0, total(iteration + 1)));
  }

  private String html() {
    return ReportPage.parts(runs).get("html").asText();
  }

  @Test
  void whatIsCountedStaysHoweverLongTheRun() {
    for (int i = 0; i < 3000; i++) {
      add("run", i);
    }
    assertThat(runs.changes()).isEqualTo(3000);
    assertThat(html())
        .contains("<b>40.00\u00a0%</b><span>of the weights&#39; units clipped")
        .contains(" 2999</b><span>iterations</span>", "<b>2026-01-02 03:04:05Z</b>");
    assertThat(ReportPage.parts(runs).get("runs").get(0).get("columns")).hasSizeBetween(24, 240);
    assertThat(html().length()).isLessThan(200_000);
  }

  @Test
  void aReportThatIsLostIsMadeUpForByTheNextOne() {
    add("run", 0);
    add("run", 7);
    assertThat(html())
        .contains("<b>40.00\u00a0%</b>", "<b>0 \u2013 7</b>", "<b>2</b><span>reports");
  }

  @Test
  void aReportThatComesLateOrTwiceIsIgnored() {
    add("run", 5);
    add("run", 5);
    add("run", 2);
    assertThat(runs.changes()).isEqualTo(1);
    assertThat(html()).contains("<b>0 \u2013 5</b>");
  }

  @Test
  void runsAreOneOverTheOther() {
    add("first", 3);
    add("second", 4);
    assertThat(ReportPage.parts(runs).get("runs")).hasSize(2);
    assertThat(html()).contains("Clipped share of the weights of each run", "run 1", "run 2");
  }

  @Test
  void withoutReportsThereIsNothingToShow() {
    assertThatThrownBy(() -> ReportPage.parts(runs))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no statistics yet");
  }
}
