package io.github.dl4jagc.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.learning.config.Sgd;

/** Small networks that report to a file, and what is in it. */
final class StatisticsFiles {

  static final String HEADER =
      "run,started,resumes,iteration,epoch,score,updater,minibatch,layer,parameter,kind,units,leftAlone,form,threshold,"
          + "nonFiniteGradients,observeOnly,learningRate,iterations,seen,clipped,observed,nonFinite,"
          + "share,largestRatio,smallestScale,ratios,rowsLeft";

  /** With quotation marks, or without any, and what ends it. */
  private static final Pattern FIELD = Pattern.compile("\\G(\"(?:[^\"]|\"\")*\"|[^,\"]*)(?:,|$)");

  private StatisticsFiles() {}

  static MultiLayerNetwork network(AgcListener listener) {
    MultiLayerNetwork net = Networks.dense(new AgcGradientNormalization(new Sgd(0.1), 0.1));
    net.setListeners(listener);
    return net;
  }

  static void train(MultiLayerNetwork net, int iterations) {
    for (int i = 0; i < iterations; i++) {
      NetworkCheck.fit(net, Networks.denseData(8, net.getIterationCount()));
    }
  }

  static List<String> lines(Path file) throws IOException {
    return Files.readAllLines(file);
  }

  /** The rows of a file that is well formed, read without the code that is tested. */
  static List<Map<String, String>> records(Path file) throws IOException {
    List<Map<String, String>> records = new ArrayList<>();
    List<String> names = List.of(HEADER.split(","));
    for (String line : lines(file)) {
      if (!line.equals(HEADER) && !line.isEmpty()) {
        Map<String, String> record = new LinkedHashMap<>();
        Matcher field = FIELD.matcher(line);
        for (String name : names) {
          assertThat(field.find()).as(line).isTrue();
          String text = field.group(1).replaceAll("^\"|\"$", "").replace("\"\"", "\"");
          record.put(name, text.startsWith("'") ? text.substring(1) : text);
        }
        assertThat(field.end()).as(line).isEqualTo(line.length());
        records.add(record);
      }
    }
    return records;
  }

  static List<Map<String, String>> recordsOfFirstWeights(Path file) throws IOException {
    return records(file).stream()
        .filter(row -> row.get("parameter").equals("W") && row.get("layer").endsWith("0"))
        .collect(Collectors.toList());
  }

  /** The runs, numbered as they come, and iterations: one for each report. */
  static List<String> reports(Path file) throws IOException {
    List<String> runs = new ArrayList<>();
    List<String> reports = new ArrayList<>();
    for (Map<String, String> row : recordsOfFirstWeights(file)) {
      if (!runs.contains(row.get("run"))) {
        runs.add(row.get("run"));
      }
      reports.add(runs.indexOf(row.get("run")) + 1 + "," + row.get("iteration"));
    }
    return reports;
  }

  static List<String> column(Path file, String name) throws IOException {
    return recordsOfFirstWeights(file).stream()
        .map(row -> row.get(name))
        .collect(Collectors.toList());
  }

  /** How many ratios all rows have. */
  static long ratios(Path file) throws IOException {
    return records(file).stream()
        .flatMap(row -> Arrays.stream(row.get("ratios").split(" ")))
        .filter(each -> !each.isEmpty())
        .mapToLong(each -> Long.parseLong(each.split(":")[1]))
        .sum();
  }

  /** As another process finds the file: under another name, for which nothing is remembered. */
  static Path copy(Path file, long length) throws IOException {
    Path copy = Files.createTempFile(file.getParent(), "copy", ".statistics");
    return Files.write(copy, Arrays.copyOf(Files.readAllBytes(file), (int) length));
  }

  static AgcListener copy(AgcListener listener) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(listener);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (AgcListener) in.readObject();
    }
  }
}
