package io.github.dl4jagc.internal.clip.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Which norms of a backend are believed. */
class NormPrecisionTest {

  @Test
  void loopsOfTheCpuAreFoundInexactAndDoubleIsNot() {
    assertThat(NormPrecision.isExact(DataType.DOUBLE)).isTrue();
    assertThat(NormPrecision.isExact(DataType.FLOAT)).isFalse();
    assertThat(NormPrecision.isExact(DataType.FLOAT16)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "HALF", "BFLOAT16"})
  void normsThatAreExactAreFoundExact(DataType type) {
    assertThat(
            NormPrecision.test(
                type,
                (array, norms) ->
                    Nd4j.exec(new DoubleNorm2(array.castTo(DataType.DOUBLE), norms, 1))))
        .isTrue();
  }

  @Test
  void kernelsThatAreMissingAreFoundInexact() {
    assertThat(
            NormPrecision.test(
                DataType.FLOAT,
                (array, norms) -> {
                  throw new UnsupportedOperationException("no kernel for these types");
                }))
        .isFalse();
  }
}
