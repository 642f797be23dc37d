package io.github.dl4jagc.experiments;

import io.github.dl4jagc.experiments.clippings.ClippingSpec;
import io.github.dl4jagc.experiments.tasks.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The parts of the experiment of docs/update-ratio.md, each one grid or two. */
enum Protocol {
  /** Update ratios beside nothing: every updater. */
  RATIOS(
      grid -> on(grid, Stream.of("none"), ratios("")).updaters = Arrays.asList(Updater.values())),

  /** What else there is, under one updater that is linear in the gradient and one that is not. */
  METHODS(
      grid ->
          on(
                      grid,
                      each("agc", "/no-output", 0.0025, 0.005, 0.01, 0.02, 0.04, 0.16),
                      Stream.of("unit-layer", "unit-parameter"),
                      each("elementwise", "", 0.01, 0.1, 1, 10),
                      each("l2-layer", "", 0.01, 0.1, 1, 10),
                      each("l2-parameter", "", 0.01, 0.1, 1, 10),
                      each("autoclip", "", 1, 10, 25, 50),
                      each("adagc", "", 1.01, 1.05, 1.2, 2),
                      each("zclip", "", 1.5, 2, 2.5, 3.5))
                  .updaters =
              List.of(Updater.NESTEROVS, Updater.ADAM),
      grid ->
          on(grid, each("lars", "", 0.0001, 0.001, 0.01, 0.1)).updaters =
              List.of(Updater.NESTEROVS),
      grid -> on(grid, each("lamb", "", 0.01, 0.1, 1, 10)).updaters = List.of(Updater.ADAM)),

  /** The floor of biases and gains. */
  FLOORS(
      grid -> {
        on(
            grid,
            Stream.of("0.0115", "0.03")
                .flatMap(
                    s ->
                        Stream.of("/floor=0.001", "/floor=0.1", "", "/no-biases")
                            .map(floor -> "ratio:" + s + floor)));
        grid.networks =
            List.of(Network.DENSE3, Network.DENSE3_UNCENTRED, Network.DIGITS, Network.LSTM);
        grid.updaters = List.of(Updater.NESTEROVS, Updater.ADAM);
      }),

  /** The output layer bounded or left alone. */
  OUTPUT(
      grid ->
          on(grid, each("ratio", "/no-output", 0.0115, 0.03, 0.05)).updaters =
              List.of(Updater.NESTEROVS, Updater.ADAM)),

  /** Stacks of other depths. */
  DEPTH(
      grid -> {
        on(grid, Stream.of("none"), ratios(""));
        grid.networks = List.of(Network.DENSE3, Network.DENSE5, Network.DENSE10, Network.DENSE20);
        grid.updaters = List.of(Updater.NESTEROVS, Updater.ADAM);
      }),

  /** Falling and rising rates, with warm-up and without. */
  SCHEDULES(
      grid -> {
        on(grid, Stream.of("none"), each("ratio", "", 0.0115, 0.03, 0.05));
        grid.networks = List.of(Network.DIGITS, Network.DENSE10, Network.LSTM);
        grid.updaters = List.of(Updater.NESTEROVS, Updater.ADAM);
        grid.schedules = List.of(Schedule.COSINE, Schedule.WARMUP_COSINE, Schedule.RISING);
      }),

  /** The NF-ResNet at three batch sizes. */
  FASHION(
      grid -> {
        on(
            grid,
            Stream.of("none"),
            each("agc", "/no-output/no-scales", 0.01, 0.04, 0.16),
            each("ratio", "", 0.02, 0.03, 0.05, 0.1),
            each("ratio", "/no-scales", 0.02, 0.03, 0.05, 0.1));
        grid.networks = List.of(Network.FASHION_NF);
        grid.learningRates = List.of(0.4);
        grid.ratesFor = 256;
        grid.batchSizes = List.of(64, 256, 1024);
        grid.schedules = List.of(Schedule.WARMUP_COSINE);
        grid.seeds = 3;
      });

  private final List<Consumer<Grid>> grids;

  @SafeVarargs
  Protocol(Consumer<Grid>... grids) {
    this.grids = List.of(grids);
  }

  private static Stream<String> ratios(String parts) {
    return each("ratio", parts, 0.007, 0.0115, 0.02, 0.03, 0.05, 0.1);
  }

  private static Stream<String> each(String method, String parts, double... numbers) {
    return Arrays.stream(numbers).mapToObj(number -> method + ":" + number + parts);
  }

  /** The networks and rates of most parts, with these clippings. */
  @SafeVarargs
  private static Grid on(Grid grid, Stream<String>... clippings) {
    grid.networks =
        List.of(Network.DIGITS, Network.DENSE10, Network.LSTM, Network.CHARACTERS, Network.TABULAR);
    grid.clippings =
        Stream.of(clippings)
            .flatMap(each -> each)
            .map(ClippingSpec::of)
            .collect(Collectors.toList());
    grid.learningRates = List.of(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0);
    grid.seeds = 5;
    return grid;
  }

  /** All runs, in the order in which they are to be made. */
  List<Run> runs(Arguments arguments) {
    List<Run> runs = new ArrayList<>();
    for (Consumer<Grid> each : grids) {
      Grid grid = new Grid();
      each.accept(grid);
      runs.addAll(grid.runs(arguments));
    }
    return runs;
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
