package io.github.dl4jagc.experiments;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Runs of the commands within this JVM, and what they have printed. */
final class CommandRun {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** Runs a command, and returns its exit code. */
  int run(String... arguments) {
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  /** Runs {@code digits}, three steps a run with the dense network unless told otherwise. */
  int digits(Path output, String... options) {
    List<String> arguments = new ArrayList<>(List.of(options));
    List<List<String>> tiny =
        List.of(
            List.of("--networks", "dense3"),
            List.of("--updaters", "nesterovs"),
            List.of("--epochs", "1"),
            List.of("--batch-sizes", "512"),
            List.of("--seeds", "1"),
            List.of("--output", output.toString()));
    tiny.stream()
        .filter(option -> !arguments.contains(option.get(0)))
        .forEach(option -> arguments.addAll(0, option));
    return run(arguments.toArray(String[]::new));
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }

  /** The lines of the table, without its header. */
  List<String> tableRows(int headerLines) {
    return out()
        .lines()
        .skip(headerLines)
        .takeWhile(line -> !line.isBlank())
        .map(String::strip)
        .collect(Collectors.toList());
  }

  /** What was said on standard error besides the progress. */
  List<String> complaints() {
    return err()
        .lines()
        .filter(line -> !line.startsWith("digits ") && !line.startsWith("nfresnet "))
        .collect(Collectors.toList());
  }

  void forget() {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
  }
}
