package io.github.dl4jagc.report.ui;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.core.storage.StatsStorageEvent;
import org.deeplearning4j.core.storage.StatsStorageListener;
import org.deeplearning4j.core.storage.impl.RemoteUIStatsStorageRouter;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.ui.model.stats.StatsListener;
import org.deeplearning4j.ui.model.storage.FileStatsStorage;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.shade.jackson.databind.JsonNode;

/** DL4J's own UI server with the tab in it. */
@Timeout(60)
class AgcUiModuleTest {

  private static final String TAB = "<a class=\"nav-link\" href=\"agc\">";

  private static MultiLayerNetwork network() {
    return Networks.dense(new AgcGradientNormalization(new Sgd(0.1), 0.1));
  }

  private static void train(MultiLayerNetwork net, int iterations) {
    for (int i = 0; i < iterations; i++) {
      NetworkCheck.fit(net, Networks.denseData(8, 1 + net.getIterationCount()));
    }
  }

  private static JsonNode eventually(Callable<JsonNode> json, long changes) throws Exception {
    return LocalUi.until(json, data -> data.path("changes").asLong() >= changes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"overview", "model", "system"})
  void everyPageOfATrainingLeadsToTheTab(String page) throws Exception {
    try (LocalUi ui = new LocalUi(false)) {
      assertThat(ui.get("/train/" + page).body())
          .containsOnlyOnce(TAB)
          .contains("href=\"overview\"", "href=\"system\"");
      assertThat(ui.get("/train/agc").body()).contains("href=\"" + page + "\"");
    }
  }

  @Test
  void theTabShowsATrainingWhileItGoesOn() throws Exception {
    try (LocalUi ui = new LocalUi(false)) {
      assertThat(ui.json("/train/agc/data").path("sessions")).isEmpty();
      StatsStorage storage = new InMemoryStatsStorage();
      ui.server().attach(storage);
      MultiLayerNetwork net = network();
      StatsListener stats = new StatsListener(storage);
      net.setListeners(stats, new AgcStatsListener(storage, 1));
      train(net, 3);
      JsonNode first = eventually(() -> ui.json("/train/agc/data"), 3);
      assertThat(first.path("session").asText()).isEqualTo(stats.getSessionID());
      assertThat(first.path("html").asText())
          .contains("<b>0 \u2013 2</b><span>iterations</span>", "layer0", "layer2");
      assertThat(first.path("runs")).hasSize(1);
      train(net, 4);
      JsonNode second = eventually(() -> ui.json("/train/agc/data"), 7);
      assertThat(second.path("html").asText()).contains("<b>0 \u2013 6</b><span>iterations</span>");
      String unchanged = "/train/agc/data?since=7&session=" + stats.getSessionID();
      assertThat(ui.json(unchanged).has("html")).isFalse();
      // StatsListener's own page shows the same session.
      LocalUi.until(() -> ui.get("/train/sessions/current").body(), stats.getSessionID()::equals);
    }
  }

  @Test
  void severalSessionsCanBeChosenFrom() throws Exception {
    try (LocalUi ui = new LocalUi(false)) {
      StatsStorage storage = new InMemoryStatsStorage();
      ui.server().attach(storage);
      for (String session : new String[] {"one", "two"}) {
        MultiLayerNetwork net = network();
        net.setListeners(new AgcStatsListener(storage, 1, session));
        train(net, session.equals("one") ? 2 : 4);
      }
      eventually(() -> ui.json("/train/agc/data?session=two"), 4);
      assertThat(ui.json("/train/agc/data").path("sessions"))
          .extracting(JsonNode::asText)
          .containsExactly("one", "two");
      assertThat(ui.json("/train/agc/data?session=one").path("html").asText())
          .contains("<b>0 \u2013 1</b><span>iterations</span>");
      assertThat(ui.json("/train/agc/data?session=unknown").path("session").asText())
          .isEqualTo("two");
    }
  }

