package io.github.dl4jagc.experiments;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The versions of dl4j-agc and of Deeplearning4j that are running. */
public final class Version implements IVersionProvider {

  /** The version of dl4j-agc, as in {@code 0.1.0}. */
  static String ofThisLibrary() {
    return read("/io/github/dl4jagc/experiments/version.properties");
  }

  /** That of Deeplearning4j, from what Maven puts into a jar; unknown if that was repackaged. */
  static String ofDeeplearning4j() {
    return read("/META-INF/maven/org.deeplearning4j/deeplearning4j-nn/pom.properties");
  }

  private static String read(String resource) {
    Properties properties = new Properties();
    try (InputStream file = Version.class.getResourceAsStream(resource)) {
      if (file != null) {
        properties.load(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + resource, e);
    }
    return properties.getProperty("version", "unknown");
  }

  @Override
  public String[] getVersion() {
    return new String[] {"dl4j-agc " + ofThisLibrary()};
  }
}
