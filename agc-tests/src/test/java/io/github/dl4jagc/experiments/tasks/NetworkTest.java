package io.github.dl4jagc.experiments.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

class NetworkTest {

  static int size(List<DataSet> pieces) {
    return pieces.stream().mapToInt(DataSet::numExamples).sum();
  }

  @TempDir private Path folder;

  private static ComputationGraph network(Network network, long seed) {
    ComputationGraph graph = new ComputationGraph(network.configuration(new Sgd(0.01), seed));
    graph.init();
    return graph;
  }

  @ParameterizedTest
  @EnumSource(Network.class)
  void dataFitTheNetworkAndSeedsDecideTheWeights(Network network) throws IOException {
    assumeTrue(
        !network.toString().startsWith("fashion") || Files.exists(FashionMnist.DEBIAN),
        "Fashion-MNIST is not installed");
    assumeTrue(
        network != Network.CHARACTERS || Files.exists(Characters.TEXT), "there is no such text");
    Data data = network.data(FashionMnist.DEBIAN);
    ComputationGraph graph = network(network, 1);
    assertThat(network(network, 1).params()).isEqualTo(graph.params());
    assertThat(network(network, 2).params()).isNotEqualTo(graph.params());
    DataSet minibatch = data.minibatches(8, 1).get(0);
    graph.fit(minibatch);
    assertThat(graph.score()).isFinite().isPositive();
    TestResult result = TestResult.of(graph, List.of(data.minibatches(8, 2).get(0)));
    assertThat(result.accuracy()).isBetween(0.0, 1.0);
    assertThat(result.loss()).isPositive();
    assertThat(network.batchSize()).isBetween(1, data.trainingSize());
  }

  @ParameterizedTest
  @EnumSource(
      value = Network.class,
      names = {"DIGITS", "TABULAR", "CHARACTERS"})
  void guessingIsTheShareOfTheMostFrequentClass(Network network) throws IOException {
    assumeTrue(
        network != Network.CHARACTERS || Files.exists(Characters.TEXT), "there is no such text");
    INDArray sums = null;
    double count = 0;
    for (DataSet piece : network.data(null).test()) {
      INDArray labels = piece.getLabels();
      INDArray sum = labels.rank() == 3 ? labels.sum(0, 2) : labels.sum(0);
      sums = sums == null ? sum : sums.add(sum);
      count += labels.sumNumber().doubleValue();
    }
    assertThat(sums.maxNumber().doubleValue() / count).isCloseTo(network.guessing(), within(0.03));
  }

  @Test
  void digitsAreSplitInFourFifthsAndOne() {
    Data digits = Digits.load(42);
    assertThat(digits.trainingSize()).isEqualTo(Digits.TRAINING_SIZE).isEqualTo(1437);
    assertThat(size(digits.test())).isEqualTo(360);
    DataSet first = digits.test().get(0);
    assertThat(first.getFeatures().shape()).containsExactly(250, 1, 8, 8);
    assertThat(first.getFeatures().maxNumber().doubleValue()).isEqualTo(1);
    assertThat(Digits.load(42).test().get(0)).isEqualTo(first);
    assertThat(Digits.load(43).test().get(0)).isNotEqualTo(first);
  }

  @Test
  void sequencesHaveARowOfTheImageAtEachStep() {
    INDArray image = Digits.images().test().get(0).getFeatures().slice(3).slice(0);
    INDArray sequence = Digits.sequences().test().get(0).getFeatures().slice(3);
    for (int row = 0; row < 8; row++) {
      assertThat(sequence.getColumn(row).toFloatVector())
          .containsExactly(image.getRow(row).toFloatVector());
    }
  }

  @Test
  void standardizedDataHaveMeanZeroAndVarianceOne() throws IOException {
    INDArray images = Network.DIGITS_NF.data(null).minibatches(1437, 1).get(0).getFeatures();
    assertThat(images.meanNumber().doubleValue()).isCloseTo(0, within(1e-4));
    assertThat(images.varNumber().doubleValue()).isCloseTo(1, within(1e-2));
    INDArray table = Network.TABULAR.data(null).minibatches(455, 1).get(0).getFeatures();
    assertThat(table.rows()).isEqualTo(455);
    for (int column = 0; column < 30; column++) {
      assertThat(table.getColumn(column).meanNumber().doubleValue()).isCloseTo(0, within(1e-4));
      assertThat(table.getColumn(column).varNumber().doubleValue()).isCloseTo(1, within(1e-2));
    }
  }

