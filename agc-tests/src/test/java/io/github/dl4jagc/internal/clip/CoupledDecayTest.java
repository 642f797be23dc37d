package io.github.dl4jagc.internal.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jagc.testing.Networks;
import io.github.dl4jagc.testing.OperationWatch;
import io.github.dl4jagc.testing.Oracle;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** {@code G += c W}, in all types and orders. */
class CoupledDecayTest {

  @ParameterizedTest
  @CsvSource({"DOUBLE, 1e-15", "FLOAT, 1e-6", "HALF, 4e-3", "BFLOAT16, 3e-2"})
  void weightsAreAddedInEveryTypeAndOrder(DataType type, double tolerance) {
    INDArray weights = Networks.gaussian(1, 5, 7).castTo(type);
    INDArray wide = Networks.gaussian(2, 5, 9).castTo(type);
    for (INDArray gradient :
        List.of(
            Networks.gaussian(2, 5, 7).castTo(type),
            Networks.gaussian(3, 5, 7).castTo(type).dup('f'),
            wide.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 8)))) {
      double[] expected = Oracle.values(gradient);
      double[] added = Oracle.values(weights);
      for (int i = 0; i < expected.length; i++) {
        expected[i] += 0.5 * added[i];
      }
      CoupledDecay decay = new CoupledDecay();
      decay.include(weights, gradient);
      decay.add(0.5);
      assertThat(Oracle.values(gradient)).containsExactly(expected, within(tolerance));
      assertThat(Oracle.values(weights)).containsExactly(added);
    }
  }

  @Test
  void nothingIsMadeAnewAfterTheFirstStep() throws ReflectiveOperationException {
    CoupledDecay decay = new CoupledDecay();
    decay.include(Networks.gaussian(1, 5, 7), Networks.gaussian(2, 5, 7));
    decay.include(Networks.gaussian(3, 6), Networks.gaussian(4, 6));
    decay.add(0.5);
    try (OperationWatch watch = new OperationWatch()) {
      decay.add(0.5);
      List<Object> first = List.copyOf(watch.operations());
      assertThat(first).hasSize(2);
      watch.clear();
      decay.add(0.5);
      assertThat(watch.operations()).hasSize(2).allMatch(first::contains);
      assertThat(watch.buffers()).isZero();
      watch.clear();
      decay.add(0);
      assertThat(watch.operations()).isEmpty();
    }
  }
}
