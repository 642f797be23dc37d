package io.github.dl4jagc.report;

import static io.github.dl4jagc.report.Pages.chart;
import static io.github.dl4jagc.report.Pages.data;
import static io.github.dl4jagc.report.Pages.facts;
import static io.github.dl4jagc.report.Pages.page;
import static io.github.dl4jagc.report.Pages.parameters;
import static io.github.dl4jagc.report.Pages.texts;
import static io.github.dl4jagc.report.Reports.html;
import static io.github.dl4jagc.report.Reports.leftAlone;
import static io.github.dl4jagc.report.Reports.report;
import static io.github.dl4jagc.report.Reports.row;
import static io.github.dl4jagc.report.Reports.training;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.RatioHistogram;
import io.github.dl4jagc.ReportRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is on the page that is made of reports. */
class ReportPageTest {

  private static final String RULE = "threshold 0.1, ZERO";

  @ParameterizedTest
  @CsvSource({"1,1,1", "1,5,10", "3,20000,5", "200,400,5"})
  void hasOneSizeForShortAndLongTrainingsAndFewAndManyLayers(int layers, int reports, int every)
      throws IOException {
    String html = html(training(layers, reports, every));
    assertThat(html.length()).isLessThan(700_000);
    assertThat(html).doesNotContain("NaN", "Infinity", "{{", "}}");
    Document page = Jsoup.parse(html);
    assertThat(facts(page))
        .containsEntry("iterations", "0 \u2013 " + (reports - 1) * every)
        .containsEntry("layers", String.valueOf(layers))
        .containsEntry("reports", String.valueOf(reports));
    assertThat(chart(page, "Share of the units clipped, by layer").text())
        .contains("stage" + (layers - 1) / 8 + "/block");
    assertThat(data(page, 0).get("columns")).hasSizeBetween(1, 240);
  }

  /** A bias of one unit that was clipped. */
  private static ReportRow clippedBias(String ratios) {
    return row(
        "parameter", "b", "kind", "BIAS", "units", 1, "seen", 1, "clipped", 1, "ratios", ratios);
  }

  @Test
  void fetchesNothing() throws IOException {
    Document page = page(training(2, 3, 1));
    page.select("a").remove(); // links that a reader may follow
    assertThat(page.select("[src], [href], link, img, iframe, object")).isEmpty();
    assertThat(page.html()).doesNotContain("http:", "https:", "url(", "import ");
  }

  @Test
  void sharesAreThoseOfTheReports() throws IOException {
    Document page =
        page(
            report(0, Double.NaN, row(), row("parameter", "V", "clipped", 8)),
            report(7, 0.25, row("clipped", 10, "ratios", "81:10"), row("parameter", "V")));
    assertThat(data(page, 0).get("columns").get(0).get("permille").asText()).isEqualTo("dw");
    assertThat(data(page, 0).get("columns").get(1).get("permille").asText()).isEqualTo("go");
    assertThat(parameters(page))
        .containsExactly(
            List.of("a", "W", "weight", RULE, "10", "60.00 %", "1.1", "0.09", "0", ""),
            List.of("a", "V", "weight", RULE, "10", "50.00 %", "1.1", "0.09", "0", ""));
    assertThat(texts(data(page, 0).get("columns").get(0)))
        .containsExactly(
            "iteration 0",
            "score not finite",
            "learning rate 0.5",
            "ratios of weights: half below 0.0221, 90 % below 1.19, largest 1.1");
    assertThat(facts(page))
        .containsEntry("of the weights' units clipped", "55.00 %")
        .containsEntry("last score", "0.25")
        .doesNotContainKey("of the weights' units would have been clipped");
  }

  @Test
  void weightsAreShownApartFromBiasesAndGainsWhichAreNoLayer() throws IOException {
    Document page = page(report(0, 1, row(), clippedBias("116:1")));
    assertThat(facts(page))
        .containsEntry("layers", "1")
        .containsEntry("of the weights' units clipped", "20.00 %")
        .containsEntry("of the biases and gains clipped", "100.00 %");
    assertThat(data(page, 0).get("groups").toString()).isEqualTo("[\"a\",\"biases and gains\"]");
    assertThat(data(page, 0).get("columns").get(0).get("permille").asText()).isEqualTo("5krs");
  }

