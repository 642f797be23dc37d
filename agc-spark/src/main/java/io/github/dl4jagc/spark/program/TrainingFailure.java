package io.github.dl4jagc.spark.program;

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
    StringBuilder short_ = new StringBuilder();
    message
        .lines()
        .filter(line -> !line.startsWith("\t") && !line.isBlank())
        .filter(line -> !line.startsWith("Driver stacktrace") && !line.startsWith("Caused by"))
        .distinct()
        .forEach(line -> short_.append(short_.length() == 0 ? "" : " ").append(line));
    return short_.toString();
  }
}
