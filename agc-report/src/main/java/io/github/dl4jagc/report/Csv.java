package io.github.dl4jagc.report;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** Comma-separated values: a line for each record, whatever is in it. */
final class Csv {

  /** What a field must not have outside of quotation marks. */
  private static final Pattern AWKWARD = Pattern.compile("[\",]");

  /** What spreadsheets take for the beginning of a formula; and the sign that it is none. */
  private static final Pattern FORMULA = Pattern.compile("[=+@'\\t-]");

  private Csv() {}

  /** A line with its end; {@code null} is an empty field. */
  static String line(Collection<?> values) {
    return values.stream().map(Csv::field).collect(joining(",", "", "\n"));
  }

  private static String field(Object value) {
    if (!(value instanceof String)) {
      return Objects.toString(value, "");
    }
    String oneLine = ((String) value).replaceAll("\\R", " ");
    String safe = FORMULA.matcher(oneLine).lookingAt() ? "'" + oneLine : oneLine;
    return AWKWARD.matcher(safe).find() ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }

  /** The fields of a line without its end. */
  static List<String> fields(String line) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean inQuotes = false;
    for (int i = 0; i <= line.length(); i++) {
      char c = i < line.length() ? line.charAt(i) : ',';
      if (c == '"') {
        // a second one within quotation marks is one of the field
        field.append(!inQuotes && i > 0 && line.charAt(i - 1) == '"' ? "\"" : "");
        inQuotes = !inQuotes;
      } else if (i == line.length() || c == ',' && !inQuotes) {
        fields.add(field.indexOf("'") == 0 ? field.substring(1) : field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    return fields;
  }
}
