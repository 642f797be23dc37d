package io.github.dl4jagc.report.chart;

import static io.github.dl4jagc.internal.check.Troubleshooting.STATISTICS_CANNOT_BE_WRITTEN;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The parts of a self-contained HTML page: charts are inside, nothing is fetched. */
public final class Html {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(\\w+)}}");

  /** Controls, and what turns the direction of the text around it: U+202E and its like. */
  private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cc}\\p{Cf}&&[^\\n\\t]]");

  /** Characters of a name; of a longer one the end is shown, as names share beginnings. */
  private static final int LONGEST_NAME = 30;

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
    // In one pass: what is filled in is never taken for a placeholder.
    return PLACEHOLDER
        .matcher(read(owner, template))
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    match.group(1).equals("style") ? style() : parts.get(match.group(1))));
  }

  /** {@return the style sheet of pages and charts} */
  public static String style() {
    return read(Html.class, "page.css") + chartStyle();
  }

  static String chartStyle() {
    return read(Html.class, "chart.css");
  }

  private static String read(Class<?> owner, String name) {
    try (InputStream file = owner.getResourceAsStream(name)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(
          STATISTICS_CANNOT_BE_WRITTEN.message("Cannot read the bundled {}", name), e);
    }
  }

  /** Text with a replacement for characters that are not seen. */
  public static String visible(String text) {
    return INVISIBLE.matcher(text).replaceAll("\ufffd");
  }

  /** Text as HTML, with a replacement for characters that are not seen. */
  public static String escape(String text) {
    return visible(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** A name of a bounded length. */
  public static String shortened(String name) {
    return name.length() <= LONGEST_NAME
        ? name
        : "\u2026" + name.substring(name.length() - LONGEST_NAME + 1);
  }

  /** A list with bullets. */
  public static String list(List<String> sentences) {
    return sentences.stream()
        .map(sentence -> "<li>" + escape(sentence) + "</li>\n")
        .collect(Collectors.joining("", "<ul>\n", "</ul>"));
  }
}
