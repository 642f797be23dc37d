package io.github.dl4jagc.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.Agc;
import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcListener;
import io.github.dl4jagc.AgcReport;
import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** What docs/models.md shows: a read network with a new head, its first stages frozen, with AGC. */
class FineTuningTest {

  private static final double LEARNING_RATE = 0.5;
  private static final double THRESHOLD = 0.01;
  private static final String FROZEN = "(stem|stage1-|stage2-).*";

  private ComputationGraph pretrained;
  private ComputationGraph tuned;
  private DataSet data;

  @BeforeEach
  void replaceTheHead() {
    pretrained = NfResNetWeights.readTimm(Path.of("src/test/resources/timm-nf-resnet.safetensors"));
    tuned =
        new TransferLearning.GraphBuilder(pretrained)
            .fineTuneConfiguration(
                new FineTuneConfiguration.Builder()
                    .updater(
                        AgcGradientNormalization.builder(new Sgd(LEARNING_RATE))
                            .clippingThreshold(THRESHOLD)
                            .excludeOutputLayer(true)
                            .build())
                    .build())
            .setFeatureExtractor("stage2-block1")
            .nOutReplace("output", 3, WeightInit.ZERO)
            .build();
    Agc.attach(tuned);
    Nd4j.getRandom().setSeed(2);
    data =
        new DataSet(
            Nd4j.randn(DataType.FLOAT, 6, 3, 32, 32),
            Nd4j.concat(0, Nd4j.eye(3), Nd4j.eye(3)).castTo(DataType.FLOAT));
  }

  private static Map<String, INDArray> copy(Map<String, INDArray> parameters) {
    return parameters.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().dup()));
  }

  @Test
  void theBodyIsThePretrainedOneAndTheHeadIsNew() {
    Map<String, INDArray> expected = copy(pretrained.paramTable());
    expected.put("output_W", Nd4j.zeros(DataType.FLOAT, 64, 3));
    expected.put("output_b", Nd4j.zeros(DataType.FLOAT, 3));
    Map<String, INDArray> actual = tuned.paramTable();
    assertThat(actual).containsOnlyKeys(expected.keySet());
    actual.forEach((name, value) -> assertThat(value).as(name).isEqualTo(expected.get(name)));
    INDArray images = data.getFeatures();
    assertThat(tuned.feedForward(images, false).get("pooled"))
        .isEqualTo(pretrained.feedForward(images, false).get("pooled"));
  }

  @Test
  void frozenStagesStayAndTheOthersLearnWithinTheirBounds() {
    // The head starts at 0, so no gradient reaches what is before it in the first iteration.
    tuned.fit(data);
    Map<String, INDArray> before = copy(tuned.paramTable());
    tuned.fit(data);
    tuned
        .paramTable()
        .forEach(
            (name, value) -> {
              INDArray step = value.sub(before.get(name));
              if (name.matches(FROZEN)) {
                assertThat(step.amaxNumber().doubleValue()).as(name).isZero();
              } else {
                assertThat(step.amaxNumber().doubleValue()).as(name).isPositive();
              }
              if (name.matches("stage[34].*_W")) {
                double[] steps = filterNorms(step);
                double[] weights = filterNorms(before.get(name));
                for (int filter = 0; filter < steps.length; filter++) {
                  assertThat(steps[filter])
                      .as("%s, filter %d", name, filter)
                      .isLessThanOrEqualTo(
                          1.001 * LEARNING_RATE * THRESHOLD * Math.max(weights[filter], 1e-3));
                }
              }
            });
    AgcReport report = AgcReport.of(tuned);
    assertThat(report.row("stage1-block1-conv1", "W").orElseThrow().leftAlone())
        .contains("frozen layer");
    assertThat(report.row("stage3-block1-conv2", "W").orElseThrow().latest().clippedUnits())
        .isPositive();
    assertThat(report.row("output", "W").orElseThrow().leftAlone()).isPresent();
  }

  private static double[] filterNorms(INDArray weights) {
    return weights.reshape(weights.size(0), -1).norm2(1).castTo(DataType.DOUBLE).toDoubleVector();
  }

  @Test
  void theScoreFalls() {
    double before = tuned.score(data);
    assertThat(before).isCloseTo(Math.log(3), within(1e-6));
    for (int i = 0; i < 40; i++) {
      tuned.fit(data);
    }
    assertThat(tuned.score(data)).isLessThan(0.5 * before);
  }

  @Test
  void aSavedNetworkGoesOnWhereItWas(@TempDir Path folder) throws Exception {
    tuned.fit(data);
    File file = folder.resolve("tuned.zip").toFile();
    ModelSerializer.writeModel(tuned, file, true);
    ComputationGraph restored = ModelSerializer.restoreComputationGraph(file);
    restored.setListeners(new AgcListener());
    tuned.fit(data);
    restored.fit(data);
    assertThat(restored.params()).isEqualTo(tuned.params());
  }
}