  @Test
  void eachSessionHasItsPathWhereTheServerHasSeveral() throws Exception {
    try (LocalUi ui = new LocalUi(true)) {
      StatsStorage storage = new InMemoryStatsStorage();
      ui.server().attach(storage);
      MultiLayerNetwork net = network();
      net.setListeners(
          new StatsListener(storage, null, null, "first", "worker"),
          new AgcStatsListener(storage, 1));
      train(net, 2);
      JsonNode data = eventually(() -> ui.json("/train/first/agc/data"), 2);
      assertThat(data.path("session").asText()).isEqualTo("first");
      assertThat(ui.get("/train/first/agc").body()).contains("<title>DL4J Training UI: AGC");
      assertThat(ui.get("/train/first/overview").body()).contains(TAB);
      assertThat(ui.json("/train/second/agc/data").has("session")).isFalse();
    }
  }

  @Test
  void aFileIsShownAfterTheTraining(@TempDir Path folder) throws Exception {
    MultiLayerNetwork net = network();
    StatsStorage written = new FileStatsStorage(folder.resolve("stats.dl4j").toFile());
    net.setListeners(new AgcStatsListener(written, 2, "session"));
    train(net, 7);
    written.close();
    StatsStorage read = new FileStatsStorage(folder.resolve("stats.dl4j").toFile());
    try (LocalUi ui = new LocalUi(false)) {
      ui.server().attach(read);
      JsonNode data = ui.json("/train/agc/data");
      assertThat(data.path("session").asText()).isEqualTo("session");
      assertThat(data.path("html").asText())
          .contains("<b>0 \u2013 6</b><span>iterations</span>", "<b>4</b><span>reports</span>");
      ui.server().detach(read);
      assertThat(ui.json("/train/agc/data").path("sessions")).isEmpty();
    }
    // A server with several sessions asks for the storage of one that it does not know.
    try (LocalUi ui = new LocalUi(true, session -> read)) {
      assertThat(ui.json("/train/session/agc/data").path("html").asText()).contains("layer0");
    }
    read.close();
  }

  @Test
  void aRemoteTrainingIsShown() throws Exception {
    try (LocalUi ui = new LocalUi(false);
        RemoteUIStatsStorageRouter router = new RemoteUIStatsStorageRouter(ui.address())) {
      ui.server().enableRemoteListener();
      MultiLayerNetwork net = network();
      net.setListeners(new AgcStatsListener(router, 1, "remote"));
      train(net, 3);
      JsonNode data = eventually(() -> ui.json("/train/agc/data"), 3);
      assertThat(data.path("session").asText()).isEqualTo("remote");
    }
  }

  /** An exception that leaves a module ends the thread that serves all of them. */
  @Test
  void whatCannotBeReadDoesNotEndTheServersThread() throws Exception {
    try (LocalUi ui = new LocalUi(false)) {
      StatsStorage storage = new InMemoryStatsStorage();
      ui.server().attach(storage);
      AgcStatsUpdate broken = new AgcStatsUpdate();
      byte[] bytes = StatsUpdates.of(2).encode();
      bytes[bytes.length - 5] ^= 1; // of the checksum or what it is of
      try {
        broken.decode(bytes);
        storage.putUpdate(broken);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("cannot be read");
      }
      new AgcUiModule()
          .reportStorageEvents(
              List.of(
                  new StatsStorageEvent(
                      storage,
                      StatsStorageListener.EventType.PostUpdate,
                      null,
                      AgcStatsUpdate.TYPE_ID,
                      null,
                      0)));
      MultiLayerNetwork net = network();
      net.setListeners(new AgcStatsListener(storage, 1, "after"));
      train(net, 2);
      eventually(() -> ui.json("/train/agc/data?session=after"), 2);
    }
  }

  @Test
  void aTemplateWithoutTheMarkerStaysAsItIs() throws Exception {
    assertThat(AgcTab.withTab("<ul><li>other</li></ul>")).isEqualTo("<ul><li>other</li></ul>");
    AgcTab tab = new AgcTab();
    assertThat(tab.exists("templates/Tsne.html")).isFalse();
    assertThat(
            new String(
                tab.asStream("templates/TrainingModel.html.ftl").readAllBytes(),
                StandardCharsets.UTF_8))
        .containsOnlyOnce(TAB);
  }
}
