package io.github.dl4jagc.experiments.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parts of a self-contained HTML page: charts are inside, nothing is fetched. */
public final class Html {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(\\w+)}}");

  private Html() {}

  /**
   * Fills in a bundled template.
   *
   * @param owner the class in whose package the template is
   * @param template its file name
   * @param parts HTML by the name of the placeholder, which is written {@code {{name}}}; every
   *     placeholder must be here, but for the style sheet of all pages, {@code {{style}}}
   * @return the page
   */
  public static String page(Class<?> owner, String template, Map<String, String> parts) {
    Map<String, String> all = new HashMap<>(parts);
    all.put("style", read(Html.class, "page.css") + chartStyle());
    // In one pass: what is filled in is never taken for a placeholder.
    return PLACEHOLDER
        .matcher(read(owner, template))
        .replaceAll(match -> Matcher.quoteReplacement(all.get(match.group(1))));
  }

  /** The style sheet of charts. */
  static String chartStyle() {
    return read(Html.class, "chart.css");
  }

  private static String read(Class<?> owner, String template) {
    try (InputStream file = owner.getResourceAsStream(template)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the bundled " + template, e);
    }
  }

  /**
   * A table, which is scrolled where the page is too narrow for it.
   *
   * @param headers of the columns, as text; line breaks are kept
   * @param rows the cells, as text
   * @return HTML
   */
  public static String table(List<String> headers, List<List<String>> rows) {
    StringBuilder html = new StringBuilder("<div class=\"wide\"><table>\n<tr>");
    for (String header : headers) {
      html.append("<th scope=\"col\">").append(escape(header)).append("</th>");
    }
    html.append("</tr>\n");
    for (List<String> row : rows) {
      html.append("<tr>");
      for (String cell : row) {
        html.append("<td>").append(escape(cell)).append("</td>");
      }
      html.append("</tr>\n");
    }
    return html.append("</table></div>").toString();
  }

  /**
   * A list with bullets.
   *
   * @param sentences as text
   * @return HTML
   */
  public static String list(List<String> sentences) {
    StringBuilder html = new StringBuilder("<ul>\n");
    for (String sentence : sentences) {
      html.append("<li>").append(escape(sentence)).append("</li>\n");
    }
    return html.append("</ul>").toString();
  }

  /**
   * A list of names and values.
   *
   * @param values as text, by name
   * @return HTML
   */
  public static String definitions(Map<String, String> values) {
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

  /**
   * A text that is shown when its title is clicked.
   *
   * @param title as text
   * @param text with line breaks and columns
   * @return HTML
   */
  public static String details(String title, String text) {
    return "<details><summary>"
        + escape(title)
        + "</summary><div class=\"wide\"><pre>"
        + escape(text)
        + "</pre></div></details>\n";
  }

  /**
   * Text as HTML.
   *
   * @param text any
   * @return the text with HTML's own characters replaced
   */
  public static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
