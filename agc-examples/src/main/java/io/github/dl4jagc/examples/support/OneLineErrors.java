package io.github.dl4jagc.examples.support;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** How all programs answer wrong arguments: one line that says what is wrong, no usage page. */
public final class OneLineErrors {

  private OneLineErrors() {}

  /**
   * To be set as picocli's {@code ParameterExceptionHandler}.
   *
   * @param wrong what is wrong
   * @param arguments what was given; not used
   * @return the exit code for wrong arguments, 2
   */
  public static int explain(ParameterException wrong, String... arguments) {
    CommandLine command = wrong.getCommandLine();
    String message = wrong.getMessage().replaceAll("\\s*\\R\\s*", " ");
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println(message + " (" + name + " --help lists all options)");
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }
}
