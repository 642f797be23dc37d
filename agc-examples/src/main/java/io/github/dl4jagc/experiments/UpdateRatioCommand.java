package io.github.dl4jagc.experiments;

import io.github.dl4jagc.experiments.clippings.ClippingSpec;
import io.github.dl4jagc.experiments.support.Converters;
import io.github.dl4jagc.report.chart.Table;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The experiment {@code update-ratio}: whether one number does for every rate and updater. */
@Command(
    name = "update-ratio",
    header = "One update ratio for every learning rate and updater?",
    description = {
      "Makes the runs of docs/update-ratio.md, or those of them that the options leave; it takes"
          + " hours, and goes on with --resume after an interruption.",
      "Prints a table, and writes report.html, charts and runs.csv; judges a clipping by the claims"
          + " of that page."
    },
    sortOptions = false)
final class UpdateRatioCommand extends GridCommand {

  @Option(
      names = "--parts",
      paramLabel = "<part>",
      split = ",",
      description =
          "Any of: ${COMPLETION-CANDIDATES}.%n  Default: all; ratios where runs are to be made")
  private List<Protocol> parts;

  @Mixin private final Axes wanted = new Axes();

  @Option(
      names = "--seeds",
      paramLabel = "<seed>",
      split = ",",
      converter = Converters.WholeNumber.class,
      description = "Of the parts' runs those with these seeds.")
  private List<Integer> seeds;

  @Option(
      names = "--best",
      description =
          "Shows of each method the one number that is best over all rates, for each network and"
              + " updater.")
  private boolean best;

  @Option(
      names = "--judge",
      paramLabel = "<clipping>",
      split = ",",
      converter = Converters.Clipping.class,
      description =
          "Judges this clipping by the three claims, cell by cell; of several it shows in how many"
              + " cells each claim holds.")
  private List<ClippingSpec> judged;

  UpdateRatioCommand() {
    output = Path.of("update-ratio-output");
  }

  @Override
  List<Run> runs(Arguments arguments) {
    List<Run> runs =
        runsOf(parts == null ? List.of(Protocol.RATIOS) : parts).stream()
            .filter(run -> wanted.has(run) && isSeed(run))
            .sorted(Comparator.comparing(run -> run.seed)) // a whole grid for each, one by one
            .collect(Collectors.toList());
    if (runs.isEmpty()) {
      throw arguments.invalid("--parts", "none of its runs is left; leave an option out");
    }
    return runs;
  }

  private Set<Run> runsOf(List<Protocol> some) {
    Arguments arguments = new Arguments(spec);
    return some.stream()
        .flatMap(part -> part.runs(arguments).stream())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private boolean isSeed(Run run) {
    return Axes.isIn(seeds, (int) run.seed);
  }

  @Override
  Collection<Outcome> shown(Collection<Outcome> outcomes) {
    Collection<Outcome> shown = those(outcomes, wanted::has);
    return best ? Judgement.best(shown) : shown;
  }

  /** By all clippings: thresholds are what the judged one is compared with. */
  @Override
  Optional<Table> judgement(Collection<Outcome> outcomes) {
    return Optional.ofNullable(judged)
        .map(specs -> Judgement.of(specs, those(outcomes, wanted::hasCell)));
  }

  private List<Outcome> those(Collection<Outcome> outcomes, Predicate<Run> isWanted) {
    Predicate<Run> isOfParts = parts == null ? run -> true : runsOf(parts)::contains;
    return outcomes.stream()
        .filter(outcome -> isSeed(outcome.run) && isWanted.test(outcome.run))
        .filter(outcome -> isOfParts.test(outcome.run))
        .collect(Collectors.toList());
  }
}
