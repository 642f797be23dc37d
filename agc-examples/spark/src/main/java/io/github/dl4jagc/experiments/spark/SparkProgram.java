package io.github.dl4jagc.experiments.spark;

import io.github.dl4jagc.experiments.support.OneLineErrors;
import java.io.PrintWriter;
import picocli.CommandLine;

/** Starts the program {@code spark}: the class to give to {@code spark-submit}. */
public final class SparkProgram {

  private SparkProgram() {}

  /**
   * Runs the program and ends the JVM: DL4J's parameter server leaves threads behind.
   *
   * @param arguments the options; {@code --help} lists them
   */
  public static void main(String... arguments) {
    System.exit(
        run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), arguments));
  }

  /**
   * Runs the program.
   *
   * @param out takes the results, and the help where it is asked for
   * @param err takes the errors
   * @param arguments the options
   * @return the exit code: 0 after a success, 1 if the training failed, 2 if the arguments are
   *     wrong
   */
  public static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return OneLineErrors.run(
        new CommandLine(new SparkCommand()).setOut(out).setErr(err), arguments);
  }
}
