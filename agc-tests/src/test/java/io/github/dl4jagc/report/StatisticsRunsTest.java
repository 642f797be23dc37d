package io.github.dl4jagc.report;

import static io.github.dl4jagc.report.StatisticsFiles.HEADER;
import static io.github.dl4jagc.report.StatisticsFiles.column;
import static io.github.dl4jagc.report.StatisticsFiles.copy;
import static io.github.dl4jagc.report.StatisticsFiles.lines;
import static io.github.dl4jagc.report.StatisticsFiles.network;
import static io.github.dl4jagc.report.StatisticsFiles.ratios;
import static io.github.dl4jagc.report.StatisticsFiles.reports;
import static io.github.dl4jagc.report.StatisticsFiles.train;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.AgcListener;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who reports to a file begins a run in it. */
class StatisticsRunsTest {

  @TempDir Path folder;

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
    WeakReference<StatisticsFile> open = new WeakReference<>(StatisticsFile.of(file));
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
}
