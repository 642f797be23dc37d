package io.github.dl4jagc.report;

import static io.github.dl4jagc.report.StatisticsFiles.HEADER;
import static io.github.dl4jagc.report.StatisticsFiles.copy;
import static io.github.dl4jagc.report.StatisticsFiles.lines;
import static io.github.dl4jagc.report.StatisticsFiles.network;
import static io.github.dl4jagc.report.StatisticsFiles.ratios;
import static io.github.dl4jagc.report.StatisticsFiles.reports;
import static io.github.dl4jagc.report.StatisticsFiles.train;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.testing.LogCapture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to statistics files, by a crash or by something else. */
class StatisticsFileTest {

  @TempDir Path folder;

  @Test
  void filesOfVersions01And02AreRefused() throws IOException {
    String old =
        "network,iteration,epoch,score,learningRate,layer,parameter,units\n1,0,0,0.5,0.1\n";
    Path file = Files.writeString(folder.resolve("old"), old);
    assertThatThrownBy(() -> AgcReportWriter.csv(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("line 1 is \"network,iteration", "the header \"run,started,");
    assertThat(file).hasContent(old);
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
    for (Damage damage :
        List.of(appended("\n"), appended("\r\n\n"), StatisticsFileTest::toWindows)) {
      Path file = Files.createTempFile(folder, "statistics", ".txt");
      MultiLayerNetwork net = network(new AgcListener(1, AgcReportWriter.csv(file)));
      try (LogCapture log = new LogCapture()) {
        train(net, 3);
        damage.to(file);
        train(net, 3);
        assertThat(log.messages()).isEmpty();
      }
      AgcReportWriter continued = AgcReportWriter.csv(copy(file, Files.size(file)));
      assertThat(Files.readString(continued.writePage(folder.resolve("page.html"))))
          .contains("<b>6</b><span>reports</span>");
    }
  }

  @Test
  void aDamagedFileIsLeftAsItIsAndTheTrainingGoesOn() throws IOException {
    for (Damage damage :
        List.of(
            appended("a remark\n"),
            appended("1,2\n1,2,0,0.69"),
            file -> Files.writeString(file, "something else"),
            file -> Files.write(file, new byte[] {0, -1, '\n', -2, '\n'}))) {
      Path file = Files.createTempDirectory(folder, "run").resolve("statistics.csv");
      AgcReportWriter writer = AgcReportWriter.csv(file);
      MultiLayerNetwork net = network(new AgcListener(1, writer));
      train(net, 2);
      byte[] whole = Files.readAllBytes(file);
      damage.to(file);
      byte[] damaged = Files.readAllBytes(file);
      try (LogCapture log = new LogCapture()) {
        train(net, 3); // tried at 2 and 3
        assertThat(log.messages())
            .singleElement()
            .asString()
            .startsWith("ERROR ")
            .contains("statistics of iteration 2", "is not a statistics file", "Training goes on");
      }
      assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
      assertThatThrownBy(() -> writer.writePage(folder.resolve("page.html")))
          .isInstanceOf(IllegalArgumentException.class);
      Files.write(file, whole);
      train(net, 1);
      assertThat(reports(file)).containsExactly("1,0", "1,1", "1,5");
      assertThat(ratios(file)).as("nothing is lost").isEqualTo(6 * 17);
    }
  }

  /** At each byte within the header and the first two reports, row ends included. */
  @Test
  void aRestartedTrainingContinuesTheFileWhereverACrashHasCutIt() throws IOException {
    Path whole = folder.resolve("whole.csv");
    train(network(new AgcListener(1, AgcReportWriter.csv(whole))), 2);
    String text = Files.readString(whole);
    int first = 0;
    for (int row = 0; row < 7; row++) {
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
      AgcReportWriter.csv(crashed);
      String kept =
          length == text.length() ? text : length >= first ? text.substring(0, first) : "";
      assertThat(Files.readString(crashed))
          .as("cut after %d of %d bytes", length, text.length())
          .isEqualTo(length == 0 ? "" : kept);
    }
    Path crashed = copy(whole, text.length() - 20);
    train(network(new AgcListener(1, AgcReportWriter.csv(crashed))), 2);
    assertThat(reports(crashed)).containsExactly("1,0", "2,0", "2,1");
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
  }

  @Test
  void aFileOfAnythingElseIsRefusedAndLeftAsItIs() throws IOException {
    Path csv = folder.resolve("statistics.csv");
    train(network(new AgcListener(1, AgcReportWriter.csv(csv))), 1);
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
          .hasMessageContaining("not a statistics file: ")
          .hasMessageContaining("a file of their own");
      assertThat(other).hasContent(content);
    }
  }
}
