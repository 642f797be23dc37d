package io.github.dl4jagc.experiments;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What picocli cannot check of a command's options by itself. */
final class Arguments {

  private final CommandSpec spec;

  /** Of one command. */
  Arguments(CommandSpec spec) {
    this.spec = spec;
  }

  /** The exception for an option that has a wrong value: what it must be, what it is, remedy. */
  ParameterException invalid(String option, String message) {
    return new ParameterException(
        spec.commandLine(), "Invalid value for option '" + option + "': " + message);
  }

  /** Checks the values of one side of a grid: none may be there twice. */
  void requireDifferent(String option, List<?> values) {
    if (new HashSet<>(values).size() < values.size()) {
      throw invalid(option, "values must differ, got " + values + "; leave one out");
    }
  }

  /** Opens the folder that the option {@code --output} names, for these files. */
  OutputFolder openOutput(Path path, String... files) {
    try {
      return OutputFolder.open(path, files);
    } catch (IOException e) {
      throw invalid(
          "--output",
          String.format(
              "must be a folder that can be written to, got '%s' (%s); name another one",
              path, e.getMessage()));
    }
  }
}
