package io.github.dl4jagc;

import static io.github.dl4jagc.testing.ArrayAssertions.assertRelativelyClose;
import static io.github.dl4jagc.testing.ArrayAssertions.assertSameValues;
import static io.github.dl4jagc.testing.NetworkCheck.FROZEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import io.github.dl4jagc.testing.OracleListener;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.modelimport.keras.KerasModelImport;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** Every other way to train a network that DL4J offers, against the oracle. */
class WaysToTrainTest {

  private static final double THRESHOLD = 0.05;

  private static AgcGradientNormalization agc(IUpdater inner) {
    return new AgcGradientNormalization(inner, THRESHOLD);
  }

  private static void assertSameParameters(Model actual, Model expected) {
    assertThat(Oracle.values(actual.params()))
        .containsExactly(Oracle.values(expected.params()), within(1e-9));
  }

  private static void assertClippedSome(Model net) {
    AgcReport.Figures total = new AgcListener().report(net).total();
    assertThat(total.clippedUnits()).isBetween(1L, total.units() - 1);
  }

  private static List<DataSet> minibatches(int count) {
    List<DataSet> minibatches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      minibatches.add(new DataSet(Networks.gaussian(i, 8, 4), Networks.oneHot(i, 8, 3)));
    }
    return minibatches;
  }

  @Test
  void truncatedBackpropagationThroughTime() {
    MultiLayerNetwork clipped = sequences(agc(new Nesterovs(0.3, 0.9)));
    clipped.setListeners(new AgcListener());
    MultiLayerNetwork oracle = sequences(new Nesterovs(0.3, 0.9));
    oracle.setListeners(OracleListener.columns(THRESHOLD));
    for (int step = 0; step < 3; step++) {
      INDArray features = Networks.gaussian(step, 6, 4, 12);
      INDArray labels = Networks.gaussian(step + 10, 6, 3, 12);
      clipped.fit(features, labels);
      oracle.fit(features, labels);
      assertSameParameters(clipped, oracle);
    }
    assertClippedSome(clipped);
    assertThat(new AgcListener().report(clipped).total().iterations())
        .as("three minibatches of three segments")
        .isEqualTo(9);
  }

  private static MultiLayerNetwork sequences(IUpdater updater) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(updater)
                .list()
                .layer(new LSTM.Builder().nIn(4).nOut(5).build())
                .layer(
                    new RnnOutputLayer.Builder(LossFunctions.LossFunction.MSE)
                        .activation(Activation.TANH)
                        .nIn(5)
                        .nOut(3)
                        .build())
                .backpropType(BackpropType.TruncatedBPTT)
                .tBPTTLength(4)
                .build());
    net.init();
    return net;
  }

  @Test
  void externalErrors() {
    ComputationGraph net =
        new ComputationGraph(
            Networks.builder(agc(new Sgd(1)))
                .graphBuilder()
                .addInputs("in")
                .addLayer("first", new DenseLayer.Builder().nOut(6).build(), "in")
                .addLayer("second", new DenseLayer.Builder().nOut(3).build(), "first")
                .setOutputs("second")
                .setInputTypes(InputType.feedForward(4))
                .build());
    net.init();
    AgcGradientNormalization.attach(net); // no fit, so no listener is called
    INDArray features = Networks.gaussian(1, 8, 4);
    net.setInputs(features);
    net.feedForward(new INDArray[] {features}, true, false);
    Gradient gradient = net.backpropGradient(Networks.gaussian(2, 8, 3));
    INDArray mean = gradient.getGradientFor("first_W").div(8);
    INDArray before = net.getParam("first_W").dup();
    net.getUpdater().update(gradient, 0, 0, 8, LayerWorkspaceMgr.noWorkspaces());
    net.params().subi(gradient.gradient());
    assertRelativelyClose(
        before.sub(net.getParam("first_W")), Oracle.clip(before, mean, THRESHOLD, 1e-3, 1), 1e-8);
    assertClippedSome(net);
  }

  @Test
  void graphWithTwoOutputs() {
    ComputationGraph net = twoOutputs(agc(new Sgd(1)));
    net.setListeners(new AgcListener());
    Map<String, int[]> units = new HashMap<>();
    for (String layer : List.of("shared", "left", "right")) {
      units.put(layer + "_W", new int[] {1});
      units.put(layer + "_b", new int[0]);
    }
    NetworkCheck.assertFitClips(net, twoOutputsData(), THRESHOLD, units);
  }

  @Test
  void bothOutputsAreLeftAloneWhenOutputLayersAreExcluded() {
    ComputationGraph net =
        twoOutputs(
            AgcGradientNormalization.builder(new Sgd(1))
                .clippingThreshold(1e-4)
                .excludeOutputLayer(true)
                .build());
    net.setListeners(new AgcListener());
    Map<String, int[]> units = new HashMap<>();
    units.put("shared_W", new int[] {1});
    units.put("shared_b", new int[0]);
    for (String layer : List.of("left", "right")) {
      units.put(layer + "_W", NetworkCheck.NOT_CLIPPED);
      units.put(layer + "_b", NetworkCheck.NOT_CLIPPED);
    }
    NetworkCheck.assertFitClips(net, twoOutputsData(), 1e-4, units);
  }

  private static ComputationGraph twoOutputs(IUpdater updater) {
    ComputationGraph net =
        new ComputationGraph(
            Networks.builder(updater)
                .graphBuilder()
                .addInputs("in")
                .addLayer("shared", new DenseLayer.Builder().nOut(6).build(), "in")
                .addLayer("left", Networks.output(3), "shared")
                .addLayer("right", Networks.output(2), "shared")
                .setOutputs("left", "right")
                .setInputTypes(InputType.feedForward(4))
                .build());
    net.init();
    return net;
  }

  private static MultiDataSet twoOutputsData() {
    return new MultiDataSet(
        new INDArray[] {Networks.gaussian(1, 8, 4)},
        new INDArray[] {Networks.oneHot(1, 8, 3), Networks.oneHot(2, 8, 2)});
  }

  @Test
  void gradientsThatAreNotDividedByTheMinibatchSize() {
    MultiLayerNetwork net = Networks.dense(Networks.builder(agc(new Sgd(1))).miniBatch(false));
    net.setListeners(new AgcListener());
    NetworkCheck.assertFitClips(net, Networks.denseData(8, 1), THRESHOLD, denseUnits());
  }

  private static Map<String, int[]> denseUnits() {
    Map<String, int[]> units = new HashMap<>();
    for (int layer = 0; layer < 3; layer++) {
      units.put(layer + "_W", new int[] {1});
      units.put(layer + "_b", new int[0]);
    }
    return units;
  }

  @ParameterizedTest
  @EnumSource(GradientNormalization.class)
  void gradientNormalizationOfDl4jComesFirst(GradientNormalization normalization) {
    double clip = 0.02;
    MultiLayerNetwork net =
        Networks.dense(
            Networks.builder(agc(new Sgd(1)))
                .gradientNormalization(normalization)
                .gradientNormalizationThreshold(clip));
    net.setListeners(new AgcListener());
    // What DL4J alone makes of the gradient, by the same network with a plain updater
    MultiLayerNetwork plain =
        Networks.dense(
            Networks.builder(new NoOp())
                .gradientNormalization(normalization)
                .gradientNormalizationThreshold(clip));
    MultiDataSet data = Networks.denseData(8, 1);
    NetworkCheck.computeGradient(plain, data);
    plain.getUpdater().update(plain, plain.gradient(), 0, 0, 8, LayerWorkspaceMgr.noWorkspaces());
    INDArray before = net.getParam("1_W").dup();
    NetworkCheck.fit(net, data);
    double[] expected =
        Oracle.clip(before, plain.gradient().getGradientFor("1_W"), THRESHOLD, 1e-3, 1);
    assertRelativelyClose(before.sub(net.getParam("1_W")), expected, 1e-7);
  }

  @Test
  void l1AndL2AreClippedWithTheGradient() {
    double l1 = 0.01;
    double l2 = 0.2;
    MultiLayerNetwork net = Networks.dense(Networks.builder(agc(new Sgd(1))).l1(l1).l2(l2));
    net.setListeners(new AgcListener());
    MultiDataSet data = Networks.denseData(8, 1);
    INDArray before = net.getParam("1_W").dup();
    INDArray gradient = NetworkCheck.meanGradients(net, data).get("1_W");
    for (int i = 0; i < before.rows(); i++) {
      for (int j = 0; j < before.columns(); j++) {
        double w = before.getDouble(i, j);
        gradient.putScalar(i, j, gradient.getDouble(i, j) + l1 * Math.signum(w) + l2 * w);
      }
    }
    NetworkCheck.fit(net, data);
    assertRelativelyClose(
        before.sub(net.getParam("1_W")), Oracle.clip(before, gradient, THRESHOLD, 1e-3, 1), 1e-7);
  }

  @Test
  void constraintsComeLast() {
    MultiLayerNetwork net =
        Networks.dense(
            Networks.builder(agc(new Sgd(1))).constrainWeights(new MaxNormConstraint(0.5, 1)));
    net.setListeners(new AgcListener());
    MultiDataSet data = Networks.denseData(8, 1);
    INDArray before = net.getParam("1_W").dup();
    INDArray gradient = NetworkCheck.meanGradients(net, data).get("1_W");
    double[] update = Oracle.clip(before, gradient, THRESHOLD, 1e-3, 1);
    NetworkCheck.fit(net, data);
    INDArray expected = before.dup('c');
    for (int i = 0; i < update.length; i++) {
      expected.putScalar(i, expected.getDouble(i) - update[i]);
    }
    new MaxNormConstraint(0.5, 1).apply(expected);
    // DL4J adds 1e-6 to norms of at most 0.5 in one of the two uses of its constraint.
    assertRelativelyClose(net.getParam("1_W"), Oracle.values(expected), 1e-5);
  }

  @Test
  void earlyStopping() {
    MultiLayerNetwork clipped = Networks.dense(agc(new Adam(0.05)));
    clipped.setListeners(new AgcListener());
    MultiLayerNetwork oracle = Networks.dense(new Adam(0.05));
    oracle.setListeners(OracleListener.columns(THRESHOLD));
    assertSameParameters(stopEarly(clipped), stopEarly(oracle));
    assertClippedSome(clipped);
  }

  private static MultiLayerNetwork stopEarly(MultiLayerNetwork net) {
    EarlyStoppingResult<MultiLayerNetwork> result = earlyStoppingTrainer(net).fit();
    assertThat(result.getTotalEpochs()).isEqualTo(3);
    return result.getBestModel();
  }

  private static EarlyStoppingTrainer earlyStoppingTrainer(MultiLayerNetwork net) {
    DataSetIterator data = new ExistingDataSetIterator(minibatches(4));
    return new EarlyStoppingTrainer(
        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
            .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
            .scoreCalculator(new DataSetLossCalculator(data, true))
            .modelSaver(new InMemoryModelSaver<>())
            .build(),
        net,
        data);
  }

  @Test
  void missingListenerThatEarlyStoppingHidesIsInTheLog() throws Exception {
    MultiLayerNetwork net = Networks.dense(agc(new Adam(0.05)));
    EarlyStoppingTrainer trainer = earlyStoppingTrainer(net);
    try (LogCapture log = new LogCapture()) {
      Throwable thrown = catchThrowable(trainer::fit);
      assertThat(thrown).isInstanceOf(NullPointerException.class).hasNoCause();
      assertThat(log.messages())
          .singleElement()
          .asString()
          .startsWith("ERROR AGC ends this training")
          .contains("net.addListeners(new AgcListener())")
          .endsWith("/docs/troubleshooting.md#hidden-exceptions)");
      // A search for what DL4J throws finds the entry.
      String page =
          Files.readString(
              Path.of(System.getProperty("agc.root.directory"), "docs/troubleshooting.md"));
      assertThat(page.replaceAll("\\s+", " ")).contains(thrown.getMessage());
    }
  }

  @Test
  void bestModelOfEarlyStoppingAndTransferLearningNeedAListenerOfTheirOwn() {
    MultiLayerNetwork net = Networks.dense(agc(new Adam(0.05)));
    net.setListeners(new AgcListener());
    MultiLayerNetwork best = earlyStoppingTrainer(net).fit().getBestModel();
    MultiLayerNetwork transferred =
        new TransferLearning.Builder(net).nOutReplace(2, 3, WeightInit.XAVIER).build();
    for (MultiLayerNetwork copy : List.of(best, transferred)) {
      assertThatThrownBy(() -> NetworkCheck.fit(copy, Networks.denseData(8, 1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("getBestModel()")
          .hasMessageContaining("TransferLearning")
          .hasMessageContaining("AgcGradientNormalization.attach(net)");
      AgcGradientNormalization.attach(copy);
      NetworkCheck.fit(copy, Networks.denseData(8, 1));
      assertClippedSome(copy);
    }
  }

  @Test
  void transferLearningWithFineTuneConfiguration() {
    MultiLayerNetwork pretrained = Networks.dense(new Adam(0.05));
    NetworkCheck.fit(pretrained, Networks.denseData(8, 1));
    MultiLayerNetwork tuned =
        new TransferLearning.Builder(pretrained)
            .fineTuneConfiguration(
                new FineTuneConfiguration.Builder().updater(agc(new Sgd(1))).seed(1).build())
            .setFeatureExtractor(0)
            .nOutReplace(2, 3, WeightInit.XAVIER)
            .build();
    tuned.setListeners(new AgcListener());
    Map<String, int[]> units = denseUnits();
    units.put("0_W", FROZEN);
    units.put("0_b", FROZEN);
    NetworkCheck.assertFitClips(tuned, Networks.denseData(8, 2), THRESHOLD, units);
    AgcReport report = new AgcListener().report(tuned);
    assertThat(report.row("layer0", "W").orElseThrow().leftAlone()).contains("frozen layer");
  }

  @Test
  void modelImportedFromKeras() throws Exception {
    MultiLayerConfiguration imported =
        KerasModelImport.importKerasSequentialConfiguration(
            Path.of(WaysToTrainTest.class.getResource("/keras-sequential.json").toURI()).toString(),
            false);
    MultiLayerNetwork keras = new MultiLayerNetwork(imported);
    keras.init();
    MultiLayerNetwork net =
        new TransferLearning.Builder(keras.convertDataType(DataType.DOUBLE))
            .fineTuneConfiguration(
                new FineTuneConfiguration.Builder().updater(agc(new Sgd(1))).build())
            .addLayer(new LossLayer.Builder(LossFunctions.LossFunction.MSE).build())
            .build();
    net.setListeners(new AgcListener());
    Map<String, int[]> units = new HashMap<>();
    units.put("0_W", new int[] {0});
    units.put("0_b", new int[0]);
    for (int layer : new int[] {1, 2}) { // Flatten became a preprocessor
      units.put(layer + "_W", new int[] {1});
      units.put(layer + "_b", new int[0]);
    }
    NetworkCheck.assertFitClips(
        net,
        new MultiDataSet(Networks.gaussian(1, 4, 2, 6, 6), Networks.oneHot(1, 4, 3)),
        THRESHOLD,
        units);
  }

  @Test
  void learningRateSetInMidTraining() {
    MultiLayerNetwork clipped = Networks.dense(agc(new Nesterovs(0.3, 0.9)));
    clipped.setListeners(new AgcListener());
    MultiLayerNetwork oracle = Networks.dense(new Nesterovs(0.3, 0.9));
    oracle.setListeners(OracleListener.columns(THRESHOLD));
    for (MultiLayerNetwork net : List.of(clipped, oracle)) {
      NetworkCheck.fit(net, Networks.denseData(8, 1));
      net.setLearningRate(0.03);
      NetworkCheck.fit(net, Networks.denseData(8, 2));
      net.setLearningRate(1, 0.5); // one layer alone: updater blocks are cut anew
      NetworkCheck.fit(net, Networks.denseData(8, 3));
    }
    assertSameParameters(clipped, oracle);
    assertClippedSome(clipped);
  }

  @Test
  void thresholdScheduleGoesOnAfterSaveAndRestore(@TempDir Path folder) throws Exception {
    AgcGradientNormalization scheduled =
        AgcGradientNormalization.builder(new Adam(0.05))
            .clippingThreshold(new StepSchedule(ScheduleType.ITERATION, 0.2, 0.1, 3))
            .build();
    MultiLayerNetwork whole = Networks.dense(scheduled);
    whole.setListeners(new AgcListener());
    for (int step = 0; step < 5; step++) {
      NetworkCheck.fit(whole, Networks.denseData(8, step));
    }
    File file = folder.resolve("net.zip").toFile();
    ModelSerializer.writeModel(whole, file, true);
    MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(file);
    restored.setListeners(new AgcListener());
    for (int step = 5; step < 8; step++) {
      NetworkCheck.fit(whole, Networks.denseData(8, step));
      NetworkCheck.fit(restored, Networks.denseData(8, step));
    }
    assertSameValues(restored.params(), whole.params());
    assertThat(scheduled.clippingThreshold(6, 0)).isEqualTo(0.2 * 0.1 * 0.1, within(1e-15));
  }

  @Test
  void layerwisePretrainingOfAnAutoEncoder() {
    assertPretrainsAsTheOracle(new AutoEncoder.Builder().nOut(6).corruptionLevel(0).build());
  }

  @Test
  void layerwisePretrainingOfAVariationalAutoEncoder() {
    assertPretrainsAsTheOracle(
        new VariationalAutoencoder.Builder()
            .nOut(3)
            .encoderLayerSizes(6, 5)
            .decoderLayerSizes(5)
            .build());
  }

  private static void assertPretrainsAsTheOracle(FeedForwardLayer layer) {
    MultiLayerNetwork net = pretrainable(agc(new Sgd(1)), layer);
    Map<String, INDArray> gradients = new HashMap<>();
    net.setListeners(
        new BaseTrainingListener() {
          @Override
          public void onGradientCalculation(Model model) { // of the layer, not of the network
            gradients.putAll(NetworkCheck.copies(model.gradient().gradientForVariable()));
          }
        },
        new AgcListener());
    for (int step = 0; step < 3; step++) {
      Map<String, INDArray> before = NetworkCheck.copies(net.getLayer(0).paramTable(false));
      net.pretrainLayer(0, Networks.gaussian(step, 8, 4));
      assertThat(gradients.keySet()).isEqualTo(before.keySet());
      for (String name : before.keySet()) {
        int[] units = OracleListener.columnsOf(before.get(name));
        assertRelativelyClose(
            before.get(name).sub(net.getLayer(0).getParam(name)),
            Oracle.clip(before.get(name), gradients.get(name).div(8), THRESHOLD, 1e-3, units),
            1e-7);
      }
    }
    assertThat(new AgcListener().report((Model) net.getLayer(0)).total().clippedUnits())
        .isPositive();
  }

  private static MultiLayerNetwork pretrainable(IUpdater updater, FeedForwardLayer layer) {
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            Networks.builder(updater)
                .list()
                .layer(layer.clone())
                .layer(Networks.output(3))
                .setInputType(InputType.feedForward(4))
                .build());
    net.init();
    return net;
  }

  @Test
  void separableConvolutionWithABiasUpdaterOfItsOwnIsRefused() {
    // DL4J lists this layer's parameters in another order than it flattens them, and so updates
    // wrong slices as soon as there are two updater blocks.
    NeuralNetConfiguration.Builder builder = Networks.builder(agc(new Sgd(1)));
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            builder
                .biasUpdater(agc(new Sgd(2)))
                .list()
                .layer(new SeparableConvolution2D.Builder(3, 3).nOut(5).build())
                .layer(Networks.output(3))
                .setInputType(InputType.convolutional(6, 6, 2))
                .build());
    net.init();
    assertThatThrownBy(() -> AgcGradientNormalization.attach(net))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("\"layer0\"")
        .hasMessageContaining("one updater for weights and biases");
  }

  @Test
  void biasUpdaterOfItsOwnOnOtherLayers() {
    MultiLayerNetwork net =
        Networks.dense(
            Networks.builder(agc(new Sgd(1)))
                .biasUpdater(new AgcGradientNormalization(new Sgd(1), 1e-3)));
    net.setListeners(new AgcListener());
    MultiDataSet data = Networks.denseData(8, 1);
    Map<String, INDArray> before = NetworkCheck.copies(net.paramTable());
    Map<String, INDArray> gradients = NetworkCheck.meanGradients(net, data);
    NetworkCheck.fit(net, data);
    for (String name : before.keySet()) {
      boolean weights = name.endsWith("W");
      double[] expected =
          Oracle.clip(
              before.get(name),
              gradients.get(name),
              weights ? THRESHOLD : 1e-3,
              1e-3,
              weights ? new int[] {1} : new int[0]);
      assertRelativelyClose(before.get(name).sub(net.getParam(name)), expected, 1e-7);
    }
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void parallelWrapperAveragingIsTheAverageOfTwoLocalNetworks() {
    MultiLayerNetwork root = Networks.dense(agc(new Sgd(0.5)));
    List<DataSet> data = minibatches(2);
    INDArray one = trainedCopy(root, data.get(0)).params();
    INDArray other = trainedCopy(root, data.get(1)).params();
    // DL4J's second worker copies the root network at its start, while the first may already have
    // trained it.
    INDArray later = trainedCopy(trainedCopy(root, data.get(0)), data.get(1)).params();

    AgcListener listener = new AgcListener(1);
    train(root, listener, ParallelWrapper.TrainingMode.AVERAGING, 2, data);
    assertThat(
            List.of(
                root.params().distance2(one.add(other).divi(2)),
                root.params().distance2(one.add(later).divi(2))))
        .anyMatch(distance -> distance < 1e-9);
    assertThat(listener.report(root).total().clippedUnits())
        .as("the first worker trains the root network itself")
        .isPositive();
  }

  private static MultiLayerNetwork trainedCopy(MultiLayerNetwork net, DataSet data) {
    MultiLayerNetwork copy = net.clone();
    AgcGradientNormalization.attach(copy);
    copy.fit(data);
    return copy;
  }

  @ParameterizedTest
  @EnumSource(names = {"AVERAGING", "SHARED_GRADIENTS"})
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void parallelWrapperWithThreeWorkers(ParallelWrapper.TrainingMode mode) {
    MultiLayerNetwork root = Networks.dense(agc(new Nesterovs(0.1, 0.9)));
    root.getUpdater(); // else a second fit of a SHARED_GRADIENTS wrapper may deadlock in DL4J
    INDArray before = root.params().dup();
    train(root, new AgcListener(), mode, 3, minibatches(12));
    assertThat(root.params()).isNotEqualTo(before);
    assertThat(root.params().sumNumber().doubleValue()).isFinite();
    assertThat(new AgcListener().report(root).total().clippedUnits()).isPositive();
  }

  private static void train(
      MultiLayerNetwork root,
      TrainingListener listener,
      ParallelWrapper.TrainingMode mode,
      int workers,
      List<DataSet> data) {
    ParallelWrapper wrapper =
        new ParallelWrapper.Builder<>(root)
            .workers(workers)
            .averagingFrequency(1)
            .prefetchBuffer(0)
            .trainingMode(mode)
            .build();
    wrapper.setListeners(listener);
    wrapper.fit(new ExistingDataSetIterator(data));
  }
}
