package io.github.dl4jagc.bench;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What does a step of training cost with AGC and without, how much of it is AGC's, and why does the
 * same clipping take another time by itself? Steps of two equal networks, of which one has AGC,
 * take turns, so that a slow moment of the machine hits both. AGC's part is the time that its
 * report has; afterwards the same gradient is clipped outside of a step, {@link Before after} what
 * a step may leave behind. Prints tables in some minutes:
 *
 * <pre>
 * mvn -q -Pbench -pl agc-tests -am test-compile -Dbench.main=io.github.dl4jagc.bench.TrainingStep \
 *     -Dbench.arguments="RESNET50 LSTM EMBEDDING MLP"
 * </pre>
 */
public final class TrainingStep {

  private static final int WARM_UP = 2;
  private static final int FEWEST_STEPS = 10;
  private static final int MOST_STEPS = 400;
  private static final double SECONDS_OF_STEPS = 30;
  private static final int CLIPS = 15;

  /** What precedes clipping outside of a step. */
  enum Before {
    /** The gradient is written, by one thread. */
    NOTHING("again and again"),
    /** 128 MB of other memory are read. */
    FLUSHING("caches flushed"),
    /** ND4J's threads have worked on an operation, and wait for the next one. */
    OPERATION("after an operation"),
    /** OpenBLAS's threads have worked on a product, and wait for the next one. */
    PRODUCT("after a product"),
    /** All of it. */
    ALL("after all three");

    final String description;

    Before(String description) {
      this.description = description;
    }
  }

  private final double[] plainSteps;
  private final double[] agcSteps;
  private final double[] clippings;
  private final double[] faults;
  private final long parameters;
  private final Map<Before, Double> alone = new EnumMap<>(Before.class);

  private TrainingStep(StepNetwork type) {
    DataSet data = type.minibatch();
    ComputationGraph plain = type.network(type.updater());
    ComputationGraph agc = type.network(new AgcGradientNormalization(type.updater()));
    Updating plainUpdating = new Updating();
    Updating agcUpdating = new Updating();
    plain.setListeners(plainUpdating);
    agc.setListeners(agcUpdating, new AgcListener());
    parameters = agc.numParams();
    List<double[]> steps = new ArrayList<>();
    long end = Long.MAX_VALUE;
    for (int step = -WARM_UP;
        step < FEWEST_STEPS || step < MOST_STEPS && System.nanoTime() < end;
        step++) {
      if (step == 0) {
        end = System.nanoTime() + (long) (1e9 * SECONDS_OF_STEPS);
      }
      // Who goes second finds the memory as the other left it: take turns.
      boolean plainFirst = step % 2 == 0;
      Duration before = clipping(agc);
      double first = millis(() -> (plainFirst ? plain : agc).fit(data));
      double second = millis(() -> (plainFirst ? agc : plain).fit(data));
      if (step >= 0) {
        steps.add(
            new double[] {
              plainFirst ? first : second,
              plainFirst ? second : first,
              clipping(agc).minus(before).toNanos() / 1e6,
              agcUpdating.faults - plainUpdating.faults
            });
      }
    }
    plainSteps = column(steps, 0);
    agcSteps = column(steps, 1);
    clippings = column(steps, 2);
    faults = column(steps, 3);
    if (Nd4j.getExecutioner().type() != OpExecutioner.ExecutionerType.CUDA) {
      clipAlone(agc, agcUpdating.gradient.divi(data.numExamples()));
    }
  }

  /** Names of networks; none: all. */
  public static void main(String[] arguments) {
    List<StepNetwork> networks = new ArrayList<>();
    for (String name : arguments) {
      networks.add(StepNetwork.valueOf(name));
    }
    tables(networks.isEmpty() ? List.of(StepNetwork.values()) : networks)
        .forEach(System.out::println);
    System.exit(0); // ND4J's threads
  }

