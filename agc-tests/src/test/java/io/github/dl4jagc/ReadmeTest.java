package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/**
 * Every Java snippet of the README and of docs compiles, the first program runs, links lead
 * somewhere.
 */
class ReadmeTest {

  private static final Path ROOT = Path.of(System.getProperty("agc.root.directory"));

  /** What a reader of a snippet has in hand. */
  private static final String CONTEXT =
      String.join(
          "\n",
          "import io.github.dl4jagc.*;",
          "import io.github.dl4jagc.models.*;",
          "import io.github.dl4jagc.report.*;",
          "import java.io.File;",
          "import java.nio.file.Path;",
          "import java.util.List;",
          "import java.util.Map;",
          "import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;",
          "import org.deeplearning4j.earlystopping.*;",
          "import org.deeplearning4j.earlystopping.saver.*;",
          "import org.deeplearning4j.earlystopping.scorecalc.*;",
          "import org.deeplearning4j.earlystopping.termination.*;",
          "import org.deeplearning4j.earlystopping.trainer.*;",
          "import org.deeplearning4j.nn.conf.*;",
          "import org.deeplearning4j.nn.conf.layers.*;",
          "import org.deeplearning4j.nn.gradient.Gradient;",
          "import org.deeplearning4j.nn.graph.ComputationGraph;",
          "import org.deeplearning4j.nn.modelimport.keras.KerasModelImport;",
          "import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;",
          "import org.deeplearning4j.nn.transferlearning.*;",
          "import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;",
          "import org.deeplearning4j.nn.updater.UpdaterBlock;",
          "import org.deeplearning4j.nn.weights.WeightInit;",
          "import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;",
          "import org.deeplearning4j.optimize.listeners.*;",
          "import org.deeplearning4j.parallelism.*;",
          "import org.deeplearning4j.util.ModelSerializer;",
          "import io.github.dl4jagc.report.ui.AgcStatsListener;",
          "import org.deeplearning4j.core.storage.StatsStorage;",
          "import org.deeplearning4j.core.storage.impl.RemoteUIStatsStorageRouter;",
          "import org.deeplearning4j.ui.api.UIServer;",
          "import org.deeplearning4j.ui.model.stats.StatsListener;",
          "import org.deeplearning4j.ui.model.storage.*;",
          "import org.nd4j.autodiff.samediff.SameDiff;",
          "import org.nd4j.autodiff.samediff.TrainingConfig;",
          "import org.nd4j.linalg.activations.Activation;",
          "import org.nd4j.linalg.api.ndarray.INDArray;",
          "import org.nd4j.linalg.dataset.DataSet;",
          "import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;",
          "import org.nd4j.linalg.learning.config.*;",
          "import org.nd4j.linalg.lossfunctions.LossFunctions;",
          "class Snippet%d {",
          "  MultiLayerNetwork net;",
          "  ComputationGraph graph;",
          "  SameDiff sd;",
          "  DataSetIterator trainingData, testData;",
          "  DataSet data;",
          "  INDArray features, labels, weights, gradient;",
          "  int iteration, epoch, batchSize;",
          "  File file, folder;",
          "  EarlyStoppingConfiguration<MultiLayerNetwork> conf;",
          "  void run() throws Exception {",
          "%s",
          "  }",
          "}");

  /** A link to a file, or to a heading of it; not to the web. */
  private static final Pattern LINK =
      Pattern.compile("\\]\\((?!https?:)([^)#\\s]*)(?:#([^)\\s]*))?\\)");

  @TempDir Path folder;

