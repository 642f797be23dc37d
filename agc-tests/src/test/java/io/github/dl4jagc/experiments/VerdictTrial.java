package io.github.dl4jagc.experiments;

import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.experiments.clippings.ClippingSpec;
import io.github.dl4jagc.experiments.tasks.FashionMnist;
import io.github.dl4jagc.experiments.tasks.Network;
import io.github.dl4jagc.report.ReportPage;
import io.github.dl4jagc.report.RunReport;
import io.github.dl4jagc.report.Runs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Whether verdicts on runs of the experiments are false alarms: a program that makes the runs of a
 * grid, and prints a line for each with its accuracy and what the page says of it. Its command, and
 * what it showed, are in docs/ui.md.
 */
final class VerdictTrial extends Trainer {

  /** Networks, updaters, clippings, learning rates. */
  private static final int AXES = 4;

  /** What is said of runs that do not go well. */
  private static final Pattern ALARM =
      Pattern.compile("diverged|not finite|alone is clipped|grow from quarter|has not fallen");

  private final Map<Run, Runs> reports = new HashMap<>();

  private VerdictTrial(Path fashion) {
    super(fashion);
  }

  /** With a report every five iterations. */
  @Override
  ComputationGraph network(Run run, int stepsPerEpoch) {
    ComputationGraph network = super.network(run, stepsPerEpoch);
    Runs runs = new Runs(run.toString());
    RunReport begin = RunReport.begin(network, "");
    reports.put(run, runs);
    network.addListeners(
        new AgcListener(
            5,
            (model, iteration, epoch, report) ->
                runs.addTotal(begin.at(model, iteration, epoch, report))));
    return network;
  }

  private String verdict(Run run) {
    Element verdict =
        Jsoup.parse(ReportPage.parts(reports.remove(run)).get("html").asText())
            .selectFirst(".verdict");
    verdict.select("a").remove();
    return verdict.text();
  }

  /**
   * Makes the runs.
   *
   * @param arguments parts of the protocol; or networks, updaters, clippings, learning rates and,
   *     if runs are to be as those of docs/nfresnet.md, batch sizes; each with commas between. Then
   *     the folder of Fashion-MNIST's files, if it is not the usual one
   */
  public static void main(String[] arguments) throws IOException {
    boolean hasParts = arguments.length < AXES;
    int folder = hasParts ? 1 : AXES + 1;
    VerdictTrial trial =
        new VerdictTrial(
            arguments.length > folder ? Path.of(arguments[folder]) : FashionMnist.DEBIAN);
    List<Run> runs = hasParts ? partsOf(arguments[0]) : gridOf(arguments);
    int trained = 0;
    List<String> falseAlarms = new ArrayList<>();
    try (OneNativeThread one = new OneNativeThread()) {
      for (Run run : runs) {
        Outcome outcome = trial.train(run);
        String verdict = trial.verdict(run);
        boolean isTrained = outcome.accuracy > (1 + run.network.guessing()) / 2;
        String line =
            String.format(Locale.ROOT, "%5.1f  %s: %s", 100 * outcome.accuracy, run, verdict);
        System.out.println(line);
        trained += isTrained ? 1 : 0;
        if (isTrained && ALARM.matcher(verdict).find()) {
          falseAlarms.add(line);
        }
      }
    }
    System.out.println(trained + " runs trained, of which an alarm was given for:");
    falseAlarms.forEach(System.out::println);
  }

  private static List<Run> partsOf(String names) {
    return each(names.toUpperCase(Locale.ROOT), Protocol::valueOf).stream()
        .flatMap(part -> part.runs(arguments()).stream())
        .collect(Collectors.toList());
  }

  private static List<Run> gridOf(String[] axes) {
    Grid grid = new Grid();
    grid.networks = each(axes[0].toUpperCase(Locale.ROOT).replace('-', '_'), Network::valueOf);
    grid.updaters = each(axes[1].toUpperCase(Locale.ROOT), Updater::valueOf);
    grid.clippings = each(axes[2], ClippingSpec::of);
    grid.learningRates = each(axes[3], Double::valueOf);
    grid.seeds = 1;
    if (axes.length > AXES) {
      grid.overBatchSizes(each(axes[AXES], Integer::valueOf));
    }
    return grid.runs(arguments());
  }

  private static Arguments arguments() {
    CommandSpec command = CommandSpec.create();
    new CommandLine(command); // where messages are of
    return new Arguments(command);
  }

  private static <T> List<T> each(String argument, Function<String, T> of) {
    return Arrays.stream(argument.split(",")).map(of).collect(Collectors.toList());
  }
}
