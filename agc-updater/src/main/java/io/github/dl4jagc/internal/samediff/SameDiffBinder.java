package io.github.dl4jagc.internal.samediff;

import static io.github.dl4jagc.internal.check.Troubleshooting.UNKNOWN_NAME;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.internal.binding.AgcUpdater;
import io.github.dl4jagc.internal.binding.Exclusions;
import io.github.dl4jagc.internal.binding.GradientClipper;
import io.github.dl4jagc.internal.binding.ListenerCalls;
import io.github.dl4jagc.internal.binding.Parameter;
import io.github.dl4jagc.internal.clip.Scratch;
import io.github.dl4jagc.internal.stats.NetworkStatistics;
import io.github.dl4jagc.internal.units.Units;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Gives the variables of a SameDiff graph to the {@link AgcUpdater}s in it. */
public final class SameDiffBinder {

  /** SameDiff's name of what computes gradients. */
  private static final String GRADIENT_FUNCTION = "grad";

  private SameDiffBinder() {}

  /**
   * Binds every AGC updater of the graph, if one is not bound yet: before each update, by a
   * listener. Says whether it has any. The unit dimensions, by variable name, win.
   */
  public static boolean bind(SameDiff graph, Map<String, int[]> unitDimensions) {
    Map<String, AgcUpdater> updaters = new LinkedHashMap<>();
    graph
        .getUpdaterMap()
        .forEach(
            (variable, updater) -> {
              if (updater instanceof AgcUpdater) {
                updaters.put(variable, (AgcUpdater) updater);
              }
            });
    if (!updaters.entrySet().stream()
        .allMatch(each -> each.getValue().isBoundTo(trained(graph, each.getKey())))) {
      bindAll(graph, updaters, unitDimensions);
    }
    updaters.values().forEach(AgcUpdater::listenerIsCalled);
    return !updaters.isEmpty();
  }

  private static void bindAll(
      SameDiff graph, Map<String, AgcUpdater> updaters, Map<String, int[]> unitDimensions) {
    Set<String> variables = graph.getUpdaterMap().keySet();
    for (String name : unitDimensions.keySet()) {
      UNKNOWN_NAME.require(
          variables.contains(name),
          "unitDimensions must name variables that the graph trains, got \"{}\"; there are {}",
          name,
          variables);
    }
    SameDiffUnits units = new SameDiffUnits(graph, unitDimensions);
    NetworkStatistics statistics = NetworkStatistics.of(graph);
    Scratch scratch = new Scratch();
    ListenerCalls calls = new ListenerCalls();
    updaters.forEach(
        (variable, updater) -> {
          INDArray weights = trained(graph, variable);
          Parameter parameter = parameter(variable, weights, units, statistics);
          String reason = Exclusions.in(variables, updater.settings()).reasonFor(parameter);
          parameter.statistics.boundTo(updater.getConfig(), reason);
          List<Parameter> clipped = reason == null ? List.of(parameter) : List.of();
          List<Parameter> decayed = parameter.isDecayed() ? List.of(parameter) : List.of();
          updater.bind(
              weights, new GradientClipper(clipped, decayed, statistics, scratch, 0), calls);
        });
  }

  /**
   * The array that training reads and changes. It is that of the gradient function: once this
   * exists, a variable that is given an array has another one in the graph itself.
   */
  private static INDArray trained(SameDiff graph, String variable) {
    SameDiff training = graph.getFunction(GRADIENT_FUNCTION);
    return (training == null ? graph : training).getVariable(variable).getArr();
  }

  private static Parameter parameter(
      String variable, INDArray weights, SameDiffUnits units, NetworkStatistics statistics) {
    Units of = units.of(variable, weights.shape());
    ParameterKind kind = units.kindOf(variable, weights.shape());
    return new Parameter(statistics.of("", variable, kind, of.count()), weights, 0, of, null);
  }
}
