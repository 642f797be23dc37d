package io.github.dl4jagc.report.chart;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A table of text, right-aligned, under a header of one or more lines: as HTML, or in plain text,
 * which can be printed line by line before all rows are known.
 */
public final class Table {

  private static final String GAP = "  ";

  private final List<String> headers;
  private final List<List<String>> rows = new ArrayList<>();
  private int leftAligned;

  /**
   * An empty table.
   *
   * @param headers of the columns; a line break starts another line of the header
   */
  public Table(List<String> headers) {
    this.headers = List.copyOf(headers);
  }

  /** An empty table with the headers of a text that has a vertical line between them. */
  public static Table of(String headers) {
    return new Table(List.of(headers.split("\\|")));
  }

  /** Adds a row, with a cell for each header. */
  public Table row(List<String> cells) {
    rows.add(List.copyOf(cells));
    return this;
  }

  /** Adds several rows. */
  public Table rows(List<List<String>> more) {
    more.forEach(this::row);
    return this;
  }

  /** Aligns the first columns to the left: names. */
  public Table names(int columns) {
    leftAligned = columns;
    return this;
  }

  /** {@return the table as HTML; it is scrolled where the page is too narrow for it} */
  public String html() {
    StringBuilder html = new StringBuilder("<div class=\"wide\"><table>\n<thead><tr>");
    for (int column = 0; column < headers.size(); column++) {
      html.append("<th scope=\"col\"").append(alignment(column)).append('>');
      html.append(Html.escape(headers.get(column))).append("</th>");
    }
    html.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : rows) {
      html.append("<tr>");
      for (int column = 0; column < row.size(); column++) {
        String cell = Html.escape(row.get(column));
        html.append("<td").append(alignment(column)).append('>').append(cell).append("</td>");
      }
      html.append("</tr>\n");
    }
    return html.append("</tbody></table></div>\n").toString();
  }

  private String alignment(int column) {
    return column < leftAligned ? " class=\"name\"" : "";
  }

  /** {@return the table in plain text: lines, each with its line separator} */
  public String text() {
    StringBuilder text = new StringBuilder(header()).append(System.lineSeparator());
    rows.forEach(row -> text.append(line(row)).append(System.lineSeparator()));
    return text.toString();
  }

  /** {@return the header in plain text, without the last line separator} */
  public String header() {
    return headerLines().stream()
        .map(this::line)
        .collect(Collectors.joining(System.lineSeparator()));
  }

  /**
   * A row in plain text, as wide as those that the table has.
   *
   * @param cells as many as there are headers
   * @return one line, without line separator
   */
  public String line(List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < headers.size(); column++) {
      String padding = " ".repeat(Math.max(0, width(column) - cells.get(column).length()));
      line.append(column == 0 ? "" : GAP);
      line.append(column < leftAligned ? "" : padding).append(cells.get(column));
      line.append(column < leftAligned ? padding : "");
    }
    return line.toString();
  }

  private int width(int column) {
    List<List<String>> all = new ArrayList<>(rows);
    all.addAll(headerLines());
    return all.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private List<List<String>> headerLines() {
    List<String[]> parts =
        headers.stream().map(header -> header.split("\n")).collect(Collectors.toList());
    int count = Collections.max(parts, (a, b) -> a.length - b.length).length;
    List<List<String>> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int line = i;
      lines.add(
          parts.stream()
              .map(each -> line < each.length ? each[line] : "")
              .collect(Collectors.toList()));
    }
    return lines;
  }
}
