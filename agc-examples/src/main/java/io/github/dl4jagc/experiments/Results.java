package io.github.dl4jagc.experiments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Outcomes in a CSV file that is complete after each run, so that what was made before an
 * interruption is not made again. Runs that are made at the same time may add theirs.
 */
final class Results {

  /** The file's name. */
  static final String FILE = "runs.csv";

  private final OutputFolder folder;
  private final Map<Run, Outcome> outcomes = new LinkedHashMap<>();

  /** No outcomes yet. */
  Results(OutputFolder folder) {
    this.folder = folder;
  }

  /** Takes an earlier file out of the way, under a name that no file has; returns it. */
  Path setAside() throws IOException {
    for (int number = 1; ; number++) {
      Path free = folder.file("runs-" + number + ".csv");
      if (!Files.exists(free)) {
        return Files.move(folder.file(FILE), free);
      }
    }
  }

  /** Whether there is a file. */
  boolean exist() {
    return Files.exists(folder.file(FILE));
  }

  /** Reads a file of results; the message of an IOException is for the user. */
  void load(Path file) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new IOException(file + " cannot be read (" + e + "); restore it", e);
    }
    if (lines.isEmpty() || !lines.get(0).equals(Outcome.HEADER)) {
      throw new IOException(file + " must begin with '" + Outcome.HEADER + "'; restore it");
    }
    for (int i = 1; i < lines.size(); i++) {
      try {
        Outcome outcome = Outcome.of(lines.get(i));
        outcomes.put(outcome.run, outcome);
      } catch (IllegalArgumentException e) {
        throw new IOException(
            String.format(
                "line %d of %s is not as it was written: '%s'; restore the file, or take the line"
                    + " out and its run is made anew",
                i + 1, file, lines.get(i)),
            e);
      }
    }
  }

  /** Adds an outcome and renews the file. */
  synchronized void add(Outcome outcome) throws IOException {
    outcomes.put(outcome.run, outcome);
    StringBuilder csv = new StringBuilder(Outcome.HEADER).append('\n');
    outcomes.values().forEach(each -> csv.append(each.csv()).append('\n'));
    folder.write(FILE, csv.toString());
  }

  /** Whether the run was made. */
  synchronized boolean has(Run run) {
    return outcomes.containsKey(run);
  }

  /** All outcomes, in the order in which they were added. */
  synchronized Collection<Outcome> all() {
    return List.copyOf(outcomes.values());
  }
}
