package io.github.dl4jagc.experiments.nfresnet;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.experiments.support.OutputFolder;
import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.util.ArrayList;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;

/**
 * The state of an unfinished run, in one file: the network with its updater's state, and the
 * figures so far. It is renewed at the end of an epoch, but no more often than every few seconds.
 */
final class Checkpoint {

  private static final String STATE = "state";

  private final OutputFolder folder;
  private final Run run;
  private final String file;
  private final long minimumNanos;
  private long lastSave = System.nanoTime();

  /**
   * @param folder where the file is
   * @param run whose state it is
   * @param secondsBetween the least time between two checkpoints
   */
  Checkpoint(OutputFolder folder, Run run, double secondsBetween) {
    this.folder = folder;
    this.run = run;
    this.file = file(run);
    this.minimumNanos = (long) (secondsBetween * 1e9);
  }

  /** The name of the file of a run. */
  static String file(Run run) {
    return "checkpoint-" + run.id().replace('/', '-') + ".zip";
  }

  /**
   * The state of the run; {@code null} if there is none.
   *
   * @throws IOException if the file is damaged; its message is for the user
   */
  State load() throws IOException {
    File stored = folder.file(file).toFile();
    if (!stored.exists()) {
      return null;
    }
    try {
      // First the network: all checksums are looked at on the way.
      ComputationGraph network = ModelSerializer.restoreComputationGraph(stored, true);
      State state = ModelSerializer.getObjectFromFile(stored, STATE);
      if (!state.run.equals(run)) {
        throw new IOException("it is of another run: " + state.run);
      }
      state.network = network;
      return state;
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          stored + " cannot be read (" + e + "); delete it, and its run begins anew", e);
    }
  }

  void save(ComputationGraph network, State state) throws IOException {
    if (System.nanoTime() - lastSave < minimumNanos) {
      return;
    }
    folder.write(
        file,
        part -> {
          ModelSerializer.writeModel(network, part.toFile(), true);
          ModelSerializer.addObjectToFile(part.toFile(), STATE, state);
        });
    lastSave = System.nanoTime();
  }

  void delete() throws IOException {
    Files.deleteIfExists(folder.file(file));
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
    final ArrayList<AgcReport> clipped = new ArrayList<>();

    private transient ComputationGraph network;

    State(Run run) {
      this.run = run;
    }

    ComputationGraph network() {
      return network;
    }
  }
}
