package io.github.dl4jagc.report;

import static io.github.dl4jagc.report.StatisticsFiles.column;
import static io.github.dl4jagc.report.StatisticsFiles.copy;
import static io.github.dl4jagc.report.StatisticsFiles.network;
import static io.github.dl4jagc.report.StatisticsFiles.reports;
import static io.github.dl4jagc.report.StatisticsFiles.train;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.ReportSink;
import io.github.dl4jagc.testing.LogCapture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The writer in a training. */
class ReportWriterTest {

  @TempDir Path folder;

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
}
