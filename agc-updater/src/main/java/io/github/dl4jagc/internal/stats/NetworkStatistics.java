package io.github.dl4jagc.internal.stats;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.internal.check.Checks;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What was counted of all parameters of one network. It outlives the network's updater, which DL4J
 * replaces whenever a learning rate is set. Thread-safe.
 */
public final class NetworkStatistics {

  /** Shared by all listeners, which are serialised and given to several networks and threads. */
  private static final ByNetwork<NetworkStatistics> OF_NETWORK = new ByNetwork<>();

  private final Map<List<String>, ParameterStatistics> byName = new LinkedHashMap<>();

  private final LongAdder clippingNanos = new LongAdder();

  /** The latest iteration, as parameters count them, that had gradients that were not finite. */
  private long warnedIn;

  private NetworkStatistics() {}

  /** Of a DL4J model or a SameDiff graph; empty at first. */
  public static NetworkStatistics of(Object network) {
    Checks.notNull(network, "The network whose figures are asked for", BAD_ARGUMENT);
    return OF_NETWORK.computeIfAbsent(network, NetworkStatistics::new);
  }

  public synchronized boolean isEmpty() {
    return byName.isEmpty();
  }

  /** The statistics of one parameter, created when they are first asked for. */
  public synchronized ParameterStatistics of(
      String layer, String parameter, ParameterKind kind, long units) {
    return byName.computeIfAbsent(
        List.of(layer, parameter), key -> new ParameterStatistics(layer, parameter, kind, units));
  }

  public void addClippingNanos(long nanos) {
    clippingNanos.add(nanos);
  }

  /** Whether nobody has warned yet of gradients that are not finite in one iteration, from 1. */
  public synchronized boolean isFirstWarningIn(long iteration) {
    boolean first = warnedIn != iteration;
    warnedIn = iteration;
    return first;
  }

  /**
   * Makes a snapshot: of two of them, one is the earlier one in everything.
   *
   * @param reader makes something of each parameter's statistics, which it must not keep
   */
  public synchronized <T> List<T> read(Function<ParameterStatistics, T> reader) {
    return byName.values().stream().map(each -> each.read(reader)).collect(Collectors.toList());
  }

  public Duration clippingTime() {
    return Duration.ofNanos(clippingNanos.sum());
  }
}
