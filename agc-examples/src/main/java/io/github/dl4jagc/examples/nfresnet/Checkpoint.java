package io.github.dl4jagc.examples.nfresnet;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.examples.support.OutputFolder;
import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;

/**
 * The state of an unfinished run, in one file: the network with its updater's state, and the
 * figures so far. It is renewed at the end of an epoch, but no more often than every few seconds.
 */
final class Checkpoint {

  /** The file's name. */
  static final String FILE = "checkpoint.zip";

  private static final String STATE = "state";

  private final OutputFolder folder;
  private final long minimumNanos;
  private long lastSave = System.nanoTime();

  /**
   * @param folder where the file is
   * @param secondsBetween the least time between two checkpoints
   */
  Checkpoint(OutputFolder folder, double secondsBetween) {
    this.folder = folder;
    this.minimumNanos = (long) (secondsBetween * 1e9);
  }

  /**
   * The state of {@code run}, if it is that run's; {@code null} otherwise.
   *
   * @throws IOException if the file is damaged; its message is for the user
   */
  State load(Run run) throws IOException {
    File file = folder.file(FILE).toFile();
    if (!file.exists()) {
      return null;
    }
    try {
      // First the network: all checksums are looked at on the way.
      ComputationGraph network = ModelSerializer.restoreComputationGraph(file, true);
      State state = ModelSerializer.getObjectFromFile(file, STATE);
      state.network = network;
      return state.run.equals(run) ? state : null;
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          file + " cannot be read (" + e + "); delete it, and its run begins anew", e);
    }
  }

  void save(ComputationGraph network, State state) throws IOException {
    if (System.nanoTime() - lastSave < minimumNanos) {
      return;
    }
    folder.write(
        FILE,
        file -> {
          ModelSerializer.writeModel(network, file.toFile(), true);
          ModelSerializer.addObjectToFile(file.toFile(), STATE, state);
        });
    lastSave = System.nanoTime();
  }

  void delete() throws IOException {
    Files.deleteIfExists(folder.file(FILE));
  }

  /** What is known of a run so far. */
  static final class State implements Serializable {

    private static final long serialVersionUID = 2L;

    final Run run;
    int epochs;
    int steps;
    double loss = Double.NaN;
    double seconds;

    /** What was clipped in each epoch; empty reports without AGC. */
    final List<AgcReport> clipped = new ArrayList<>();

    private transient ComputationGraph network;

    State(Run run) {
      this.run = run;
    }

    ComputationGraph network() {
      return network;
    }
  }
}
