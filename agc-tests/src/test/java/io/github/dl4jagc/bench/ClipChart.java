package io.github.dl4jagc.bench;

import io.github.dl4jagc.report.chart.Axis;
import io.github.dl4jagc.report.chart.Line;
import io.github.dl4jagc.report.chart.Line.Point;
import io.github.dl4jagc.report.chart.LineChart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * Draws what {@code agc-tests/src/peers/clip_times.py --results FILE} measured: the time of one
 * clip as a multiple of the floor's of the same parameters.
 *
 * <pre>
 * mvn -q -Pbench -pl agc-tests -am test-compile -Dbench.main=io.github.dl4jagc.bench.ClipChart \
 *     -Dbench.arguments="times.json 2 docs/benchmarks.svg"
 * </pre>
 */
public final class ClipChart {

  private static final Map<String, String> NAMES = new LinkedHashMap<>();

  static {
    NAMES.put("AGC_ALL", "dl4j-agc");
    NAMES.put("composer", "Composer");
    NAMES.put("optax", "optax");
    NAMES.put("timm", "timm");
    NAMES.put("PORT", "port to ND4J");
  }

  private ClipChart() {}

  /**
   * Writes the chart.
   *
   * @param arguments file of times, number of threads, file of the chart
   */
  public static void main(String[] arguments) throws IOException {
    JsonNode times = new ObjectMapper().readTree(Path.of(arguments[0]).toFile());
    Files.writeString(Path.of(arguments[2]), chart(times, arguments[1]));
  }

  /**
   * The chart as a file.
   *
   * @param times milliseconds of samples by parameters, threads and candidate
   * @param threads which of them
   */
  static String chart(JsonNode times, String threads) {
    List<String> sets = new ArrayList<>();
    times
        .fieldNames()
        .forEachRemaining(
            set -> {
              if (times.path(set).path(threads).has("FLOOR")) {
                sets.add(set);
              }
            });
    LineChart chart =
        new LineChart(
                "One clip of all gradients, every unit clipped, " + threads + " threads",
                Axis.linear("parameters")
                    .ticks(IntStream.range(0, sets.size()).boxed().collect(Collectors.toList()))
                    .labelled(place -> sets.get((int) place)),
                Axis.logarithmic("time as a multiple of the floor's: median, 10 % and 90 %"))
            .size(900, 420, 52);
    NAMES.forEach(
        (candidate, name) -> {
          List<Point> points = new ArrayList<>();
          for (int i = 0; i < sets.size(); i++) {
            JsonNode candidates = times.get(sets.get(i)).get(threads);
            if (candidates.has(candidate)) {
              double floor = quantile(candidates.get("FLOOR"), 0.5);
              JsonNode samples = candidates.get(candidate);
              points.add(
                  Point.of(
                      i,
                      quantile(samples, 0.5) / floor,
                      quantile(samples, 0.1) / floor,
                      quantile(samples, 0.9) / floor));
              points.add(Point.of(i + 0.5, Double.NaN)); // no line leads from one set to another
            }
          }
          if (!points.isEmpty()) {
            chart.add(Line.of(name, points));
          }
        });
    return chart.file();
  }

  private static double quantile(JsonNode samples, double share) {
    JsonNode milliseconds = samples.get("milliseconds");
    double[] times = new double[milliseconds.size()];
    Arrays.setAll(times, i -> milliseconds.get(i).asDouble());
    return TrainingStep.quantile(times, share);
  }
}
