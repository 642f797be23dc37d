package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
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
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What the library brings along, and what it needs. */
class LibraryJarTest {

  private static final Path MODULE = Path.of(System.getProperty("agc.updater.directory"));
  private static final Path CLASSES = MODULE.resolve("target/classes");

  private static String classPathOfItsTwoDependencies() throws Exception {
    // Written by the module's own build from its declared dependencies and what these bring along.
    return Files.readString(MODULE.resolve("target/classpath.txt")).trim();
  }

  /** Every reference of every class of the library, and where on {@code classPath} it is found. */
  private static String references(String classPath) {
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
            CLASSES.toString());
    return output.toString();
  }

  @Test
  void everyClassItRefersToIsInItsDeclaredDependencies() throws Exception {
    String references = references(classPathOfItsTwoDependencies());
    assertThat(references).contains("org.nd4j.linalg.learning.config.IUpdater");
    assertThat(references.lines().filter(line -> line.contains("not found"))).isEmpty();
  }

  @Test
  void theCheckFindsAClassThatIsMissing() {
    String references = references(CLASSES.toString()); // without its dependencies
    assertThat(references.lines().filter(line -> line.contains("not found"))).isNotEmpty();
  }

  @Test
  void itDeclaresTwoDependencies() throws Exception {
    NodeList dependencies =
        (NodeList)
            XPathFactory.newInstance()
                .newXPath()
                .evaluate(
                    "/project/dependencies/dependency",
                    DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(MODULE.resolve("pom.xml").toFile()),
                    XPathConstants.NODESET);
    List<String> artifacts =
        Stream.iterate(0, i -> i + 1)
            .limit(dependencies.getLength())
            .map(i -> (Element) dependencies.item(i))
            .map(each -> each.getElementsByTagName("artifactId").item(0).getTextContent())
            .collect(Collectors.toList());
    assertThat(artifacts).containsExactly("deeplearning4j-nn", "slf4j-api");
  }

  @Test
  void itIsByteCodeForJava11() throws Exception {
    try (Stream<Path> files = Files.walk(CLASSES)) {
      List<Path> classes =
          files.filter(file -> file.toString().endsWith(".class")).collect(Collectors.toList());
      assertThat(classes).hasSizeGreaterThan(10);
      for (Path file : classes) {
        byte[] bytes = Files.readAllBytes(file);
        assertThat(((bytes[6] & 0xff) << 8) | (bytes[7] & 0xff)).as(file.toString()).isEqualTo(55);
      }
    }
  }

  @Test
  void theJarHasAModuleNameAndItsLicence() throws Exception {
    Path jar = MODULE.resolve("target/agc-updater-" + version() + ".jar");
    assumeTrue(Files.exists(jar), "the library is not packaged: mvn verify does it");
    assertThat(ModuleFinder.of(jar).find("io.github.dl4jagc"))
        .hasValueSatisfying(module -> assertThat(module.descriptor().isAutomatic()).isTrue());
    try (JarFile entries = new JarFile(jar.toFile())) {
      assertThat(entries.getEntry("META-INF/LICENSE")).isNotNull();
      assertThat(entries.getEntry("META-INF/NOTICE")).isNotNull();
      assertThat(entries.getManifest().getMainAttributes().getValue("Implementation-Version"))
          .isEqualTo(version());
    }
  }

  private static String version() throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(MODULE.resolve("pom.xml").toFile())
        .getElementsByTagName("version")
        .item(0)
        .getTextContent();
  }
}
