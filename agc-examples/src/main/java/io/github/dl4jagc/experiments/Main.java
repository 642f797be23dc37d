package io.github.dl4jagc.experiments;

import io.github.dl4jagc.experiments.digits.DigitsCommand;
import io.github.dl4jagc.experiments.nfresnet.NfResNetCommand;
import io.github.dl4jagc.experiments.support.OneLineErrors;
import io.github.dl4jagc.experiments.threshold.ThresholdCommand;
import java.io.PrintWriter;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ScopeType;

/**
 * The command that all examples are under: {@code agc-examples <example> [options]}. Without the
 * name of an example it runs {@code digits}.
 */
@Command(
    name = "agc-examples",
    description =
        "Programs that show what adaptive gradient clipping (AGC) does. Without the name of an"
            + " example, digits is run.",
    subcommands = {DigitsCommand.class, ThresholdCommand.class, NfResNetCommand.class},
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT)
public final class Main {

  private static final String DEFAULT_EXAMPLE = "digits";
  private static final Set<String> OWN_OPTIONS = Set.of("-h", "--help", "-V", "--version");

  /** For picocli, which needs an instance to hang the subcommands on. */
  private Main() {}

  /**
   * Runs an example, and ends the JVM only if that fails: a build tool that calls this method in
   * its own JVM goes on after a success.
   *
   * @param arguments the name of an example and its options
   */
  public static void main(String... arguments) {
    int exitCode =
        run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), arguments);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  /**
   * Runs an example.
   *
   * @param out takes the results, and the help where it is asked for
   * @param err takes the progress and the errors
   * @param arguments the name of an example and its options
   * @return the exit code: 0 after a success, 1 if the example failed, 2 if the arguments are wrong
   */
  public static int run(PrintWriter out, PrintWriter err, String... arguments) {
    // Charts are drawn into files; without this AWT looks for a display.
    System.setProperty("java.awt.headless", "true");
    return OneLineErrors.run(
        new CommandLine(new Main()).setOut(out).setErr(err), withDefaultExample(arguments));
  }

  private static String[] withDefaultExample(String... arguments) {
    boolean named = arguments.length > 0 && !arguments[0].startsWith("-");
    if (named || (arguments.length > 0 && OWN_OPTIONS.contains(arguments[0]))) {
      return arguments;
    }
    String[] completed = new String[arguments.length + 1];
    completed[0] = DEFAULT_EXAMPLE;
    System.arraycopy(arguments, 0, completed, 1, arguments.length);
    return completed;
  }
}
