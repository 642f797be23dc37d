package io.github.dl4jagc.internal.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.github.dl4jagc.Agc;
import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.models.NfResNet;
import io.github.dl4jagc.report.AgcReportWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.learning.config.Sgd;
import org.slf4j.Logger;
import org.w3c.dom.Document;

/** Messages refer to entries of docs/troubleshooting.md, and the page has nothing else. */
class TroubleshootingTest {

  private static final Path ROOT = Path.of(System.getProperty("agc.root.directory"));

  private static final JavaClasses PUBLISHED =
      new ClassFileImporter()
          .importUrls(
              Stream.of(Agc.class, AgcReportWriter.class, NfResNet.class)
                  .map(one -> one.getProtectionDomain().getCodeSource().getLocation())
                  .collect(Collectors.toList()));

  private static final Predicate<JavaMethodCall> ENTRY_IS_ASKED =
      call -> call.getTargetOwner().isEquivalentTo(Troubleshooting.class);

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
  void everyEntryIsReferredTo(Troubleshooting entry) {
    assertThat(PUBLISHED.get(Troubleshooting.class).getField(entry.name()).getAccessesToSelf())
        .anyMatch(access -> !access.getOriginOwner().isEquivalentTo(Troubleshooting.class));
  }

  /** IOExceptions are causes: each is caught, and a message made. */
  @Test
  void everyExceptionAndWarningRefersToAnEntry() {
    List<JavaCodeUnit> complaints =
        PUBLISHED.stream()
            .filter(each -> !each.isEquivalentTo(Troubleshooting.class))
            .flatMap(each -> each.getCodeUnits().stream())
            .filter(TroubleshootingTest::complains)
            .collect(Collectors.toList());
    assertThat(complaints)
        .hasSizeGreaterThan(10)
        .allMatch(each -> each.getMethodCallsFromSelf().stream().anyMatch(ENTRY_IS_ASKED));
  }

  /** Besides the exceptions that entries make themselves. */
  private static boolean complains(JavaCodeUnit code) {
    return code.getConstructorCallsFromSelf().stream()
            .anyMatch(call -> call.getTargetOwner().isAssignableTo(RuntimeException.class))
        || code.getMethodCallsFromSelf().stream()
            .filter(call -> call.getTargetOwner().isEquivalentTo(Logger.class))
            .anyMatch(call -> Set.of("warn", "error").contains(call.getName()));
  }

  /** HEAD, which is always there, until a release names its own. */
  @Test
  void aMessageEndsInTheAddressOfItsEntryForThisVersion() throws Exception {
    Document pom =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(ROOT.resolve("pom.xml").toFile());
    XPath path = XPathFactory.newInstance().newXPath();
    String page =
        path.evaluate("/project/url", pom)
            + "/blob/"
            + path.evaluate("/project/scm/tag", pom)
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
    assertThat(Troubleshooting.NOT_A_STATISTICS_FILE.message("{} and {}", "{}", "b"))
        .startsWith("{} and b (see ");
  }
}
