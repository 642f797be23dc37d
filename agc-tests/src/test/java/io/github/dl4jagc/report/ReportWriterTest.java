package io.github.dl4jagc.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.Agc;
import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportSink;
import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** Statistics files: what is in them, and what happens to them when things go wrong. */
class ReportWriterTest {

  private static final String HEADER =
      "run,started,resumes,iteration,epoch,score,layer,parameter,kind,units,leftAlone,form,threshold,"
          + "nonFiniteGradients,observeOnly,learningRate,iterations,seen,clipped,observed,nonFinite,"
          + "share,largestRatio,smallestScale,ratios,rowsLeft";

  @TempDir Path folder;

  private static MultiLayerNetwork network(AgcListener listener) {
    MultiLayerNetwork net = Networks.dense(new AgcGradientNormalization(new Sgd(0.1), 0.1));
    net.setListeners(listener);
    return net;
  }

  private static void train(MultiLayerNetwork net, int iterations) {
    for (int i = 0; i < iterations; i++) {
      NetworkCheck.fit(net, Networks.denseData(8, net.getIterationCount()));
    }
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.readAllLines(file);
  }

  /** The rows of a file that is well formed, in either format. */
  private static List<Map<String, String>> records(Path file) throws IOException {
    List<Map<String, String>> records = new ArrayList<>();
    for (String line : lines(file)) {
      if (!line.equals(HEADER) && !line.isEmpty()) {
        boolean json = line.startsWith("{");
        records.add((json ? StatisticsFormat.JSON_LINES : StatisticsFormat.CSV).record(line));
      }
    }
    return records;
  }

  private static List<Map<String, String>> recordsOfFirstWeights(Path file) throws IOException {
    return records(file).stream()
        .filter(row -> row.get("parameter").equals("W") && row.get("layer").endsWith("0"))
        .collect(Collectors.toList());
  }

  /** The runs, numbered as they come, and iterations: one for each report. */
  private static List<String> reports(Path file) throws IOException {
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

  private static List<String> column(Path file, String name) throws IOException {
    return recordsOfFirstWeights(file).stream()
        .map(row -> row.get(name))
        .collect(Collectors.toList());
  }

  /** How many ratios all rows have. */
  private static long ratios(Path file) throws IOException {
    return records(file).stream()
        .flatMap(row -> Arrays.stream(row.get("ratios").split(" ")))
        .filter(each -> !each.isEmpty())
        .mapToLong(each -> Long.parseLong(each.split(":")[1]))
        .sum();
  }

  @Test
  void aRowHoldsWhatWasCountedSinceTheReportBefore() throws IOException {
    Path file = folder.resolve("run/statistics.csv");
    MultiLayerNetwork net =
        Networks.dense(
            new AgcGradientNormalization(
                new Sgd(new StepSchedule(ScheduleType.ITERATION, 0.4, 0.5, 2)), 0.1));
    net.setListeners(new AgcListener(2, AgcReportWriter.csv(file)));
    AgcReport before = new AgcReport(List.of());
    List<Map<String, Object>> expected = new ArrayList<>();
    List<Double> scores = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      NetworkCheck.fit(net, Networks.denseData(8, i));
      if (i % 2 == 0) {
        AgcReport report = AgcReport.of(net);
        report.since(before).rows().forEach(row -> expected.add(row.fields()));
        before = report;
        scores.add(net.score());
      }
    }
    assertThat(lines(file)).hasSize(1 + 3 * 6).first().isEqualTo(HEADER);
    List<Map<String, String>> records = records(file);
    for (int i = 0; i < records.size(); i++) {
      Map<String, String> row = records.get(i);
      expected
          .get(i)
          .forEach(
              (name, value) -> assertThat(row).containsEntry(name, Objects.toString(value, "")));
      assertThat(row)
          .containsEntry("iteration", String.valueOf(2 * (i / 6)))
          .containsEntry("epoch", "0")
          .containsEntry("score", String.valueOf(scores.get(i / 6)))
          .containsEntry("rowsLeft", String.valueOf(5 - i % 6))
          .containsEntry("learningRate", new String[] {"0.4", "0.2", "0.1"}[i / 6])
          .containsEntry("iterations", i < 6 ? "1" : "2")
          .containsEntry("resumes", "")
          .containsEntry("run", records.get(0).get("run"));
      assertThat(Instant.parse(row.get("started"))).isBefore(Instant.now());
    }
    assertThat(column(file, "seen")).containsExactly("6", "12", "12");
  }

