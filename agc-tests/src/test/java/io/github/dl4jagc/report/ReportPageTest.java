package io.github.dl4jagc.report;

import static io.github.dl4jagc.report.Reports.html;
import static io.github.dl4jagc.report.Reports.leftAlone;
import static io.github.dl4jagc.report.Reports.report;
import static io.github.dl4jagc.report.Reports.row;
import static io.github.dl4jagc.report.Reports.training;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.RatioHistogram;
import io.github.dl4jagc.ReportRow;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** The page that is made of reports. */
class ReportPageTest {

  private static final String RULE = "threshold 0.1, ZERO";

  @TempDir Path folder;

  private static Document page(RunReport... reports) {
    return Jsoup.parse(html(reports));
  }

  /** Tiles by their names. */
  private static Map<String, String> facts(Element section) {
    Map<String, String> facts = new HashMap<>();
    for (Element fact : section.select(".fact")) {
      facts.put(
          fact.selectFirst("span").text(), fact.selectFirst("b").text().replace('\u00a0', ' '));
    }
    return facts;
  }

  /** The cells of the table of parameters, by layer and parameter. */
  private static List<List<String>> parameters(Element section) {
    return section.select("details:has(table)").last().select("tbody tr").stream()
        .map(
            row ->
                row.select("td").stream()
                    .map(cell -> cell.text().replace('\u00a0', ' '))
                    .collect(Collectors.toList()))
        .collect(Collectors.toList());
  }

  private static JsonNode data(Document page, int run) throws IOException {
    String script = page.selectFirst("script").data();
    String json = script.substring(script.indexOf("runs = ") + 7);
    return new ObjectMapper().readTree(json.substring(0, json.indexOf(";\n"))).get(run);
  }

  private static List<String> texts(JsonNode column) {
    List<String> texts = new ArrayList<>();
    column.get("text").forEach(each -> texts.add(each.asText()));
    return texts;
  }

  private static Element chart(Element page, String beginning) {
    return page.select("svg[aria-label^=" + beginning + "]").first();
  }

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
  @Timeout(120)
  void aPageIsMadeWhileReportsAreWrittenAndHoldsNoneUp() throws Exception {
    Path file = folder.resolve("statistics.csv");
    AgcReportWriter writer = AgcReportWriter.csv(file);
    MultiLayerNetwork net = Networks.dense(new AgcGradientNormalization(new Sgd(0.1)));
    net.setListeners(new AgcListener());
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    writer.write(net, 0, 0);
    CountDownLatch isRead = new CountDownLatch(1);
    CountDownLatch isWritten = new CountDownLatch(1);
    StatisticsReader reader = StatisticsFile.of(file, StatisticsFormat.CSV).reader();
    ExecutorService pages = Executors.newSingleThreadExecutor();
    try {
      Future<String> page =
          pages.submit(
              () -> {
                Runs runs = new Runs("The file");
                isRead.countDown();
                awaited(isWritten);
                reader.read(runs::add);
                return ReportPage.of(file, runs);
              });
      assertThat(isRead.await(60, TimeUnit.SECONDS)).isTrue();
      for (int i = 1; i < 20; i++) { // the page's reading has begun, and goes on after these
        NetworkCheck.fit(net, Networks.denseData(8, i));
        writer.write(net, i, 0);
      }
      isWritten.countDown();
      assertThat(facts(Jsoup.parse(page.get(60, TimeUnit.SECONDS)))).containsEntry("reports", "1");
    } finally {
      isWritten.countDown();
      pages.shutdownNow();
    }
    Path html = writer.writePage(folder.resolve("out/page.html"));
    assertThat(facts(Jsoup.parse(Files.readString(html)))).containsEntry("reports", "20");
  }