  static List<String> tables(List<StepNetwork> networks) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "| network | parameters | plain, a step, ms (10 %, 90 %) | with AGC | AGC's part, ms (10 %,"
            + " 90 %) | share of a step | page faults | steps |");
    lines.add("| --- | --- | --- | --- | --- | --- | --- | --- |");
    StringBuilder header = new StringBuilder("| AGC's part, ms | in a step |");
    for (Before before : Before.values()) {
      header.append(' ').append(before.description).append(" |");
    }
    List<String> alone = new ArrayList<>();
    alone.add(header.toString());
    alone.add("| --- ".repeat(2 + Before.values().length) + "|");
    for (StepNetwork network : networks) {
      TrainingStep step = new TrainingStep(network);
      lines.add(step.row(network));
      if (!step.alone.isEmpty()) {
        alone.add(step.rowAlone(network));
      }
    }
    lines.add("");
    lines.addAll(alone);
    return lines;
  }

  private String row(StepNetwork network) {
    return String.format(
        Locale.ROOT,
        "| %s, %s | %.1f million | %s | %s | %s | %.1f %% | %.0f | %d |",
        network.description,
        network.updater().getClass().getSimpleName(),
        parameters / 1e6,
        spread(plainSteps, "%.1f"),
        spread(agcSteps, "%.1f"),
        spread(clippings, "%.2f"),
        100 * quantile(clippings, 0.5) / quantile(plainSteps, 0.5),
        quantile(faults, 0.5),
        plainSteps.length);
  }

  private String rowAlone(StepNetwork network) {
    StringBuilder row =
        new StringBuilder(
            String.format(Locale.ROOT, "| %s | %.2f |", network, quantile(clippings, 0.5)));
    alone.forEach((before, ms) -> row.append(String.format(Locale.ROOT, " %.2f |", ms)));
    return row.toString();
  }

  private static String spread(double[] times, String format) {
    return String.format(
        Locale.ROOT,
        format + " (" + format + ", " + format + ")",
        quantile(times, 0.5),
        quantile(times, 0.1),
        quantile(times, 0.9));
  }

  private static double[] column(List<double[]> rows, int column) {
    return rows.stream().mapToDouble(row -> row[column]).toArray();
  }

  private static Duration clipping(ComputationGraph net) {
    return AgcReport.of(net).clippingTime();
  }

  private void clipAlone(ComputationGraph net, INDArray gradient) {
    INDArray numbers = Nd4j.rand(DataType.FLOAT, 1000, 1000);
    long[] other = new long[1 << 24];
    for (Before before : Before.values()) {
      double[] times = new double[CLIPS];
      for (int i = -WARM_UP; i < CLIPS; i++) {
        copy(gradient, net.getFlattenedGradients());
        Duration start = clipping(net);
        if ((before == Before.FLUSHING || before == Before.ALL)
            && Arrays.stream(other).sum() != 0) {
          throw new IllegalStateException("a sum of zeros is none");
        }
        if (before == Before.PRODUCT || before == Before.ALL) {
          numbers.mmul(numbers);
        }
        if (before == Before.OPERATION || before == Before.ALL) {
          numbers.addi(0);
        }
        for (UpdaterBlock block : net.getUpdater().getUpdaterBlocks()) {
          block.getGradientUpdater().applyUpdater(block.getGradientView(), 0, 0);
        }
        if (i >= 0) {
          times[i] = clipping(net).minus(start).toNanos() / 1e6;
        }
      }
      alone.put(before, quantile(times, 0.5));
    }
  }

  /** By the calling thread: an operation would wake others. */
  private static void copy(INDArray from, INDArray to) {
    Pointer.memcpy(
        to.data().addressPointer(), from.data().addressPointer(), Float.BYTES * from.length());
  }

  private static double millis(Runnable run) {
    long start = System.nanoTime();
    run.run();
    Nd4j.getExecutioner().commit(); // on a GPU: wait for it
    return (System.nanoTime() - start) / 1e6;
  }

  static double quantile(double[] times, double share) {
    double[] sorted = times.clone();
    Arrays.sort(sorted);
    return sorted[(int) (share * (sorted.length - 1))];
  }

  /** Counts page faults of the phase of a step in which updaters run, and keeps a gradient. */
  private static final class Updating extends BaseTrainingListener {

    private static final Path STATUS = Path.of("/proc/self/stat");

    /** The first step's, a sum over its minibatch. */
    private INDArray gradient;

    private long faults;

    @Override
    public void onGradientCalculation(Model model) {
      if (gradient == null) {
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
          gradient = ((ComputationGraph) model).getFlattenedGradients().dup();
        }
      }
      faults = -minorFaults();
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
      faults += minorFaults();
    }

    private static long minorFaults() {
      try {
        return Files.exists(STATUS)
            ? Long.parseLong(Files.readString(STATUS).replaceFirst(".*\\) ", "").split(" ")[7])
            : 0;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
