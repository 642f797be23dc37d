package io.github.dl4jagc.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.report.chart.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SummaryTest {

  private final List<Outcome> outcomes = new ArrayList<>();

  /** One outcome for each accuracy, with seeds from 1. */
  private void add(String cell, double... accuracies) {
    for (int i = 0; i < accuracies.length; i++) {
      Run run = Run.of((cell + "," + (i + 1)).split(","));
      outcomes.add(new Outcome(run, 9, accuracies[i], 1, 1, 0.25, 2));
    }
  }

  private Summary summary() {
    return new Summary(outcomes);
  }

  @Test
  void rowsAreCellsAndColumnsClippings() {
    add("digits,nesterovs,none,0.1,constant,32,3", 0.8, 0.1);
    add("digits,nesterovs,agc:0.01/no-output,0.1,constant,32,3", 0.9, Double.NaN);
    add("digits,nesterovs,none,1,constant,32,3", Double.NaN, Double.NaN);
    assertThat(cells(summary().table()))
        .containsExactly(
            "learning|none|agc:0.01",
            "rate|/no-output",
            "0.1|45.0 ± 49.5|90.0 (1 diverged)",
            "1|diverged|-");
  }

  /** The lines of a table's text, with bars between its cells. */
  private static List<String> cells(Table table) {
    return table
        .text()
        .lines()
        .map(line -> line.strip().replaceAll(" {2,}", "|"))
        .collect(Collectors.toList());
  }

  @Test
  void whateverVariesIsAColumn() {
    add("digits,sgd,none,0.1,constant,32,3", 0.8);
    add("lstm,adam,none,0.1,cosine,16,4", 0.8);
    assertThat(summary().table().text().strip())
        .startsWith("network")
        .contains("updater", "schedule", "batch", "epochs", "learning");
    assertThat(cells(summary().table()).get(3)).isEqualTo("lstm|adam|cosine|16|4|0.1|80.0");
  }

  @Test
  void claimIsWhatHoldsInEverySeed() {
    add("digits,nesterovs,none,0.1,constant,32,3", 0.8, 0.7);
    add("digits,nesterovs,none,1,constant,32,3", 0.9, 0.1);
    add("digits,nesterovs,agc:0.01,0.1,constant,32,3", 0.9, 0.6);
    add("digits,nesterovs,agc:0.01,1,constant,32,3", 0.9, 0.8);
    add("digits,adam,none,0.1,constant,32,3", 0.9, Double.NaN);
    add("digits,adam,none,1,constant,32,3", 0.5, 0.5);
    assertThat(summary().claims())
        .element(0)
        .asString()
        .contains("more than half of the test examples", "in every seed");
    assertThat(summary().claims().subList(1, 3))
        .containsExactly(
            "nesterovs: none 0.1 (at least 70.0%); agc:0.01 1 (at least 80.0%).",
            "adam: none none of these.");
  }

  @Test
  void chartsAreOverTheRateOneForEachUpdater() {
    add("digits,nesterovs,none,0.1,constant,32,3", 0.8);
    add("digits,nesterovs,none,1,constant,32,3", Double.NaN);
    add("digits,adam,none,0.1,constant,32,3", 0.8);
    assertThat(summary().charts()).containsOnlyKeys("nesterovs", "adam");
    assertThat(summary().charts().get("nesterovs").file())
        .contains("learning rate", "a run diverged");
    assertThat(summary().charts().get("adam").file()).doesNotContain("a run diverged");
  }

  @Test
  void whereEachBatchSizeHasOneRateChartsAreOverTheBatchSizeAndNetworksBesideEachOther() {
    for (String network : Arrays.asList("fashion-nf", "fashion-plain")) {
      add(network + ",nesterovs,none,0.1,warmup-cosine,64,5", 0.8);
      add(network + ",nesterovs,none,0.4,warmup-cosine,256,5", 0.7);
    }
    assertThat(summary().charts()).containsOnlyKeys("nesterovs");
    assertThat(summary().charts().get("nesterovs").file())
        .contains("batch size", "fashion-nf none", "fashion-plain none");
    assertThat(summary().claims()).isEmpty();
  }

  @Test
  void everyRunIsShown() {
    add("digits,nesterovs,none,0.1,constant,32,3", 0.8, Double.NaN);
    add("digits,nesterovs,agc:0.01,0.1,constant,32,3", 0.9);
    List<String> lines = cells(summary().everyRun());
    assertThat(lines.subList(2, lines.size()))
        .containsExactly(
            "0.1|none|1|80.0|1.000|1.000|no|-|2.0",
            "0.1|none|2|-|-|-|at step 9|-|2.0",
            "0.1|agc:0.01|1|90.0|1.000|1.000|no|25.0%|2.0");
  }
}
