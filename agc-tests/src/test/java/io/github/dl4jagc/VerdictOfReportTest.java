package io.github.dl4jagc;

import static io.github.dl4jagc.TestReports.row;
import static io.github.dl4jagc.TestReports.statistics;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.AgcReport.Statistics;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a user of the library alone is told. Ten units in a layer, and ten iterations. */
class VerdictOfReportTest {

  private static ReportRow layer(String name, long clipped, long notFinite) {
    return row(name, "W", 10, null, Statistics.NONE, statistics(10, 100, clipped, notFinite, 1, 1));
  }

  private static String verdict(ReportRow... rows) {
    return Verdict.of(new AgcReport(List.of(rows))).sentence();
  }

  @Test
  void whereNothingWasCountedThereIsNothingToSay() {
    assertThat(verdict(row("a", "W", 10, "frozen", Statistics.NONE, Statistics.NONE)))
        .isEqualTo("Nothing of the network was clipped or looked at yet.");
  }

  @Test
  void anIterationWithoutAFiniteUnitIsTheEnd() {
    Statistics latest = statistics(1, 10, 0, 10, 0, 1);
    assertThat(verdict(row("a", "W", 10, null, latest, statistics(10, 100, 50, 10, 1, 1))))
        .isEqualTo(
            "In the latest iteration no unit's gradient or weights were finite: the training has"
                + " diverged.");
  }

  @Test
  void unitsThatWereNotFiniteAreNamedByTheirLayer() {
    assertThat(verdict(layer("a", 0, 1), layer("b", 0, 3)))
        .startsWith("Gradients were not finite 4 times in units of \"b\"");
  }

  @Test
  void weightsOfOneLayerAreSummedUp() {
    ReportRow recurrent =
        row("a", "RW", 10, null, Statistics.NONE, statistics(10, 100, 0, 0, 1, 1));
    assertThat(verdict(layer("a", 100, 0), recurrent, layer("b", 40, 0)))
        .isEqualTo("AGC clips 46.7 % of the weights' units, most in \"a\".");
  }

  @Test
  void veryLittleIsNotNothing() {
    ReportRow many = row("a", "W", 10, null, Statistics.NONE, statistics(1000, 10_000, 1, 0, 1, 1));
    assertThat(verdict(many, layer("b", 0, 0))).startsWith("AGC clips less than 0.1 % of");
  }

  @Test
  void itLeadsToThePageThatExplainsIt() {
    Verdict verdict = Verdict.of(new AgcReport(List.of(layer("a", 0, 0))));
    assertThat(verdict.page()).endsWith("/docs/choosing-the-threshold.md");
    assertThat(verdict)
        .hasToString(
            "Nothing of the weights was clipped in 10 iterations: AGC is an insurance only (see "
                + verdict.page()
                + ").");
  }
}
