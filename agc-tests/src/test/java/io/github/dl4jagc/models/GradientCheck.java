package io.github.dl4jagc.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.BooleanSupplier;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** DL4J's comparison of gradients with differences of scores, which wants DOUBLE as the default. */
final class GradientCheck {

  private GradientCheck() {}

  static void assertPasses(
      MultiLayerNetwork network, INDArray features, INDArray labels, double maxRelError) {
    assertPasses(
        new GradientCheckUtil.MLNConfig()
            .net(network)
            .input(features)
            .labels(labels)
            .maxRelError(maxRelError));
  }

  static void assertPasses(GradientCheckUtil.MLNConfig check) {
    assertThat(inDoublePrecision(() -> GradientCheckUtil.checkGradients(check))).isTrue();
  }

  static void assertPasses(GradientCheckUtil.GraphConfig check) {
    assertThat(inDoublePrecision(() -> GradientCheckUtil.checkGradients(check))).isTrue();
  }

  private static boolean inDoublePrecision(BooleanSupplier check) {
    DataType before = Nd4j.defaultFloatingPointType();
    Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
    try {
      return check.getAsBoolean();
    } finally {
      Nd4j.setDefaultDataTypes(before, before);
    }
  }
}
