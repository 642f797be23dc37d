package io.github.dl4jagc.internal.report;

import io.github.dl4jagc.AgcReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** How rows are written as lines. */
public enum FiguresFormat {
  /** Comma-separated values with a header. */
  CSV {
    @Override
    String header() {
      return String.join(",", COLUMNS) + "\n";
    }

    @Override
    String line(FigureRow row, int network) {
      return network
          + ","
          + row.iteration
          + ","
          + row.epoch
          + ","
          + row.score
          + ","
          + row.learningRate
          + ","
          + quoted(row.layer)
          + ","
          + quoted(row.parameter)
          + ","
          + row.figures.units()
          + ","
          + row.figures.clippedUnits()
          + ","
          + row.figures.nonFiniteUnits()
          + ","
          + row.figures.clippedShare()
          + ","
          + row.figures.largestRatio()
          + ","
          + row.figures.smallestScale()
          + "\n";
    }

    @Override
    FigureRow parse(String line) throws IOException {
      List<String> fields = fields(line);
      if (fields.size() != COLUMNS.size()) {
        throw new IOException(COLUMNS.size() + " fields expected, got " + fields.size());
      }
      try {
        return new FigureRow(
            Integer.parseInt(fields.get(0)),
            Integer.parseInt(fields.get(1)),
            Integer.parseInt(fields.get(2)),
            Double.parseDouble(fields.get(3)),
            Double.parseDouble(fields.get(4)),
            fields.get(5),
            fields.get(6),
            new AgcReport.Figures(
                1,
                Long.parseLong(fields.get(7)),
                Long.parseLong(fields.get(8)),
                Long.parseLong(fields.get(9)),
                Double.parseDouble(fields.get(11)),
                Double.parseDouble(fields.get(12))));
      } catch (NumberFormatException e) {
        throw new IOException("not a number: " + e.getMessage(), e);
      }
    }
  },

  /** One JSON object a line. */
  JSON_LINES {
    @Override
    String header() {
      return "";
    }

    @Override
    String line(FigureRow row, int network) throws IOException {
      ObjectNode object = JSON.createObjectNode();
      object.put("network", network);
      object.put("iteration", row.iteration);
      object.put("epoch", row.epoch);
      putFinite(object, "score", row.score);
      putFinite(object, "learningRate", row.learningRate);
      object.put("layer", row.layer);
      object.put("parameter", row.parameter);
      object.put("units", row.figures.units());
      object.put("clipped", row.figures.clippedUnits());
      object.put("nonFinite", row.figures.nonFiniteUnits());
      putFinite(object, "share", row.figures.clippedShare());
      putFinite(object, "largestRatio", row.figures.largestRatio());
      putFinite(object, "smallestScale", row.figures.smallestScale());
      return JSON.writeValueAsString(object) + "\n";
    }

    @Override
    FigureRow parse(String line) throws IOException {
      JsonNode object = JSON.readTree(line);
      for (String column : COLUMNS) {
        if (object == null || !object.has(column)) {
          throw new IOException("no field \"" + column + "\"");
        }
      }
      return new FigureRow(
          object.get("network").asInt(),
          object.get("iteration").asInt(),
          object.get("epoch").asInt(),
          object.get("score").asDouble(Double.NaN),
          object.get("learningRate").asDouble(Double.NaN),
          object.get("layer").asText(),
          object.get("parameter").asText(),
          new AgcReport.Figures(
              1,
              object.get("units").asLong(),
              object.get("clipped").asLong(),
              object.get("nonFinite").asLong(),
              object.get("largestRatio").asDouble(Double.NaN),
              object.get("smallestScale").asDouble(Double.NaN)));
    }
  };

  private static final List<String> COLUMNS =
      List.of(
          "network",
          "iteration",
          "epoch",
          "score",
          "learningRate",
          "layer",
          "parameter",
          "units",
          "clipped",
          "nonFinite",
          "share",
          "largestRatio",
          "smallestScale");

  /** What a field must not have outside of quotation marks: they, commas, and line breaks. */
  private static final Pattern AWKWARD = Pattern.compile("[\",]|\\R");

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** What a file begins with, line break included; may be empty. */
  abstract String header();

  /** A row as a line, line break included. */
  abstract String line(FigureRow row, int network) throws IOException;

  /**
   * @throws IOException if the line is not one of this format; the message says why
   */
  abstract FigureRow parse(String line) throws IOException;

  /** Whether a file whose first line is not complete may be one of this format. */
  boolean mayBeginWith(String text) {
    String beginning = header().isEmpty() ? "{\"network\":" : header();
    return text.startsWith(beginning) || beginning.startsWith(text);
  }

  private static void putFinite(ObjectNode object, String name, double value) {
    if (Double.isFinite(value)) {
      object.put(name, value);
    } else {
      object.putNull(name); // JSON knows no NaN and no infinity
    }
  }

  /** Without line breaks, so that a line is a row. */
  private static String quoted(String text) {
    if (!AWKWARD.matcher(text).find()) {
      return text;
    }
    return '"' + text.replaceAll("\\R", " ").replace("\"", "\"\"") + '"';
  }

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
