package io.github.dl4jagc.experiments.support;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What picocli cannot check of a command's options by itself. */
public final class Arguments {

  private final CommandSpec spec;

  /**
   * Of one command.
   *
   * @param spec the command that the options were given to
   */
  public Arguments(CommandSpec spec) {
    this.spec = spec;
  }

  /**
   * Makes the exception for an option that has a wrong value.
   *
   * @param option the option's name
   * @param message what it must be, what it is, and the remedy
   * @return to be thrown
   */
  public ParameterException invalid(String option, String message) {
    return new ParameterException(
        spec.commandLine(), "Invalid value for option '" + option + "': " + message);
  }

  /**
   * Checks the values of one side of a grid.
   *
   * @param option the option's name
   * @param values what was given
   * @throws ParameterException if there is one twice
   */
  public void requireDifferent(String option, List<?> values) {
    if (new HashSet<>(values).size() < values.size()) {
      throw invalid(option, "values must differ, got " + values + "; leave one out");
    }
  }

  /**
   * Opens the folder that the option {@code --output} names.
   *
   * @param path the option's value
   * @param files the names of those that will be written
   * @return the folder
   * @throws ParameterException if these files cannot be written to it
   */
  public OutputFolder openOutput(Path path, String... files) {
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
