package io.github.dl4jagc.experiments.support;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A table in plain text, right-aligned, under a header of one or more lines. It can be printed line
 * by line, before all rows are known.
 */
public final class TextTable {

  private static final String GAP = "  ";

  private final List<String> headers;
  private final int[] widths;

  /**
   * An empty table.
   *
   * @param headers of the columns; a line break starts another line of the header
   * @param widest rows that are as wide as any that will come
   */
  public TextTable(List<String> headers, List<List<String>> widest) {
    this.headers = headers;
    this.widths = new int[headers.size()];
    headerLines().forEach(this::widen);
    widest.forEach(this::widen);
  }

  private void widen(List<String> cells) {
    for (int column = 0; column < widths.length; column++) {
      widths[column] = Math.max(widths[column], cells.get(column).length());
    }
  }

  private List<List<String>> headerLines() {
    int count = headers.stream().mapToInt(header -> header.split("\n").length).max().orElse(0);
    List<List<String>> lines = new ArrayList<>();
    for (int line = 0; line < count; line++) {
      List<String> cells = new ArrayList<>();
      for (String header : headers) {
        String[] parts = header.split("\n");
        cells.add(line < parts.length ? parts[line] : "");
      }
      lines.add(cells);
    }
    return lines;
  }

  /**
   * The header.
   *
   * @return its lines, without the last line separator
   */
  public String header() {
    return headerLines().stream()
        .map(this::row)
        .collect(Collectors.joining(System.lineSeparator()));
  }

  /**
   * A row.
   *
   * @param cells as many as there are headers
   * @return one line, without line separator
   */
  public String row(List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      line.append(column == 0 ? "" : GAP)
          .append(" ".repeat(Math.max(0, widths[column] - cells.get(column).length())))
          .append(cells.get(column));
    }
    return line.toString();
  }

  /**
   * Lays out a table whose rows are all known.
   *
   * @param headers of the columns; a line break starts another line of the header
   * @param rows the cells, as many in each row as there are headers
   * @return the lines, each with its line separator
   */
  public static String of(List<String> headers, List<List<String>> rows) {
    TextTable table = new TextTable(headers, rows);
    StringBuilder text = new StringBuilder(table.header()).append(System.lineSeparator());
    rows.forEach(row -> text.append(table.row(row)).append(System.lineSeparator()));
    return text.toString();
  }
}
