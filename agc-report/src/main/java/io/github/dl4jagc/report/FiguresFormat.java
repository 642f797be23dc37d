package io.github.dl4jagc.report;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.NonFiniteGradients;
import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.RatioHistogram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** How rows are written as lines. */
enum FiguresFormat {
  /** Comma-separated values with a header. */
  CSV {
    @Override
    String header() {
      return String.join(",", COLUMNS) + "\n";
    }

    @Override
    String line(FigureRow row, int network) {
      return String.join(",", fieldsOf(row, network, COLUMNS.size())) + "\n";
    }

    @Override
    FigureRow parse(String line) throws IOException {
      return parse(line, COLUMNS.size());
    }

    /** In a file of an earlier version, its format. */
    @Override
    FiguresFormat asInFileThatBeginsWith(String text) {
      return CSV_OF_0_1.mayBeginWith(text) && !mayBeginWith(text) ? CSV_OF_0_1 : this;
    }
  },

  /** What version 0.1 wrote: the first columns alone, and no parameters that are left alone. */
  CSV_OF_0_1 {
    @Override
    String header() {
      return String.join(",", COLUMNS.subList(0, COLUMNS_OF_0_1)) + "\n";
    }

    @Override
    String line(FigureRow row, int network) {
      return row.isLeftAlone()
          ? ""
          : String.join(",", fieldsOf(row, network, COLUMNS_OF_0_1)) + "\n";
    }

    @Override
    FigureRow parse(String line) throws IOException {
      return parse(line, COLUMNS_OF_0_1);
    }

    @Override
    public String toString() {
      return CSV.toString();
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
      AgcReport.Statistics figures = row.figures();
      ObjectNode object = JSON.createObjectNode();
      object.put("network", network);
      object.put("iteration", row.iteration);
      object.put("epoch", row.epoch);
      putFinite(object, "score", row.score);
      putFinite(object, "learningRate", row.learningRate);
      object.put("layer", row.row.layer());
      object.put("parameter", row.row.parameter());
      object.put("units", unitsOf(row));
      object.put("clipped", figures.clippedUnits());
      object.put("nonFinite", figures.nonFiniteUnits());
      putFinite(object, "share", figures.clippedShare());
      putFinite(object, "largestRatio", figures.largestRatio());
      putFinite(object, "smallestScale", figures.smallestScale());
      object.put("kind", row.row.kind().name());
      putFinite(
          object, "threshold", row.row.rule().map(AgcReport.Rule::threshold).orElse(Double.NaN));
      object.put("mode", mode(row));
      object.put("leftAlone", row.row.leftAlone().orElse(""));
      object.put("ratios", text(row.ratios));
      return JSON.writeValueAsString(object) + "\n";
    }

    @Override
    FigureRow parse(String line) throws IOException {
      JsonNode object = JSON.readTree(line);
      for (String column : COLUMNS.subList(0, COLUMNS_OF_0_1)) {
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
          row(
              object.get("layer").asText(),
              object.get("parameter").asText(),
              new AgcReport.Statistics(
                  1,
                  object.get("units").asLong(),
                  object.get("clipped").asLong(),
                  object.get("nonFinite").asLong(),
                  object.get("largestRatio").asDouble(Double.NaN),
                  object.get("smallestScale").asDouble(Double.NaN)),
              object.path("kind").asText(ParameterKind.WEIGHT.name()),
              object.path("threshold").asDouble(Double.NaN),
              object.path("mode").asText(),
              object.path("leftAlone").asText()),
          ratios(object.path("ratios").asText()));
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
          "smallestScale",
          "kind",
          "threshold",
          "mode",
          "leftAlone",
          "ratios");

  private static final int COLUMNS_OF_0_1 = 13;

  /** Modes besides the policies. */
  private static final String OBSERVED = "observed ";

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

  /** The format to use for a file of this format, which may be one of an earlier version. */
  FiguresFormat asInFileThatBeginsWith(String text) {
    return this;
  }

  private static List<String> fieldsOf(FigureRow row, int network, int columns) {
    AgcReport.Statistics figures = row.figures();
    List<Object> fields =
        List.of(
            network,
            row.iteration,
            row.epoch,
            row.score,
            row.learningRate,
            quoted(row.row.layer()),
            quoted(row.row.parameter()),
            unitsOf(row),
            figures.clippedUnits(),
            figures.nonFiniteUnits(),
            figures.clippedShare(),
            figures.largestRatio(),
            figures.smallestScale(),
            row.row.kind(),
            row.row.rule().map(rule -> String.valueOf(rule.threshold())).orElse(""),
            mode(row),
            quoted(row.row.leftAlone().orElse("")),
            text(row.ratios));
    return fields.subList(0, columns).stream().map(String::valueOf).collect(Collectors.toList());
  }

  FigureRow parse(String line, int columns) throws IOException {
    List<String> fields = fields(line);
    if (fields.size() != columns) {
      throw new IOException(columns + " fields expected, got " + fields.size());
    }
    while (fields.size() < COLUMNS.size()) {
      fields.add("");
    }
    try {
      return new FigureRow(
          Integer.parseInt(fields.get(0)),
          Integer.parseInt(fields.get(1)),
          Integer.parseInt(fields.get(2)),
          Double.parseDouble(fields.get(3)),
          Double.parseDouble(fields.get(4)),
          row(
              fields.get(5),
              fields.get(6),
              new AgcReport.Statistics(
                  1,
                  Long.parseLong(fields.get(7)),
                  Long.parseLong(fields.get(8)),
                  Long.parseLong(fields.get(9)),
                  Double.parseDouble(fields.get(11)),
                  Double.parseDouble(fields.get(12))),
              fields.get(13).isEmpty() ? ParameterKind.WEIGHT.name() : fields.get(13),
              fields.get(14).isEmpty() ? Double.NaN : Double.parseDouble(fields.get(14)),
              fields.get(15),
              fields.get(16)),
          ratios(fields.get(17)));
    } catch (NumberFormatException e) {
      throw new IOException("not a number: " + e.getMessage(), e);
    }
  }

  private static long unitsOf(FigureRow row) {
    return row.isLeftAlone() ? row.row.units() : row.figures().units();
  }

  /** The policy, and whether it was only observed. */
  private static String mode(FigureRow row) {
    return row.row.rule().map(rule -> (rule.observed() ? OBSERVED : "") + rule.policy()).orElse("");
  }

  private static AgcReport.Row row(
      String layer,
      String parameter,
      AgcReport.Statistics figures,
      String kind,
      double threshold,
      String mode,
      String leftAlone)
      throws IOException {
    try {
      boolean isLeftAlone = !leftAlone.isEmpty();
      return new AgcReport.Row(
          layer,
          parameter,
          ParameterKind.valueOf(kind),
          figures.units(),
          isLeftAlone ? leftAlone : null,
          mode.isEmpty()
              ? null
              : new AgcReport.Rule(
                  threshold,
                  NonFiniteGradients.valueOf(mode.replace(OBSERVED, "")),
                  mode.startsWith(OBSERVED)),
          Double.NaN,
          isLeftAlone ? AgcReport.Statistics.NONE : figures,
          AgcReport.Statistics.NONE);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Such as "80:3 81:12": three ratios in bin 80, twelve in bin 81. */
  private static String text(RatioHistogram ratios) {
    return IntStream.range(0, RatioHistogram.bins())
        .filter(bin -> ratios.count(bin) > 0)
        .mapToObj(bin -> bin + ":" + ratios.count(bin))
        .collect(Collectors.joining(" "));
  }

  private static RatioHistogram ratios(String text) throws IOException {
    long[] counts = new long[RatioHistogram.bins()];
    try {
      for (String each : text.isEmpty() ? new String[0] : text.split(" ")) {
        String[] binAndCount = each.split(":", 2);
        counts[Integer.parseInt(binAndCount[0])] = Long.parseLong(binAndCount[1]);
      }
      return RatioHistogram.of(counts);
    } catch (RuntimeException e) {
      throw new IOException("no counts of ratios: \"" + text + "\"", e);
    }
  }

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
