package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jagc.testing.ArrayClip;
import io.github.dl4jagc.testing.ChosenClipper;
import io.github.dl4jagc.testing.OperationWatch;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The same tests for the implementations that this machine would not choose: ND4J operations, as on
 * a GPU, and host memory without BLAS.
 */
class OtherClippersTest {

  @RegisterExtension final ChosenClipper clippers = new ChosenClipper();

  static final class Nd4jOperations extends ChosenClipper {
    Nd4jOperations() {
      super("nd4j");
    }
  }

  static final class PlainJava extends ChosenClipper {
    PlainJava() {
      super("java");
    }
  }

  @Nested
  @ExtendWith(Nd4jOperations.class)
  class ClipWithNd4jOperations extends ClipTest {}

  @Nested
  @ExtendWith(Nd4jOperations.class)
  class ClipAgainstOracleWithNd4jOperations extends ClipAgainstOracleTest {}

  @Nested
  @ExtendWith(Nd4jOperations.class)
  class RangeWithNd4jOperations extends ClipRangeTest {}

  @Nested
  @ExtendWith(Nd4jOperations.class)
  class PeersWithNd4jOperations extends PeerClipsTest {}

  @Nested
  @ExtendWith(Nd4jOperations.class)
  class EveryLayerWithNd4jOperations extends EveryLayerTest {}

  @Nested
  @ExtendWith(Nd4jOperations.class)
  class ReportWithNd4jOperations extends ReportTest {}

  @Nested
  @ExtendWith(Nd4jOperations.class)
  class ReportTextWithNd4jOperations extends ReportTextTest {}

  @Nested
  @ExtendWith(Nd4jOperations.class)
  class ClipArithmeticWithNd4jOperations extends ClipArithmeticTest {}

  @Nested
  @ExtendWith(Nd4jOperations.class)
  class ReportedArithmeticWithNd4jOperations extends ReportedArithmeticTest {}

  @Nested
  @ExtendWith(PlainJava.class)
  class ReportedArithmeticWithPlainJava extends ReportedArithmeticTest {}

  @Nested
  @ExtendWith(PlainJava.class)
  class ClipArithmeticWithPlainJava extends ClipArithmeticTest {}

  @Nested
  @ExtendWith(PlainJava.class)
  class ClipWithPlainJava extends ClipTest {}

  @Nested
  @ExtendWith(PlainJava.class)
  class ClipAgainstOracleWithPlainJava extends ClipAgainstOracleTest {}

  @ParameterizedTest
  @CsvSource({"nd4j, true", "java, false", "host, false"})
  void theOneThatIsForcedClips(String clipper, boolean withNd4jOperations) throws Exception {
    INDArray weights = Nd4j.ones(DataType.FLOAT, 3, 20);
    INDArray gradient = Nd4j.ones(DataType.FLOAT, 3, 20);
    clippers.choose(clipper);
    try (OperationWatch watch = new OperationWatch()) {
      ArrayClip.clip(weights, gradient, 0.5, 1e-3, 0);
      assertThat(!watch.operations().isEmpty()).isEqualTo(withNd4jOperations);
    }
    assertThat(gradient.getDouble(0)).isEqualTo(0.5);
  }

  @Nested
  @ExtendWith(PlainJava.class)
  class RangeWithPlainJava extends ClipRangeTest {}

  @Nested
  @ExtendWith(PlainJava.class)
  class PrecisionWithPlainJava extends ClipPrecisionTest {}

  @Test
  void unknownClipperIsRefused() {
    clippers.choose("gpu");
    assertThatThrownBy(() -> ArrayClip.clip(Nd4j.ones(3), Nd4j.ones(3), 0.01, 1e-3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("must be host, java or nd4j, got gpu");
  }
}
