package io.github.dl4jagc.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.RatioHistogram;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.Sgd;

/** The page that is made of a file of figures. */
class ReportPageTest {

  private static final double THRESHOLD = 0.02;

  /** In a place, a length or a path. */
  private static final String NO_NUMBER = "\\b([dxy]|cx|cy)=\"[^\"]*(NaN|Infinity)";

  @TempDir Path folder;

  /** Figures as a training might give them: much is clipped at first, in the first layers most. */
  private Path figures(int layers, int reports, int every) throws IOException {
    Random random = new Random(layers);
    StringBuilder csv = new StringBuilder();
    csv.append("network,iteration,epoch,score,learningRate,layer,parameter,units,clipped,");
    csv.append("nonFinite,share,largestRatio,smallestScale\n");
    for (int report = 0; report < reports; report++) {
      double done = (double) report / reports;
      double score = 0.3 + 2 * Math.exp(-5 * done) + 0.1 * random.nextGaussian();
      double rate = 0.1 * (1 + Math.cos(Math.PI * done)) / 2;
      for (int layer = 0; layer < layers; layer++) {
        double ratio =
            0.2
                * Math.exp(-4 * done - 3.0 * layer / layers + 0.4 * random.nextGaussian())
                * (layer % 7 == 3 ? 0.05 : 1);
        for (String parameter : new String[] {"W", "b"}) {
          int units = parameter.equals("W") ? 64 : 1;
          double share = Math.max(0, Math.min(1, Math.log(ratio / THRESHOLD) / 2));
          long clipped = Math.round(share * units);
          csv.append(
              String.format(
                  Locale.ROOT,
                  "1,%d,%d,%.4f,%.5f,stage%d/block%d,%s,%d,%d,0,%s,%s,%s%n",
                  report * every,
                  report * 10 / reports,
                  score,
                  rate,
                  layer / 8,
                  layer % 8,
                  parameter,
                  units,
                  clipped,
                  (double) clipped / units,
                  ratio,
                  clipped == 0 ? 1 : THRESHOLD / ratio));
        }
      }
    }
    return Files.writeString(folder.resolve("figures.csv"), csv);
  }

