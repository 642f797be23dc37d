package io.github.dl4jagc.report;

import static io.github.dl4jagc.report.Reports.html;
import static io.github.dl4jagc.report.Reports.row;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** Pages as they are parsed. */
final class Pages {

  private Pages() {}

  @TempDir Path folder;

  static Document page(RunReport... reports) {
    return Jsoup.parse(html(reports));
  }

  /** Tiles by their names. */
  static Map<String, String> facts(Element section) {
    Map<String, String> facts = new HashMap<>();
    for (Element fact : section.select(".fact")) {
      facts.put(
          fact.selectFirst("span").text(), fact.selectFirst("b").text().replace('\u00a0', ' '));
    }
    return facts;
  }

  /** The cells of the table of parameters, by layer and parameter. */
  static List<List<String>> parameters(Element section) {
    return section.select("details:has(table)").last().select("tbody tr").stream()
        .map(
            row ->
                row.select("td").stream()
                    .map(cell -> cell.text().replace('\u00a0', ' '))
                    .collect(Collectors.toList()))
        .collect(Collectors.toList());
  }

  static JsonNode data(Document page, int run) throws IOException {
    String script = page.selectFirst("script").data();
    String json = script.substring(script.indexOf("runs = ") + 7);
    return new ObjectMapper().readTree(json.substring(0, json.indexOf(";\n"))).get(run);
  }

  static List<String> texts(JsonNode column) {
    List<String> texts = new ArrayList<>();
    column.get("text").forEach(each -> texts.add(each.asText()));
    return texts;
  }

  static Element chart(Element page, String beginning) {
    return page.select("svg[aria-label^=" + beginning + "]").first();
  }
}