  private static void awaited(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
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
  void thresholdsForSharesAreEdgesOfBins() throws IOException {
    assertThat(page(report(0, 1, row())).select("details").first().select("tbody tr").eachText())
        .contains("all weights 0.0221 0.0221 1.19 1.19 1.19"); // 2^-5.5 and 2^0.25
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

  @Test
  void eachLayerHasAMapOfItsRatiosAndAllWeightsHaveOne() throws IOException {
    Document page = page(training(2, 3, 1));
    assertThat(page.select(".map-of option").eachText())
        .containsExactly("all weights", "stage0/block0", "stage0/block1", "biases and gains");
    assertThat(page.select(".ratio-map svg").eachAttr("aria-label"))
        .hasSize(4)
        .contains("Ratios of biases and gains, by size and iteration");
  }

  /** Gradients of biases, which begin at 0, have ratios in the thousands. */
  @Test
  void biasesTakeNoHeightOfTheMapOfTheWeightsRatios() throws IOException {
    Document page = page(report(0, 1, row(), clippedBias("130:1")));
    Element all = chart(page, "Ratios of all weights");
    Element biases = chart(page, "Ratios of biases and gains");
    // Half an octave a row: from 2^-5.75 to 2^0.25.
    assertThat(all.selectFirst("svg.plot").attr("viewBox")).isEqualTo("0 -.5 1 12");
    assertThat(biases.text()).contains("1000").doesNotContain("0.01");
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
  void aRunHasItsDateItsBoundsAndItsLearningRate() throws IOException {
    Document page =
        page(
            report(0, 1, row("learningRate", 0.5)),
            report(1, 1, row("learningRate", 0.1)),
            report("second", "first", 2, 0.75, row("threshold", 0.2)));
    assertThat(facts(page.selectFirst("section.run")))
        .containsEntry("learning rate", "0.5 \u2013 0.1");
    assertThat(page.select("table").first().select("tbody tr").eachText())
        .containsExactly(
            "run 1 first 2026-11-28 10:00:00Z 0 \u2013 1 0.1 0.5 \u2013 0.1 20.00 % 1",
            "run 2 second 2026-11-28 10:00:00Z first 2 \u2013 2 0.2 0.5 20.00 % 0.75");
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
        .containsEntry("gradient:weight ratio bounded, ZERO", "0.16")
        .containsEntry("of the weights' units clipped", "20.00 %");
    assertThat(facts(sections.get(1)))
        .containsEntry("resumes the run", "first")
        .containsEntry("iterations", "2 \u2013 5")
        .containsEntry("gradient:weight ratio bounded, ZERO", "0.1")
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

  private static RunReport[] withScores(double rate, double ratio, double... scores) {
    RunReport[] reports = new RunReport[scores.length];
    Arrays.setAll(
        reports, i -> report(i, scores[i], row("learningRate", rate, "largestRatio", ratio)));
    return reports;
  }

  @ParameterizedTest
  @CsvSource({"0.1,481", "0.01,1000", "0.3,1797", "1e-4,5000", "0,300", "1e-320,300", "1e308,500"})
  @Timeout(60)
  void aConstantLearningRateIsALineHoweverManyReportsThereAre(double rate, int reports)
      throws IOException {
    double[] scores = new double[reports];
    Arrays.setAll(scores, i -> 1.0 / (i + 1));
    Element line =
        chart(page(withScores(rate, 0.02, scores)), "Learning rate").selectFirst("path.line");
    assertThat(line.attr("d").split("[ML]"))
        .filteredOn(point -> !point.isEmpty())
        .hasSizeGreaterThan(100)
        .allMatch(point -> point.endsWith(" 87")); // the middle
  }

  @ParameterizedTest
  @CsvSource({
    "0.6931471805599453, 0.6931471805599452",
    "0, 4.9e-324",
    "-1.7976931348623157e308, 1.7976931348623157e308",
    "1e-320, 1e308",
    "NaN, Infinity",
    "-1e-300, -1e-299",
    "9007199254740992, 9007199254740993"
  })
  @Timeout(60)
  void anyScoresMakeAPage(double one, double other) throws IOException {
    double[] scores = new double[500];
    Arrays.setAll(scores, i -> i % 2 == 0 ? one : other);
    for (double[] each : new double[][] {scores, {one, other}}) {
      String html = html(withScores(0.1, Double.isNaN(one) ? 1 : Math.abs(one), each));
      assertThat(html.length()).isLessThan(250_000);
      assertThat(html).doesNotContain("NaN", "Infinity");
    }
  }

  @Test
  void reportsOfARunThatDoNotFitToEachOtherAreRefused() {
    assertThatThrownBy(() -> page(report(0, 1, row()), report(1, 1, row("kind", "GAIN"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has reports of one run that do not fit to each other")
        .hasMessageContaining("a/W is a GAIN");
    String most = "58:" + Long.MAX_VALUE;
    assertThatThrownBy(
            () ->
                page(
                    report(0, 1, row("seen", Long.MAX_VALUE, "ratios", most)),
                    report(1, 1, row("seen", Long.MAX_VALUE, "ratios", most))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("counts must add up to no more than");
    assertThatThrownBy(() -> page(report(0, 1, leftAlone("a", "frozen layer"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has no statistics yet");
  }

  /** Characters are replaced, removed and doubled, and numbers are replaced by bad ones. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Timeout(120)
  void aDamagedFileIsRefusedOrMakesAPage(boolean csv) throws IOException {
    StatisticsFormat format = csv ? StatisticsFormat.CSV : StatisticsFormat.JSON_LINES;
    StringBuilder text = new StringBuilder(csv ? format.header() + "\n" : "");
    for (RunReport report : training(2, 4, 3)) {
      text.append(format.text(report));
    }
    String rows = text.toString();
    Random random = new Random(3);
    String[] bad = {
      "-1", "2147483647", "-2147483648", "NaN", "null", "1e999", "-0", "9e18", "", "\"", "{}", "\n"
    };
    int pages = 0;
    for (int i = 0; i < 400; i++) {
      int at = random.nextInt(rows.length() - 8);
      int end = at + random.nextInt(8);
      String put =
          i % 4 == 0
              ? rows.substring(at, end).repeat(2)
              : i % 4 == 1 ? "" : bad[random.nextInt(bad.length)];
      Path file = folder.resolve(csv + "-" + i);
      Files.writeString(file, rows.substring(0, at) + put + rows.substring(end));
      try {
        AgcReportWriter writer = csv ? AgcReportWriter.csv(file) : AgcReportWriter.jsonLines(file);
        Document page =
            Jsoup.parse(Files.readString(writer.writePage(folder.resolve("page.html"))));
        for (String attribute : new String[] {"d", "x", "y", "transform", "viewBox"}) {
          assertThat(page.select("[" + attribute + "]").eachAttr(attribute))
              .as("damage %d: %s at %d", i, put, at)
              .noneMatch(value -> value.contains("NaN") || value.contains("Infinity"));
        }
        pages++;
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageMatching("(?s).*(not a statistics file|do not fit).*");
      }
    }
    assertThat(pages).isBetween(20, 380);
  }

  @Test
  void noNameOfALayerCanBecomeMarkupOrTurnTheTextAroundIt() throws IOException {
    String name = "</script><script>alert(1)//&\u202e";
    Document page = page(report(0, 1, row("layer", name)));
    assertThat(page.select("script")).hasSize(1);
    assertThat(parameters(page).get(0).get(0)).isEqualTo("</script><script>alert(1)//&\ufffd");
    assertThat(page.html()).doesNotContain("\u202e");
    assertThat(data(page, 0).get("groups").get(0).asText()).endsWith("alert(1)//&\ufffd");
  }
}
