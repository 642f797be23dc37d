package io.github.dl4jagc.bench;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.models.NfResNet;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * What does it cost to do without batch normalisation? Training steps and inference of the same
 * network with batch normalisation, of the NF-ResNet, and of the NF-ResNet with AGC, in turn.
 * Ratios are of the steps of one turn. Times are the processor's, of the thread that trains: ND4J
 * has one, so that a machine that has other things to do gives the same. Prints a table in some
 * minutes:
 *
 * <pre>
 * OMP_NUM_THREADS=1 mvn -q -Pbench -pl agc-tests -am test-compile -Dbench.main=io.github.dl4jagc.bench.NormalizationSteps
 * </pre>
 */
public final class NormalizationSteps {

  private static final int WARM_UP = 2;
  private static final int FEWEST_TURNS = 7;
  private static final long NANOS_PER_NETWORK = 40_000_000_000L;

  private static final List<String> KINDS = List.of("batch-norm", "nf", "agc");

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private NormalizationSteps() {}

  /**
   * Measures some networks.
   *
   * @param arguments places of networks in the table, 1 and so on; none: all. Behind them {@code
   *     batch-norm}, {@code nf} or {@code agc}: that alone, in a process of its own
   */
  public static void main(String[] arguments) {
    if (Nd4j.getEnvironment().maxThreads() > 1) {
      throw new IllegalStateException("OMP_NUM_THREADS must be 1");
    }
    Set<String> chosen = new HashSet<>(List.of(arguments));
    List<String> kinds = KINDS.stream().filter(chosen::remove).collect(Collectors.toList());
    List<Case> cases =
        List.of(
            new Case("1 block a stage, width 16", NfResNet.builder().small(16, 1), 16, 16),
            new Case("2 blocks a stage, width 32", NfResNet.builder().small(32, 2), 32, 16),
            new Case("depth 50", NfResNet.builder().depth(50), 96, 2),
            new Case("2 blocks a stage, width 32", NfResNet.builder().small(32, 2), 32, 64));
    System.out.println(
        "| network | images | batch | a step, ms: batch norm, NF-ResNet, with AGC | NF-ResNet /"
            + " batch norm | with AGC / without | inference, NF-ResNet / batch norm | turns |");
    System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (int i = 0; i < cases.size(); i++) {
      if (chosen.isEmpty() || chosen.contains("" + (i + 1))) {
        cases.get(i).measure(kinds.isEmpty() ? KINDS : kinds);
      }
    }
    System.exit(0); // ND4J's threads
  }

  /** A network's shape, and a minibatch. */
  private static final class Case {

    private final String name;
    private final NfResNet.Builder shape;
    private final int side;
    private final int batch;

    Case(String name, NfResNet.Builder shape, int side, int batch) {
      this.name = name;
      this.shape = shape;
      this.side = side;
      this.batch = batch;
    }

    private ComputationGraph network(String kind) {
      IUpdater plain = new Nesterovs(1e-4, 0.9);
      shape.inputShape(3, side, side).classes(10).updater(plain);
      if (kind.equals("agc")) {
        shape.updater(new AgcGradientNormalization(plain));
      }
      NfResNet built = shape.build();
      ComputationGraph network =
          new ComputationGraph(kind.equals("batch-norm") ? built.batchNormConf() : built.conf());
      network.init();
      if (kind.equals("agc")) {
        network.setListeners(new AgcListener());
      }
      return network;
    }

    private void measure(List<String> kinds) {
      List<ComputationGraph> networks =
          kinds.stream().map(this::network).collect(Collectors.toList());
      INDArray images = Nd4j.randn(DataType.FLOAT, batch, 3, side, side);
      INDArray labels = Nd4j.zeros(DataType.FLOAT, batch, 10);
      labels.getColumn(3).assign(1);
      DataSet data = new DataSet(images, labels);

      List<double[]> steps = new ArrayList<>();
      List<double[]> inferences = new ArrayList<>();
      long end = System.nanoTime() + NANOS_PER_NETWORK;
      for (int turn = -WARM_UP; turn < FEWEST_TURNS || System.nanoTime() < end; turn++) {
        double[] step = new double[networks.size()];
        double[] inference = new double[networks.size()];
        for (int i = 0; i < networks.size(); i++) {
          // Who goes second finds the memory as the other left it: each begins in turn.
          int each = Math.floorMod(turn + i, networks.size());
          step[each] = millis(() -> networks.get(each).fit(data));
          inference[each] = millis(() -> networks.get(each).outputSingle(images));
        }
        if (turn >= 0) {
          steps.add(step);
          inferences.add(inference);
        }
      }
      System.out.printf(
          Locale.ROOT, "| %s | %dx%d | %d | %s", name, side, side, batch, spread(steps));
      if (kinds.size() == KINDS.size()) {
        System.out.printf(
            " | %s | %s | %s | %d |%n",
            ratio(steps, 1, 0), ratio(steps, 2, 1), ratio(inferences, 1, 0), steps.size());
      } else {
        System.out.printf(" %s; inference %s | %d |%n", kinds, spread(inferences), steps.size());
      }
    }
  }

  /** Medians in milliseconds. */
  private static String spread(List<double[]> times) {
    return IntStream.range(0, times.get(0).length)
        .mapToObj(i -> times.stream().mapToDouble(each -> each[i]).toArray())
        .map(each -> String.format(Locale.ROOT, "%.1f", TrainingStep.quantile(each, 0.5)))
        .collect(Collectors.joining(", "));
  }

  /** Median of the turns' ratios, and their quartiles. */
  private static String ratio(List<double[]> times, int above, int below) {
    double[] ratios = times.stream().mapToDouble(each -> each[above] / each[below]).toArray();
    return String.format(
        Locale.ROOT,
        "%.2f (%.2f to %.2f)",
        TrainingStep.quantile(ratios, 0.5),
        TrainingStep.quantile(ratios, 0.25),
        TrainingStep.quantile(ratios, 0.75));
  }

  private static double millis(Runnable run) {
    long start = THREADS.getCurrentThreadCpuTime();
    run.run();
    return (THREADS.getCurrentThreadCpuTime() - start) / 1e6;
  }
}
