package io.github.dl4jagc.report;

import static io.github.dl4jagc.report.Reports.html;
import static io.github.dl4jagc.report.Reports.report;
import static io.github.dl4jagc.report.Reports.row;
import static io.github.dl4jagc.report.Reports.training;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dl4jagc.ReportRow;
import io.github.dl4jagc.testing.Browser;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page of a file as a reader uses it, in a real browser. */
@Timeout(60)
class PageInBrowserTest {

  private static final String RIGHT = "\ue014";
  private static final String DOWN = "\ue015";
  private static final String ESCAPE = "\ue00c";
  private static final String LAYERS = ".layers .chart";

  private static Browser browser;

  @TempDir Path folder;

  @BeforeAll
  static void aBrowserIsInstalled() throws Exception {
    assumeTrue(Browser.isInstalled(), Browser.MISSING);
    browser = new Browser(1100, 900);
  }

  @AfterAll
  static void close() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  @AfterEach
  void noScriptComplains() throws Exception {
    assertThat(browser.errors()).isEmpty();
  }

  private void open(int width, RunReport... reports) throws Exception {
    browser.resize(width, 900);
    browser.open(Files.writeString(folder.resolve("page.html"), html(reports)).toUri().toString());
  }

  private static int number(String expression) throws Exception {
    return browser.run("return " + expression).asInt();
  }

  private static String tip() throws Exception {
    return browser.text("#tip");
  }

  /** Moves the mouse to a place of a chart: shares of its width and height. */
  private static void point(String chart, double x, double y) throws Exception {
    double[] box = browser.box(chart);
    browser.move(false, box[0] + x * (box[2] - box[0]), box[1] + y * (box[3] - box[1]));
  }

