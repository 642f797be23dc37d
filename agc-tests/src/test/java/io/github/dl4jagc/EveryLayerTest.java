package io.github.dl4jagc;

import static io.github.dl4jagc.LayerCase.WHOLE;
import static io.github.dl4jagc.testing.NetworkCheck.FROZEN;
import static io.github.dl4jagc.testing.NetworkCheck.NOT_CLIPPED;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.LogCapture;
import io.github.dl4jagc.testing.NetworkCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.layers.*;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Every DL4J layer that has parameters, in a real network, after real {@code fit} calls, parameter
 * by parameter against the oracle; and that no layer type was forgotten.
 */
class EveryLayerTest {

  private static final double THRESHOLD = 0.1;

  static Stream<Named<LayerCase>> cases() {
    return EveryLayer.cases(new AgcGradientNormalization(new Sgd(1), THRESHOLD));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void updatesAreTheOracles(LayerCase each) {
    AgcListener listener = new AgcListener();
    try (LogCapture log = new LogCapture()) {
      if (each.net instanceof MultiLayerNetwork) {
        ((MultiLayerNetwork) each.net).setListeners(listener);
      } else {
        ((ComputationGraph) each.net).setListeners(listener);
      }
      for (int step = 0; step < 2; step++) {
        NetworkCheck.assertFitClips(each.net, each.data, THRESHOLD, each.units);
      }
      assertThat(log.messages()).as("no layer of DL4J's is unknown").isEmpty();
    }
    AgcReport report = AgcReport.of(each.net);
    assertThat(report.rows()).as("every parameter is in the report").hasSize(each.units.size());
    assertThat(report.total().clippedUnits()).isPositive();
    for (ReportRow row : report.rows()) {
      assertThat(row.leftAlone().isPresent()).isNotEqualTo(row.total().iterations() > 0);
      int[] units = each.units.get(row.layer().replaceFirst("^layer", "") + "_" + row.parameter());
      assertThat(row.leftAlone().isPresent())
          .as("%s/%s is left alone", row.layer(), row.parameter())
          .isEqualTo(units == FROZEN || units == NOT_CLIPPED);
      if (row.isWeight() && Arrays.equals(units, WHOLE)) {
        assertThat(row.parameter())
            .as("vectors are no weights, but for one output's")
            .isEqualTo("w");
      }
    }
  }

  /** There is nothing to compare with, but their units are known. */
  @ParameterizedTest
  @MethodSource("io.github.dl4jagc.EveryLayer#networksThatDl4jCannotTrain")
  void layersThatDl4jItselfCannotTrainAreKnownAllTheSame(LayerCase each, Map<String, Long> units) {
    MultiLayerNetwork net = (MultiLayerNetwork) each.net;
    try (LogCapture log = new LogCapture()) {
      AgcReport report = TestReports.attached(net);
      assertThat(log.messages()).as("no layer of DL4J's is unknown").isEmpty();
      Map<String, Long> found = new LinkedHashMap<>();
      for (ReportRow row : report.rows()) {
        found.put(row.layer() + "/" + row.parameter(), row.units());
      }
      assertThat(found).containsAllEntriesOf(units);
    }
  }

  /** Layers without parameters, and classes that are no layers of their own. */
  private static final Set<String> WITHOUT_PARAMETERS =
      Set.of(
          "ActivationLayer",
          "CapsuleStrengthLayer",
          "Cnn3DLossLayer",
          "CnnLossLayer",
          "Convolution1D", // other names of Convolution1DLayer and ConvolutionLayer:
          "Convolution2D", // their builders make the latter
          "Cropping1D",
          "Cropping2D",
          "Cropping3D",
          "DropoutLayer",
          "GlobalPoolingLayer",
          "LocalResponseNormalization",
          "LossLayer",
          "MaskLayer",
          "Pooling1D",
          "Pooling2D",
          "RepeatVector",
          "RnnLossLayer",
          "SpaceToBatchLayer",
          "SpaceToDepthLayer",
          "Subsampling1DLayer",
          "Subsampling3DLayer",
          "SubsamplingLayer",
          "Upsampling1D",
          "Upsampling2D",
          "Upsampling3D",
          "Yolo2OutputLayer",
          "ZeroPadding1DLayer",
          "ZeroPadding3DLayer",
          "ZeroPaddingLayer",
          // vertices
          "ElementWiseVertex",
          "FrozenVertex",
          "L2NormalizeVertex",
          "L2Vertex",
          "LayerVertex",
          "MergeVertex",
          "PoolHelperVertex",
          "PreprocessorVertex",
          "ReshapeVertex",
          "ScaleVertex",
          "ShiftVertex",
          "StackVertex",
          "SubsetVertex",
          "UnstackVertex",
          "DuplicateToTimeSeriesVertex",
          "LastTimeStepVertex",
          "ReverseTimeSeriesVertex");

  @Test
  @SuppressWarnings("unchecked")
  void noLayerTypeOfDl4jIsForgotten() throws Exception {
    Set<String> tested = new TreeSet<>();
    cases().forEach(each -> collectLayerTypes(each.getPayload().net, tested));
    tested.add("RnnOutputLayer");
    tested.add("OutputLayer");
    EveryLayer.networksThatDl4jCannotTrain()
        .forEach(
            each -> collectLayerTypes(((Named<LayerCase>) each.get()[0]).getPayload().net, tested));
    Set<String> unknown = new TreeSet<>();
    for (Class<?> type : layerAndVertexTypes()) {
      String name = type.getSimpleName();
      if (!tested.contains(name) && !WITHOUT_PARAMETERS.contains(name)) {
        unknown.add(name);
      }
    }
    assertThat(unknown).isEmpty();
  }

  private static void collectLayerTypes(Model net, Set<String> into) {
    if (net instanceof MultiLayerNetwork) {
      for (NeuralNetConfiguration each :
          ((MultiLayerNetwork) net).getLayerWiseConfigurations().getConfs()) {
        into.add(each.getLayer().getClass().getSimpleName());
      }
    } else {
      for (GraphVertex each : ((ComputationGraph) net).getConfiguration().getVertices().values()) {
        into.add(each.getClass().getSimpleName());
      }
    }
  }

  /** All concrete layer configurations and graph vertices in DL4J's own jar. */
  private static List<Class<?>> layerAndVertexTypes() throws Exception {
    Path jar = Path.of(Layer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (JarFile file = new JarFile(jar.toFile())) {
      List<Class<?>> types =
          file.stream()
              .map(entry -> entry.getName())
              .filter(name -> name.startsWith("org/deeplearning4j/nn/conf/"))
              .filter(name -> name.endsWith(".class") && !name.contains("$"))
              .map(name -> name.substring(0, name.length() - 6).replace('/', '.'))
              .map(EveryLayerTest::load)
              .filter(
                  type ->
                      Layer.class.isAssignableFrom(type)
                          || GraphVertex.class.isAssignableFrom(type))
              .filter(type -> !Modifier.isAbstract(type.getModifiers()))
              .collect(Collectors.toList());
      assertThat(types).hasSizeGreaterThan(60);
      return types;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, EveryLayerTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
