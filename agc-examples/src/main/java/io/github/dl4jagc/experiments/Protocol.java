package io.github.dl4jagc.experiments;

import io.github.dl4jagc.experiments.clippings.ClippingSpec;
import io.github.dl4jagc.experiments.support.Text;
import io.github.dl4jagc.experiments.tasks.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The parts of the experiment of docs/update-ratio.md, each one grid or more. */
enum Protocol {
  /** Update ratios beside nothing, under every updater. */
  RATIOS(Protocol::ratios),

  /** AGC with a fixed threshold, the output layer left alone as in the paper. */
  THRESHOLDS(Protocol::thresholds),

  /** What else there is, each with at least four numbers where it has one. */
  METHODS(Protocol::methods),

  /** The floor of biases and gains, which is 1 where none is given. */
  FLOORS(Protocol::floors),

  /** The output layer left alone; the other runs of the comparison are in {@link #RATIOS}. */
  OUTPUT(Protocol::output),

  /** Stacks of other depths; ten layers are in {@link #RATIOS}. */
  DEPTH(Protocol::depth),

  /** Falling and rising rates, with warm-up and without. */
  SCHEDULES(Protocol::schedules),

  /** The NF-ResNet at three batch sizes, its scales bounded or left alone. */
  FASHION(Protocol::fashion),

  /**
   * What lets the NF-ResNet's output layer, whose weights start at zero, grow; the default floor of
   * weights is in {@link #FASHION}.
   */
  ZEROS(Protocol::zeros),

  /** The number between the two best, where {@link #RATIOS} has not tried it. */
  BETWEEN(Protocol::between);

  private static final List<Network> NETWORKS =
      List.of(Network.DIGITS, Network.DENSE10, Network.LSTM, Network.TABULAR);

  /** One with residual branches, and one without. */
  private static final List<Network> TWO_NETWORKS = List.of(Network.DIGITS, Network.DENSE10);

  /** One that is linear in the gradient, and one that is not. */
  private static final List<Updater> TWO_UPDATERS = List.of(Updater.NESTEROVS, Updater.ADAM);

  private static final List<Updater> OTHER_UPDATERS =
      List.of(Updater.SGD, Updater.AMSGRAD, Updater.NADAM, Updater.RMSPROP);

  private static final String RATIOS_TRIED = each("ratio", 0.007, 0.0115, 0.02, 0.03, 0.05, 0.1);

  private static final String THREE_RATIOS = each("ratio", 0.0115, 0.03, 0.05);

  private final Supplier<List<Grid>> grids;

  Protocol(Supplier<List<Grid>> grids) {
    this.grids = grids;
  }

  private static List<Grid> ratios() {
    Grid many = grid(NETWORKS, TWO_UPDATERS, "none", RATIOS_TRIED);
    many.learningRates = List.of(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0);
    many.seeds = 5;
    return List.of(
        many,
        grid(NETWORKS, OTHER_UPDATERS, "none", THREE_RATIOS),
        grid(List.of(Network.CHARACTERS), TWO_UPDATERS, "none", THREE_RATIOS));
  }

  private static List<Grid> thresholds() {
    String thresholds = each("agc", 0.0025, 0.005, 0.01, 0.02, 0.04, 0.16);
    return List.of(grid(NETWORKS, TWO_UPDATERS, withoutOutput(thresholds)));
  }

  private static List<Grid> methods() {
    List<Grid> grids =
        List.of(
            grid(
                TWO_NETWORKS,
                TWO_UPDATERS,
                "unit-layer,unit-parameter",
                each("elementwise", 0.01, 0.1, 1, 10),
                each("l2-layer", 0.01, 0.1, 1, 10),
                each("l2-parameter", 0.01, 0.1, 1, 10),
                each("autoclip", 1, 10, 25, 50),
                each("adagc", 1.01, 1.05, 1.2, 2),
                each("zclip", 1.5, 2, 2.5, 3.5)),
            grid(TWO_NETWORKS, List.of(Updater.NESTEROVS), each("lars", 0.0001, 0.001, 0.01, 0.1)),
            grid(TWO_NETWORKS, List.of(Updater.ADAM), each("lamb", 0.01, 0.1, 1, 10)));
    grids.forEach(grid -> grid.seeds = 2);
    return grids;
  }

