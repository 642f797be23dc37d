package io.github.dl4jagc.report;

import io.github.dl4jagc.RatioHistogram;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import org.nd4j.shade.guava.collect.MapMaker;

/**
 * The networks of a file of figures: which number each has, and how far it has come.
 *
 * <p>A training is resumed with a new network object, in a new process or in the same one. So a
 * network that is new here goes on as the first one whose present object came at an earlier
 * iteration, or that has no object in this process; else it is another network: replicas come at
 * the same iteration, and other trainings at iteration 0. Not thread-safe.
 */
final class FileNetworks {

  /** One number. */
  static final class Entry {
    final int number;

    /** The iteration at which the object came that has the number now; -1: it has none. */
    private int came = -1;

    /** The last iteration in the file; -1: none. */
    int lastIteration = -1;

    /** What its present object had counted when the last report came, by parameter. */
    private final Map<List<String>, RatioHistogram> reported = new HashMap<>();

    private Entry(int number) {
      this.number = number;
    }

    /** These rows with the ratios that have come since the rows that were reported before. */
    List<FigureRow> sinceReported(List<FigureRow> rows) {
      return rows.stream()
          .map(row -> row.since(reported.getOrDefault(key(row), RatioHistogram.EMPTY)))
          .collect(Collectors.toList());
    }

    /** Notes that these rows are in the file, or that it has others instead. */
    void setReported(List<FigureRow> rows) {
      rows.forEach(row -> reported.put(key(row), row.ratios));
    }

    private static List<String> key(FigureRow row) {
      return List.of(row.row.layer(), row.row.parameter());
    }
  }

  private final TreeMap<Integer, Entry> entries = new TreeMap<>();

  /** By identity of the network, and without keeping it alive. */
  private final ConcurrentMap<Object, Entry> byNetwork = new MapMaker().weakKeys().makeMap();

  /** As in a file without figures. */
  void clear() {
    entries.clear();
    byNetwork.clear();
  }

  /** Forgets what the file has, as it is read again; the networks keep their numbers. */
  void forgetIterations() {
    entries.values().forEach(entry -> entry.lastIteration = -1);
  }

  /** The file has this iteration. */
  void add(int number, int iteration) {
    Entry entry = entries.computeIfAbsent(number, Entry::new);
    entry.lastIteration = Math.max(entry.lastIteration, iteration);
  }

  /**
   * The entry of a network.
   *
   * @param iteration the network's, from 0
   */
  Entry of(Object network, int iteration) {
    Entry known = byNetwork.get(network);
    if (known != null) {
      return known;
    }
    Entry entry =
        entries.values().stream()
            .filter(each -> each.came < iteration)
            .findFirst()
            .orElseGet(this::another);
    byNetwork.values().removeIf(each -> each == entry);
    byNetwork.put(network, entry);
    entry.came = iteration;
    entry.reported.clear();
    return entry;
  }

  private Entry another() {
    int number = entries.isEmpty() ? 1 : entries.lastKey() + 1;
    return entries.computeIfAbsent(number, Entry::new);
  }
}
