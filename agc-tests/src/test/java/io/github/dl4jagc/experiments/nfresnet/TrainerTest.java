package io.github.dl4jagc.experiments.nfresnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.experiments.nfresnet.Run.Excluded;
import io.github.dl4jagc.experiments.nfresnet.Run.Network;
import io.github.dl4jagc.experiments.nfresnet.Run.Scales;
import io.github.dl4jagc.experiments.support.OutputFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TrainerTest {

  private static final ImageData DATA = new DigitsSource().read(200);

  @TempDir private Path folder;

  private static Experiment experiment(int epochs, double learningRate) {
    Grid grid =
        new Grid(
            List.of(Network.values()),
            List.of(50),
            List.of(0.01),
            List.of(Scales.values()),
            1,
            OptionalDouble.empty());
    return new Experiment(grid, epochs, 1, InnerUpdater.NESTEROVS, learningRate, 4, 1, 1);
  }

  private Outcome train(Experiment experiment, Run run, LongConsumer afterStep) throws IOException {
    try (OutputFolder output = OutputFolder.open(folder)) {
      return new Trainer(experiment, DATA).train(run, new Checkpoint(output, run, 0), afterStep);
    }
  }

  @Test
  void interruptedRunEndsAsIfItHadNotBeen() throws IOException {
    Experiment experiment = experiment(4, 0.4);
    Run run = Run.agc(Network.NF_AGC, 0.01, Excluded.OUTPUT, 50, 3);
    Outcome whole = train(experiment, run, images -> {});
    Files.delete(folder.resolve(Checkpoint.file(run)));

    AtomicLong images = new AtomicLong();
    assertThatThrownBy(
            () ->
                train(
                    experiment,
                    run,
                    count -> {
                      // In the middle of the third epoch.
                      if (images.addAndGet(count) > 500) {
                        throw new IllegalStateException("interrupted");
                      }
                    }))
        .hasMessage("interrupted");
    AtomicLong rest = new AtomicLong();
    Outcome resumed = train(experiment, run, rest::addAndGet);

    assertThat(resumed.accuracy()).isEqualTo(whole.accuracy());
    assertThat(resumed.trainingLoss()).isEqualTo(whole.trainingLoss());
    assertThat(resumed.steps()).isEqualTo(whole.steps()).isEqualTo(16);
    assertThat(resumed.clippedByEpoch()).isEqualTo(whole.clippedByEpoch()).hasSize(4);
    assertThat(resumed.clippedShare()).isEqualTo(whole.clippedShare()).isBetween(0.001, 0.999);
    // The two epochs of the checkpoint count as done, the rest was trained.
    assertThat(rest.get()).isEqualTo(800);
  }

  @Test
  void checkpointOfAnotherRunIsNotTaken() throws IOException {
    Experiment experiment = experiment(1, 0.4);
    Run first = Run.plain(Network.NF, 50, 1);
    Run second = Run.plain(Network.BATCH_NORM, 50, 1);
    train(experiment, first, images -> {});
    assertThat(folder.resolve(Checkpoint.file(first))).exists();
    assertThat(train(experiment, second, images -> {}).run()).isEqualTo(second);
  }

  @Test
  void divergenceIsSeen() throws IOException {
    Outcome outcome = train(experiment(2, 1e20), Run.plain(Network.NF, 50, 1), images -> {});
    assertThat(outcome.hasDiverged()).isTrue();
    assertThat(outcome.steps()).isBetween(1, 8);
    assertThat(outcome.accuracy()).isNaN();
    assertThat(outcome.trainingLoss()).isNaN();
  }

  @Test
  void excludedLayersAreNotClipped() throws IOException {
    for (Excluded excluded : Excluded.values()) {
      Outcome outcome =
          train(experiment(1, 0.4), Run.agc(Network.NF_AGC, 0.01, excluded, 50, 1), images -> {});
      assertThat(outcome.clippedByEpoch().get(0).containsKey("stem"))
          .as("%s", excluded)
          .isEqualTo(excluded != Excluded.STEM && excluded != Excluded.BOTH);
      assertThat(outcome.clippedByEpoch().get(0).containsKey("output"))
          .as("%s", excluded)
          .isEqualTo(excluded == Excluded.NONE || excluded == Excluded.STEM);
      assertThat(outcome.clippedByEpoch().get(0)).containsKeys("stage1", "stage2", "stage3");
    }
  }

  @Test
  void networksOfOneSizeHaveTheSameConvolutions() {
    Experiment experiment = experiment(1, 0.1);
    assertThat(convolutionWeights(experiment, Network.BATCH_NORM))
        .isEqualTo(convolutionWeights(experiment, Network.NF));
  }

  private static long convolutionWeights(Experiment experiment, Network network) {
    ComputationGraphConfiguration configuration =
        experiment.configuration(Run.plain(network, 50, 1), DATA);
    return configuration.getVertices().values().stream()
        .filter(LayerVertex.class::isInstance)
        .map(vertex -> ((LayerVertex) vertex).getLayerConf().getLayer())
        .filter(org.deeplearning4j.nn.conf.layers.ConvolutionLayer.class::isInstance)
        .map(org.deeplearning4j.nn.conf.layers.ConvolutionLayer.class::cast)
        .mapToLong(
            layer ->
                layer.getNIn()
                    * layer.getNOut()
                    * layer.getKernelSize()[0]
                    * layer.getKernelSize()[1])
        .sum();
  }

  @Test
  void learningRateIsLinearInTheBatchSize() {
    Experiment experiment = experiment(1, 0.4);
    assertThat(experiment.peakLearningRate(256)).isEqualTo(0.4);
    assertThat(experiment.peakLearningRate(64)).isEqualTo(0.1);
    assertThat(experiment.peakLearningRate(1024)).isEqualTo(1.6);
  }

  @ParameterizedTest
  // By hand: a rise in steps of 1/5 of the peak, then half a cosine over eight iterations.
  @CsvSource({
    "0, 0.4",
    "1, 0.8",
    "3, 1.6",
    "4, 2",
    "6, 1.7071068",
    "8, 1",
    "10, 0.2928932",
    "12, 0",
    "99, 0"
  })
  void scheduleRisesAndFalls(int iteration, double rate) {
    assertThat(new WarmupCosine(2, 4, 12).valueAt(iteration, 0)).isCloseTo(rate, within(1e-6));
  }

  @Test
  void wrongSchedulesAreRefused() {
    assertThatThrownBy(() -> new WarmupCosine(0, 0, 1)).hasMessageContaining("got 0.0");
    assertThatThrownBy(() -> new WarmupCosine(1, 0, 0)).hasMessageContaining("got 0");
    assertThatThrownBy(() -> new WarmupCosine(1, 5, 4))
        .hasMessage("warmUp must be from 0 to the 4 iterations, got 5");
  }

  @Test
  void imagesHaveMeanZeroAndVarianceOne() {
    var images = DATA.minibatches(200, 1).get(0).getFeatures();
    assertThat(images.meanNumber().doubleValue()).isCloseTo(0, within(1e-5));
    assertThat(images.varNumber().doubleValue()).isCloseTo(1, within(1e-2));
  }

  @Test
  void minibatchesAreAllImagesInAnOrderOfTheSeed() {
    assertThat(DATA.minibatches(64, 1)).hasSize(4);
    assertThat(DATA.minibatches(64, 1).get(3).numExamples()).isEqualTo(8);
    assertThat(DATA.minibatches(200, 1).get(0).getLabels())
        .isEqualTo(DATA.minibatches(200, 1).get(0).getLabels())
        .isNotEqualTo(DATA.minibatches(200, 2).get(0).getLabels());
    assertThat(DATA.minibatches(200, 1).get(0).getLabels().sum(0))
        .isEqualTo(DATA.minibatches(200, 2).get(0).getLabels().sum(0));
  }

  @Test
  void runsAreKnownByTheirIds() {
    Run run = Run.agc(Network.NF_AGC, 0.01, Excluded.BOTH, 64, 2);
    assertThat(run.id()).isEqualTo("NF_AGC/0.01/BOTH/64/2");
    assertThat(Run.of(run.id())).isEqualTo(run).hasToString("NF + AGC 0.01, batch 64, seed 2");
  }

  @Test
  void gridHasEachRunOnce() {
    Grid grid =
        new Grid(
            List.of(Network.BATCH_NORM, Network.NF, Network.NF_AGC),
            List.of(8, 16),
            List.of(0.01, 0.1),
            List.of(Scales.CLIPPED, Scales.FREE),
            2,
            OptionalDouble.of(0.01));
    // 2 batch sizes x 2 seeds x 6 candidates, and 3 more choices of excluded layers x 2 seeds.
    assertThat(grid.runs()).hasSize(30).doesNotHaveDuplicates();
    assertThat(grid.candidates())
        .containsExactly(
            "batch norm",
            "NF",
            "NF + AGC 0.01",
            "NF + AGC 0.01, free scales",
            "NF + AGC 0.1",
            "NF + AGC 0.1, free scales");
  }

  @Test
  void gridIsOfTheNetworksThatAreAskedFor() {
    Grid grid =
        new Grid(
            List.of(Network.PLAIN, Network.PLAIN_AGC, Network.NF_AGC),
            List.of(8),
            List.of(0.01),
            List.of(Scales.FREE),
            2,
            OptionalDouble.empty());
    assertThat(grid.runs())
        .extracting(Run::id)
        .containsExactly(
            "PLAIN/0/NONE/8/1",
            "PLAIN_AGC/0.01/OUTPUT/8/1",
            "NF_AGC/0.01/SCALES/8/1",
            "PLAIN/0/NONE/8/2",
            "PLAIN_AGC/0.01/OUTPUT/8/2",
            "NF_AGC/0.01/SCALES/8/2");
    assertThat(grid.candidates())
        .containsExactly("plain", "plain + AGC 0.01", "NF + AGC 0.01, free scales");
  }

  @Test
  void plainNetworkHasTheConvolutionsOfTheOneWithBatchNormAndNothingThatNormalises() {
    Experiment experiment = experiment(1, 0.1);
    assertThat(convolutionWeights(experiment, Network.PLAIN))
        .isEqualTo(convolutionWeights(experiment, Network.BATCH_NORM));
    ComputationGraph network =
        new ComputationGraph(experiment.configuration(Run.plain(Network.PLAIN, 50, 1), DATA));
    network.init();
    assertThat(network.paramTable().keySet())
        .contains("stem_b", "stage1-block1-conv1_b")
        .allMatch(name -> name.endsWith("_W") || name.endsWith("_b"));
    assertThat(network.numParams())
        .as("a bias for each of 4 + 2 * 4 + 3 * 8 + 3 * 16 filters, and the output layer")
        .isEqualTo(convolutionWeights(experiment, Network.PLAIN) + 84 + 16 * 10 + 10);
  }

  @Test
  void agcClipsThePlainNetworkButForItsOutputLayer() throws IOException {
    Outcome outcome =
        train(
            experiment(1, 0.4),
            Run.agc(Network.PLAIN_AGC, 0.01, Excluded.OUTPUT, 50, 1),
            images -> {});
    assertThat(outcome.clippedByEpoch().get(0))
        .containsOnlyKeys("stem", "stage1", "stage2", "stage3");
  }

  @ParameterizedTest
  @EnumSource(
      value = Network.class,
      names = {"BATCH_NORM", "NF", "PLAIN"})
  void strideOfTheStemHalvesEveryMap(Network network) {
    Experiment whole = experiment(1, 0.1);
    Experiment halved = new Experiment(whole.grid(), 1, 1, InnerUpdater.NESTEROVS, 0.1, 4, 1, 2);
    assertThat(map(whole, network)).containsExactly(1, 4, 8, 8);
    assertThat(map(halved, network)).containsExactly(1, 4, 4, 4);
  }

  private static long[] map(Experiment experiment, Network network) {
    ComputationGraph graph =
        new ComputationGraph(experiment.configuration(Run.plain(network, 50, 1), DATA));
    graph.init();
    return graph
        .feedForward(DATA.minibatches(1, 1).get(0).getFeatures(), false)
        .get("stage1-block1")
        .shape();
  }

  @Test
  void innerUpdaterIsTheOneThatIsAskedFor() {
    for (InnerUpdater updater : InnerUpdater.values()) {
      Experiment experiment =
          new Experiment(experiment(1, 0.1).grid(), 1, 1, updater, 0.1, 4, 1, 1);
      assertThat(experiment.configuration(Run.plain(Network.NF, 50, 1), DATA).toJson())
          .contains(updater == InnerUpdater.RMSPROP ? "RmsProp" : "Nesterovs")
          .doesNotContain(updater == InnerUpdater.RMSPROP ? "Nesterovs" : "RmsProp");
    }
  }
}
