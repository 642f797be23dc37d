package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every Java snippet of the README and of docs compiles, and the README's first one runs. */
class ReadmeTest {

  private static final Path ROOT = Path.of(System.getProperty("agc.root.directory"));

  /** What a reader of a snippet has in hand. */
  private static final String CONTEXT =
      String.join(
          "\n",
          "import io.github.dl4jagc.*;",
          "import io.github.dl4jagc.models.*;",
          "import java.io.File;",
          "import java.nio.file.Path;",
          "import java.util.Map;",
          "import org.deeplearning4j.nn.conf.*;",
          "import org.deeplearning4j.nn.graph.ComputationGraph;",
          "import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;",
          "import org.deeplearning4j.nn.transferlearning.*;",
          "import org.deeplearning4j.nn.weights.WeightInit;",
          "import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;",
          "import org.deeplearning4j.util.ModelSerializer;",
          "import org.nd4j.autodiff.samediff.SameDiff;",
          "import org.nd4j.autodiff.samediff.TrainingConfig;",
          "import org.nd4j.linalg.api.ndarray.INDArray;",
          "import org.nd4j.linalg.dataset.DataSet;",
          "import org.nd4j.linalg.learning.config.*;",
          "class Snippet%d {",
          "  void run(MultiLayerNetwork net, DataSet data, INDArray features, INDArray labels,",
          "      INDArray weights, INDArray gradient, int iteration, int epoch, int batchSize,",
          "      File file, SameDiff sd, ComputationGraph graph) throws Exception {",
          "%s",
          "  }",
          "}");

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

  private static List<String> readme() throws Exception {
    return snippets(ROOT.resolve("README.md"));
  }

  @Test
  void everySnippetCompiles() throws Exception {
    List<String> snippets = new ArrayList<>(readme());
    assertThat(snippets).hasSizeGreaterThanOrEqualTo(6);
    snippets.remove(0); // a whole class
    try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
      for (Path page : pages.filter(ReadmeTest::isCompiledHere).toArray(Path[]::new)) {
        snippets.addAll(snippets(page));
      }
    }
    for (int i = 0; i < snippets.size(); i++) {
      compile("Snippet" + i, String.format(CONTEXT, i, snippets.get(i)));
    }
  }

  /** The snippets about Spark are compiled where there is Spark, by agc-spark's tests. */
  private static boolean isCompiledHere(Path page) {
    String name = page.getFileName().toString();
    return name.endsWith(".md") && !name.equals("spark.md");
  }

  @Test
  void theExampleRuns() throws Exception {
    compile("Example", readme().get(0));
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
        .contains("layer0/W", "layer1/W", "all that AGC clips")
        .endsWith("1.0" + System.lineSeparator());
  }

  @Test
  void theTwoCommandsAreThereWordForWordAndCiRunsTheSecond() throws Exception {
    List<String> lines = Files.readAllLines(ROOT.resolve("README.md"));
    assertThat(lines)
        .contains("    mvn -q -pl agc-examples -am compile exec:java", "    mvn verify");
    assertThat(Files.readAllLines(ROOT.resolve(".ci/run"))).contains("mvn verify");
  }

  private void compile(String name, String source) throws Exception {
    Path file = folder.resolve(name + ".java");
    Files.writeString(file, source);
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
                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(file))
            .call();
    assertThat(compiled).as("%s%n%s", messages, source).isTrue();
  }
}
