package io.github.dl4jagc.report.ui;

import static io.github.dl4jagc.internal.check.Troubleshooting.STATISTICS_CANNOT_BE_WRITTEN;

import io.github.dl4jagc.report.ReportPage;
import io.github.dl4jagc.report.chart.Html;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.core.storage.StatsStorageEvent;
import org.deeplearning4j.core.storage.StatsStorageListener;
import org.deeplearning4j.ui.VertxUIServer;
import org.deeplearning4j.ui.api.HttpMethod;
import org.deeplearning4j.ui.api.Route;
import org.deeplearning4j.ui.api.UIModule;
import org.deeplearning4j.ui.i18n.I18NResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tab "AGC" of DL4J's training UI, which finds this by its name in {@code META-INF/services}.
 * An exception of a module would end the thread that serves all of them: none leaves this one.
 */
public final class AgcUiModule implements UIModule {

  private static final Logger log = LoggerFactory.getLogger(AgcUiModule.class);

  private final Sessions sessions = new Sessions();
  private final String page =
      Html.page(
          AgcUiModule.class,
          "agc.html",
          Map.of("pageStyle", ReportPage.style(), "script", ReportPage.script()));

  @Override
  public List<String> getCallbackTypeIDs() {
    return List.of(AgcStatsUpdate.TYPE_ID);
  }

  @Override
  public List<Route> getRoutes() {
    // Where there are sessions in paths, "/train/agc" would be the session "agc".
    boolean several = VertxUIServer.getInstance().isMultiSession();
    String path = several ? "/train/:sessionId/agc" : "/train/agc";
    return List.of(
        new Route(
            path,
            HttpMethod.GET,
            (parts, context) -> answer(context, "text/html; charset=utf-8", () -> page)),
        new Route(
            path + "/data",
            HttpMethod.GET,
            (parts, context) ->
                answer(context, "application/json", () -> data(several, parts, context))));
  }

  private String data(boolean several, List<String> parts, RoutingContext context) {
    String session = several ? parts.get(0) : context.request().getParam("session");
    if (several && !sessions.has(session)) {
      load(session);
    }
    return sessions.json(session, several, context.request().getParam("since"));
  }

  /** From the storage that the server's user provides for this session, if there is one. */
  private static void load(String session) {
    var loader = VertxUIServer.getInstance().getStatsStorageLoader();
    if (loader != null) {
      loader.apply(session); // attaches it
    }
  }

  /** Works in another thread than the one that serves all requests. */
  private static void answer(RoutingContext context, String type, Supplier<String> body) {
    context
        .vertx()
        .<String>executeBlocking(
            promise -> promise.complete(body.get()),
            false,
            result -> {
              HttpServerResponse response = context.response();
              if (response.closed() || response.ended()) {
                return; // who asked is gone
              }
              response.putHeader("cache-control", "no-store");
              if (result.succeeded()) {
                response.putHeader("content-type", type).end(result.result());
              } else {
                log.error(
                    STATISTICS_CANNOT_BE_WRITTEN.message(
                        "AGC's tab cannot answer {}", context.request().path()),
                    result.cause());
                response.setStatusCode(500).end("AGC's tab has failed; the log says why.");
              }
            });
  }

  @Override
  public void reportStorageEvents(Collection<StatsStorageEvent> events) {
    for (StatsStorageEvent event : events) {
      if (event.getEventType() == StatsStorageListener.EventType.PostUpdate
          && event.getTypeID().equals(AgcStatsUpdate.TYPE_ID)) {
        guarded(() -> sessions.read(event));
      }
    }
  }

  @Override
  public void onAttach(StatsStorage storage) {
    guarded(() -> sessions.readAll(storage));
  }

  @Override
  public void onDetach(StatsStorage storage) {
    guarded(() -> sessions.remove(storage));
  }

  private static void guarded(Runnable reading) {
    try {
      reading.run();
    } catch (RuntimeException | LinkageError e) {
      log.error(
          STATISTICS_CANNOT_BE_WRITTEN.message("AGC's statistics cannot be read for the UI"), e);
    }
  }

  @Override
  public List<I18NResource> getInternationalizationResources() {
    return List.of();
  }
}
