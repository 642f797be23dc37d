package io.github.dl4jagc.internal.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.AgcGradientNormalization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.learning.config.Sgd;
import org.w3c.dom.Document;

/** Messages refer to entries of docs/troubleshooting.md, and the page has nothing else. */
class TroubleshootingTest {

  private static final Path ROOT = Path.of(System.getProperty("agc.root.directory"));

  private static Stream<String> anchorsOfThePage() throws IOException {
    return Files.readAllLines(ROOT.resolve("docs/troubleshooting.md")).stream()
        .filter(line -> line.startsWith("## "))
        .map(line -> line.substring(3).toLowerCase(Locale.ROOT).replace(' ', '-'));
  }

  @Test
  void everyEntryIsOnThePageAndThePageHasNoOther() throws IOException {
    assertThat(Arrays.stream(Troubleshooting.values()).map(Troubleshooting::anchor))
        .containsExactlyElementsOf(anchorsOfThePage()::iterator);
  }

  @ParameterizedTest
  @EnumSource
  void everyEntryHasAMessage(Troubleshooting entry) throws IOException {
    assertThat(messagesOf("agc-updater") + messagesOf("agc-models"))
        .containsAnyOf(
            entry + ".argument(", entry + ".state(", entry + ".message(", ", " + entry + ")");
  }

  private static String messagesOf(String module) throws IOException {
    StringBuilder sources = new StringBuilder();
    try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
      for (Path file :
          files.filter(each -> each.toString().endsWith(".java")).toArray(Path[]::new)) {
        sources.append(Files.readString(file));
      }
    }
    return sources.toString();
  }

  @Test
  void aMessageEndsInTheAddressOfItsEntryForThisVersion() throws Exception {
    Document pom =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(ROOT.resolve("pom.xml").toFile());
    XPath path = XPathFactory.newInstance().newXPath();
    String page =
        path.evaluate("/project/url", pom)
            + "/blob/v"
            + path.evaluate("/project/version", pom)
            + "/docs/troubleshooting.md";
    assertThatThrownBy(() -> new AgcGradientNormalization(new Sgd(0.1), -1))
        .hasMessageEndingWith("the paper uses 0.01 (see " + page + "#bad-argument)");
  }

  @Test
  void valuesArePrintedAsJavaPrintsThem() {
    Exception cause = new IOException("full");
    assertThat(
            Troubleshooting.BAD_ARGUMENT.message(
                "{}, {}, {}, {}, {}, {}",
                1.25e17,
                1234567,
                null,
                new long[] {2, 3},
                new int[0],
                cause))
        .startsWith("1.25E17, 1234567, null, [2, 3], [], java.io.IOException: full (see ");
  }

  @Test
  void bracesInAValueAreNoPlaceHolder() {
    assertThat(Troubleshooting.NOT_A_FILE_OF_FIGURES.message("{} and {}", "{}", "b"))
        .startsWith("{} and b (see ");
  }
}
