package io.github.dl4jagc.experiments;

import io.github.dl4jagc.experiments.support.Converters;
import io.github.dl4jagc.experiments.tasks.FashionMnist;
import io.github.dl4jagc.report.chart.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Makes the runs of an experiment that are not made yet, and shows all in tables and charts. */
abstract class GridCommand implements Callable<Integer> {

  @Spec CommandSpec spec;

  @Option(
      names = "--output",
      paramLabel = "<folder>",
      scope = ScopeType.INHERIT,
      description = "Where the results go.%n  Default: ${DEFAULT-VALUE}")
  Path output = Path.of("agc-output");

  @Option(
      names = "--resume",
      description =
          "Keeps the runs of the output folder's runs.csv, and makes those that are not in it."
              + " Without it that file is set aside under another name.")
  private boolean resume;

  @Option(
      names = "--show",
      arity = "0..*",
      paramLabel = "<file>",
      description =
          "Trains nothing: shows what files of results have, and if none is named that of the"
              + " output folder.")
  private List<Path> show;

  @Option(
      names = "--parallel",
      paramLabel = "<count>",
      converter = Converters.WholeNumber.class,
      description =
          "Runs at the same time, each on one native thread.%n  Default: ${DEFAULT-VALUE}")
  private int parallel = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--data-folder",
      paramLabel = "<folder>",
      description =
          "Where Fashion-MNIST's files are (train-images-idx3-ubyte.gz and so on, or unpacked): the"
              + " default is the folder of Debian's package"
              + " dataset-fashion-mnist.%n  Default: ${DEFAULT-VALUE}")
  private Path dataFolder = FashionMnist.DEBIAN;

  /** The experiment. */
  abstract List<Run> runs(Arguments arguments);

  /** Those outcomes that are shown. */
  Collection<Outcome> shown(Collection<Outcome> outcomes) {
    return outcomes;
  }

  /** What is claimed of the outcomes, cell by cell. */
  Optional<Table> judgement(Collection<Outcome> outcomes) {
    return Optional.empty();
  }

  /** Trains and shows. */
  @Override
  public Integer call() throws IOException {
    Arguments arguments = new Arguments(spec);
    List<Run> runs = show == null ? runs(arguments) : List.of();
    try (OutputFolder folder = arguments.openOutput(output, ReportPage.FILE, Results.FILE)) {
      Results results = new Results(folder);
      Path earlier = folder.file(Results.FILE);
      if (show == null) {
        if (results.exist() && resume) {
          load(arguments, "--resume", results, List.of(earlier));
        } else if (results.exist()) {
          spec.commandLine().getErr().println("Earlier results are now " + results.setAside());
        }
        train(arguments, runs, results);
      } else {
        load(arguments, "--show", results, show.isEmpty() ? List.of(earlier) : show);
      }
      show(results, folder);
    }
    return spec.exitCodeOnSuccess();
  }

  private static void load(Arguments arguments, String option, Results results, List<Path> files) {
    for (Path file : files) {
      try {
        results.load(file);
      } catch (IOException e) {
        throw arguments.invalid(option, e.getMessage());
      }
    }
  }

  private void train(Arguments arguments, List<Run> runs, Results results) throws IOException {
    Trainer trainer = new Trainer(dataFolder);
    List<Run> open = runs.stream().filter(run -> !results.has(run)).collect(Collectors.toList());
    for (Run run : open) {
      requireData(arguments, trainer, run);
    }
    Progress progress = new Progress(spec.commandLine().getErr(), spec.name(), open.size());
    try {
      ParallelRuns.make(
          open,
          parallel,
          run -> {
            // At once: what is done is not made again after an interruption.
            results.add(trainer.train(run));
            progress.done(run);
          });
    } catch (IOException e) {
      throw new IOException(e.getMessage() + "; when that is mended, go on with --resume", e);
    }
  }

  private static void requireData(Arguments arguments, Trainer trainer, Run run) {
    int size;
    try {
      size = trainer.data(run.network).trainingSize();
    } catch (IOException e) {
      throw arguments.invalid("--networks", "cannot read the data: " + e.getMessage());
    }
    if (run.batchSize > size) {
      throw arguments.invalid(
          "--batch-sizes", "must be at most " + size + ", the training part, got " + run.batchSize);
    }
    if (!(run.learningRate > 0) || Double.isInfinite(run.learningRate)) {
      throw arguments.invalid(
          "--learning-rates",
          String.format(
              "must be finite and > 0 for each batch size, got %s for %d",
              run.learningRate, run.batchSize));
    }
  }

  private void show(Results results, OutputFolder folder) throws IOException {
    Summary summary = new Summary(shown(results.all()));
    PrintWriter out = spec.commandLine().getOut();
    out.println(summary.table().text());
    Optional<Table> judgement = judgement(results.all());
    judgement.ifPresent(table -> out.println(table.text()));
    summary.claims().forEach(out::println);
    out.println();
    summary.legend().forEach(out::println);
    out.println();
    String title = spec.usageMessage().header()[0];
    String command =
        spec.qualifiedName()
            + " "
            + String.join(" ", spec.commandLine().getParseResult().originalArgs());
    ReportPage.write(folder, title, command, summary, judgement);
    out.println("Report: " + folder.file(ReportPage.FILE));
    out.println("Runs:   " + folder.file(Results.FILE));
  }
}
