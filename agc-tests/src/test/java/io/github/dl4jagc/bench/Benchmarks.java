package io.github.dl4jagc.bench;

import io.github.dl4jagc.Agc;
import io.github.dl4jagc.AgcGradientNormalization;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs benchmarks and prints tables of their results; on a GPU those that say something there, all
 * of them, and writes {@code docs/benchmarks-cuda.md}.
 *
 * <pre>
 * mvn -q -Pbench -pl agc-tests -am test-compile -Dbench.arguments="cpu flatness binding"
 * </pre>
 */
public final class Benchmarks {

  private static final Set<String> SECTIONS =
      Set.of("clips", "flatness", "binding", "garbage", "steps");

  /** Without the implementations that work in host memory. */
  private static final String[] ON_A_GPU = {
    "ND4J_PASSES", "AGC_ALL", "AGC_NONE", "PORT", "CLIP_L2_PER_PARAM_TYPE", "ADAM", "NESTEROVS"
  };

  private final StringBuilder page = new StringBuilder();

  private Benchmarks() {}

  /**
   * About a quarter of an hour for all of them.
   *
   * @param args {@code cuda}; or {@code cpu} and any of {@code clips}, {@code flatness}, {@code
   *     binding}, {@code garbage}, {@code steps}, without which all of them run
   */
  public static void main(String[] args) throws RunnerException, IOException {
    if (args[0].equals("cpu")) {
      Set<String> sections = Set.of(args);
      new Benchmarks().run(sections.size() == 1 ? SECTIONS : sections);
    } else if (Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.CUDA) {
      new Benchmarks().runOnGpu(Path.of("docs/benchmarks-cuda.md"));
    } else {
      System.out.println(
          "No GPU: ND4J's backend is "
              + Nd4j.getBackend().getClass().getSimpleName()
              + ". Nothing is measured.");
    }
    System.exit(0); // ND4J's threads
  }

  private void runOnGpu(Path file) throws RunnerException, IOException {
    head("mvn -q -Pcuda,bench -pl agc-tests -am test-compile");
    clips(clips(ON_A_GPU), "ND4J_PASSES");
    flatness(jmh(FlatnessBenchmark.class));
    steps(StepNetwork.DIGITS, StepNetwork.RESNET50);
    Files.writeString(file, page);
  }

  /** Medians and quantiles, by parameters and candidate. */
  private static Map<String, Map<String, Statistics>> clips(String... candidates)
      throws RunnerException {
    Map<String, Map<String, Statistics>> clips = new LinkedHashMap<>();
    for (RunResult result : jmh(ClipBenchmark.class, candidates)) {
      clips
          .computeIfAbsent(result.getParams().getParam("parameters"), key -> new LinkedHashMap<>())
          .put(result.getParams().getParam("candidate"), statistics(result));
    }
    return clips;
  }

  private void run(Set<String> sections) throws RunnerException, IOException {
    head("mvn -q -Pbench -pl agc-tests -am test-compile");
    if (sections.contains("clips")) {
      clips(clips(), "FLOOR");
    }
    if (sections.contains("flatness")) {
      flatness(jmh(FlatnessBenchmark.class));
    }
    if (sections.contains("binding")) {
      binding(jmh(BindingBenchmark.class));
    }
    if (sections.contains("garbage")) {
      garbage();
    }
    if (sections.contains("steps")) {
      steps(StepNetwork.values());
    }
    System.out.print(page);
  }

