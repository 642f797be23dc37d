package io.github.dl4jagc.examples.support;

import java.util.ArrayList;
import java.util.List;

/** A table in plain text, right-aligned, under a header of one or more lines. */
public final class TextTable {

  private static final String GAP = "  ";

  private TextTable() {}

  /**
   * Lays out a table.
   *
   * @param headers of the columns; a line break starts another line of the header
   * @param rows the cells, as many in each row as there are headers
   * @return the lines, each with its line separator
   */
  public static String of(List<String> headers, List<List<String>> rows) {
    List<List<String>> lines = new ArrayList<>();
    int headerLines =
        headers.stream().mapToInt(header -> header.split("\n").length).max().orElse(0);
    for (int line = 0; line < headerLines; line++) {
      List<String> cells = new ArrayList<>();
      for (String header : headers) {
        String[] parts = header.split("\n");
        cells.add(line < parts.length ? parts[line] : "");
      }
      lines.add(cells);
    }
    lines.addAll(rows);

    int[] widths = new int[headers.size()];
    for (List<String> line : lines) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], line.get(column).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      for (int column = 0; column < widths.length; column++) {
        text.append(column == 0 ? "" : GAP)
            .append(" ".repeat(widths[column] - line.get(column).length()))
            .append(line.get(column));
      }
      text.append(System.lineSeparator());
    }
    return text.toString();
  }
}
