package io.github.dl4jagc.report;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Comma-separated values: a line for each record, whatever is in it. */
final class Csv {

  /** What a field must not have outside of quotation marks. */
  private static final Pattern AWKWARD = Pattern.compile("[\",]");

  /** What spreadsheets take for the beginning of a formula; and the sign that it is none. */
  private static final Pattern FORMULA = Pattern.compile("[=+@'\\t-]");

  /** With quotation marks, or without any. */
  private static final Pattern FIELD =
      Pattern.compile("\\G(?:\"((?:[^\"]++|\"\")*+)\"|([^,\"]*+)),");

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

  /** The fields of a line without its end; up to where it is not well formed. */
  static List<String> fields(String line) {
    List<String> fields = new ArrayList<>();
    Matcher field = FIELD.matcher(line + ",");
    while (field.find()) {
      String text = field.group(1) == null ? field.group(2) : field.group(1).replace("\"\"", "\"");
      fields.add(text.startsWith("'") ? text.substring(1) : text);
    }
    return fields;
  }
}
