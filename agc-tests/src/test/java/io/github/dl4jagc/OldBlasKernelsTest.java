package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jagc.testing.JavaProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * FLOAT norms with the kernels that OpenBLAS has for old processors: without AVX, and with one sum
 * in FLOAT for strided units. Where OpenBLAS does not know the variable, the kernels are today's.
 */
class OldBlasKernelsTest {

  /** In a process of its own, which chooses its kernels as it starts. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      double worst = 0;
      for (int n : new int[] {200, 1000, 8192, 100_000}) {
        worst = Math.max(worst, ClipPrecisionTest.errorBesideALargeElement(n, true));
        worst = Math.max(worst, ClipPrecisionTest.errorBesideALargeElement(n, false));
      }
      System.out.println("relative error " + worst + ".");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Core2", "Nehalem"})
  void normsAreAsExactAsPromised(String kernels, @TempDir Path folder) throws Exception {
    String output =
        JavaProcess.run(folder, Map.of("OPENBLAS_CORETYPE", kernels), List.of(), Program.class);
    assertThat(output).containsPattern("relative error .*\\.\\R");
    String error = output.replaceAll("(?s).*relative error (\\S*)\\..*", "$1");
    assertThat(Double.parseDouble(error)).isLessThan(1e-5);
  }
}
