package io.github.dl4jagc.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** How records are written as lines. A field that is {@code null} is empty text when it is read. */
enum StatisticsFormat {
  /** Comma-separated values with a header. */
  CSV {
    @Override
    String header() {
      return String.join(",", RunReport.COLUMNS);
    }

    @Override
    String line(Map<String, Object> record) {
      List<String> fields = new ArrayList<>();
      for (Object value : record.values()) {
        fields.add(
            value == null ? "" : value instanceof String ? text((String) value) : "" + value);
      }
      return String.join(",", fields);
    }

    /** Without line breaks, so that a line is a record, and without what spreadsheets compute. */
    private String text(String text) {
      String oneLine = text.replaceAll("\\R", " ");
      String safe = FORMULA.matcher(oneLine).lookingAt() ? "'" + oneLine : oneLine;
      return AWKWARD.matcher(safe).find() ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
    }

    @Override
    Map<String, String> record(String line) throws IOException {
      List<String> fields = fields(line);
      if (fields.size() != RunReport.COLUMNS.size()) {
        throw new IOException(RunReport.COLUMNS.size() + " fields expected, got " + fields.size());
      }
      Map<String, String> record = new LinkedHashMap<>();
      for (int i = 0; i < fields.size(); i++) {
        String field = fields.get(i);
        record.put(RunReport.COLUMNS.get(i), field.startsWith("'") ? field.substring(1) : field);
      }
      return record;
    }
  },

  /** One JSON object a line. */
  JSON_LINES {
    @Override
    String header() {
      return "";
    }

    @Override
    String line(Map<String, Object> record) {
      ObjectNode object = JSON.createObjectNode();
      record.forEach((name, value) -> object.set(name, JSON.valueToTree(inJson(value))));
      return object.toString();
    }

    /** JSON knows no infinity. */
    private Object inJson(Object value) {
      return value == null || value instanceof Double && !Double.isFinite((Double) value)
          ? null
          : value instanceof Number || value instanceof Boolean ? value : value.toString();
    }

    @Override
    Map<String, String> record(String line) throws IOException {
      JsonNode object = JSON.readTree(line);
      Map<String, String> record = new LinkedHashMap<>();
      for (String column : RunReport.COLUMNS) {
        if (object == null || !object.has(column)) {
          throw new IOException("no field \"" + column + "\"");
        }
        record.put(column, object.get(column).isNull() ? "" : object.get(column).asText());
      }
      return record;
    }
  };

  /** What a field must not have outside of quotation marks: they, commas, and line breaks. */
  private static final Pattern AWKWARD = Pattern.compile("[\",]");

  /** What spreadsheets take for the beginning of a formula; and the sign that it is none. */
  private static final Pattern FORMULA = Pattern.compile("[=+@'\\t-]");

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** The first line of a file; empty: there is none. */
  abstract String header();

  /** A record as a line, without its end. */
  abstract String line(Map<String, Object> record);

  /** A report as lines, each with its end. */
  final String text(RunReport report) {
    return report.records().stream()
        .map(record -> line(record) + '\n')
        .collect(Collectors.joining());
  }

  /**
   * @throws IOException if the line is not one of this format; the message says why
   */
  abstract Map<String, String> record(String line) throws IOException;

  private static List<String> fields(String line) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean inQuotes = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        if (inQuotes && i + 1 < line.length() && line.charAt(i + 1) == '"') {
          field.append(c);
          i++;
        } else {
          inQuotes = !inQuotes;
        }
      } else if (c == ',' && !inQuotes) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }
}
