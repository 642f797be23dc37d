package io.github.dl4jagc.internal.stats;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;

import io.github.dl4jagc.AgcReport;
import io.github.dl4jagc.internal.check.Checks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import org.nd4j.shade.guava.collect.MapMaker;

/**
 * The figures of all parameters of one network. They outlive the network's updater, which DL4J
 * replaces whenever a learning rate is set. Thread-safe.
 */
public final class NetworkFigures {

  /**
   * By identity of the network, and without keeping it alive. Shared by all listeners: a listener
   * is serialised, is given to several networks and to several threads, so nothing may hang on it.
   */
  private static final ConcurrentMap<Object, NetworkFigures> OF_NETWORK =
      new MapMaker().weakKeys().makeMap();

  private final Map<List<String>, ParameterFigures> byName = new LinkedHashMap<>();

  private final LongAdder clippingNanos = new LongAdder();

  private NetworkFigures() {}

  /**
   * The figures of a network, empty at first.
   *
   * @param network a DL4J model or a SameDiff graph
   * @throws IllegalArgumentException if it is null
   */
  public static NetworkFigures of(Object network) {
    Checks.notNull(network, "The network whose figures are asked for", BAD_ARGUMENT);
    return OF_NETWORK.computeIfAbsent(network, key -> new NetworkFigures());
  }

  /**
   * The figures of one parameter, created at first.
   *
   * @param layer its layer's name, empty for a variable of a SameDiff graph
   * @param parameter its name
   * @param units how many units it has
   */
  public synchronized ParameterFigures of(String layer, String parameter, long units) {
    return byName.computeIfAbsent(
        List.of(layer, parameter), key -> new ParameterFigures(layer, parameter, units));
  }

  /** The learning rate of one parameter; NaN if it has none or does not exist. */
  public synchronized double learningRate(
      String layer, String parameter, int iteration, int epoch) {
    ParameterFigures figures = byName.get(List.of(layer, parameter));
    return figures == null ? Double.NaN : figures.learningRate(iteration, epoch);
  }

  /** Adds the time that one call took. */
  public void addClippingNanos(long nanos) {
    clippingNanos.add(nanos);
  }

  /** A snapshot. */
  public synchronized AgcReport report() {
    List<AgcReport.Row> rows = new ArrayList<>();
    for (ParameterFigures figures : byName.values()) {
      rows.add(figures.row());
    }
    return new AgcReport(rows, Duration.ofNanos(clippingNanos.sum()));
  }
}