  @Test
  void jsonLinesHoldTheSameWithNullForWhatIsNotThere() throws IOException {
    Path csv = folder.resolve("statistics.csv");
    Path json = folder.resolve("statistics.jsonl");
    ComputationGraph net = Networks.denseGraph(new AgcGradientNormalization(new NoOp()));
    net.setListeners(
        new AgcListener(1, AgcReportWriter.csv(csv)),
        new AgcListener(1, AgcReportWriter.jsonLines(json)));
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    List<Map<String, String>> inCsv = records(csv);
    List<Map<String, String>> inJson = records(json);
    for (List<Map<String, String>> records : List.of(inCsv, inJson)) {
      records.forEach(row -> row.keySet().removeAll(List.of("run", "started")));
    }
    assertThat(inJson).isEqualTo(inCsv).hasSize(6);
    assertThat(new ObjectMapper().readTree(lines(json).get(0)).get("learningRate").isNull())
        .isTrue();
    assertThat(new ObjectMapper().readTree(lines(json).get(0)).get("seen").isNumber()).isTrue();
  }

  @Test
  void parametersThatAreLeftAloneHaveTheReasonAndEmptyCounts() throws IOException {
    Path file = folder.resolve("statistics.csv");
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(new Sgd(0.1)).excludeOutputLayer(true).build());
    net.setListeners(new AgcListener(1, AgcReportWriter.csv(file)));
    train(net, 1);
    assertThat(lines(file)).hasSize(1 + 6);
    assertThat(lines(file).get(5)).endsWith(",layer2,W,WEIGHT,3,output layer,,,,,,,,,,,,,,,1");
  }

  @Test
  void unitsThatAreNotFiniteHaveNoRatioAndNoScale() throws IOException {
    Path file = folder.resolve("statistics.csv");
    MultiLayerNetwork net = network(new AgcListener(1, AgcReportWriter.csv(file)));
    net.params().assign(Double.NaN);
    train(net, 1);
    assertThat(recordsOfFirstWeights(file).get(0))
        .containsEntry("score", "")
        .containsEntry("seen", "6")
        .containsEntry("nonFinite", "6")
        .containsEntry("largestRatio", "")
        .containsEntry("smallestScale", "")
        .containsEntry("ratios", "");
  }

  @Test
  void whatWasOnlyObservedIsCounted() throws IOException {
    Path file = folder.resolve("statistics.csv");
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(new Sgd(0.1))
                .clippingThreshold(1e-5)
                .startIteration(4)
                .build());
    net.setListeners(new AgcListener(2, AgcReportWriter.csv(file)));
    train(net, 7); // reports at 0, 2, 4 and 6
    assertThat(column(file, "clipped")).containsExactly("6", "12", "12", "12");
    assertThat(column(file, "observed")).containsExactly("6", "12", "6", "0");
    assertThat(column(file, "observeOnly")).containsExactly("true", "true", "false", "false");
  }

  /** A report that comes twice, and one that comes too late from another thread, take nothing. */
  @Test
  void everythingThatWasCountedIsInOneRow() throws Exception {
    Path file = folder.resolve("statistics.csv");
    AgcReportWriter writer = AgcReportWriter.csv(file);
    MultiLayerNetwork net = network(new AgcListener(5, writer));
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService monitors = Executors.newFixedThreadPool(3);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        running.add(
            monitors.submit(
                () -> {
                  while (!stop.get()) {
                    writer.write(net, net.getIterationCount(), 0);
                  }
                }));
      }
      for (int i = 0; i < 100; i++) {
        train(net, 1);
        if (i % 10 == 9) {
          writer.write(net, net.getIterationCount(), 0);
          writer.write(net, net.getIterationCount(), 0);
        }
      }
      stop.set(true);
      for (Future<?> each : running) {
        each.get(60, TimeUnit.SECONDS);
      }
    } finally {
      stop.set(true);
      monitors.shutdownNow();
    }
    writer.write(net, net.getIterationCount(), 0);
    assertThat(ratios(file))
        .isEqualTo(AgcReport.of(net).total().ratios().count())
        .isEqualTo(100 * 17);
    assertThat(new HashSet<>(column(file, "run"))).hasSize(1);
  }

  @Test
  void filesOfVersions01And02AreRefusedWithTheReason() throws IOException {
    for (String old :
        new String[] {
          "network,iteration,epoch,score,learningRate,layer,parameter,units\n1,0,0,0.5,0.1,a,W,6\n",
          "{\"network\":1,\"iteration\":0}\n"
        }) {
      Path file = Files.writeString(folder.resolve("old"), old);
      assertThatThrownBy(() -> writer(!old.startsWith("{"), file))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a file of version 0.1 or 0.2, which cannot be read");
      assertThat(file).hasContent(old);
    }
  }

  @Test
  void awkwardLayerNamesStayInTheirFieldAndAreNoFormulas() throws IOException {
    for (boolean csv : new boolean[] {true, false}) {
      Path file = folder.resolve("statistics" + csv);
      MultiLayerNetwork net =
          new MultiLayerNetwork(
              Networks.builder(new AgcGradientNormalization(new Sgd(0.1)))
                  .list()
                  .layer(
                      new DenseLayer.Builder().name("=cmd|a,\"b\"\u202ec").nIn(4).nOut(6).build())
                  .layer(new DenseLayer.Builder().name("'+1").nOut(6).nIn(6).build())
                  .layer(Networks.output(3))
                  .build());
      net.init();
      net.setListeners(new AgcListener(1, writer(csv, file)));
      train(net, 1);
      if (csv) {
        assertThat(lines(file).get(1)).contains(",\"'=cmd|a,\"\"b\"\"\u202ec\",W,");
        assertThat(lines(file).get(3)).contains(",''+1,W,");
      }
      assertThat(records(file).get(0)).containsEntry("layer", "=cmd|a,\"b\"\u202ec");
      assertThat(records(file).get(2)).containsEntry("layer", "'+1");
      assertThat(Files.readString(writer(csv, file).writePage(folder.resolve("page.html"))))
          .contains("=cmd|a,&quot;b&quot;\ufffdc")
          .doesNotContain("\u202e");
    }
  }

  @Test
  void nothingIsLoggedWhereFiguresAreWritten() {
    try (LogCapture log = new LogCapture()) {
      train(network(new AgcListener(1, AgcReportWriter.csv(folder.resolve("a.csv")))), 2);
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void anInterruptedTrainingKeepsItsFigures() throws IOException {
    Path file = folder.resolve("statistics.csv");
    MultiLayerNetwork net = network(new AgcListener(1, AgcReportWriter.csv(file)));
    try (LogCapture log = new LogCapture()) {
      train(net, 1);
      Thread.currentThread().interrupt(); // DL4J trains on
      try {
        train(net, 2);
        AgcReportWriter.csv(copy(file, Files.size(file)));
      } finally {
        assertThat(Thread.interrupted()).isTrue();
      }
      assertThat(log.messages()).isEmpty();
    }
    assertThat(reports(file)).containsExactly("1,0", "1,1", "1,2");
  }

  @Test
  void beforeTheFirstIterationThereIsNothingToWrite() {
    Path file = folder.resolve("statistics.csv");
    MultiLayerNetwork net = network(new AgcListener());
    Agc.attach(net);
    AgcReportWriter.csv(file).write(net, 0, 0);
    assertThat(file).doesNotExist();
  }

  /** As in the tasks of Spark, each of which has a copy of the listener. */
  @Test
  void listenersThatShareAFileLogAnErrorOnce() throws Exception {
    Path file = folder.resolve("statistics.csv");
    AgcListener listener = new AgcListener(1, AgcReportWriter.csv(file));
    Files.createDirectory(file);
    try (LogCapture log = new LogCapture()) {
      for (int i = 0; i < 5; i++) {
        train(network(copy(listener)), 2);
      }
      assertThat(log.messages()).singleElement().asString().contains("statistics of iteration 0");
    }
  }

  /** As another process finds the file: under another name, for which nothing is remembered. */
  private Path copy(Path file, long length) throws IOException {
    Path copy = Files.createTempFile(folder, "copy", ".statistics");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(copy, Arrays.copyOf(bytes, (int) length));
    return copy;
  }

  private static AgcReportWriter writer(boolean csv, Path file) {
    return csv ? AgcReportWriter.csv(file) : AgcReportWriter.jsonLines(file);
  }

  @Test
  void aFileThatIsDeletedWhileItIsWrittenBeginsAnew() throws IOException {
    Path file = folder.resolve("statistics.csv");
    MultiLayerNetwork net = network(new AgcListener(1, AgcReportWriter.csv(file)));
    train(net, 2);
    Files.delete(file);
    train(net, 1);
    assertThat(lines(file)).hasSize(7).first().isEqualTo(HEADER);
    assertThat(reports(file)).containsExactly("1,2");
  }

  @Test
  void threadsAndDeserialisedCopiesShareAFile() throws Exception {
    Path file = folder.resolve("statistics.csv");
    AgcListener listener = new AgcListener(1, AgcReportWriter.csv(file));
    int threads = 4;
    int iterations = 25;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        MultiLayerNetwork net = network(i % 2 == 0 ? listener : copy(listener));
        running.add(pool.submit(() -> train(net, iterations)));
      }
      for (Future<?> each : running) {
        each.get(60, TimeUnit.SECONDS);
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(lines(file)).hasSize(1 + threads * iterations * 6).containsOnlyOnce(HEADER);
    assertThat(reports(file)).doesNotHaveDuplicates().hasSize(threads * iterations);
    Path page = AgcReportWriter.csv(file).writePage(folder.resolve("page.html"));
    assertThat(new HashSet<>(column(file, "run"))).hasSize(threads);
    assertThat(Files.readString(page)).contains("<option>run 4</option>");
  }

  private static AgcListener copy(AgcListener listener) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(listener);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (AgcListener) in.readObject();
    }
  }

  @Test
  void twoObjectsInALineAreNotReadAsOne() throws IOException {
    Path file = folder.resolve("statistics.jsonl");
    train(network(new AgcListener(1, AgcReportWriter.jsonLines(file))), 1);
    Path damaged =
        Files.writeString(
            folder.resolve("damaged.jsonl"), Files.readString(file).replaceFirst("\n", ""));
    assertThatThrownBy(() -> AgcReportWriter.jsonLines(damaged))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("line 1 is");
  }

  @Test
  void trainingGoesOnWhereTheFileCannotBeWrittenAndTheErrorIsLoggedOnce() throws IOException {
    Path file = folder.resolve("statistics.csv");
    MultiLayerNetwork net = network(new AgcListener(1, AgcReportWriter.csv(file)));
    train(net, 1);
    Files.delete(file);
    Files.createDirectory(file);
    try (LogCapture log = new LogCapture()) {
      train(net, 3);
      assertThat(log.messages())
          .singleElement()
          .asString()
          .startsWith("ERROR ")
          .contains("statistics of iteration 1", file.toString(), "Training goes on");
    }
    Files.delete(file);
    train(net, 1);
    assertThat(reports(file)).containsExactly("1,4");
  }

  private interface Damage {
    void to(Path file) throws IOException;
  }

  private static Damage appended(String text) {
    return file -> Files.writeString(file, text, StandardOpenOption.APPEND);
  }

  private static void toWindows(Path file) throws IOException {
    Files.writeString(file, Files.readString(file).replace("\n", "\r\n"));
  }

  @Test
  void whatAnEditorDoesToLineEndsDoesNotMatter() throws IOException {
    for (Damage damage : List.of(appended("\n"), appended("\r\n\n"), ReportWriterTest::toWindows)) {
      for (boolean csv : new boolean[] {true, false}) {
        Path file = Files.createTempFile(folder, "statistics", ".txt");
        MultiLayerNetwork net = network(new AgcListener(1, writer(csv, file)));
        try (LogCapture log = new LogCapture()) {
          train(net, 3);
          damage.to(file);
          train(net, 3);
          assertThat(log.messages()).isEmpty();
        }
        Path continued = copy(file, Files.size(file));
        assertThat(Files.readString(writer(csv, continued).writePage(folder.resolve("page.html"))))
            .contains("<b>6</b><span>reports</span>");
      }
    }
  }

  @Test
  void aDamagedFileIsLeftAsItIsAndFiguresGoOnBesideIt() throws IOException {
    for (Damage damage :
        List.of(
            appended("a remark\n"),
            appended("1,2\n1,2,0,0.69"),
            file -> Files.writeString(file, "something else"),
            file -> Files.write(file, new byte[] {0, -1, '\n', -2, '\n'}))) {
      Path file = Files.createTempDirectory(folder, "run").resolve("statistics.csv");
      Path taken = Files.writeString(file.resolveSibling("statistics.csv.1"), "mine");
      AgcReportWriter writer = AgcReportWriter.csv(file);
      MultiLayerNetwork net = network(new AgcListener(1, writer));
      train(net, 2);
      damage.to(file);
      byte[] damaged = Files.readAllBytes(file);
      try (LogCapture log = new LogCapture()) {
        train(net, 3);
        assertThat(log.messages())
            .singleElement()
            .asString()
            .startsWith("ERROR ")
            .contains("damaged", "is not a statistics file", "statistics.csv.2");
      }
      assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
      assertThat(taken).hasContent("mine");
      assertThat(writer.file()).isEqualTo(file.resolveSibling("statistics.csv.2"));
      assertThat(reports(writer.file())).containsExactly("1,2", "1,3", "1,4");
      assertThat(Files.readString(writer.writePage(folder.resolve("page.html"))))
          .contains("<b>3</b><span>reports</span>");
      assertThatThrownBy(() -> writer.writePage(file)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** A network as of an earlier iteration of another one. */
  private static MultiLayerNetwork resumed(AgcListener listener, int iteration) {
    MultiLayerNetwork net = network(listener);
    net.setIterationCount(iteration);
    return net;
  }

  /** At each byte within the header and the first two reports, row ends included. */
  @Test
  void aRestartedTrainingContinuesTheFileWhereverACrashHasCutIt() throws IOException {
    for (boolean csv : new boolean[] {true, false}) {
      Path whole = folder.resolve(csv ? "whole.csv" : "whole.jsonl");
      train(network(new AgcListener(1, writer(csv, whole))), 2);
      String text = Files.readString(whole);
      int first = 0;
      for (int row = 0; row < (csv ? 7 : 6); row++) {
        first = text.indexOf('\n', first) + 1;
      }
      for (int length = 0; length <= text.length(); length++) {
        boolean nearTheEndOfALine =
            text.substring(Math.max(0, length - 2), Math.min(text.length(), length + 1))
                .contains("\n");
        if (!nearTheEndOfALine && length % 113 > 2) {
          continue;
        }
        Path crashed = copy(whole, length);
        writer(csv, crashed);
        String kept =
            length == text.length() ? text : length >= first ? text.substring(0, first) : "";
        assertThat(Files.readString(crashed))
            .as("cut after %d of %d bytes", length, text.length())
            .isEqualTo(length == 0 ? "" : kept);
      }
      Path crashed = copy(whole, text.length() - 20);
      train(network(new AgcListener(1, writer(csv, crashed))), 2);
      assertThat(reports(crashed)).containsExactly("1,0", "2,0", "2,1");
    }
  }

  @Test
  void theEndOfALongFileIsFoundWithoutReadingItAll() throws IOException {
    Path file = folder.resolve("statistics.csv");
    train(network(new AgcListener(1, AgcReportWriter.csv(file))), 1);
    String text = Files.readString(file);
    String report = text.substring(text.indexOf('\n') + 1);
    Path damagedInTheMiddle =
        Files.writeString(folder.resolve("long.csv"), text + "x\n" + report.repeat(200));
    Files.writeString(damagedInTheMiddle, report.substring(0, 30), StandardOpenOption.APPEND);
    AgcReportWriter writer = AgcReportWriter.csv(damagedInTheMiddle);
    assertThat(damagedInTheMiddle).hasContent(text + "x\n" + report.repeat(200));
    assertThatThrownBy(() -> writer.writePage(folder.resolve("page.html")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("line 8 is \"x\"");
  }

  @Test
  void aReportThatIsLongerThanWhatIsReadAtOnceIsCutOff() throws IOException {
    Path file = folder.resolve("statistics.csv");
    train(network(new AgcListener(1, AgcReportWriter.csv(file))), 1);
    String text = Files.readString(file);
    String row = text.split("\n")[1];
    StringBuilder torn = new StringBuilder(text);
    for (int i = 0; i < 3000; i++) {
      torn.append(row, 0, row.lastIndexOf(',')).append(',').append(5000 - i).append('\n');
    }
    Path crashed = Files.writeString(folder.resolve("crashed.csv"), torn);
    AgcReportWriter.csv(crashed);
    assertThat(crashed).hasContent(text);
  }

  @Test
  void aProgramThatRunsTwiceHasTwoRunsInItsFile() throws IOException {
    Path file = folder.resolve("statistics.csv");
    for (int program = 0; program < 2; program++) {
      train(network(new AgcListener(1, AgcReportWriter.csv(copyOf(file)))), 3);
    }
    assertThat(reports(file)).containsExactly("1,0", "1,1", "1,2", "2,0", "2,1", "2,2");
    assertThat(column(file, "resumes")).containsOnly("");
  }

  /** Forgets what this process knows of a file, as another process knows nothing. */
  private Path copyOf(Path file) throws IOException {
    if (Files.exists(file)) {
      byte[] bytes = Files.readAllBytes(file);
      Files.delete(file);
      Files.write(file, bytes);
    }
    return file;
  }

  @Test
  void aTrainingThatResumesAnotherOneSaysSo() throws IOException {
    Path file = folder.resolve("statistics.csv");
    train(network(new AgcListener(1, AgcReportWriter.csv(file).resuming())), 4);
    assertThat(column(file, "resumes")).as("nothing to resume").containsOnly("");
    MultiLayerNetwork resumed = network(new AgcListener(1, AgcReportWriter.csv(file).resuming()));
    resumed.setIterationCount(2); // an older checkpoint
    train(resumed, 3);
    assertThat(reports(file)).containsExactly("1,0", "1,1", "1,2", "1,3", "2,2", "2,3", "2,4");
    String first = column(file, "run").get(0);
    assertThat(column(file, "resumes")).containsExactly("", "", "", "", first, first, first);
    assertThat(ratios(file)).isEqualTo(7 * 17);
  }

  @Test
  void networksOfOneWriterAreRunsOfTheirOwn() throws IOException {
    Path file = folder.resolve("statistics.csv");
    AgcListener listener = new AgcListener(1, AgcReportWriter.csv(file));
    MultiLayerNetwork one = network(listener);
    MultiLayerNetwork other = network(listener);
    train(one, 1);
    train(other, 2);
    train(one, 1);
    assertThat(reports(file)).containsExactly("1,0", "2,0", "2,1", "1,1");
  }

  /** In turn, alone afterwards, and two of one checkpoint: 15 iterations of 17 units each. */
  @ParameterizedTest
  @ValueSource(strings = {"in turn", "afterwards", "two of one checkpoint"})
  void aCopyIsARunOfItsOwnWhenItIsTrained(String order) throws IOException {
    Path file = folder.resolve("statistics.csv");
    AgcListener listener = new AgcListener(1, AgcReportWriter.csv(file));
    MultiLayerNetwork original = network(listener);
    train(original, 5);
    MultiLayerNetwork copy = original.clone();
    copy.setListeners(listener);
    MultiLayerNetwork other = order.startsWith("two") ? original.clone() : original;
    other.setListeners(listener);
    for (int i = 0; i < 5; i++) {
      train(copy, order.equals("afterwards") ? 5 : 1);
      train(other, order.equals("afterwards") ? 5 : 1);
      if (order.equals("afterwards")) {
        break;
      }
    }
    assertThat(ratios(file)).isEqualTo(15 * 17);
    assertThat(reports(file)).doesNotHaveDuplicates().hasSize(15);
    assertThat(new HashSet<>(column(file, "run"))).hasSize(order.startsWith("two") ? 3 : 2);
  }

  /** What networks have reported outlives their writers, and no file is kept for ever. */
  @Test
  void aWriterThatIsGoneIsForgottenAndItsRunsGoOn() throws Exception {
    Path file = folder.resolve("statistics.csv");
    MultiLayerNetwork net = network(new AgcListener(1, AgcReportWriter.csv(file)));
    train(net, 2);
    WeakReference<StatisticsFile> open =
        new WeakReference<>(StatisticsFile.of(file, StatisticsFormat.CSV));
    net.setListeners();
    for (int i = 0; i < 100 && open.get() != null; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(open.get()).isNull();
    net.setListeners(new AgcListener(1, AgcReportWriter.csv(file)));
    train(net, 1);
    assertThat(reports(file)).containsExactly("1,0", "1,1", "1,2");
    assertThat(ratios(file)).isEqualTo(3 * 17);
  }

  @Test
  void twoNamesOfAFileAreOneFile() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path linked = Files.createSymbolicLink(folder.resolve("linked"), real);
    AgcReportWriter one = AgcReportWriter.csv(real.resolve("statistics.csv"));
    AgcReportWriter other = AgcReportWriter.csv(linked.resolve("statistics.csv"));
    MultiLayerNetwork net = network(new AgcListener(1, one));
    train(net, 1);
    other.write(net, 0, 0);
    train(net, 1);
    other.write(net, 1, 0);
    assertThat(reports(one.file())).containsExactly("1,0", "1,1");
    assertThatThrownBy(() -> AgcReportWriter.jsonLines(linked.resolve("statistics.csv")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFileIsWrittenInOneFormat() throws IOException {
    Path file = folder.resolve("statistics");
    AgcReportWriter csv = AgcReportWriter.csv(file);
    assertThatThrownBy(() -> AgcReportWriter.jsonLines(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "is written in the format CSV by another writer, so not in JSON_LINES");
    train(network(new AgcListener(1, csv)), 1);
    assertThat(lines(file)).first().isEqualTo(HEADER);
  }

  /** Through a link, a linked folder, and a second name on the disk. */
  @Test
  void aPageIsNotWrittenOverTheStatistics() throws IOException {
    Path file = folder.resolve("statistics.csv");
    AgcReportWriter writer = AgcReportWriter.csv(file);
    train(network(new AgcListener(1, writer)), 2);
    String content = Files.readString(file);
    Path linked = Files.createSymbolicLink(folder.resolve("linked"), folder);
    for (Path page :
        List.of(
            file,
            folder.resolve("x/../statistics.csv"),
            linked.resolve("statistics.csv"),
            Files.createSymbolicLink(folder.resolve("link.html"), file),
            Files.createLink(folder.resolve("hard.html"), file))) {
      assertThatThrownBy(() -> writer.writePage(page))
          .as(page.toString())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a file other than that of the statistics");
      assertThat(file).hasContent(content);
    }
  }

  @Test
  void aFileOfAnythingElseIsRefusedAndLeftAsItIs() throws IOException {
    Path csv = folder.resolve("statistics.csv");
    train(network(new AgcListener(1, AgcReportWriter.csv(csv))), 1);
    Path json = copy(csv, Files.size(csv));
    assertThatThrownBy(() -> AgcReportWriter.jsonLines(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "not a statistics file in the format JSON_LINES: line 1 is \"run,started");
    List<String> lines = lines(csv);
    String last = lines.get(6);
    for (String content :
        new String[] {
          "a,b\n1,2\n",
          "no line break",
          "\n",
          HEADER + "\n1,2\n",
          HEADER + "\n" + last.replace(",BIAS,", ",BIASES,") + "\n",
          HEADER + "\n" + last.replace(",0.1,PASS", ",x,PASS") + "\n",
          HEADER + "\n" + last.replace("PASS_THROUGH", "NULL") + "\n",
          HEADER + "\n" + last.replaceFirst("Z,,0,", "Z,,-2147483648,") + "\n",
          HEADER + "\n" + last.replaceFirst("T", " ") + "\n",
          HEADER + "\n" + last.replaceFirst(":1,0$", ":-1,0") + "\n",
          HEADER + "\n" + last.replaceFirst(",0$", ",x") + "\n"
        }) {
      Path other = Files.writeString(folder.resolve("other"), content);
      assertThatThrownBy(() -> AgcReportWriter.csv(other))
          .as(content)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not a statistics file in the format CSV")
          .hasMessageContaining("a file of their own");
      assertThat(other).hasContent(content);
    }
  }

  @Test
  void badArgumentsAreRefused() {
    assertThatThrownBy(() -> AgcReportWriter.csv(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("file must be the name of a file, got null");
    assertThatThrownBy(() -> new AgcListener(5, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("new AgcListener(5) logs the statistics");
    AgcReportWriter writer = AgcReportWriter.csv(folder.resolve("a.csv"));
    assertThatThrownBy(() -> new AgcListener(0, writer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reportFrequency must be >= 1, got 0");
    assertThatThrownBy(() -> writer.writePage(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("html must be the name of a file, got null");
    assertThatThrownBy(() -> writer.writePage(folder.resolve("page.html")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has no statistics yet");
    assertThatThrownBy(() -> AgcReportWriter.csv(folder))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("Cannot write the statistics file " + folder);
  }

  /** And the counts of those that were not written come with the next one. */
  @Test
  void reportsThatCannotBeWrittenAreTriedLessAndLess() throws IOException {
    Path file = folder.resolve("statistics.csv");
    AtomicInteger made = new AtomicInteger();
    AgcReportWriter writer = AgcReportWriter.csv(file);
    MultiLayerNetwork net =
        network(
            new AgcListener(
                1,
                new ReportSink() {
                  @Override
                  public void accept(Model model, int iteration, int epoch, AgcReport report) {
                    made.incrementAndGet();
                    writer.accept(model, iteration, epoch, report);
                  }

                  @Override
                  public boolean isDue() {
                    return writer.isDue();
                  }
                }));
    train(net, 1);
    Files.delete(file);
    Files.createDirectory(file);
    train(net, 8); // tried at 1, 2, 4, 8, and then at 16
    assertThat(made).as("no report is made that is not due").hasValue(5);
    Files.delete(file);
    train(net, 9);
    assertThat(reports(file)).containsExactly("1,16", "1,17");
    assertThat(column(file, "iterations")).containsExactly("16", "1");
  }
}
