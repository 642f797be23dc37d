package io.github.dl4jagc.experiments.nfresnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dl4jagc.experiments.nfresnet.Run.Excluded;
import io.github.dl4jagc.experiments.support.OutputFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {

  private static final Run RUN = Run.agc(Run.Network.NF_AGC, 0.01, Excluded.OUTPUT, 50, 3);
  private static final int PROBES = 150;

  @TempDir private Path folder;

  private OutputFolder output;
  private Checkpoint checkpoint;
  private ComputationGraph network;

  @BeforeEach
  void makeNetwork() throws IOException {
    output = OutputFolder.open(folder);
    checkpoint = new Checkpoint(output, RUN, 0);
    Experiment experiment =
        new Experiment(
            new Grid(
                List.of(Run.Network.NF_AGC),
                List.of(50),
                List.of(0.01),
                List.of(Run.Scales.CLIPPED),
                1,
                OptionalDouble.empty()),
            4,
            1,
            InnerUpdater.NESTEROVS,
            0.4,
            2,
            1,
            1);
    network = new ComputationGraph(experiment.configuration(RUN, new DigitsSource().read(200)));
    network.init();
  }

  @AfterEach
  void close() throws IOException {
    output.close();
  }

  private Path save() throws IOException {
    Checkpoint.State state = new Checkpoint.State(RUN);
    state.epochs = 2;
    state.steps = 8;
    checkpoint.save(network, state);
    return folder.resolve(Checkpoint.file(RUN));
  }

  /** Either it is refused, or nothing that matters was hit. */
  private void assertRefusedOrWhole(Path file) throws IOException {
    Checkpoint.State state;
    try {
      state = checkpoint.load();
    } catch (IOException e) {
      assertThat(e)
          .hasMessageContainingAll(
              file.toString(), "cannot be read", "delete it, and its run begins anew");
      return;
    }
    assertThat(state.epochs).isEqualTo(2);
    assertThat(state.steps).isEqualTo(8);
    assertThat(state.network().params()).isEqualTo(network.params());
  }

  @Test
  void flippedByteIsNeverTakenForAState() throws IOException {
    Path file = save();
    byte[] bytes = Files.readAllBytes(file);
    for (int probe = 0; probe < PROBES; probe++) {
      int position = (int) ((long) probe * bytes.length / PROBES);
      byte[] damaged = bytes.clone();
      damaged[position] ^= 0x55;
      Files.write(file, damaged);
      assertRefusedOrWhole(file);
    }
  }

  @Test
  void cutFileIsRefused() throws IOException {
    Path file = save();
    byte[] bytes = Files.readAllBytes(file);
    for (int length : new int[] {0, 1, 100, bytes.length / 2, bytes.length - 30}) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> checkpoint.load())
          .as("%d bytes of %d", length, bytes.length)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(file + " cannot be read");
    }
  }

  @Test
  void fullDiskLeavesTheCheckpointBefore() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "there is no /dev/full");
    Path file = save();
    Path part = folder.resolve(Checkpoint.file(RUN) + ".part");
    Files.createSymbolicLink(part, full);
    assertThatThrownBy(this::save)
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("Cannot write " + file, "No space left on device");
    assertThat(part).doesNotExist();
    assertThat(checkpoint.load().epochs).isEqualTo(2);
  }

  @Test
  void checkpointThatWasRenamedIsRefused() throws IOException {
    Run other = Run.plain(Run.Network.NF, 50, 3);
    Files.move(save(), folder.resolve(Checkpoint.file(other)));
    assertThatThrownBy(() -> new Checkpoint(output, other, 0).load())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it is of another run: " + RUN);
  }
}
