package io.github.dl4jagc.experiments;

import io.github.dl4jagc.experiments.support.Text;
import io.github.dl4jagc.models.NfResNet;
import io.github.dl4jagc.report.chart.Axis;
import io.github.dl4jagc.report.chart.Line;
import io.github.dl4jagc.report.chart.Line.Point;
import io.github.dl4jagc.report.chart.LineChart;
import io.github.dl4jagc.report.chart.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/**
 * The experiment {@code nfresnet signal-propagation}: how the size of the signal changes from block
 * to block of a new NF-ResNet. Of each block's output it shows the average channel variance, which
 * is the mean over channels of the variance over examples and positions, and the average channel
 * squared mean (Brock, De, Smith, arXiv 2101.08692, section 3).
 */
@Command(
    name = "signal-propagation",
    description =
        "Trains nothing: prints and plots the variance of each block's output in a new NF-ResNet"
            + " on Gaussian noise.",
    sortOptions = false)
final class SignalPropagation implements Callable<Integer> {

  private static final String CHART = "signal-propagation.svg";
  private static final long[] IMAGES = {2, 3, 128, 128};

  @Spec private CommandSpec spec;

  @ParentCommand private NfResNetCommand nfResNet;

  @Option(
      names = "--depth",
      paramLabel = "<layers>",
      defaultValue = "50",
      description = "Of the network: 26, 50, 101, 152 or 200.%n  Default: 50")
  private int depth;

  /** Sends noise through the network and shows what comes out of each block. */
  @Override
  public Integer call() throws IOException {
    Arguments arguments = new Arguments(spec);
    NfResNet description;
    try {
      description =
          NfResNet.builder()
              .depth(depth)
              .inputShape((int) IMAGES[1], (int) IMAGES[2], (int) IMAGES[3])
              .skipInit(false)
              .seed(1)
              .build();
    } catch (IllegalArgumentException e) {
      throw arguments.invalid("--depth", e.getMessage());
    }
    try (OutputFolder folder = arguments.openOutput(nfResNet.output, CHART)) {
      Nd4j.getRandom().setSeed(1);
      show(signals(description.init(), description, Nd4j.randn(DataType.FLOAT, IMAGES)), folder);
    }
    return spec.exitCodeOnSuccess();
  }

  /**
   * What each block of a network makes of images [examples, channels, height, width]. The expected
   * values are for Gaussian noise of variance 1, and without SkipInit, which shuts the branches at
   * first.
   */
  static List<BlockSignal> signals(
      ComputationGraph network, NfResNet description, INDArray images) {
    Map<String, INDArray> outputs = network.feedForward(images, false);
    return description.expectedVariances().entrySet().stream()
        .map(each -> new BlockSignal(each.getKey(), each.getValue(), outputs.get(each.getKey())))
        .collect(Collectors.toList());
  }

  private void show(List<BlockSignal> signals, OutputFolder folder) throws IOException {
    Table table =
        Table.of(
            "block|expected\nvariance|average channel\nvariance|average channel\nsquared mean");
    LineChart chart =
        new LineChart(
            "Signal propagation at initialisation, NF-ResNet-" + depth,
            Axis.linear("residual block")
                .ticks(
                    IntStream.rangeClosed(1, signals.size()).boxed().collect(Collectors.toList())),
            Axis.linear("variance").including(0));
    for (BlockSignal signal : signals) {
      table.row(
          List.of(
              signal.block,
              Text.decimals(signal.expectedVariance),
              Text.decimals(signal.variance),
              String.format(Locale.ROOT, "%.4f", signal.squaredMean)));
    }
    chart.add(line("expected variance", signals, signal -> signal.expectedVariance));
    chart.add(line("average channel variance", signals, signal -> signal.variance));
    chart.add(line("average channel squared mean", signals, signal -> signal.squaredMean));
    PrintWriter out = spec.commandLine().getOut();
    out.println(table.text());
    folder.write(CHART, chart.file());
    out.println("Chart:  " + folder.file(CHART));
  }

  private static Line line(
      String name, List<BlockSignal> signals, ToDoubleFunction<BlockSignal> value) {
    List<Point> points = new ArrayList<>();
    signals.forEach(each -> points.add(Point.of(points.size() + 1, value.applyAsDouble(each))));
    return Line.of(name, points);
  }

  /** What comes out of one residual block. */
  static final class BlockSignal {

    final String block;

    /** As in {@link NfResNet#expectedVariances()}. */
    final double expectedVariance;

    final double variance;

    /** 0 is expected of a network without bias. */
    final double squaredMean;

    BlockSignal(String block, double expectedVariance, INDArray output) {
      INDArray means = output.mean(0, 2, 3);
      this.block = block;
      this.expectedVariance = expectedVariance;
      this.variance = output.var(false, 0, 2, 3).meanNumber().doubleValue();
      this.squaredMean = means.mul(means).meanNumber().doubleValue();
    }
  }
}
