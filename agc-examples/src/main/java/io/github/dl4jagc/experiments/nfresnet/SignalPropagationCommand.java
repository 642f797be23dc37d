package io.github.dl4jagc.experiments.nfresnet;

import io.github.dl4jagc.experiments.nfresnet.SignalPropagation.BlockSignal;
import io.github.dl4jagc.experiments.support.Arguments;
import io.github.dl4jagc.experiments.support.LineChart;
import io.github.dl4jagc.experiments.support.OutputFolder;
import io.github.dl4jagc.experiments.support.Text;
import io.github.dl4jagc.experiments.support.TextTable;
import io.github.dl4jagc.models.NfResNet;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** The example {@code nfresnet signal-propagation}: a new NF-ResNet's variances, block by block. */
@Command(
    name = "signal-propagation",
    description =
        "Trains nothing: prints and plots the variance of each block's output in a new NF-ResNet"
            + " on Gaussian noise.",
    sortOptions = false)
public final class SignalPropagationCommand implements Callable<Integer> {

  private static final String CHART = "signal-propagation.svg";
  private static final int EXAMPLES = 2;
  private static final int CHANNELS = 3;
  private static final int SIDE = 128;

  @Spec private CommandSpec spec;

  @ParentCommand private NfResNetCommand nfResNet;

  @Option(
      names = "--depth",
      paramLabel = "<layers>",
      defaultValue = "50",
      description = "Of the network: 26, 50, 101, 152 or 200.%n  Default: 50")
  private int depth;

  /** For picocli, which creates it. */
  public SignalPropagationCommand() {}

  /**
   * Sends noise through the network and shows what comes out of each block.
   *
   * @return the exit code
   */
  @Override
  public Integer call() throws IOException {
    Arguments arguments = new Arguments(spec);
    NfResNet description;
    try {
      description =
          NfResNet.builder().depth(depth).inputShape(CHANNELS, SIDE, SIDE).skipInit(false).build();
    } catch (IllegalArgumentException e) {
      throw arguments.invalid("--depth", e.getMessage());
    }
    try (OutputFolder folder = arguments.openOutput(nfResNet.output(), CHART)) {
      Nd4j.getRandom().setSeed(1);
      show(
          SignalPropagation.of(
              description.init(),
              description,
              Nd4j.randn(DataType.FLOAT, EXAMPLES, CHANNELS, SIDE, SIDE)),
          folder);
    }
    return spec.exitCodeOnSuccess();
  }

  private void show(List<BlockSignal> signals, OutputFolder folder) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    for (BlockSignal signal : signals) {
      rows.add(
          List.of(
              signal.block(),
              Text.decimals(signal.expectedVariance()),
              Text.decimals(signal.variance()),
              String.format(Locale.ROOT, "%.4f", signal.squaredMean())));
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        TextTable.of(
            List.of(
                "block",
                "expected\nvariance",
                "average channel\nvariance",
                "average channel\nsquared mean"),
            rows));
    folder.write(CHART, chart(signals).file());
    out.println("Chart:  " + folder.file(CHART));
  }

  private LineChart chart(List<BlockSignal> signals) {
    List<Integer> blocks =
        IntStream.rangeClosed(1, signals.size()).boxed().collect(Collectors.toList());
    return LineChart.over(
            "Signal propagation at initialisation, NF-ResNet-" + depth,
            "residual block",
            "variance",
            blocks)
        .add("expected", points(signals, BlockSignal::expectedVariance))
        .add("average channel variance", points(signals, BlockSignal::variance))
        .add("average channel squared mean", points(signals, BlockSignal::squaredMean));
  }

  private static List<LineChart.Point> points(
      List<BlockSignal> signals, ToDoubleFunction<BlockSignal> value) {
    List<LineChart.Point> points = new ArrayList<>();
    for (BlockSignal signal : signals) {
      points.add(new LineChart.Point(points.size() + 1, value.applyAsDouble(signal)));
    }
    return points;
  }
}
