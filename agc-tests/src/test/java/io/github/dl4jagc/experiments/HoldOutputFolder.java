package io.github.dl4jagc.experiments;

import java.nio.file.Path;
import java.util.List;

/** Opens a folder for its results, prints a {@code +}, and waits. */
public final class HoldOutputFolder {

  private HoldOutputFolder() {}

  /** What starts it in a process of its own. */
  static List<String> command(Path folder) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        HoldOutputFolder.class.getName(),
        folder.toString());
  }

  public static void main(String... arguments) throws Exception {
    try (OutputFolder folder = OutputFolder.open(Path.of(arguments[0]))) {
      System.out.print('+');
      System.out.flush();
      // Until it is ended, or whoever started it is.
      System.in.read();
    }
  }
}
