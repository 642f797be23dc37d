package io.github.dl4jagc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dl4jagc.testing.JavaProcess;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The CUDA backend on the class path, and nothing that it could run on. */
class CudaFallbackTest {

  @TempDir Path folder;

  @Test
  void withoutAGpuTrainingRunsOnTheCpuAndOneLineSaysWhichImplementationClips() throws Exception {
    List<String> classPath =
        List.of(System.getProperty("java.class.path").split(File.pathSeparator));
    assumeFalse(
        classPath.stream().anyMatch(entry -> entry.contains("nd4j-cuda")),
        "profile cuda: its native libraries are on the class path, and may find a GPU");
    Path folderOfJars = Path.of(System.getProperty("agc.cuda.directory"));
    assumeTrue(Files.isDirectory(folderOfJars), "the build was told to skip the CUDA classes");
    List<String> cuda;
    try (Stream<Path> jars = Files.list(folderOfJars)) {
      cuda = jars.map(Path::toString).collect(Collectors.toList());
    }
    assertThat(cuda).hasSize(3);
    String both =
        Stream.concat(cuda.stream(), classPath.stream())
            .collect(Collectors.joining(File.pathSeparator));

    String output = JavaProcess.run(folder, both, TrainWithoutGpu.class);

    assertThat(output).contains("JCublasBackend").contains("trained on CpuBackend");
    assertThat(output.lines().filter(line -> line.contains("AGC clips ")))
        .containsExactly(
            "INFO  ClipperChoice - AGC clips in host memory, with BLAS (backend CpuBackend)");
  }
}
