package io.github.dl4jagc.report.chart;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;

/** A table of text, right-aligned, under a header of one or more lines: in HTML or plain text. */
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

  /** Aligns the first columns to the left: names. */
  public Table names(int columns) {
    leftAligned = columns;
    return this;
  }

  /** {@return the table as HTML; it is scrolled where the page is too narrow for it} */
  public String html() {
    StringBuilder html = new StringBuilder("<div class=\"wide\"><table>\n<thead>");
    addRow(html, "th scope=\"col\"", headers);
    html.append("</thead>\n<tbody>\n");
    rows.forEach(row -> addRow(html, "td", row));
    return html.append("</tbody></table></div>\n").toString();
  }

  private void addRow(StringBuilder html, String tag, List<String> cells) {
    html.append("<tr>");
    for (int column = 0; column < cells.size(); column++) {
      html.append('<').append(tag).append(column < leftAligned ? " class=\"name\">" : ">");
      html.append(Html.escape(cells.get(column))).append("</").append(tag, 0, 2).append('>');
    }
    html.append("</tr>\n");
  }

  /** {@return the table in plain text: lines, each with its line separator} */
  public String text() {
    List<List<String>> lines = new ArrayList<>();
    int headerLines = headers.stream().mapToInt(each -> each.split("\n").length).max().orElse(0);
    for (int i = 0; i < headerLines; i++) {
      List<String> line = new ArrayList<>();
      for (String header : headers) {
        String[] parts = header.split("\n");
        line.add(i < parts.length ? parts[i] : "");
      }
      lines.add(line);
    }
    lines.addAll(rows);
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < headers.size(); i++) {
      int column = i;
      int width = lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0);
      columns.add((i < leftAligned ? "%-" : "%") + Math.max(1, width) + "s");
    }
    String format = String.join(GAP, columns) + "%n";
    return lines.stream().map(line -> String.format(format, line.toArray())).collect(joining());
  }
}