  private static List<String> snippets(Path page) throws Exception {
    Matcher blocks =
        Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL).matcher(Files.readString(page));
    List<String> snippets = new ArrayList<>();
    while (blocks.find()) {
      snippets.add(blocks.group(1));
    }
    return snippets;
  }

  private static List<Path> pages() throws Exception {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(Stream.of(ROOT.resolve("README.md")), docs.sorted())
          .filter(page -> page.toString().endsWith(".md"))
          .collect(Collectors.toList());
    }
  }

  /** Those about Spark are compiled where there is Spark, by agc-spark's tests. */
  @Test
  void everySnippetCompiles() throws Exception {
    List<Path> sources = new ArrayList<>();
    for (Path page : pages()) {
      if (!page.endsWith("first-program.md") && !page.endsWith("spark.md")) {
        for (String snippet : snippets(page)) {
          int number = sources.size();
          sources.add(write("Snippet" + number, String.format(CONTEXT, number, snippet)));
        }
      }
    }
    assertThat(sources).hasSizeGreaterThan(20);
    compile(sources);
  }

  @Test
  void theListOfContentsHasEveryPage() throws Exception {
    String contents = Files.readString(ROOT.resolve("docs/README.md"));
    for (Path page : pages()) {
      String name = page.getFileName().toString();
      if (!name.equals("README.md")) {
        assertThat(contents).contains("](" + name + ")");
      }
    }
  }

  @Test
  void theReadmeIsShortAndItsLinksAndThoseOfThePagesLeadSomewhere() throws Exception {
    assertThat(Files.readAllLines(ROOT.resolve("README.md"))).hasSizeLessThanOrEqualTo(150);
    for (Path page : pages()) {
      Matcher links = LINK.matcher(Files.readString(page));
      while (links.find()) {
        Path target =
            links.group(1).isEmpty() ? page : page.resolveSibling(links.group(1)).normalize();
        assertThat(target).as("%s of %s", links.group(), page).exists();
        if (links.group(2) != null) {
          assertThat(anchors(target)).as("%s of %s", links.group(), page).contains(links.group(2));
        }
      }
    }
  }

  private static List<String> anchors(Path page) throws Exception {
    return Files.readAllLines(page).stream()
        .filter(line -> line.matches("#+ .*"))
        .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
        .map(line -> line.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toList());
  }

  @Test
  void theFirstProgramRuns() throws Exception {
    Path saved = folder.resolve("net.zip");
    String program = snippets(ROOT.resolve("docs/first-program.md")).get(0);
    compile(List.of(write("Example", program.replace("\"net.zip\"", "\"" + saved + "\""))));
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      loader
          .loadClass("Example")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(before);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("without AGC: 0.5", "layer0/W", "layer4/W", "all that AGC clips")
        .endsWith("with AGC: 1.0" + System.lineSeparator());
    assertThat(MultiLayerNetwork.load(saved.toFile(), true).getLayers()).hasSize(5);
  }

  /** That it builds and runs was tried by hand, as it takes what it needs from the web. */
  @Test
  void thePomOfTheFirstProgramAndTheGradleFileHaveTheVersionsOfThisOne() throws Exception {
    String page = Files.readString(ROOT.resolve("docs/first-program.md"));
    Document project = document(Files.readString(ROOT.resolve("pom.xml")));
    Document example =
        document(page.substring(page.indexOf("<project"), page.indexOf("</project>") + 10));
    XPath path = XPathFactory.newInstance().newXPath();
    Map.of(
            "agc-updater", path.evaluate("/project/version", project),
            "nd4j-native-platform", path.evaluate("/project/properties/dl4j.version", project),
            "logback-classic", path.evaluate("/project/properties/logback.version", project))
        .forEach(
            (artifact, version) -> {
              assertThat(page).contains(":" + artifact + ":" + version + "'");
              assertThat(versionOf(artifact, example)).as(artifact).isEqualTo(version);
            });
    assertThat(path.evaluate("/project/properties/maven.compiler.release", example))
        .isEqualTo("11");
  }

  private static String versionOf(String artifact, Document pom) {
    try {
      return XPathFactory.newInstance()
          .newXPath()
          .evaluate("//dependency[artifactId='" + artifact + "']/version", pom);
    } catch (XPathExpressionException e) {
      throw new AssertionError(e);
    }
  }

  private static Document document(String xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }

  @Test
  void theTwoCommandsAreThereWordForWordAndCiRunsTheSecond() throws Exception {
    List<String> lines = Files.readAllLines(ROOT.resolve("README.md"));
    assertThat(lines)
        .contains("    mvn -q -pl agc-examples -am compile exec:java", "    mvn verify");
    assertThat(Files.readAllLines(ROOT.resolve(".ci/run"))).contains("mvn verify");
  }

  private Path write(String name, String source) throws Exception {
    return Files.writeString(folder.resolve(name + ".java"), source);
  }

  private void compile(List<Path> sources) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    boolean compiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                List.of(
                    "-proc:none",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "-d",
                    folder.toString()),
                null,
                compiler
                    .getStandardFileManager(null, null, null)
                    .getJavaFileObjectsFromPaths(sources))
            .call();
    assertThat(compiled).as("%s", messages).isTrue();
  }
}
