package io.github.dl4jagc.experiments.nfresnet;

import io.github.dl4jagc.experiments.support.OutputFolder;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import java.util.Properties;

/** The options that an experiment was begun with, in a file beside its results. */
final class StoredOptions {

  /** The file's name. */
  static final String FILE = "experiment.properties";

  private final OutputFolder folder;

  StoredOptions(OutputFolder folder) {
    this.folder = folder;
  }

  /** Whether an experiment was begun in the folder. */
  boolean exist() {
    return Files.exists(folder.file(FILE));
  }

  void write(Map<String, String> options) throws IOException {
    Properties properties = new Properties();
    properties.putAll(options);
    StringWriter text = new StringWriter();
    properties.store(text, null);
    folder.write(FILE, text.toString());
  }

  /**
   * Compares.
   *
   * @throws IOException if the file cannot be read or has other values; its message is for the user
   */
  void requireSame(Map<String, String> options) throws IOException {
    Properties before = new Properties();
    try {
      before.load(new StringReader(Files.readString(folder.file(FILE), StandardCharsets.UTF_8)));
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(folder.file(FILE) + " cannot be read (" + e + "); restore it", e);
    }
    for (Map.Entry<String, String> option : options.entrySet()) {
      String name = option.getKey();
      if (!option.getValue().equals(before.getProperty(name))) {
        throw new IOException(
            String.format(
                "the experiment was begun with %s %s, got %s; give it the same options",
                name, before.getProperty(name, "(not in " + FILE + ")"), option.getValue()));
      }
    }
  }
}
