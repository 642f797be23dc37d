package io.github.dl4jagc.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.Agc;
import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.NonFiniteGradients;
import io.github.dl4jagc.RatioHistogram;
import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** Files of figures: what is in them, and what happens to them when things go wrong. */
class ReportWriterTest {

  private static final String HEADER =
      "network,iteration,epoch,score,learningRate,layer,parameter,units,clipped,nonFinite,share,"
          + "largestRatio,smallestScale,kind,threshold,mode,leftAlone,ratios";

  private static final String HEADER_OF_0_1 = HEADER.substring(0, HEADER.indexOf(",kind"));

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

  /** The first two columns of the rows of layer0/W: one for each report. */
  private static List<String> reports(Path file) throws IOException {
    return lines(file).stream()
        .filter(line -> line.contains(",layer0,W,"))
        .map(line -> line.substring(0, line.indexOf(',', line.indexOf(',') + 1)))
        .collect(Collectors.toList());
  }

  private static String text(AgcReport.Statistics figures) {
    List<String> text = new ArrayList<>();
    for (int bin = 0; bin < RatioHistogram.bins(); bin++) {
      if (figures.ratios().count(bin) > 0) {
        text.add(bin + ":" + figures.ratios().count(bin));
      }
    }
    return String.join(" ", text);
  }

  @Test
  void aRowHoldsTheFiguresOfItsIteration() throws IOException {
    Path file = folder.resolve("run/figures.csv");
    AgcListener listener = new AgcListener(2, AgcReportWriter.csv(file));
    MultiLayerNetwork net =
        Networks.dense(
            new AgcGradientNormalization(
                new Sgd(new StepSchedule(ScheduleType.ITERATION, 0.4, 0.5, 2)), 0.1));
    net.setListeners(listener);
    List<String> expected = new ArrayList<>(List.of(HEADER));
    AgcReport before = new AgcReport(List.of());
    for (int i = 0; i < 5; i++) {
      NetworkCheck.fit(net, Networks.denseData(8, i));
      if (i % 2 == 0) {
        AgcReport report = listener.report(net);
        AgcReport since = report.since(before);
        before = report;
        for (AgcReport.Row row : report.rows()) {
          expected.add(
              String.join(
                  ",",
                  Arrays.asList(
                      "1," + i + ",0," + net.score(),
                      String.valueOf(new double[] {0.4, 0.2, 0.1}[i / 2]),
                      row.layer(),
                      row.parameter(),
                      String.valueOf(row.units()),
                      String.valueOf(row.latest().clippedUnits()),
                      String.valueOf(row.latest().nonFiniteUnits()),
                      String.valueOf(row.latest().clippedShare()),
                      String.valueOf(row.latest().largestRatio()),
                      String.valueOf(row.latest().smallestScale()),
                      row.parameter().equals("W") ? "WEIGHT" : "BIAS",
                      "0.1",
                      "PASS_THROUGH",
                      "",
                      text(since.row(row.layer(), row.parameter()).orElseThrow().total()))));
        }
      }
    }
    assertThat(expected).hasSize(1 + 3 * 6);
    assertThat(lines(file)).isEqualTo(expected);
  }

  @Test
  void jsonLinesHoldTheSameWithNullForWhatJsonHasNoNumberFor() throws IOException {
    Path csv = folder.resolve("figures.csv");
    Path json = folder.resolve("figures.jsonl");
    ComputationGraph net = Networks.denseGraph(new AgcGradientNormalization(new NoOp()));
    net.setListeners(
        new AgcListener(1, AgcReportWriter.csv(csv)),
        new AgcListener(1, AgcReportWriter.jsonLines(json)));
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    List<String> inJson = new ArrayList<>(List.of(HEADER));
    for (String line : lines(json)) {
      JsonNode object = new ObjectMapper().readTree(line);
      List<String> fields = new ArrayList<>();
      for (String column : HEADER.split(",")) {
        fields.add(object.get(column).isNull() ? "NaN" : object.get(column).asText());
      }
      inJson.add(String.join(",", fields));
    }
    assertThat(lines(csv))
        .isEqualTo(inJson)
        .hasSize(7)
        .element(1)
        .asString()
        .contains(",NaN,first");
    assertThat(lines(json).get(0)).contains("\"learningRate\":null,\"layer\":\"first\"");
  }

