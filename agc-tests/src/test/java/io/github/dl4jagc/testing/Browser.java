package io.github.dl4jagc.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** Chromium without a window, by what of the WebDriver protocol the tests need. */
public final class Browser implements AutoCloseable {

  public static final String MISSING =
      "no browser: apt-get install chromium chromium-driver, and this is tested too";

  private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process driver;
  private final String session;

  public static boolean isInstalled() {
    return Stream.of("chromium", "chromedriver").allMatch(name -> Files.isExecutable(of(name)));
  }

  private static Path of(String name) {
    return Path.of("/usr/bin", name);
  }

  public Browser(int width, int height) throws IOException, InterruptedException {
    driver = // which listens to this machine alone
        new ProcessBuilder(of("chromedriver").toString(), "--port=0")
            .redirectErrorStream(true)
            .start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8));
    Matcher port = PORT.matcher("");
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (port.reset(line).find()) {
        break;
      }
    }
    String address = "http://127.0.0.1:" + port.group(1) + "/session";
    ObjectNode wish = JSON.createObjectNode();
    ObjectNode always = wish.putObject("capabilities").putObject("alwaysMatch");
    always.putObject("goog:loggingPrefs").put("browser", "ALL");
    ObjectNode chrome = always.putObject("goog:chromeOptions");
    chrome.put("binary", of("chromium").toString());
    chrome
        .putArray("args")
        .add("--headless=new")
        .add("--no-sandbox") // a container's user may not make one
        .add("--disable-dev-shm-usage")
        .add("--disable-gpu")
        .add("--window-size=" + width + "," + height);
    try {
      session = address + "/" + send(address, wish).get("sessionId").asText();
    } catch (IOException e) {
      driver.destroy();
      throw e;
    }
  }

  private JsonNode send(String address, ObjectNode body) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(40));
    HttpResponse<String> response =
        client.send(
            body == null
                ? request.build()
                : request.POST(HttpRequest.BodyPublishers.ofString(body.toString())).build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(address + ": " + response.body());
    }
    return JSON.readTree(response.body()).get("value");
  }

  public void open(String address) throws IOException, InterruptedException {
    send(session + "/url", JSON.createObjectNode().put("url", address));
  }

  /** Gives the window another size. */
  public void resize(int width, int height) throws IOException, InterruptedException {
    send(
        session + "/window/rect",
        JSON.createObjectNode().put("width", width).put("height", height));
  }

  private String element(String selector) throws IOException, InterruptedException {
    ObjectNode search = JSON.createObjectNode().put("using", "css selector");
    return send(session + "/element", search.put("value", selector)).elements().next().asText();
  }

  /** Clicks on an element that is seen, as a mouse does. */
  public void click(String selector) throws IOException, InterruptedException {
    send(session + "/element/" + element(selector) + "/click", JSON.createObjectNode());
  }

  /**
   * Presses keys on an element that can have the focus; others than letters as WebDriver has them.
   */
  public void type(String selector, String keys) throws IOException, InterruptedException {
    send(
        session + "/element/" + element(selector) + "/value",
        JSON.createObjectNode().put("text", keys));
  }

  /**
   * Moves the mouse over an element.
   *
   * @param drag whether its button is held down from the first place to the last one
   * @param places in the window's pixels: x, y, and so on
   */
  public void move(boolean drag, double... places) throws IOException, InterruptedException {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode mouse =
        body.putArray("actions").addObject().put("type", "pointer").put("id", "mouse");
    mouse.putObject("parameters").put("pointerType", "mouse");
    ArrayNode actions = mouse.putArray("actions");
    for (int i = 0; i < places.length; i += 2) {
      actions
          .addObject()
          .put("type", "pointerMove")
          .put("duration", 0)
          .put("x", Math.round(places[i]))
          .put("y", Math.round(places[i + 1]));
      if (drag && i == 0) {
        actions.addObject().put("type", "pointerDown").put("button", 0);
      }
    }
    if (drag) {
      actions.addObject().put("type", "pointerUp").put("button", 0);
    }
    send(session + "/actions", body);
  }

  /** The places of the edges of an element in the window, once it is scrolled to. */
  public double[] box(String selector) throws IOException, InterruptedException {
    JsonNode box =
        run(
            "const element = document.querySelector('"
                + selector
                + "'); element.scrollIntoView({block: 'center'});"
                + "const box = element.getBoundingClientRect();"
                + "return [box.left, box.top, box.right, box.bottom]");
    return new double[] {
      box.get(0).asDouble(), box.get(1).asDouble(), box.get(2).asDouble(), box.get(3).asDouble()
    };
  }

  /** What a function with this body returns. */
  public JsonNode run(String script) throws IOException, InterruptedException {
    ObjectNode body = JSON.createObjectNode().put("script", script);
    body.putArray("args");
    return send(session + "/execute/sync", body);
  }

  public String text(String selector) throws IOException, InterruptedException {
    return run("return document.querySelector('" + selector + "')?.innerText || ''").asText();
  }

  /** Errors of scripts and of what could not be loaded, since this was called before. */
  public List<String> errors() throws IOException, InterruptedException {
    List<String> errors = new ArrayList<>();
    for (JsonNode entry :
        send(session + "/se/log", JSON.createObjectNode().put("type", "browser"))) {
      if (entry.get("level").asText().equals("SEVERE")) {
        errors.add(entry.get("message").asText());
      }
    }
    return errors;
  }

  public byte[] screenshot() throws IOException, InterruptedException {
    return Base64.getDecoder().decode(send(session + "/screenshot", null).asText());
  }

  @Override
  public void close() throws Exception {
    try {
      client.send(
          HttpRequest.newBuilder(URI.create(session)).DELETE().build(),
          HttpResponse.BodyHandlers.discarding());
    } finally {
      driver.destroy();
    }
  }
}