  private Path page(Path figures) {
    return AgcReportWriter.csv(figures).writePage(folder.resolve("out/report.html"));
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "1,5,10", "3,20000,5", "200,400,5"})
  void hasOneSizeForShortAndLongTrainingsAndFewAndManyLayers(int layers, int reports, int every)
      throws IOException {
    String page = Files.readString(page(figures(layers, reports, every)));
    assertThat(page.length()).isLessThan(700_000);
    assertThat(page)
        .contains("<b>0 \u2013 " + (reports - 1) * every + "</b><span>iterations</span>")
        .contains("<b>" + layers + "</b><span>layers</span>")
        .contains("stage" + (layers - 1) / 8 + "/block" + (layers - 1) % 8)
        .doesNotContain("NaN", "Infinity", "{{", "}}");
    assertThat(page.split("\"permille\"")).hasSizeBetween(2, 241);
  }

  @Test
  @Timeout(60)
  void aPageCanBeMadeWhileReportsAreWritten() throws Exception {
    AgcReportWriter figures = AgcReportWriter.csv(folder.resolve("figures.csv"));
    MultiLayerNetwork net = Networks.dense(new AgcGradientNormalization(new Sgd(0.1)));
    net.setListeners(new AgcListener());
    NetworkCheck.fit(net, Networks.denseData(8, 1));
    figures.write(net, 0, 0);
    AtomicInteger iteration = new AtomicInteger();
    AtomicBoolean stop = new AtomicBoolean();
    Thread training =
        new Thread(
            () -> {
              while (!stop.get()) {
                figures.write(net, iteration.incrementAndGet(), 0);
              }
            });
    training.start();
    try {
      for (int page = 0; page < 20; page++) {
        int before = iteration.get();
        while (iteration.get() < before + 2) {
          Thread.onSpinWait();
        }
        figures.writePage(folder.resolve("page.html"));
      }
    } finally {
      stop.set(true);
      training.join();
    }
  }

  @Test
  void fetchesNothing() throws IOException {
    assertThat(Files.readString(page(figures(2, 3, 1))))
        .doesNotContain("http:", "https:", " src=", " href=", "url(", "import ");
  }

  @Test
  void sharesAreThoseOfTheFile() throws IOException {
    Path file = folder.resolve("figures.csv");
    Files.writeString(
        file,
        "network,iteration,epoch,score,learningRate,layer,parameter,units,clipped,nonFinite,share,"
            + "largestRatio,smallestScale\n"
            + "1,0,0,NaN,0.5,a,W,8,2,0,0.25,0.4,0.5\n"
            + "1,0,0,NaN,0.5,a,b,2,0,0,0.0,0.1,1.0\n"
            + "1,7,1,0.25,0.5,a,W,8,8,0,1.0,0.8,0.25\n"
            + "1,7,1,0.25,0.5,a,b,2,2,0,1.0,Infinity,0.0\n");
    String page = Files.readString(page(file));
    assertThat(page)
        .contains("\"permille\":[200]", "\"permille\":[1000]")
        .contains(
            "<td>W</td><td>weight</td><td>8</td><td>62.50\u00a0%</td><td>0.8</td><td>0.25</td>")
        .contains(
            "<td>b</td><td>weight</td><td>2</td><td>50.00\u00a0%</td><td>infinite</td><td>0</td>")
        .contains("\"score not finite\"", "\"score 0.25\"")
        .contains("median 0.1, 90 % 0.4, largest 0.4")
        .contains("<b>60.00\u00a0%</b><span>of all units clipped</span>");
  }

  /** One report each, of one parameter. */
  private Path figuresOf(double[] scores, double rate, String ratio) throws IOException {
    StringBuilder csv = new StringBuilder();
    csv.append("network,iteration,epoch,score,learningRate,layer,parameter,units,clipped,");
    csv.append("nonFinite,share,largestRatio,smallestScale\n");
    for (int i = 0; i < scores.length; i++) {
      csv.append("1," + i + ",0," + scores[i] + "," + rate + ",a,W,4,1,0,0.25," + ratio + ",0.5\n");
    }
    return Files.writeString(folder.resolve("figures.csv"), csv);
  }

  @ParameterizedTest
  @CsvSource({"0.1,481", "0.01,1000", "0.3,1797", "1e-4,5000", "0,300", "1e-320,300", "1e308,500"})
  @Timeout(60)
  void aConstantLearningRateIsALineHoweverManyReportsThereAre(double rate, int reports)
      throws IOException {
    double[] scores = new double[reports];
    Arrays.setAll(scores, i -> 1.0 / (i + 1));
    String page = Files.readString(page(figuresOf(scores, rate, "0.02")));
    assertThat(page.length()).isLessThan(200_000);
    String chart = page.substring(page.indexOf("aria-label=\"Learning rate"));
    chart = chart.substring(0, chart.indexOf("</svg>"));
    String line = chart.substring(chart.indexOf("class=\"line\" d=\"") + 16);
    assertThat(line.substring(0, line.indexOf('"')).split("[ML]"))
        .filteredOn(point -> !point.isEmpty())
        .hasSizeGreaterThan(100)
        .allMatch(point -> point.endsWith(" 87.0")); // the middle
  }

  @ParameterizedTest
  @CsvSource({
    "0.6931471805599453, 0.6931471805599452",
    "0, 4.9e-324",
    "-1.7976931348623157e308, 1.7976931348623157e308",
    "1e-320, 1e308",
    "NaN, Infinity",
    "-1e-300, -1e-299",
    "9007199254740992, 9007199254740993"
  })
  @Timeout(60)
  void anyScoresMakeAPage(double one, double other) throws IOException {
    double[] scores = new double[500];
    Arrays.setAll(scores, i -> i % 2 == 0 ? one : other);
    for (double[] each : new double[][] {scores, {one, other}}) {
      String page = Files.readString(page(figuresOf(each, 0.1, String.valueOf(Math.abs(one)))));
      assertThat(page.length()).isLessThan(200_000);
      assertThat(page).doesNotContain("NaN", "Infinity");
    }
  }

  /** Ten units of weights with ratios of 0.02 or 1.1, and a bias that is far above. */
  private Path figuresWithRatios() throws IOException {
    int low = RatioHistogram.binOf(0.02);
    int high = RatioHistogram.binOf(1.1);
    int bias = RatioHistogram.binOf(500);
    return Files.writeString(
        folder.resolve("figures.csv"),
        "network,iteration,epoch,score,learningRate,layer,parameter,units,clipped,nonFinite,share,"
            + "largestRatio,smallestScale,kind,threshold,mode,leftAlone,ratios\n"
            + ("1,0,0,1,0.5,a<b,W,10,2,0,0.2,1.1,0.09,WEIGHT,0.1,observed ZERO,,"
                + low
                + ":8 "
                + high
                + ":2\n")
            + ("1,0,0,1,0.5,a<b,b,1,1,0,1,500,0.1,BIAS,0.1,observed ZERO,," + bias + ":1\n")
            + "1,0,0,1,0.5,out,W,3,0,0,0,0,1,WEIGHT,,,output layer,\n"
            + ("1,9,0,1,0.5,a<b,W,10,2,0,0.2,1.1,0.09,WEIGHT,0.1,observed ZERO,,"
                + low
                + ":70 "
                + high
                + ":20\n")
            + ("1,9,0,1,0.5,a<b,b,1,1,0,1,500,0.1,BIAS,0.1,observed ZERO,," + bias + ":9\n")
            + "1,9,0,1,0.5,out,W,3,0,0,0,0,1,WEIGHT,,,output layer,\n");
  }

  @Test
  void weightsAreShownApartFromBiasesAndGains() throws IOException {
    assertThat(Files.readString(page(figuresWithRatios())))
        .contains("<b>20.00\u00a0%</b><span>of the weights' units would have been clipped</span>")
        .contains(
            "<b>100.00\u00a0%</b><span>of the biases and gains would have been clipped</span>")
        .contains("<b>0.1</b><span>threshold, observed only, ZERO</span>")
        .contains("\"layers\":[\"a\\u003cb\",\"biases and gains\"]")
        .contains("\"permille\":[200,1000]");
  }

  @Test
  void theCurveSaysWhatTheThresholdInUseClipsOfEachLayer() throws IOException {
    assertThat(Files.readString(page(figuresWithRatios())))
        .contains("threshold 0.1: 22.0\u00a0% of the weights' units</text>")
        .contains("<title>a&lt;b, 22.0\u00a0% at 0.1</title>")
        .contains("<title>biases and gains, 100.0\u00a0% at 0.1</title>");
  }

  @Test
  void thresholdsForSharesAreEdgesOfBins() throws IOException {
    assertThat(Files.readString(page(figuresWithRatios())))
        .contains( // 2^-5.5 and 2^0.25
            "<td>all weights</td><td>0.0221</td><td>0.0221</td><td>1.19</td><td>1.19</td>");
  }

  @Test
  void whatIsLeftAloneIsListedWithItsReason() throws IOException {
    assertThat(Files.readString(page(figuresWithRatios())))
        .contains("<td>out</td><td>W</td><td>weight</td><td>3</td>")
        .contains("colspan=\"4\">left alone: output layer</td>");
  }

  @Test
  void eachLayerHasAMapOfItsRatiosAndAllWeightsHaveOne() throws IOException {
    String page = Files.readString(page(figuresWithRatios()));
    assertThat(page).contains("<option>all weights</option><option>a&lt;b</option>");
    assertThat(page.split("class=\"ratio-map\"", -1)).hasSize(1 + 3);
    assertThat(page).contains("aria-label=\"Ratios of biases and gains, by size and iteration\"");
  }

  /** Versions before 0.2.0 have written infinity, and null for it in JSON. */
  @Test
  void ratiosThatAreNotFiniteHideNoOthers() throws IOException {
    Path file = folder.resolve("figures.jsonl");
    StringBuilder lines = new StringBuilder();
    for (String row : new String[] {"0,a,0.4", "0,b,null", "1,a,0.3", "1,b,0.2"}) {
      String[] fields = row.split(",");
      lines.append(
          String.format(
              "{\"network\":1,\"iteration\":%s,\"epoch\":0,\"score\":null,\"learningRate\":0.1,"
                  + "\"layer\":\"%s\",\"parameter\":\"W\",\"units\":4,\"clipped\":2,\"nonFinite\":0,"
                  + "\"share\":0.5,\"largestRatio\":%s,\"smallestScale\":0.5}%n",
              (Object[]) fields));
    }
    Files.writeString(file, lines);
    String page =
        Files.readString(AgcReportWriter.jsonLines(file).writePage(folder.resolve("page.html")));
    assertThat(page)
        .contains("<td>a</td><td>W</td><td>weight</td><td>4</td><td>50.00\u00a0%</td><td>0.4</td>")
        .contains("<td>b</td><td>W</td><td>weight</td><td>4</td><td>50.00\u00a0%</td><td>0.2</td>")
        .contains("median 0.4, 90 % 0.4, largest 0.4", "median 0.2, 90 % 0.3, largest 0.3")
        .doesNotContain("infinite");
  }

  /** Characters are replaced, removed and doubled, and numbers are replaced by bad ones. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Timeout(120)
  void aDamagedFileIsRefusedOrMakesAPage(boolean csv) throws IOException {
    String rows = Files.readString(figures(2, 4, 3));
    if (!csv) {
      String[] lines = rows.split("\n");
      StringBuilder json = new StringBuilder();
      for (String line : Arrays.copyOfRange(lines, 1, lines.length)) {
        String[] names = lines[0].split(",");
        String[] values = line.split(",");
        json.append('{');
        for (int i = 0; i < names.length; i++) {
          String quotes = i == 5 || i == 6 ? "\"" : "";
          json.append(i == 0 ? "" : ",").append('"').append(names[i]).append("\":");
          json.append(quotes).append(values[i]).append(quotes);
        }
        json.append("}\n");
      }
      rows = json.toString();
    }
    Random random = new Random(3);
    String[] bad = {
      "-1", "2147483647", "-2147483648", "NaN", "null", "1e999", "-0", "9e18", "", "\"", "{}", "\n"
    };
    int pages = 0;
    for (int i = 0; i < 400; i++) {
      int at = random.nextInt(rows.length() - 8);
      int end = at + random.nextInt(8);
      String put =
          i % 4 == 0
              ? rows.substring(at, end).repeat(2)
              : i % 4 == 1 ? "" : bad[random.nextInt(bad.length)];
      Path file = folder.resolve(csv + "-" + i);
      Files.writeString(file, rows.substring(0, at) + put + rows.substring(end));
      try {
        AgcReportWriter writer = csv ? AgcReportWriter.csv(file) : AgcReportWriter.jsonLines(file);
        String page = Files.readString(writer.writePage(folder.resolve("page.html")));
        assertThat(page).as("damage %d: %s at %d", i, put, at).doesNotContainPattern(NO_NUMBER);
        pages++;
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("not a file of figures");
      }
    }
    assertThat(pages).isBetween(20, 380);
  }

  @Test
  void noNameOfALayerCanBecomeMarkup() throws IOException {
    Path file = figures(1, 2, 1);
    Files.writeString(
        file, Files.readString(file).replace("stage0/block0", "</script><script>alert(1)//&"));
    assertThat(Files.readString(page(file)))
        .doesNotContain("<script>alert", "</script><script>")
        .contains("&lt;/script&gt;&lt;script&gt;alert(1)//&amp;");
  }

  @Test
  void opensInABrowserWithoutAnErrorAndShowsItsCharts() throws Exception {
    File chromium =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .flatMap(
                entry ->
                    Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> new File(entry, name)))
            .filter(File::canExecute)
            .findFirst()
            .orElse(null);
    assumeTrue(chromium != null, "no Chromium on the PATH: the page is not opened in a browser");
    Path screenshot = folder.resolve("page.png");
    Path log = folder.resolve("chromium.txt");
    Process process =
        new ProcessBuilder(
                List.of(
                    chromium.getPath(),
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--enable-logging=stderr",
                    "--user-data-dir=" + folder.resolve("profile"),
                    "--window-size=1100,1600",
                    "--screenshot=" + screenshot,
                    page(figures(12, 100, 10)).toUri().toString()))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(Files.readString(log)).doesNotContain("CONSOLE"); // what scripts complain of
    BufferedImage image = ImageIO.read(screenshot.toFile());
    Map<Integer, Integer> pixels = new HashMap<>();
    for (int color : image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, 1100)) {
      pixels.merge(color & 0xffffff, 1, Integer::sum);
    }
    for (int shade : Arrays.asList(0xeceff2, 0xfdebc8, 0xf48d49, 0x741733)) {
      assertThat(pixels.getOrDefault(shade, 0))
          .as("%06x in the heat map", shade)
          .isGreaterThan(300);
    }
    assertThat(pixels.getOrDefault(0x1f6feb, 0)).as("the line of the score").isGreaterThan(50);
  }
}
