package io.github.dl4jagc.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every Java snippet of docs/spark.md compiles; those of the README are compiled by agc-tests. */
class SnippetsTest {

  private static final Path PAGE = Path.of("..", "docs", "spark.md");

  /** What a reader of a snippet has in hand. */
  private static final String CONTEXT =
      String.join(
          "\n",
          "import io.github.dl4jagc.spark.*;",
          "import org.apache.spark.api.java.*;",
          "import org.deeplearning4j.nn.conf.MultiLayerConfiguration;",
          "import org.deeplearning4j.spark.api.TrainingMaster;",
          "import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;",
          "import org.nd4j.linalg.dataset.DataSet;",
          "class Snippet%d {",
          "  void run(JavaSparkContext sc, MultiLayerConfiguration conf,",
          "      TrainingMaster<?, ?> trainingMaster, JavaRDD<DataSet> data) {",
          "%s",
          "  }",
          "}");

  @TempDir Path folder;

  @Test
  void everySnippetOfTheSparkPageCompiles() throws Exception {
    Matcher blocks =
        Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
    List<String> snippets = new ArrayList<>();
    while (blocks.find()) {
      snippets.add(blocks.group(1));
    }
    assertThat(snippets).isNotEmpty();
    for (int i = 0; i < snippets.size(); i++) {
      compile("Snippet" + i, String.format(CONTEXT, i, snippets.get(i)));
    }
  }

  private void compile(String name, String source) throws Exception {
    Path file = Files.writeString(folder.resolve(name + ".java"), source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    List<String> options =
        List.of(
            "-proc:none", "-cp", System.getProperty("java.class.path"), "-d", folder.toString());
    boolean compiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                options,
                null,
                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(file))
            .call();
    assertThat(compiled).as("%s%n%s", messages, source).isTrue();
  }
}
