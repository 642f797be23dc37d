package io.github.dl4jagc.experiments;

import io.github.dl4jagc.experiments.support.OneLineErrors;
import java.io.PrintWriter;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ScopeType;

/**
 * The command that all experiments are under: {@code agc-experiments <experiment> [options]}.
 * Without the name of one it runs {@code digits}.
 */
@Command(
    name = "agc-experiments",
    description =
        "Experiments that show what adaptive gradient clipping (AGC) does. Without the name of an"
            + " experiment, digits is run.",
    subcommands = {DigitsCommand.class, NfResNetCommand.class, UpdateRatioCommand.class},
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT)
public final class Main {

  private static final String DEFAULT_EXPERIMENT = "digits";
  private static final Set<String> OWN_OPTIONS = Set.of("-h", "--help", "-V", "--version");

  /** For picocli, which needs an instance to hang the subcommands on. */
  private Main() {}

  /**
   * Runs an experiment, and ends the JVM only if that fails: a build tool that calls this method in
   * its own JVM goes on after a success.
   */
  public static void main(String... arguments) {
    int exitCode =
        run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), arguments);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  /**
   * Returns the exit code: 0 after a success, 1 if the experiment failed, 2 if the arguments are
   * wrong.
   */
  public static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return OneLineErrors.run(
        new CommandLine(new Main()).setOut(out).setErr(err), withDefaultExperiment(arguments));
  }

  private static String[] withDefaultExperiment(String... arguments) {
    boolean named = arguments.length > 0 && !arguments[0].startsWith("-");
    if (named || (arguments.length > 0 && OWN_OPTIONS.contains(arguments[0]))) {
      return arguments;
    }
    return Stream.concat(Stream.of(DEFAULT_EXPERIMENT), Stream.of(arguments))
        .toArray(String[]::new);
  }
}
