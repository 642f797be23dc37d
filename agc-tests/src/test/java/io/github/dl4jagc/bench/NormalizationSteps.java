package io.github.dl4jagc.bench;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.models.NfResNet;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
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

  private static final int WARM_UP = 5;
  private static final int FEWEST_TURNS = 15;
  private static final long NANOS_PER_NETWORK = 60_000_000_000L;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private NormalizationSteps() {}

  /** Takes no arguments. */
  public static void main(String[] arguments) {
    if (Nd4j.getEnvironment().maxThreads() > 1) {
      throw new IllegalStateException("OMP_NUM_THREADS must be 1");
    }
    System.out.println(
        "| network | images | batch | batch norm, a step, ms | NF-ResNet / batch norm | with AGC /"
            + " without | inference, NF-ResNet / batch norm | turns |");
    System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
    measure("1 block a stage, width 16", NfResNet.builder().small(16, 1), 16, 16);
    measure("2 blocks a stage, width 32", NfResNet.builder().small(32, 2), 32, 16);
    measure("2 blocks a stage, width 32", NfResNet.builder().small(32, 2), 32, 64);
    measure("depth 50", NfResNet.builder().depth(50), 96, 2);
    System.exit(0); // ND4J's threads
  }

  private static void measure(String name, NfResNet.Builder shape, int side, int batch) {
    IUpdater plain = new Nesterovs(1e-4, 0.9);
    shape.inputShape(3, side, side).classes(10);
    List<ComputationGraph> networks =
        List.of(
            network(shape.updater(plain).build().batchNormConf()),
            network(shape.updater(plain).build().conf()),
            network(shape.updater(new AgcGradientNormalization(plain)).build().conf()));
    networks.get(2).setListeners(new AgcListener());
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
        Locale.ROOT,
        "| %s | %dx%d | %d | %.1f | %s | %s | %s | %d |%n",
        name,
        side,
        side,
        batch,
        TrainingStep.quantile(steps.stream().mapToDouble(each -> each[0]).toArray(), 0.5),
        ratio(steps, 1, 0),
        ratio(steps, 2, 1),
        ratio(inferences, 1, 0),
        steps.size());
  }

  private static ComputationGraph network(ComputationGraphConfiguration configuration) {
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    return network;
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