  private static List<Grid> floors() {
    return List.of(
        grid(
            List.of(Network.DENSE3, Network.DENSE3_UNCENTRED, Network.DIGITS),
            TWO_UPDATERS,
            "none,ratio:0.0115/floor=0.001,ratio:0.0115/floor=0.1,ratio:0.0115,"
                + "ratio:0.0115/no-biases,ratio:0.03/floor=0.001,ratio:0.03/floor=0.1,"
                + "ratio:0.03,ratio:0.03/no-biases"));
  }

  private static List<Grid> output() {
    return List.of(grid(NETWORKS, TWO_UPDATERS, withoutOutput(THREE_RATIOS)));
  }

  private static List<Grid> depth() {
    return List.of(
        grid(
            List.of(Network.DENSE3, Network.DENSE5, Network.DENSE20),
            TWO_UPDATERS,
            "none",
            RATIOS_TRIED));
  }

  private static List<Grid> schedules() {
    Grid grid = grid(TWO_NETWORKS, TWO_UPDATERS, "none,ratio:0.0115,ratio:0.03");
    grid.schedules = List.of(Schedule.COSINE, Schedule.WARMUP_COSINE, Schedule.RISING);
    return List.of(grid);
  }

  private static List<Grid> fashion() {
    Grid grid =
        grid(
            List.of(Network.FASHION_NF),
            List.of(Updater.NESTEROVS),
            each("ratio", 0.0115, 0.03, 0.05, 0.1),
            "ratio:0.05/no-scales");
    grid.learningRates = List.of(0.4);
    return List.of(grid.overBatchSizes(List.of(64, 256, 1024)));
  }

  private static List<Grid> zeros() {
    Grid grid = fashion().get(0);
    grid.clippings =
        clippings(
            "ratio:0.0115/no-output,ratio:0.0115/weights-floor=0.001,ratio:0.0115/weights-floor=1",
            "ratio:0.03/no-output,ratio:0.03/weights-floor=0.001,ratio:0.03/weights-floor=1");
    grid.batchSizes = List.of(256, 1024);
    grid.seeds = 2;
    return List.of(grid);
  }

  private static List<Grid> between() {
    Grid fashion = fashion().get(0);
    fashion.clippings = clippings("ratio:0.02,ratio:0.02/no-output");
    fashion.seeds = 2;
    return List.of(
        grid(NETWORKS, OTHER_UPDATERS, "ratio:0.02"),
        grid(List.of(Network.CHARACTERS), TWO_UPDATERS, "ratio:0.02"),
        fashion);
  }

  private static String each(String method, double... numbers) {
    return Arrays.stream(numbers)
        .mapToObj(number -> method + ":" + Text.number(number))
        .collect(Collectors.joining(","));
  }

  private static String withoutOutput(String clippings) {
    return clippings.replace(",", "/no-output,") + "/no-output";
  }

  /** At four rates over three decades, with three seeds. */
  private static Grid grid(List<Network> networks, List<Updater> updaters, String... clippings) {
    Grid grid = new Grid();
    grid.networks = networks;
    grid.updaters = updaters;
    grid.clippings = clippings(clippings);
    grid.learningRates = List.of(0.003, 0.03, 0.3, 3.0);
    return grid;
  }

  private static List<ClippingSpec> clippings(String... clippings) {
    return Arrays.stream(String.join(",", clippings).split(","))
        .map(ClippingSpec::of)
        .collect(Collectors.toList());
  }

  /** All runs, in the order in which they are to be made. */
  List<Run> runs(Arguments arguments) {
    List<Run> runs = new ArrayList<>();
    grids.get().forEach(grid -> runs.addAll(grid.runs(arguments)));
    return runs;
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
