package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.IUpdater;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What the published modules bring along, and what they need. */
class LibraryJarTest {

  private static final Path ROOT = Path.of(System.getProperty("agc.root.directory"));

  private static Path classes(String module) {
    return ROOT.resolve(module).resolve("target/classes");
  }

  /**
   * Of what the library declares and what that brings along; for the other modules the library too.
   */
  private static String classPathOfDependencies(String module) throws Exception {
    // Written by the library's own build.
    String ofLibrary = Files.readString(ROOT.resolve("agc-updater/target/classpath.txt")).trim();
    return module.equals("agc-updater")
        ? ofLibrary
        : classes("agc-updater") + File.pathSeparator + ofLibrary;
  }

  /** Every reference of every class of a module, and where on {@code classPath} it is found. */
  private static String references(String module, String classPath) {
    StringWriter output = new StringWriter();
    PrintWriter writer = new PrintWriter(output);
    ToolProvider.findFirst("jdeps")
        .orElseThrow()
        .run(
            writer,
            writer,
            "--multi-release",
            "11",
            "--ignore-missing-deps",
            "-verbose:class",
            "-filter:none",
            "-cp",
            classPath,
            classes(module).toString());
    return output.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"agc-updater", "agc-report", "agc-models"})
  void everyClassItRefersToIsInItsDeclaredDependencies(String module) throws Exception {
    String references = references(module, classPathOfDependencies(module));
    assertThat(references).contains("-> org.deeplearning4j.nn.");
    assertThat(references.lines()).noneMatch(LibraryJarTest::isMissing);
  }

  /** The tab of DL4J's UI is loaded by the UI alone: who has not got it has not got it. */
  private static boolean isMissing(String reference) {
    return reference.matches(" +(?!io\\.github\\.dl4jagc\\.report\\.ui\\.)\\S+ +-> .* not found");
  }

  @ParameterizedTest
  @ValueSource(strings = {"agc-updater", "agc-report", "agc-models"})
  void theCheckFindsAClassThatIsMissing(String module) {
    String references = references(module, classes(module).toString()); // without dependencies
    assertThat(references.lines()).anyMatch(LibraryJarTest::isMissing);
  }

  @ParameterizedTest
  @CsvSource({
    "agc-updater, deeplearning4j-nn slf4j-api",
    "agc-report, agc-updater",
    "agc-models, agc-updater deeplearning4j-nn"
  })
  void itDeclaresFewDependencies(String module, String declared) throws Exception {
    NodeList dependencies =
        (NodeList)
            XPathFactory.newInstance()
                .newXPath()
                .evaluate(
                    "/project/dependencies/dependency[not(optional='true')]",
                    pom(module),
                    XPathConstants.NODESET);
    List<String> artifacts =
        Stream.iterate(0, i -> i + 1)
            .limit(dependencies.getLength())
            .map(i -> (Element) dependencies.item(i))
            .map(each -> each.getElementsByTagName("artifactId").item(0).getTextContent())
            .collect(Collectors.toList());
    assertThat(artifacts).containsExactly(declared.split(" "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"agc-updater", "agc-report", "agc-models"})
  void itIsByteCodeForJava11(String module) throws Exception {
    try (Stream<Path> files = Files.walk(classes(module))) {
      List<Path> classes =
          files.filter(file -> file.toString().endsWith(".class")).collect(Collectors.toList());
      assertThat(classes).hasSizeGreaterThan(10);
      for (Path file : classes) {
        byte[] bytes = Files.readAllBytes(file);
        assertThat(((bytes[6] & 0xff) << 8) | (bytes[7] & 0xff)).as(file.toString()).isEqualTo(55);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "agc-updater, io.github.dl4jagc",
    "agc-report, io.github.dl4jagc.report",
    "agc-models, io.github.dl4jagc.models",
    "agc-spark, io.github.dl4jagc.spark"
  })
  void theJarHasAModuleNameAndItsLicence(String module, String name) throws Exception {
    Path jar = ROOT.resolve(module).resolve("target/" + module + "-" + version() + ".jar");
    assumeTrue(Files.exists(jar), "the module is not packaged: mvn verify does it");
    assertThat(ModuleFinder.of(jar).find(name))
        .hasValueSatisfying(found -> assertThat(found.descriptor().isAutomatic()).isTrue());
    try (JarFile entries = new JarFile(jar.toFile())) {
      assertThat(entries.getEntry("META-INF/LICENSE")).isNotNull();
      assertThat(entries.getEntry("META-INF/NOTICE")).isNotNull();
      assertThat(entries.getManifest().getMainAttributes().getValue("Implementation-Version"))
          .isEqualTo(version());
    }
  }

  /** If this fails with a newer DL4J, docs/compatibility.md has to say something else. */
  @Test
  void nd4jCannotBeReadAsAModule() throws Exception {
    Path jar = Path.of(IUpdater.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    assertThatThrownBy(() -> ModuleFinder.of(jar).findAll())
        .isInstanceOf(FindException.class)
        .cause()
        .hasMessage("Package org.nd4j.autodiff.validation.listeners not found in module");
  }

  private static String version() throws Exception {
    return pom("").getElementsByTagName("version").item(0).getTextContent();
  }

  private static Document pom(String module) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(ROOT.resolve(module).resolve("pom.xml").toFile());
  }
}
