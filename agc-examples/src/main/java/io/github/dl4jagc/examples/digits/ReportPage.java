package io.github.dl4jagc.examples.digits;

import io.github.dl4jagc.AgcReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The results as one self-contained HTML page: the chart is inside, nothing is fetched. */
final class ReportPage {

  private static final String TEMPLATE = "report-template.html";
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(\\w+)}}");

  private ReportPage() {}

  /**
   * Writes the page.
   *
   * @param table the results
   * @param results every run, for the figures of each layer
   * @param chart the chart as PNG
   * @param options the options in effect, by name
   * @param environment versions and machine, by name
   * @return the page
   */
  static String html(
      ResultTable table,
      List<RunResult> results,
      byte[] chart,
      Map<String, String> options,
      Map<String, String> environment) {
    Map<String, String> parts = new HashMap<>();
    parts.put("results", table(table));
    parts.put("legend", list(table.legend()));
    parts.put("chart", Base64.getEncoder().encodeToString(chart));
    parts.put("options", definitions(options));
    parts.put("environment", definitions(environment));
    parts.put("layers", layers(results));
    // In one pass: what is filled in is never taken for a placeholder.
    return PLACEHOLDER
        .matcher(template())
        .replaceAll(match -> Matcher.quoteReplacement(parts.get(match.group(1))));
  }

  private static String table(ResultTable table) {
    StringBuilder html = new StringBuilder("<table>\n<tr>");
    for (String header : table.headers()) {
      html.append("<th scope=\"col\">").append(escape(header)).append("</th>");
    }
    html.append("</tr>\n");
    for (List<String> row : table.rows()) {
      html.append("<tr>");
      for (String cell : row) {
        html.append("<td>").append(escape(cell)).append("</td>");
      }
      html.append("</tr>\n");
    }
    return html.append("</table>").toString();
  }

  private static String list(List<String> sentences) {
    StringBuilder html = new StringBuilder("<ul>\n");
    for (String sentence : sentences) {
      html.append("<li>").append(escape(sentence)).append("</li>\n");
    }
    return html.append("</ul>").toString();
  }

  private static String definitions(Map<String, String> values) {
    StringBuilder html = new StringBuilder("<dl>\n");
    values.forEach(
        (name, value) ->
            html.append("<dt>")
                .append(escape(name))
                .append("</dt><dd>")
                .append(escape(value))
                .append("</dd>\n"));
    return html.append("</dl>").toString();
  }

  private static String layers(List<RunResult> results) {
    StringBuilder html = new StringBuilder();
    for (RunResult result : results) {
      if (result.setting().threshold().isPresent()) {
        AgcReport report = result.report();
        html.append("<details><summary>")
            .append(escape(result.setting().toString()))
            .append("</summary><pre>")
            .append(escape(report.toString()))
            .append("</pre></details>\n");
      }
    }
    return html.toString();
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  private static String template() {
    try (InputStream file = ReportPage.class.getResourceAsStream(TEMPLATE)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the bundled " + TEMPLATE, e);
    }
  }
}
