package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.testing.Networks;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearningHelper;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.listeners.CheckpointListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * What DL4J does without this library: the list in docs/limits.md of what is not AGC's. A test that
 * fails with a newer DL4J is a line that can go there.
 */
class Dl4jByItselfTest {

  @TempDir Path folder;

  private static double firstWeight(long seed) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(seed)
                .list(new DenseLayer.Builder().nIn(3).nOut(2).build(), Networks.output(2))
                .build());
    net.init();
    return net.params().getDouble(0);
  }

  /**
   * What it gives at some moments: without a seed ND4J takes the clock's, which may stand still.
   */
  private static Set<Double> atSomeMoments(DoubleSupplier numbers) throws InterruptedException {
    Set<Double> seen = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      seen.add(numbers.getAsDouble());
      Thread.sleep(20);
    }
    return seen;
  }

  @ParameterizedTest
  @CsvSource({"0, false", "1, true", "-1, true"})
  void seedZeroIsNone(long seed, boolean repeatable) throws Exception {
    Set<Double> weights = atSomeMoments(() -> firstWeight(seed));
    Set<Double> numbers =
        atSomeMoments(
            () -> {
              Nd4j.getRandom().setSeed(seed);
              return Nd4j.rand(1).getDouble(0);
            });
    assertThat(weights.size() == 1).isEqualTo(repeatable);
    assertThat(numbers.size() == 1).isEqualTo(repeatable);
  }

  @Test
  void normalizerIsAddedToTheFileOfANetworkAndNotWrittenWithIt() throws Exception {
    MultiLayerNetwork net = Networks.dense(new Adam(0.1));
    DataSet data = Networks.minibatches(1).get(0);
    net.fit(data);
    NormalizerStandardize normalizer = new NormalizerStandardize();
    normalizer.fit(data);
    File file = folder.resolve("net.zip").toFile();
    assertThatThrownBy(() -> ModelSerializer.writeModel(net, file, true, normalizer))
        .isInstanceOf(IOException.class)
        .hasMessage("flush() failed: stream is closed");

    ModelSerializer.writeModel(net, file, true);
    ModelSerializer.addNormalizerToModel(file, normalizer);
    MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(file, true);
    assertThat(restored.params()).isEqualTo(net.params());
    assertThat(restored.getUpdater().getStateViewArray())
        .isEqualTo(net.getUpdater().getStateViewArray());
    NormalizerStandardize read = ModelSerializer.restoreNormalizerFromFile(file);
    assertThat(read.getMean()).isEqualTo(normalizer.getMean());
  }

  private static MultiLayerNetwork convolutional() {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(new Sgd(0.1))
                .list(
                    new ConvolutionLayer.Builder(3, 3).nOut(2).build(),
                    new ConvolutionLayer.Builder(3, 3).nOut(2).build(),
                    new DenseLayer.Builder().nOut(5).build(),
                    Networks.output(3))
                .setInputType(InputType.convolutional(8, 8, 1))
                .build());
    net.init();
    return net;
  }

  @ParameterizedTest
  @CsvSource({"0, true", "1, true", "2, false"})
  void featurisedTrainingLosesThePreprocessorBeforeTheFirstDenseLayer(int frozen, boolean lost) {
    TransferLearningHelper helper = new TransferLearningHelper(convolutional(), frozen);
    DataSet featurized =
        helper.featurize(new DataSet(Networks.gaussian(1, 4, 1, 8, 8), Networks.oneHot(2, 4, 3)));
    if (lost) {
      assertThatThrownBy(() -> helper.fitFeaturized(featurized))
          .hasMessageContaining("Input that is not a matrix");
    } else {
      helper.fitFeaturized(featurized);
    }
  }

  /** Adam corrects its bias by the iteration, and the learning rate goes by it too. */
  private static MultiLayerNetwork counting(ScheduleType type, double step) {
    return Networks.dense(new Adam(new StepSchedule(type, 0.1, 0.5, step)));
  }

  @Test
  void checkpointOfAnIterationCountsOneLess() {
    MultiLayerNetwork net = counting(ScheduleType.ITERATION, 2);
    net.setListeners(
        new CheckpointListener.Builder(folder.toFile()).keepAll().saveEveryNIterations(3).build());
    List<DataSet> data = Networks.minibatches(6);
    data.forEach(net::fit);

    MultiLayerNetwork resumed = CheckpointListener.loadCheckpointMLN(folder.toFile(), 0);
    assertThat(resumed.getIterationCount()).as("after four updates").isEqualTo(3);
    resumed.setIterationCount(resumed.getIterationCount() + 1);
    data.subList(4, 6).forEach(resumed::fit);
    assertThat(resumed.params()).isEqualTo(net.params());
  }

  @Test
  void checkpointOfAnEpochCountsOneLess() {
    MultiLayerNetwork net = counting(ScheduleType.EPOCH, 1);
    net.setListeners(
        new CheckpointListener.Builder(folder.toFile()).keepAll().saveEveryNEpochs(2).build());
    List<DataSet> data = Networks.minibatches(3);
    net.fit(new ExistingDataSetIterator(data), 3);

    MultiLayerNetwork resumed = CheckpointListener.loadCheckpointMLN(folder.toFile(), 0);
    assertThat(resumed.getEpochCount()).as("after two epochs").isEqualTo(1);
    assertThat(resumed.getIterationCount()).isEqualTo(6);
    resumed.setEpochCount(resumed.getEpochCount() + 1);
    resumed.fit(new ExistingDataSetIterator(data), 1);
    assertThat(resumed.params()).isEqualTo(net.params());
  }

  private static void addHead(SameDiff graph, String name, String below) {
    SDVariable weights = graph.var(name + "-weights", Networks.gaussian(3, 4, 4));
    SDVariable out = graph.nn.tanh(name, graph.getVariable(below).mmul(weights));
    graph.loss.meanSquaredError(name + "-loss", graph.getVariable("labels"), out, null);
    graph.setLossVariables(name + "-loss");
  }

  @Test
  void headThatIsAddedToATrainedGraphHasNoUpdater() throws Exception {
    SameDiff graph = SameDiff.create();
    graph.placeHolder("features", DataType.DOUBLE, -1, 4);
    graph.placeHolder("labels", DataType.DOUBLE, -1, 4);
    addHead(graph, "first", "features");
    TrainingConfig training =
        TrainingConfig.builder()
            .updater(new Adam(0.1))
            .dataSetFeatureMapping("features")
            .dataSetLabelMapping("labels")
            .build();
    graph.setTrainingConfig(training);
    SingletonDataSetIterator data =
        new SingletonDataSetIterator(
            new DataSet(Networks.gaussian(1, 2, 4), Networks.gaussian(2, 2, 4)));
    graph.fit(data, 1);
    File file = folder.resolve("graph.fb").toFile();
    graph.save(file, false);
    addHead(graph, "second", "first");
    assertThatThrownBy(() -> graph.fit(data, 1))
        .hasMessageContaining("No updater found for variable \"second-weights\"");

    SameDiff loaded = SameDiff.load(file, false);
    loaded.setTrainingConfig(training);
    addHead(loaded, "second", "first");
    INDArray before = loaded.getVariable("second-weights").getArr().dup();
    loaded.fit(data, 1);
    assertThat(loaded.getVariable("second-weights").getArr()).isNotEqualTo(before);
  }

  @Test
  void networkOfTypeBfloat16CannotBeBuilt() {
    assertThatThrownBy(() -> new NeuralNetConfiguration.Builder().dataType(DataType.BFLOAT16))
        .hasMessageContaining("one of DOUBLE, FLOAT, or HALF");
  }

  /** Gradient descent that is read from JSON no sooner than something was trained. */
  public static final class ReadLate extends Sgd {
    private static final long serialVersionUID = 1L;
    private static final CountDownLatch TRAINED = new CountDownLatch(1);

    ReadLate(double learningRate) {
      super(learningRate);
    }

    @JsonCreator
    static ReadLate fromJson(
        @JsonProperty("learningRate") double learningRate,
        @JsonProperty("learningRateSchedule") ISchedule none)
        throws InterruptedException {
      assertThat(TRAINED.await(60, TimeUnit.SECONDS)).isTrue();
      return new ReadLate(learningRate);
    }

    @Override
    public Sgd clone() {
      return new ReadLate(getLearningRate());
    }
  }

  @Test
  void theSecondWorkerOfAParallelWrapperMayCopyWhatTheFirstHasTrained() {
    List<DataSet> data = Networks.minibatches(2);
    MultiLayerNetwork local = Networks.dense(new Sgd(0.5));
    local.fit(data.get(0));
    INDArray first = local.params().dup();
    local.fit(data.get(1));

    MultiLayerNetwork root = Networks.dense(new ReadLate(0.5));
    ParallelWrapper wrapper =
        new ParallelWrapper.Builder<>(root)
            .workers(2)
            .averagingFrequency(1)
            .prefetchBuffer(0)
            .trainingMode(ParallelWrapper.TrainingMode.AVERAGING)
            .build();
    wrapper.setListeners(
        new BaseTrainingListener() {
          @Override
          public void iterationDone(Model model, int iteration, int epoch) {
            ReadLate.TRAINED.countDown();
          }
        });
    wrapper.fit(new ExistingDataSetIterator(data));
    assertThat(root.params().distance2(first.addi(local.params()).divi(2))).isLessThan(1e-12);
  }
}
