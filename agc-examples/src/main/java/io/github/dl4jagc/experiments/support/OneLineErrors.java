package io.github.dl4jagc.experiments.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * How all programs answer what their user can mend: one line that says what is wrong, no usage page
 * and no stack trace. Those are left for faults of the program.
 */
public final class OneLineErrors {

  private OneLineErrors() {}

  /**
   * Runs a program, and returns its exit code: 1 where it failed, 2 where the arguments are wrong.
   */
  public static int run(CommandLine program, String... arguments) {
    program.setCaseInsensitiveEnumValuesAllowed(true);
    program.setParameterExceptionHandler(OneLineErrors::explain);
    program.setExecutionExceptionHandler(OneLineErrors::explain);
    try {
      return program.execute(arguments);
    } catch (OutOfMemoryError e) {
      program
          .getErr()
          .printf(
              "Not enough memory for these options (%s); ask for less, or give the JVM more by"
                  + " -Xmx%n",
              e.getMessage());
      return program.getCommandSpec().exitCodeOnExecutionException();
    }
  }

  private static int explain(ParameterException wrong, String... arguments) {
    CommandLine command = wrong.getCommandLine();
    command
        .getErr()
        .printf(
            "%s%s (%s --help lists all options)%n",
            oneLine(wrong.getMessage()),
            suggestion(wrong),
            command.getCommandSpec().qualifiedName());
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static String suggestion(ParameterException wrong) {
    List<String> similar =
        wrong instanceof UnmatchedArgumentException
            ? ((UnmatchedArgumentException) wrong).getSuggestions()
            : List.of();
    return similar.isEmpty() ? "" : "; did you mean " + String.join(" or ", similar) + "?";
  }

  private static int explain(Exception failure, CommandLine command, ParseResult parsed)
      throws Exception {
    if (!(failure instanceof IOException || failure instanceof UncheckedIOException)) {
      throw failure;
    }
    command.getErr().println(oneLine(failure.getMessage()));
    return command.getCommandSpec().exitCodeOnExecutionException();
  }

  private static String oneLine(String message) {
    return message.replaceAll("\\s*\\R\\s*", " ");
  }
}