  @Test
  void chartsHaveTheirShades() throws Exception {
    open(1100, training(12, 100, 10));
    browser.box(LAYERS);
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(browser.screenshot()));
    Map<Integer, Integer> pixels = new HashMap<>();
    for (int color :
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth())) {
      pixels.merge(color & 0xffffff, 1, Integer::sum);
    }
    for (int shade : List.of(0xeceff2, 0xfdebc8, 0xf48d49, 0x741733)) {
      assertThat(pixels.getOrDefault(shade, 0))
          .as("%06x in the heat map", shade)
          .isGreaterThan(300);
    }
    assertThat(pixels.getOrDefault(0x1f2328, 0)).as("a line").isGreaterThan(50);
  }

  /** Eight of ten ratios are at 2^-5.75, two at 1. */
  @Test
  void theShareAtAnyThresholdIsReadOffTheCurve() throws Exception {
    open(1100, report(0, 1, row()));
    point(".curve .chart", 0.5, 0.5);
    assertThat(tip())
        .matches("threshold [\\d.]+ \u2013 [\\d.]+\nclips 20 to 20 % of the weights' units");
    browser.type(".curve .chart", RIGHT.repeat(2));
    String second = tip();
    browser.type(".curve .chart", RIGHT);
    assertThat(second).contains("threshold ");
    assertThat(tip()).contains("threshold ").isNotEqualTo(second);
  }

  @Test
  void theShareOfEachLayerIsReadOffTheMapWithTheMouseAndWithKeys() throws Exception {
    RunReport[] reports = {
      report(0, 1, row(), row("layer", "second", "clipped", 1)),
      report(1, 1, row("clipped", 0), row("layer", "second", "clipped", 10, "ratios", "81:10"))
    };
    open(1100, reports);
    point(LAYERS, 0.25, 0.2);
    assertThat(tip()).startsWith("iteration 0\na: 20 % clipped\n");
    point(LAYERS, 0.9, 0.6);
    assertThat(tip()).startsWith("iteration 1\nsecond: 100 % clipped\n");
    open(1100, reports);
    browser.type(LAYERS, RIGHT);
    assertThat(tip()).startsWith("iteration 0\na: 20 % clipped\nscore 1\n");
    browser.type(LAYERS, DOWN);
    assertThat(tip()).startsWith("iteration 0\nsecond: 10 % clipped\n");
    browser.type(LAYERS, RIGHT);
    assertThat(tip()).startsWith("iteration 1\nsecond: 100 % clipped\n");
  }

  @Test
  void aPartOfTheRunIsZoomedIntoByTheMouseAndByKeys() throws Exception {
    open(1100, training(3, 100, 1));
    double[] box = browser.box(LAYERS);
    double width = box[2] - box[0];
    double y = (box[1] + box[3]) / 2;
    browser.move(true, box[0] + 0.4 * width, y, box[0] + 0.5 * width, y, box[0] + 0.6 * width, y);
    String shown = "document.querySelector('section.run').shown";
    double first = browser.run("return " + shown + "[0]").asDouble();
    double end = browser.run("return " + shown + "[1]").asDouble();
    assertThat(first).isBetween(25.0, 45.0);
    assertThat(end).isBetween(first + 15, 75.0);
    assertThat(
            browser
                .run(
                    "return [...document.querySelectorAll('.over-time .chart')].map(chart =>"
                        + " chart.querySelectorAll('.edge')[0].textContent)")
                .toString())
        .as("all charts over time show the same part")
        .matches("(?s)\\[(\"" + (int) first + "\",?)+]");
    point(LAYERS, 0.5, 0.3);
    assertThat(tip()).matches("(?s)iteration (3|4|5|6).*");
    browser.type(LAYERS, ESCAPE);
    assertThat(browser.run("return " + shown).isNull()).isTrue();
    assertThat(number("document.querySelectorAll('.edge').length")).isZero();
    browser.type(LAYERS, "+");
    assertThat(browser.run("return " + shown + "[1] - " + shown + "[0]").asDouble())
        .isBetween(49.0, 51.0);
    browser.type(LAYERS, RIGHT.repeat(100)); // out of what is shown, which follows
    assertThat(browser.run("return " + shown + "[1]").asDouble()).isEqualTo(100);
    assertThat(tip()).startsWith("iteration 99");
    browser.type(LAYERS, "-");
    assertThat(browser.run("return " + shown).isNull()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 1100})
  void longNamesFitTheWindow(int width) throws Exception {
    ReportRow[] rows = {
      row("layer", "block/".repeat(31) + "conv"), row("layer", "x".repeat(190)), row()
    };
    open(width, report(0, 1, rows), report("second", "", 0, 1, rows));
    browser.run("document.querySelectorAll('details').forEach(each => each.open = true)");
    assertThat(number("document.documentElement.scrollWidth - innerWidth"))
        .as("what is wider than the window")
        .isLessThanOrEqualTo(0);
    assertThat(
            number(
                "[...document.querySelectorAll('svg.chart')].filter(chart => chart.clientWidth"
                    + " && [...chart.querySelectorAll(':scope > text')].some(text =>"
                    + " text.getBBox().x < 0 || text.getBBox().x + text.getBBox().width >"
                    + " chart.viewBox.baseVal.width)).length"))
        .as("charts with labels that are cut off")
        .isZero();
    assertThat(
            number(
                "Math.min(...[...document.querySelectorAll('tbody td.name')].filter(cell =>"
                    + " cell.clientWidth).map(cell => cell.clientWidth))"))
        .as("no column of one letter a line")
        .isGreaterThan(60);
  }

  @Test
  void tablesOfManyLayersAreFilteredSortedAndNoLongerThanTheWindow() throws Exception {
    open(1100, training(200, 20, 1));
    browser.run("document.querySelectorAll('details').forEach(each => each.open = true)");
    assertThat(number("document.documentElement.scrollHeight")).isLessThan(7000);
    String rows = "[...document.querySelectorAll('section.run details:last-of-type tbody tr')]";
    assertThat(number(rows + ".length")).isEqualTo(400);
    browser.type("section.run details:last-of-type input", "STAGE12/block3");
    assertThat(number(rows + ".filter(row => row.clientHeight).length")).isEqualTo(2);
    browser.click("section.run details:last-of-type th:nth-child(7) button");
    assertThat(browser.run("return " + rows + "[0].cells[6].textContent").asText())
        .isEqualTo(
            browser
                .run(
                    "return "
                        + rows
                        + ".map(row => row.cells[6].textContent)"
                        + ".sort((a, b) => b - a)[0]")
                .asText());
  }

  @Test
  void oneOfSeveralRunsIsChosen() throws Exception {
    open(1100, report(0, 1, row()), report("second", "", 0, 1, row("layer", "other")));
    String seen =
        "[...document.querySelectorAll('section.run')].filter(each => each.clientHeight)"
            + ".map(each => each.querySelector('h2').textContent).join()";
    assertThat(browser.run("return " + seen).asText()).isEqualTo("run 1");
    browser.type("#run", "run 2");
    assertThat(browser.run("return " + seen).asText()).isEqualTo("run 2");
  }
}
