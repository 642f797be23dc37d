package io.github.dl4jagc.experiments;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Runs of the programs within this JVM, and what they have printed. */
final class ExampleRun {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** Runs a program, and returns its exit code. */
  int run(String... arguments) {
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  /** Runs {@code nfresnet} with the smallest of everything that is not given. */
  int nfresnet(Path output, String... options) {
    Map<String, String> usual = new LinkedHashMap<>();
    usual.put("--training-images", "120");
    usual.put("--batch-sizes", "40,120");
    usual.put("--width", "2");
    usual.put("--epochs", "1");
    usual.put("--seeds", "2");
    usual.put("--thresholds", "0.01");
    usual.put("--output", output.toString());
    List<String> arguments = new ArrayList<>(List.of("nfresnet"));
    arguments.addAll(List.of(options));
    usual.forEach(
        (name, value) -> {
          if (!arguments.contains(name)) {
            arguments.addAll(List.of(name, value));
          }
        });
    return run(arguments.toArray(String[]::new));
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }

  /** What was said on standard error besides the progress. */
  List<String> complaints() {
    return err().lines().filter(line -> !line.startsWith("nfresnet ")).collect(Collectors.toList());
  }

  void forget() {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
  }
}