  /** Of 50 iterations, 40 were observed only. */
  @Test
  void whatWasOnlyObservedIsToldFromWhatWasClipped() throws IOException {
    Document page =
        page(
            report(
                39,
                1,
                row(
                    "iterations",
                    40,
                    "seen",
                    400,
                    "clipped",
                    400,
                    "observed",
                    400,
                    "ratios",
                    "81:400",
                    "observeOnly",
                    true)),
            report(49, 1, row("iterations", 10, "seen", 100, "clipped", 100, "ratios", "81:100")));
    assertThat(facts(page))
        .containsEntry("of the weights' units clipped", "20.00 %")
        .containsEntry("of the weights' units would have been clipped", "80.00 %");
  }

  /** By the ratios alone it would be somewhere between 20 and 100 %. */
  @Test
  void aTileAndTheCurveSayTheSameOfTheThresholdInUse() throws IOException {
    int bin = RatioHistogram.binOf(0.1);
    Document page =
        page(report(0, 1, row("clipped", 5, "ratios", bin + ":8 81:2", "largestRatio", 0.9)));
    assertThat(facts(page)).containsEntry("of the weights' units clipped", "50.00 %");
    assertThat(page.select("text.marked").text().replace('\u00a0', ' '))
        .isEqualTo("threshold 0.1: 50.00 % of the weights' units");
    assertThat(chart(page, "Share of the units clipped, over").select("g > title").eachText())
        .anyMatch(title -> title.replace('\u00a0', ' ').equals("a, 50.00 % at 0.1"));
  }

  @Test
  void labelsOfThresholdsDoNotOverprint() throws IOException {
    Document page =
        page(report(0, 1, row("threshold", 0.16), row("layer", "b", "threshold", 0.15)));
    List<String> heights = page.select("text.marked").eachAttr("y");
    assertThat(heights).hasSize(2).doesNotHaveDuplicates();
    assertThat(chart(page, "Largest ratios").select("path.band"))
        .as("each bound, not their mean")
        .hasSize(1);
  }

  @Test
  void whatIsLeftAloneIsListedWithItsReasonAndWithoutNumbers() throws IOException {
    assertThat(parameters(page(report(0, 1, row(), leftAlone("out", "output layer")))))
        .contains(List.of("out", "W", "weight", "", "3", "", "", "", "", "output layer"));
  }

  @Test
  void unitsThatAreNotFiniteAreNotShownAsNothingClipped() throws IOException {
    Document page =
        page(
            report(
                0,
                Double.NaN,
                row(
                    "clipped",
                    0,
                    "nonFinite",
                    10,
                    "ratios",
                    null,
                    "largestRatio",
                    null,
                    "smallestScale",
                    null)));
    Element map = chart(page, "Share of the units clipped, by layer");
    assertThat(map.select("path.bad")).hasSize(1);
    assertThat(map.select("path.s0")).isEmpty();
    assertThat(page.selectFirst(".fact.bad b").text()).isEqualTo("10");
    assertThat(parameters(page).get(0))
        .containsExactly("a", "W", "weight", RULE, "10", "0.00 %", "", "", "10", "");
  }

  /** Gradients of biases, which begin at 0, have ratios in the thousands. */
  @Test
  void biasesTakeNoHeightOfTheChartOfTheWeightsRatios() throws IOException {
    Element weights = chart(page(report(0, 1, row(), clippedBias("130:1"))), "Largest ratios");
    assertThat(weights.select("text.end").eachText()).contains("1").doesNotContain("10", "1000");
  }

