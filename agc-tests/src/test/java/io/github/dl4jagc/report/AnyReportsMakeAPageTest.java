package io.github.dl4jagc.report;

import static io.github.dl4jagc.report.Pages.chart;
import static io.github.dl4jagc.report.Pages.data;
import static io.github.dl4jagc.report.Pages.facts;
import static io.github.dl4jagc.report.Pages.page;
import static io.github.dl4jagc.report.Pages.parameters;
import static io.github.dl4jagc.report.Reports.html;
import static io.github.dl4jagc.report.Reports.leftAlone;
import static io.github.dl4jagc.report.Reports.report;
import static io.github.dl4jagc.report.Reports.row;
import static io.github.dl4jagc.report.Reports.training;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.learning.config.Sgd;

/** Pages of whatever a training, or an editor, has put into a file. */
class AnyReportsMakeAPageTest {

  @TempDir Path folder;

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
    StatisticsReader reader = StatisticsFile.of(file).reader();
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
  @Test
  @Timeout(120)
  void aDamagedFileIsRefusedOrMakesAPage() throws IOException {
    StringBuilder text = new StringBuilder(StatisticsFiles.HEADER + "\n");
    for (RunReport report : training(2, 4, 3)) {
      text.append(report.text());
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
      Path file = folder.resolve("damaged-" + i);
      Files.writeString(file, rows.substring(0, at) + put + rows.substring(end));
      try {
        AgcReportWriter writer = AgcReportWriter.csv(file);
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
