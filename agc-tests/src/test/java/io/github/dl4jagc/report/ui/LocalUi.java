package io.github.dl4jagc.report.ui;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.ui.VertxUIServer;
import org.deeplearning4j.ui.api.UIServer;
import org.nd4j.common.function.Function;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * DL4J's own UI server, on a free port of this machine alone: by itself it listens to the network.
 */
final class LocalUi implements AutoCloseable {

  /** DL4JSystemProperties.UI_SERVER_PORT_PROPERTY, whose class has moved between versions. */
  private static final String PORT = "org.deeplearning4j.ui.port";

  private static final String HOST = "127.0.0.1";

  /** The server as it is, but for where it listens. */
  public static final class Server extends VertxUIServer {
    @Override
    public void init(Vertx vertx, Context context) {
      super.init(localOnly(vertx), context);
    }

    private static Vertx localOnly(Vertx vertx) {
      return (Vertx)
          Proxy.newProxyInstance(
              Server.class.getClassLoader(),
              vertx.getClass().getInterfaces(),
              (proxy, method, arguments) -> {
                if (method.getName().equals("createHttpServer") && arguments == null) {
                  return vertx.createHttpServer(new HttpServerOptions().setHost(HOST));
                }
                try {
                  return method.invoke(vertx, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }
  }

  private final HttpClient client = HttpClient.newHttpClient();
  private final Vertx vertx = Vertx.vertx();
  private final UIServer server;

  LocalUi(boolean multiSession) throws Exception {
    this(multiSession, null);
  }

  LocalUi(boolean multiSession, Function<String, StatsStorage> storages) throws Exception {
    VertxUIServer.getMultiSession().set(multiSession);
    VertxUIServer.setStatsStorageProvider(storages);
    System.setProperty(PORT, "0");
    try {
      CompletableFuture<String> started = new CompletableFuture<>();
      vertx.deployVerticle(
          new Server(),
          result -> {
            if (result.succeeded()) {
              started.complete(result.result());
            } else {
              started.completeExceptionally(result.cause());
            }
          });
      started.get(20, TimeUnit.SECONDS);
    } finally {
      System.clearProperty(PORT);
    }
    server = UIServer.getInstance();
  }

  UIServer server() {
    return server;
  }

  String address() {
    return "http://" + HOST + ":" + server.getPort();
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(address() + path))
            .timeout(Duration.ofSeconds(10))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  JsonNode json(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = get(path);
    if (response.statusCode() != 200) {
      throw new IOException(path + ": " + response.statusCode() + " " + response.body());
    }
    return new ObjectMapper().readTree(response.body());
  }

  /** Asks again and again, as the server looks at its storages twice a second. */
  static <T> T until(Callable<T> value, Predicate<T> wanted) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    T found = value.call();
    while (!wanted.test(found)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within 20 s; at the end: " + found);
      }
      Thread.sleep(50);
      found = value.call();
    }
    return found;
  }

  @Override
  public void close() throws Exception {
    UIServer.stopInstance();
  }
}