  @Test
  void eachCharacterIsToBeToldFromTheOneBeforeIt() throws IOException {
    String text = "ab\ncd~ \t".repeat(100);
    Data data = Characters.read(Files.writeString(folder.resolve("text"), text));
    assertThat(data.trainingSize() + size(data.test())).isEqualTo(799 / 30);
    DataSet piece = data.test().get(0);
    INDArray features = piece.getFeatures().slice(0).argMax(0);
    INDArray labels = piece.getLabels().slice(0).argMax(0);
    assertThat(features.toIntVector()).contains('a' - ' ', 95, '~' - ' ', 0).doesNotContain(96);
    for (int step = 0; step < 29; step++) {
      assertThat(labels.getInt(step)).isEqualTo(features.getInt(step + 1));
    }
    Path nothing = folder.resolve("nothing");
    assertThatThrownBy(() -> Characters.read(nothing))
        .hasMessageContainingAll(nothing + " cannot be read", "base-files");
  }

  private static long convolutionWeights(Network network) {
    ComputationGraphConfiguration configuration = network.configuration(new Sgd(0.1), 1);
    return configuration.getVertices().values().stream()
        .filter(LayerVertex.class::isInstance)
        .map(vertex -> ((LayerVertex) vertex).getLayerConf().getLayer())
        .filter(ConvolutionLayer.class::isInstance)
        .map(ConvolutionLayer.class::cast)
        .mapToLong(
            layer ->
                layer.getNIn()
                    * layer.getNOut()
                    * layer.getKernelSize()[0]
                    * layer.getKernelSize()[1])
        .sum();
  }

  @Test
  void residualNetworksOfOneSizeHaveTheSameConvolutions() {
    long weights = convolutionWeights(Network.DIGITS_NF);
    assertThat(convolutionWeights(Network.DIGITS_BATCH_NORM)).isEqualTo(weights);
    assertThat(convolutionWeights(Network.DIGITS_PLAIN)).isEqualTo(weights);
    assertThat(convolutionWeights(Network.FASHION_NF)).isLessThan(weights / 3);
  }

  @Test
  void plainResidualNetworkHasBiasesAndNothingThatNormalises() {
    ComputationGraph network = network(Network.FASHION_PLAIN, 1);
    assertThat(network.paramTable().keySet())
        .contains("stem_b", "stage1-block1-conv1_b")
        .allMatch(name -> name.endsWith("_W") || name.endsWith("_b"));
    assertThat(network.numParams())
        .as("a bias for each of 8 + 2 * 8 + 3 * 16 + 3 * 32 filters, and the output layer")
        .isEqualTo(convolutionWeights(Network.FASHION_PLAIN) + 168 + 32 * 10 + 10);
  }

  @Test
  void strideOfTheStemHalvesEveryMapOnFashionMnist() {
    INDArray image = Nd4j.ones(1, 1, 14, 14);
    assertThat(network(Network.FASHION_NF, 1).feedForward(image, false).get("stem").shape())
        .containsExactly(1, 8, 7, 7);
  }

  @Test
  void resultIsTheShareOfTheLargestOutputsAndTheMeanLogarithm() {
    INDArray labels = Nd4j.create(new float[][] {{1, 0}, {0, 1}, {0, 1}, {1, 0}});
    INDArray output =
        Nd4j.create(new float[][] {{0.5f, 0.25f}, {0.25f, 0.5f}, {0.75f, 0.25f}, {0, 1}});
    TestResult result = TestResult.of(features -> output, List.of(new DataSet(labels, labels)));
    assertThat(result.accuracy()).isEqualTo(0.5);
    // A probability of 0 counts as 1e-30.
    assertThat(result.loss())
        .isCloseTo((2 * Math.log(2) + Math.log(4) + 30 * Math.log(10)) / 4, within(1e-4));
    output.putScalar(0, 0, Double.NaN);
    TestResult lost = TestResult.of(features -> output, List.of(new DataSet(labels, labels)));
    assertThat(lost.accuracy()).isNaN();
    assertThat(lost.loss()).isNaN();
  }

  @Test
  void sequencesAreLookedAtStepByStep() {
    INDArray labels = Nd4j.zeros(1, 2, 3);
    labels.putScalar(0, 0, 0, 1).putScalar(0, 1, 1, 1).putScalar(0, 1, 2, 1);
    INDArray output = Nd4j.valueArrayOf(new long[] {1, 2, 3}, 0.5f);
    output.putScalar(0, 0, 0, 0.75).putScalar(0, 1, 1, 0.75).putScalar(0, 0, 2, 0.75);
    TestResult result = TestResult.of(features -> output, List.of(new DataSet(labels, labels)));
    assertThat(result.accuracy()).isCloseTo(2.0 / 3, within(1e-9));
    assertThat(result.loss()).isCloseTo(-(2 * Math.log(0.75) + Math.log(0.5)) / 3, within(1e-5));
  }
}
