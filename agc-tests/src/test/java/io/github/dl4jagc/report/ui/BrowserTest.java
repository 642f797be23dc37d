package io.github.dl4jagc.report.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.testing.Browser;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.ui.model.stats.StatsListener;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.shade.jackson.databind.JsonNode;

/** The tab as a reader of DL4J's UI gets to it, in a real browser. */
@Timeout(90)
class BrowserTest {

  private static final String FACTS = "#runs .facts";
  private static final String SHARES = "#runs details:last-of-type td:nth-child(6)";

  /** A request for the data of DL4J's overview. */
  private static final String BROKEN_OFF =
      "%s/train/(session/)?(overview/data|sessions/\\w+|multisession)\\S* - Failed to load"
          + " resource: net::ERR_\\w+";

  private static Browser browser;

  @BeforeAll
  static void aBrowserIsInstalled() throws Exception {
    assumeTrue(Browser.isInstalled(), Browser.MISSING);
    browser = new Browser(1000, 900);
  }

  /** A page goes on asking its server, which is gone when the test is. */
  @AfterEach
  void leaveThePage() throws Exception {
    browser.open("about:blank");
    browser.errors();
  }

  @AfterAll
  static void close() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  private static void train(MultiLayerNetwork net, int iterations) {
    for (int i = 0; i < iterations; i++) {
      NetworkCheck.fit(net, Networks.denseData(8, 1 + net.getIterationCount()));
    }
  }

  private static MultiLayerNetwork network(StatsStorage storage, String session) {
    MultiLayerNetwork net = Networks.dense(new AgcGradientNormalization(new Sgd(0.1), 0.05));
    net.setListeners(
        new StatsListener(storage, null, null, session, "worker"),
        new AgcStatsListener(storage, 1));
    return net;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theTabIsFoundAndFollowsTheTraining(boolean multiSession) throws Exception {
    try (LocalUi ui = new LocalUi(multiSession)) {
      StatsStorage storage = new InMemoryStatsStorage();
      ui.server().attach(storage);
      MultiLayerNetwork net = network(storage, "session");
      train(net, 3);
      String training = ui.address() + (multiSession ? "/train/session" : "/train");
      LocalUi.until(
          () -> ui.get(multiSession ? "/train/session/overview" : "/train/overview").statusCode(),
          status -> status == 200);
      browser.open(training + "/overview");
      browser.click("a[href=agc]");
      LocalUi.until(() -> browser.text(FACTS), facts -> facts.contains("0 \u2013 2"));
      // What DL4J's page was asking for when it was left may be broken off.
      assertThat(browser.errors())
          .allMatch(error -> error.matches(String.format(BROKEN_OFF, ui.address())))
          .hasSizeLessThan(3);
      assertThat(browser.run("return document.querySelector('#session').value").asText())
          .isEqualTo("session");
      train(net, 5);
      LocalUi.until(() -> browser.text(FACTS), facts -> facts.contains("0 \u2013 7"));
      assertThat(browser.run("return document.querySelectorAll('#runs svg.map').length").asInt())
          .isPositive();
      assertThat(browser.errors()).isEmpty();
      browser.click("a[href=system]");
      LocalUi.until(
          () -> browser.run("return location.href").asText(), (training + "/system")::equals);
    }
  }

  private static List<Double> shares() throws Exception {
    List<Double> shares = new ArrayList<>();
    for (JsonNode each :
        browser.run(
            "return [...document.querySelectorAll('"
                + SHARES
                + "')].map(cell => parseFloat(cell.textContent))")) {
      shares.add(each.asDouble());
    }
    return shares;
  }

  @Test
  void whatTheReaderHasChosenStaysWhenValuesChange() throws Exception {
    try (LocalUi ui = new LocalUi(false)) {
      StatsStorage storage = new InMemoryStatsStorage();
      ui.server().attach(storage);
      MultiLayerNetwork net = network(storage, "session");
      train(net, 6);
      browser.open(ui.address() + "/train/agc");
      LocalUi.until(() -> browser.text(FACTS), facts -> facts.contains("0 \u2013 5"));
      List<Double> inOrderOfLayers = shares();
      browser.click("#runs details:last-of-type th:nth-child(6) button");
      assertThat(shares())
          .hasSize(6)
          .isSortedAccordingTo(Comparator.reverseOrder())
          .isNotEqualTo(inOrderOfLayers);
      browser.click("#runs .words summary");
      browser.type("#runs .layers .chart", "++"); // in the middle
      String shown =
          "return document.querySelector('section.run').shown.map(each => Math.round(100 * each))";
      assertThat(browser.run(shown).toString()).isEqualTo("[225,375]");
      train(net, 5);
      LocalUi.until(() -> browser.text(FACTS), facts -> facts.contains("0 \u2013 10"));
      assertThat(shares()).isSortedAccordingTo(Comparator.reverseOrder());
      assertThat(browser.run(shown).toString()).isEqualTo("[225,375]");
      assertThat(browser.run("return document.querySelector('#runs .words').open").asBoolean())
          .isTrue();
      assertThat(browser.errors()).isEmpty();
    }
  }

  @Test
  void anotherSessionCanBeChosen() throws Exception {
    try (LocalUi ui = new LocalUi(false)) {
      StatsStorage storage = new InMemoryStatsStorage();
      ui.server().attach(storage);
      train(network(storage, "first"), 2);
      train(network(storage, "second"), 4);
      browser.open(ui.address() + "/train/agc");
      LocalUi.until(
          () -> browser.run("return document.querySelector('#session').options.length").asInt(),
          count -> count == 2);
      for (String session : new String[] {"second", "first"}) {
        browser.run(
            "const choice = document.querySelector('#session'); choice.value = '"
                + session
                + "'; choice.dispatchEvent(new Event('change'))");
        String iterations = session.equals("first") ? "0 \u2013 1" : "0 \u2013 3";
        LocalUi.until(() -> browser.text(FACTS), facts -> facts.contains(iterations));
      }
      assertThat(browser.run("return document.documentElement.scrollWidth - innerWidth").asInt())
          .as("what is wider than the window")
          .isLessThanOrEqualTo(0);
    }
  }
}