  /** With these values of the parameter {@code candidate}; none: with all that there are. */
  private static Collection<RunResult> jmh(Class<?> benchmark, String... candidates)
      throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(benchmark.getName() + "\\.")
            .jvmArgs("-Xmx8g")
            .shouldFailOnError(true);
    return new Runner(
            (candidates.length == 0 ? options : options.param("candidate", candidates)).build())
        .run();
  }

  private static Statistics statistics(RunResult result) {
    Result<?> primary = result.getPrimaryResult();
    return primary.getStatistics();
  }

  private void head(String command) throws IOException {
    line("# Benchmarks");
    line("");
    line("Made by `%s` on an otherwise idle machine, %s.", command, LocalDate.now());
    line("");
    line(
        "Machine: %s, %d processors; Java %s; DL4J and ND4J %s, backend %s.",
        processor(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.version"),
        MultiLayerNetwork.class.getPackage().getImplementationVersion() == null
            ? "1.0.0-M2.1"
            : MultiLayerNetwork.class.getPackage().getImplementationVersion(),
        Nd4j.getBackend().getClass().getSimpleName());
    line("");
    line(
        "Times are medians of JMH samples with their 10%% and 90%% quantiles. Absolute times vary"
            + " with the machine; believe the ratios, which come from one run.");
    line("");
  }

  private static String processor() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    if (Files.exists(info)) {
      for (String each : Files.readAllLines(info)) {
        if (each.startsWith("model name")) {
          return each.substring(each.indexOf(':') + 1).trim();
        }
      }
    }
    return System.getProperty("os.arch");
  }

  private void clips(Map<String, Map<String, Statistics>> clips, String floorOfHere) {
    line("## One pass over all gradients");
    line("");
    line(
        "The floor, `%s`, is three passes over the flat arrays: norm of W, norm of G, scale G;"
            + " `floor` by BLAS, `nd4j_passes` by ND4J operations. `copy` moves 8 bytes for each"
            + " parameter, where clipping all units has to move 12 and clipping none 8. AGC is the"
            + " updater `AGC(NoOp)`, the port is the algorithm in ND4J calls, array by array.",
        floorOfHere.toLowerCase(Locale.ROOT));
    line("");
    clips.forEach(
        (set, candidates) -> {
          double floor = candidates.get(floorOfHere).getPercentile(50);
          line("");
          line("### %s", set);
          line("");
          line("| candidate | ms | 10%% | 90%% | ratio to the floor |");
          line("| --- | --- | --- | --- | --- |");
          candidates.forEach(
              (candidate, times) ->
                  line(
                      "| %s | %.3f | %.3f | %.3f | %.2f |",
                      candidate.toLowerCase(Locale.ROOT),
                      times.getPercentile(50) / 1e3,
                      times.getPercentile(10) / 1e3,
                      times.getPercentile(90) / 1e3,
                      times.getPercentile(50) / floor));
        });
    Map<String, Statistics> resNet = clips.get("RESNET50");
    double all = resNet.get("AGC_ALL").getPercentile(50);
    line("");
    line(
        "On RESNET50, AGC with every unit clipped takes %.2f of Adam's time, and the port takes"
            + " %.1f times as long as AGC. On TINY1000 AGC takes %.2f microseconds for each"
            + " parameter array.",
        all / resNet.get("ADAM").getPercentile(50),
        resNet.get("PORT").getPercentile(50) / all,
        clips.get("TINY1000").get("AGC_ALL").getPercentile(50) / 2000);
    line("");
  }

  private void flatness(Collection<RunResult> results) {
    line("## From 10^5 to 10^8 parameters");
    line("");
    line(
        "One dense layer with units of 1,000 elements, every unit clipped; nanoseconds per"
            + " parameter.");
    line("");
    line("| parameters | AGC | floor |");
    line("| --- | --- | --- |");
    Map<String, Map<String, Double>> rows = new LinkedHashMap<>();
    for (RunResult result : results) {
      String set = result.getParams().getParam("parameters");
      double parameters = Math.pow(10, Integer.parseInt(set.substring(set.length() - 1)));
      rows.computeIfAbsent(set, key -> new LinkedHashMap<>())
          .put(
              result.getPrimaryResult().getLabel(),
              statistics(result).getPercentile(50) * 1e3 / parameters);
    }
    rows.forEach(
        (set, times) ->
            line(
                "| %s | %.3f | %.3f |",
                set.replace("DENSE_1E", "10^"), times.get("agc"), times.get("floor")));
    line("");
  }

  private void binding(Collection<RunResult> results) {
    line("## Binding");
    line("");
    line(
        "`AgcListener.onGradientCalculation` on a bound network of 500 layers, at each iteration:");
    line("");
    for (RunResult result : results) {
      line(
          "- %s, %s updater block(s): %.3f microseconds (± %.3f)",
          result.getParams().getParam("graph").equals("true")
              ? "ComputationGraph"
              : "MultiLayerNetwork",
          result.getParams().getParam("updaterBlocks"),
          result.getPrimaryResult().getScore(),
          result.getPrimaryResult().getScoreError());
    }
    line("");
  }

  private void garbage() {
    MultiLayerNetwork net =
        ParameterSet.RESNET50.network(
            new AgcGradientNormalization(new NoOp(), 1e-9), GradientNormalization.None);
    Agc.attach(net);
    INDArray gradient = net.getFlattenedGradients().reshape(net.numParams()).assign(1);
    GradientUpdater<?> updater =
        ((BaseMultiLayerUpdater<?>) net.getUpdater())
            .getUpdaterBlocks()
            .get(0)
            .getGradientUpdater();
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < 50; i++) {
      updater.applyUpdater(gradient, i, 0);
    }
    long offHeap = Pointer.physicalBytes();
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    for (int i = 0; i < 1000; i++) {
      updater.applyUpdater(gradient, i, 0);
    }
    long perClip =
        (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / 1000;
    line("## Garbage");
    line("");
    line(
        "RESNET50, 1,000 clips after warm-up: %d bytes of Java garbage per clip on the training"
            + " thread; the process grew by %.1f MB.",
        perClip, (Pointer.physicalBytes() - offHeap) / 1e6);
    line("");
  }

  private void steps(StepNetwork... networks) {
    line("## A whole training step");
    line("");
    TrainingStep.tables(List.of(networks)).forEach(row -> line("%s", row));
    line("");
  }

  private void line(String format, Object... arguments) {
    page.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