  @Test
  void theWordsOfThePageAreExplainedAndLeadToTheDocs() throws IOException {
    Element words = page(report(0, 1, row())).selectFirst(".words");
    assertThat(words.select("dt").eachText())
        .contains("unit", "ratio, bound", "gain", "not finite", "smallest scale");
    assertThat(words.text()).contains("PASS_THROUGH leaves", "ZERO makes", "FAIL ends");
    Path docs = Path.of(System.getProperty("agc.root.directory"), "docs");
    for (String link : words.select("a").eachAttr("href")) {
      assertThat(docs.resolve(link.replaceAll(".*/docs/|#.*", ""))).exists();
    }
  }

  @Test
  void aRunHasItsDateAndItsHyperparameters() throws IOException {
    Document page =
        page(
            report(0, 1, row("learningRate", 0.5)),
            report(1, 1, row("learningRate", 0.1)),
            report("second", "first", 2, 0.75, row("threshold", 0.2)));
    assertThat(facts(page.selectFirst("section.run")))
        .containsEntry("updater", "Sgd(learningRate=0.5)")
        .containsEntry("minibatch", "32")
        .containsEntry("learning rate", "0.5 \u2013 0.1");
    assertThat(page.select("table").first().select("tbody tr").eachText())
        .containsExactly(
            "run 1 first 2026-11-28 10:00:00Z 0 \u2013 1 32 0.5 \u2013 0.1 20.00 % 1"
                + " Sgd(learningRate=0.5) threshold 0.1, ZERO",
            "run 2 second 2026-11-28 10:00:00Z first 2 \u2013 2 32 0.5 20.00 % 0.75"
                + " Sgd(learningRate=0.5) threshold 0.2, ZERO");
  }

  @Test
  void runsAreShownApartAndOneOverTheOther() throws IOException {
    List<RunReport> reports = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      reports.add(report(i, 1, row("learningRate", 0.1, "threshold", 0.16)));
      reports.add(
          report(
              "second",
              "first",
              2 + i,
              2,
              row("learningRate", 0.5, "clipped", 10, "ratios", "81:10")));
    }
    Document page = page(reports.toArray(new RunReport[0]));
    List<Element> sections = page.select("section.run");
    assertThat(sections).hasSize(2);
    assertThat(facts(sections.get(0)))
        .containsEntry("id", "first")
        .containsEntry("started", "2026-11-28 10:00:00Z")
        .containsEntry("iterations", "0 \u2013 3")
        .containsEntry("bounds", "threshold 0.16, ZERO")
        .containsEntry("of the weights' units clipped", "20.00 %");
    assertThat(facts(sections.get(1)))
        .containsEntry("resumes the run", "first")
        .containsEntry("iterations", "2 \u2013 5")
        .containsEntry("bounds", "threshold 0.1, ZERO")
        .containsEntry("of the weights' units clipped", "100.00 %");
    assertThat(texts(data(page, 0).get("columns").get(0))).contains("learning rate 0.1", "score 1");
    assertThat(texts(data(page, 1).get("columns").get(0))).contains("learning rate 0.5", "score 2");
    Element over = chart(page, "Clipped share of the weights of each run");
    assertThat(over.select("g > title").eachText()).containsExactly("run 1", "run 2");
    assertThat(page.select("#run option").eachText()).containsExactly("run 1", "run 2");
    assertThat(page(report(0, 1, row())).select("#run")).isEmpty();
  }

  @Test
  void ofVeryManyRunsTheLatestAreShown() throws IOException {
    RunReport[] reports = new RunReport[60];
    Arrays.setAll(reports, i -> report("r" + i, "", 0, 1, row()));
    Document page = page(reports);
    assertThat(page.select("section.run")).hasSize(50);
    assertThat(page.select("section.run h2").first().text()).isEqualTo("run 11");
  }

  @Test
  void variablesOfAGraphAreShownByTheirNames() throws IOException {
    Document page =
        page(report(0, 1, row("layer", "", "parameter", "w"), row("layer", "", "parameter", "v")));
    assertThat(data(page, 0).get("groups").toString()).isEqualTo("[\"w\",\"v\"]");
  }
}