  @Test
  void parametersThatAreLeftAloneHaveTheReasonAndNoFigures() throws IOException {
    Path file = folder.resolve("figures.csv");
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(new Sgd(0.1)).excludeOutputLayer(true).build());
    net.setListeners(new AgcListener(1, AgcReportWriter.csv(file)));
    train(net, 1);
    assertThat(lines(file)).hasSize(1 + 6);
    assertThat(lines(file).get(5)).endsWith(",layer2,W,3,0,0,0.0,0.0,1.0,WEIGHT,,,output layer,");
    assertThat(lines(file).get(6)).contains(",layer2,b,1,0,").contains(",BIAS,,,output layer,");
  }

  @Test
  void whatIsOnlyObservedIsMarked() throws IOException {
    Path file = folder.resolve("figures.csv");
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(new Sgd(0.1))
                .nonFiniteGradients(NonFiniteGradients.ZERO)
                .startIteration(1)
                .build());
    net.setListeners(new AgcListener(1, AgcReportWriter.csv(file)));
    train(net, 2);
    assertThat(lines(file).get(1)).contains(",WEIGHT,0.01,observed ZERO,,");
    assertThat(lines(file).get(7)).contains(",WEIGHT,0.01,ZERO,,");
  }

  /** Ratios of iterations that the file has already are counted once. */
  @Test
  void ratiosOfAResumedTrainingAreThoseOfAllItsIterations() throws IOException {
    Path file = folder.resolve("figures.csv");
    MultiLayerNetwork net = network(new AgcListener(2, AgcReportWriter.csv(file)));
    train(net, 5); // reports at 0, 2, and 4
    MultiLayerNetwork resumed = net.clone();
    resumed.setIterationCount(2);
    resumed.setListeners(new AgcListener(2, AgcReportWriter.csv(file)));
    train(resumed, 5); // 2 to 6: again at 2 and 4, then at 6
    List<Integer> counted = new ArrayList<>();
    for (String line : lines(file)) {
      if (line.contains(",layer0,W,")) {
        String ratios = line.substring(line.lastIndexOf(',') + 1);
        counted.add(
            Arrays.stream(ratios.split(" "))
                .mapToInt(each -> Integer.parseInt(each.substring(each.indexOf(':') + 1)))
                .sum());
      }
    }
    assertThat(counted).containsExactly(6, 12, 12, 12);
  }

  @Test
  void aFileOfVersion01IsContinuedWithTheColumnsThatItHas() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("figures.csv"),
            HEADER_OF_0_1 + "\n1,0,0,0.5,0.1,layer0,W,6,3,0,0.5,0.2,0.1\n");
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(new Sgd(0.1)).excludeOutputLayer(true).build());
    AgcReportWriter writer = AgcReportWriter.csv(file);
    net.setListeners(new AgcListener(1, writer));
    train(net, 3);
    assertThat(lines(file)).hasSize(2 + 2 * 4).first().isEqualTo(HEADER_OF_0_1);
    assertThat(lines(file)).allMatch(line -> line.split(",").length == 13);
    String page = Files.readString(writer.writePage(folder.resolve("page.html")));
    assertThat(page).contains("This file has no ratios: it was begun by version 0.1.");
  }

  @Test
  void jsonLinesOfVersion01AreContinued() throws IOException {
    Path file = folder.resolve("figures.jsonl");
    Files.writeString(
        file,
        "{\"network\":1,\"iteration\":0,\"epoch\":0,\"score\":0.5,\"learningRate\":0.1,"
            + "\"layer\":\"layer0\",\"parameter\":\"W\",\"units\":6,\"clipped\":3,\"nonFinite\":0,"
            + "\"share\":0.5,\"largestRatio\":0.2,\"smallestScale\":0.1}\n");
    AgcReportWriter writer = AgcReportWriter.jsonLines(file);
    train(network(new AgcListener(1, writer)), 2);
    assertThat(lines(file)).hasSize(7);
    assertThat(lines(file).get(1)).contains("\"kind\":\"WEIGHT\",\"threshold\":0.1");
    assertThat(Files.readString(writer.writePage(folder.resolve("page.html"))))
        .contains("class=\"curve\"");
  }

  @Test
  void awkwardLayerNamesStayInTheirField() throws IOException {
    Path file = folder.resolve("figures.csv");
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(new AgcGradientNormalization(new Sgd(0.1)))
                .list()
                .layer(new DenseLayer.Builder().name("a,\"b\"\nc").nIn(4).nOut(6).build())
                .layer(Networks.output(3))
                .build());
    net.init();
    net.setListeners(new AgcListener(1, AgcReportWriter.csv(file)));
    train(net, 1);
    assertThat(lines(file).get(1)).contains(",\"a,\"\"b\"\" c\",W,6,");
    AgcReportWriter continued = AgcReportWriter.csv(copy(file, Files.size(file)));
    assertThat(Files.readString(continued.writePage(folder.resolve("page.html"))))
        .contains("a,&quot;b&quot; c");
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
    Path file = folder.resolve("figures.csv");
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
    Path file = folder.resolve("figures.csv");
    MultiLayerNetwork net = network(new AgcListener());
    Agc.attach(net);
    AgcReportWriter.csv(file).write(net, 0, 0);
    assertThat(file).doesNotExist();
  }

  /** As in the tasks of Spark, each of which has a copy of the listener. */
  @Test
  void listenersThatShareAFileLogAnErrorOnce() throws Exception {
    Path file = folder.resolve("figures.csv");
    AgcListener listener = new AgcListener(1, AgcReportWriter.csv(file));
    Files.createDirectory(file);
    try (LogCapture log = new LogCapture()) {
      for (int i = 0; i < 5; i++) {
        train(network(copy(listener)), 2);
      }
      assertThat(log.messages()).singleElement().asString().contains("figures of iteration 0");
    }
  }

  /** As another process finds the file: under another name, for which nothing is remembered. */
  private Path copy(Path file, long length) throws IOException {
    Path copy = Files.createTempFile(folder, "copy", ".figures");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(copy, Arrays.copyOf(bytes, (int) length));
    return copy;
  }

  @Test
  void aRestartedTrainingContinuesTheFileWhereverACrashHasCutIt() throws IOException {
    for (boolean csv : new boolean[] {true, false}) {
      Path whole = folder.resolve(csv ? "whole.csv" : "whole.jsonl");
      MultiLayerNetwork net = network(new AgcListener(1, writer(csv, whole)));
      train(net, 3);
      byte[] complete = Files.readAllBytes(whole);
      String text = new String(complete, StandardCharsets.UTF_8);
      int firstReport = text.indexOf(csv ? "\n1,1," : "\n{\"network\":1,\"iteration\":1,") + 1;
      for (int length = 0; length < complete.length; length++) {
        boolean lineEnds = length > 0 && complete[length - 1] == '\n';
        if (lineEnds ? length < firstReport : length % 113 > 2 && complete[length] != '\n') {
          continue; // a first report that ends with a line may have had no more of them
        }
        Path crashed = copy(whole, length);
        MultiLayerNetwork restarted = network(new AgcListener(1, writer(csv, crashed)));
        train(restarted, 3);
        assertThat(Files.readString(crashed))
            .as("cut after %d of %d bytes", length, complete.length)
            .isEqualTo(text);
      }
    }
  }

  private static AgcReportWriter writer(boolean csv, Path file) {
    return csv ? AgcReportWriter.csv(file) : AgcReportWriter.jsonLines(file);
  }

  @Test
  void iterationsThatTheFileHasAlreadyAreNotWrittenAgainAndAWarningSaysSo() throws IOException {
    Path file = folder.resolve("figures.csv");
    train(network(new AgcListener(1, AgcReportWriter.csv(file))), 4);
    Path later = copy(file, Files.size(file));
    MultiLayerNetwork resumed = network(new AgcListener(1, AgcReportWriter.csv(later)));
    resumed.setIterationCount(2); // an older checkpoint
    try (LogCapture log = new LogCapture()) {
      train(resumed, 4);
      assertThat(log.messages())
          .singleElement()
          .asString()
          .startsWith("WARN ")
          .contains("iterations up to 3", "is at 2", "a file of its own");
    }
    assertThat(reports(later)).containsExactly("1,0", "1,1", "1,2", "1,3", "1,4", "1,5");
    assertThat(lines(later)).containsOnlyOnce(HEADER);
  }

  @Test
  void aFileThatIsDeletedWhileItIsWrittenBeginsAnew() throws IOException {
    Path file = folder.resolve("figures.csv");
    MultiLayerNetwork net = network(new AgcListener(1, AgcReportWriter.csv(file)));
    train(net, 2);
    Files.delete(file);
    train(net, 1);
    assertThat(lines(file)).hasSize(7).first().isEqualTo(HEADER);
    assertThat(reports(file)).containsExactly("1,2");
  }

  @Test
  void networksOfOneFileAreNumbered() throws IOException {
    Path file = folder.resolve("figures.csv");
    AgcListener listener = new AgcListener(1, AgcReportWriter.csv(file));
    MultiLayerNetwork one = network(listener);
    MultiLayerNetwork other = network(listener);
    train(one, 1);
    train(other, 2);
    train(one, 1);
    assertThat(reports(file)).containsExactly("1,0", "2,0", "2,1", "1,1");
  }

  @Test
  void threadsAndDeserialisedCopiesShareAFile() throws Exception {
    Path file = folder.resolve("figures.csv");
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
    assertThat(Files.readString(page)).contains("<b>4</b><span>networks, taken together</span>");
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
  void aFileOfAnythingElseIsRefusedAndLeftAsItIs() throws IOException {
    Path csv = folder.resolve("figures.csv");
    train(network(new AgcListener(1, AgcReportWriter.csv(csv))), 1);
    Path json = copy(csv, Files.size(csv));
    assertThatThrownBy(() -> AgcReportWriter.jsonLines(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "not a file of figures in the format JSON_LINES: line 1 is \"network");
    String beginning = ",0,0.5,0.1,layer0,W,6,3,0,0.5,0.2,0.1";
    String row = beginning + ",WEIGHT,0.01,ZERO,,80:6\n";
    for (String content :
        new String[] {
          "a,b\n1,2\n",
          "no line break",
          "\n",
          HEADER + "\n1,2\n",
          HEADER + "\n1,-2147483648" + row,
          HEADER + "\n0,1" + row,
          HEADER + "\n1,1" + beginning + "\n",
          HEADER_OF_0_1 + "\n1,1" + row,
          HEADER + "\n1,1" + beginning + ",WEIGHTS,0.01,ZERO,,80:6\n",
          HEADER + "\n1,1" + beginning + ",WEIGHT,x,ZERO,,80:6\n",
          HEADER + "\n1,1" + beginning + ",WEIGHT,0.01,NULL,,80:6\n",
          HEADER + "\n1,1" + beginning + ",WEIGHT,0.01,ZERO,,80\n",
          HEADER + "\n1,1" + beginning + ",WEIGHT,0.01,ZERO,,162:6\n",
          HEADER + "\n1,1" + beginning + ",WEIGHT,0.01,ZERO,,80:-6\n"
        }) {
      Path other = Files.writeString(folder.resolve("other"), content);
      assertThatThrownBy(() -> AgcReportWriter.csv(other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not a file of figures in the format CSV")
          .hasMessageContaining("a file of their own");
      assertThat(other).hasContent(content);
    }
  }

  @Test
  void twoObjectsInALineAreNotReadAsOne() throws IOException {
    Path file = folder.resolve("figures.jsonl");
    train(network(new AgcListener(1, AgcReportWriter.jsonLines(file))), 1);
    Path damaged =
        Files.writeString(
            folder.resolve("damaged.jsonl"), Files.readString(file).replaceFirst("\n", ""));
    assertThatThrownBy(() -> AgcReportWriter.jsonLines(damaged))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("line 1 is");
  }

  @Test
  void badArgumentsAreRefused() {
    assertThatThrownBy(() -> AgcReportWriter.csv(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("file must be the name of a file, got null");
    assertThatThrownBy(() -> new AgcListener(5, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("new AgcListener(5) logs the figures");
    AgcReportWriter writer = AgcReportWriter.csv(folder.resolve("a.csv"));
    assertThatThrownBy(() -> new AgcListener(0, writer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reportFrequency must be >= 1, got 0");
    assertThatThrownBy(() -> writer.writePage(folder.resolve("a.csv")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> writer.writePage(folder.resolve("page.html")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has no figures yet");
    assertThatThrownBy(() -> AgcReportWriter.csv(folder))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("Cannot write the figures file " + folder);
  }

  @Test
  void trainingGoesOnWhereTheFileCannotBeWrittenAndTheErrorIsLoggedOnce() throws IOException {
    Path file = folder.resolve("figures.csv");
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
          .contains("figures of iteration 1", file.toString(), "Training goes on");
    }
    Files.delete(file);
    train(net, 1);
    assertThat(reports(file)).containsExactly("1,4");
  }

  /** Alternating, so that a report is compared with one of its own network. */
  @Test
  void completeReportsBeforeAnIncompleteOneAreKept() throws IOException {
    Path file = folder.resolve("figures.csv");
    AgcListener listener = new AgcListener(1, AgcReportWriter.csv(file));
    MultiLayerNetwork one = network(listener);
    MultiLayerNetwork other = network(listener);
    for (int i = 0; i < 2; i++) {
      train(one, 1);
      train(other, 1);
    }
    String complete = Files.readString(file);
    for (String fragment :
        new String[] {"1,", "1,2,0,0.69", "1,2,0,0.69,0.1,layer0,W,6,6,0,1.0,2.5"}) {
      Path crashed = Files.writeString(folder.resolve("crashed" + fragment.length()), complete);
      Files.writeString(crashed, fragment, StandardOpenOption.APPEND);
      AgcReportWriter.csv(crashed);
      assertThat(crashed).as("after %s", fragment).hasContent(complete);
    }
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
        Path file = Files.createTempFile(folder, "figures", ".txt");
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
      Path file = Files.createTempDirectory(folder, "run").resolve("figures.csv");
      Path taken = Files.writeString(file.resolveSibling("figures.csv.1"), "mine");
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
            .contains("damaged", "is not a file of figures", "figures.csv.2");
      }
      assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
      assertThat(taken).hasContent("mine");
      assertThat(writer.file()).isEqualTo(file.resolveSibling("figures.csv.2"));
      assertThat(reports(writer.file())).containsExactly("1,2", "1,3", "1,4");
      assertThat(Files.readString(writer.writePage(folder.resolve("page.html"))))
          .contains("<b>3</b><span>reports</span>");
      assertThatThrownBy(() -> writer.writePage(file)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void reportsThatCannotBeWrittenAreTriedLessAndLess() throws IOException {
    Path file = folder.resolve("figures.csv");
    MultiLayerNetwork net = network(new AgcListener(1, AgcReportWriter.csv(file)));
    train(net, 1);
    Files.delete(file);
    Files.createDirectory(file);
    train(net, 8); // tried at 1, 2, 4, 8, and then at 16
    Files.delete(file);
    train(net, 9);
    assertThat(reports(file)).containsExactly("1,16", "1,17");
  }

  /** A network as of an earlier iteration of another one. */
  private static MultiLayerNetwork resumed(AgcListener listener, int iteration) {
    MultiLayerNetwork net = network(listener);
    net.setIterationCount(iteration);
    return net;
  }

  @Test
  void aTrainingResumedInTheSameProcessGoesOnAsTheSameNetwork() throws IOException {
    Path file = folder.resolve("figures.csv");
    AgcListener listener = new AgcListener(1, AgcReportWriter.csv(file));
    train(network(listener), 4);
    try (LogCapture log = new LogCapture()) {
      train(resumed(listener, 2), 3);
      assertThat(log.messages()).singleElement().asString().contains("iterations up to 3");
    }
    train(resumed(new AgcListener(1, AgcReportWriter.csv(file)), 5), 1);
    assertThat(reports(file)).containsExactly("1,0", "1,1", "1,2", "1,3", "1,4", "1,5");
  }

  @Test
  void replicasKeepTheirNumbersWhenTheyAreMadeAnewOrResumed() throws IOException {
    Path file = folder.resolve("figures.csv");
    AgcListener listener = new AgcListener(1, AgcReportWriter.csv(file));
    for (int round = 0; round < 3; round++) {
      MultiLayerNetwork one = resumed(listener, 2 * round);
      MultiLayerNetwork other = resumed(listener, 2 * round);
      train(one, 1);
      train(other, 2);
      train(one, 1);
    }
    Path continued = copy(file, Files.size(file));
    AgcListener later = new AgcListener(1, AgcReportWriter.csv(continued));
    train(resumed(later, 6), 1);
    train(resumed(later, 6), 1);
    train(resumed(later, 6), 1);
    assertThat(reports(continued))
        .containsExactly(
            "1,0", "2,0", "2,1", "1,1", "1,2", "2,2", "2,3", "1,3", "1,4", "2,4", "2,5", "1,5",
            "1,6", "2,6", "3,6");
  }

  @Test
  void aCopyThatIsTrainedBesideItsOriginalIsAnotherNetwork() throws IOException {
    Path file = folder.resolve("figures.csv");
    AgcListener listener = new AgcListener(1, AgcReportWriter.csv(file));
    MultiLayerNetwork original = network(listener);
    train(original, 2);
    MultiLayerNetwork copy = original.clone();
    copy.setListeners(listener);
    for (int i = 0; i < 2; i++) {
      train(copy, 1);
      train(original, 1);
    }
    assertThat(reports(file)).containsExactly("1,0", "1,1", "1,2", "2,2", "1,3", "2,3");
  }
}
