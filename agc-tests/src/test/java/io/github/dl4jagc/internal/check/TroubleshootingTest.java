package io.github.dl4jagc.internal.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.AgcGradientNormalization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.Sgd;

/** Messages refer to entries of docs/troubleshooting.md, and the page has nothing else. */
class TroubleshootingTest {

  private static final Path ROOT = Path.of(System.getProperty("agc.root.directory"));

  /** What ends in a user's sight. IOExceptions are causes: each is caught, and a message made. */
  private static final Pattern COMPLAINT =
      Pattern.compile(
          "(?:(?:throw|return) new (?!IOException)\\w*Exception|log\\.(?:warn|error))\\((.*?)\\);\\R",
          Pattern.DOTALL);

  private static final Pattern REFERENCE =
      Pattern.compile("Troubleshooting\\.at\\(\"([^\"]+)\"\\)");

  private static List<String> complaints() throws IOException {
    List<String> complaints = new ArrayList<>();
    try (Stream<Path> files =
        Files.walk(Path.of(System.getProperty("agc.updater.directory"), "src/main/java"))) {
      for (Path file :
          files.filter(each -> each.toString().endsWith(".java")).toArray(Path[]::new)) {
        Matcher matcher = COMPLAINT.matcher(Files.readString(file));
        while (matcher.find()) {
          complaints.add(file.getFileName() + ": " + matcher.group(1));
        }
      }
    }
    return complaints;
  }

  private static Set<String> entries() throws IOException {
    return Files.readAllLines(ROOT.resolve("docs/troubleshooting.md")).stream()
        .filter(line -> line.startsWith("## "))
        .map(line -> line.substring(3).toLowerCase(Locale.ROOT).replace(' ', '-'))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everyExceptionAndWarningRefersToAnEntryAndEveryEntryIsReferredTo() throws IOException {
    Set<String> referredTo = new TreeSet<>();
    assertThat(complaints())
        .hasSizeGreaterThan(40)
        .allSatisfy(
            complaint -> {
              Matcher reference = REFERENCE.matcher(complaint);
              assertThat(reference.find()).as("refers to an entry").isTrue();
              referredTo.add(reference.group(1));
            });
    assertThat(referredTo).isEqualTo(entries());
  }

  @Test
  void theReferenceIsPartOfTheMessage() {
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> new AgcGradientNormalization(new Sgd(0.1), -1)))
        .hasMessageEndingWith("the paper uses 0.01 (see docs/troubleshooting.md#bad-argument)");
  }
}
