package io.github.dl4jagc.experiments.spark;

import java.util.stream.Collectors;

/** Ends the program with a message and without a stack trace. */
final class TrainingFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param what what failed
   * @param cause why, or {@code null} if {@code what} says it; Spark puts the stack traces of its
   *     tasks into the message, which are left out here
   */
  TrainingFailure(String what, Throwable cause) {
    super(cause == null ? what : what + withoutStackTraces(String.valueOf(cause.getMessage())));
    initCause(cause);
  }

  private static String withoutStackTraces(String message) {
    String first = message.lines().findFirst().orElse("");
    String causes =
        message
            .lines()
            .filter(line -> line.startsWith("Caused by: "))
            .distinct()
            .collect(Collectors.joining(" "));
    return causes.isEmpty() ? first : first + " " + causes;
  }
}
