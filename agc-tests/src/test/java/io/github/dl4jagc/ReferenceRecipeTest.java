package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.ChosenClipper;
import io.github.dl4jagc.testing.NetworkCheck;
import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.Oracle;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * The paper's recipe as a whole, {@code momentum(AGC(g) + c W)} with the head's weights left alone
 * and its bias clipped, against the same training with PyTorch's SGD in double precision. Its
 * script is {@code src/peers/reference_recipe.py}.
 */
class ReferenceRecipeTest {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  @RegisterExtension final ChosenClipper clippers = new ChosenClipper();

  static Stream<Arguments> recipes() throws Exception {
    JsonNode reference;
    try (InputStream file =
        ReferenceRecipeTest.class.getResourceAsStream("/reference-recipe.json")) {
      reference = MAPPER.readTree(file);
    }
    List<Arguments> recipes = new ArrayList<>();
    for (JsonNode recipe : reference.get("recipes")) {
      for (String clipper : List.of("host", "java", "nd4j")) {
        String name =
            clipper
                + ", momentum "
                + recipe.get("momentum")
                + ", weight decay "
                + recipe.get("weightDecay");
        recipes.add(Arguments.of(name, clipper, reference, recipe));
      }
    }
    assertThat(recipes).hasSize(9);
    return recipes.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("recipes")
  void sameTrainingAsTheReference(
      String name, String clipper, JsonNode reference, JsonNode recipe) {
    clippers.choose(clipper);
    double learningRate = recipe.get("learningRate").asDouble();
    double momentum = recipe.get("momentum").asDouble();
    IUpdater inner = momentum == 0 ? new Sgd(learningRate) : new Nesterovs(learningRate, momentum);
    MultiLayerNetwork net =
        Networks.dense(
            AgcGradientNormalization.builder(inner)
                .clippingThreshold(reference.get("clipping").asDouble())
                .epsilon(reference.get("epsilon").asDouble())
                .excludeOutputWeights(true)
                .weightDecay(recipe.get("weightDecay").asDouble())
                .build());
    net.paramTable()
        .forEach(
            (key, values) ->
                values.assign(array(reference.get("initial").get(key), values.shape())));
    net.setListeners(new AgcListener());

    for (int step = 0; step < recipe.get("parameters").size(); step++) {
      NetworkCheck.fit(net, batch(reference.get("batches").get(step)));
      for (String key : net.paramTable().keySet()) {
        assertThat(Oracle.values(net.getParam(key)))
            .as("%s after step %d", key, step)
            .containsExactly(values(recipe.get("parameters").get(step).get(key)), within(1e-11));
      }
    }
    AgcReport.Statistics total = AgcReport.of(net).total();
    assertThat(total.units()).isEqualTo(recipe.get("units").asLong());
    assertThat(total.clippedUnits()).isEqualTo(recipe.get("clippedUnits").asLong());
  }

  private static MultiDataSet batch(JsonNode batch) {
    int[] labels = MAPPER.convertValue(batch.get("labels"), int[].class);
    INDArray oneHot = Nd4j.zeros(DataType.DOUBLE, labels.length, 3);
    for (int i = 0; i < labels.length; i++) {
      oneHot.putScalar(i, labels[i], 1);
    }
    return new MultiDataSet(array(batch.get("features"), labels.length, 4), oneHot);
  }

  private static INDArray array(JsonNode values, long... shape) {
    return Nd4j.createFromArray(values(values)).reshape('c', shape);
  }

  private static double[] values(JsonNode values) {
    return MAPPER.convertValue(values, double[].class);
  }
}
