package io.github.dl4jagc.internal.samediff;

import static io.github.dl4jagc.internal.check.Troubleshooting.UNKNOWN_NAME;

import io.github.dl4jagc.internal.binding.AgcUpdater;
import io.github.dl4jagc.internal.binding.Exclusions;
import io.github.dl4jagc.internal.binding.GradientClipper;
import io.github.dl4jagc.internal.binding.ListenerCalls;
import io.github.dl4jagc.internal.binding.Parameter;
import io.github.dl4jagc.internal.clip.Scratch;
import io.github.dl4jagc.internal.stats.NetworkStatistics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;

/** Gives the variables of a SameDiff graph to the {@link AgcUpdater}s in it. */
public final class SameDiffBinder {

  /** SameDiff's name of what computes gradients. */
  private static final String GRADIENT_FUNCTION = "grad";

  private SameDiffBinder() {}

  /**
   * Binds every AGC updater of the graph that is not bound yet. A listener does it before each
   * update.
   *
   * @param graph a graph whose updaters exist
   * @param unitDimensions unit dimensions by variable name; these win
   * @return whether the graph has any AGC updater
   * @throws IllegalArgumentException if a name is not that of a trainable variable, or the output
   *     layer is to be excluded
   */
  public static boolean bind(SameDiff graph, Map<String, int[]> unitDimensions) {
    boolean any = false;
    SameDiffUnits units = null;
    Exclusions exclusions = null;
    NetworkStatistics statistics = NetworkStatistics.of(graph);
    Scratch scratch = new Scratch();
    ListenerCalls calls = new ListenerCalls();
    for (String variable : graph.getUpdaterMap().keySet()) {
      GradientUpdater<?> live = graph.getUpdaterMap().get(variable);
      if (!(live instanceof AgcUpdater)) {
        continue;
      }
      any = true;
      AgcUpdater updater = (AgcUpdater) live;
      INDArray weights = trained(graph, variable);
      if (updater.isBoundTo(weights)) {
        updater.listenerIsCalled();
        continue;
      }
      if (units == null) {
        requireTrained(graph, unitDimensions.keySet());
        units = new SameDiffUnits(graph, unitDimensions);
        exclusions = Exclusions.in(graph.getUpdaterMap().keySet(), updater.settings());
      }
      Parameter parameter = parameter(variable, weights, units);
      String reason = exclusions.reasonFor(parameter);
      parameter.statisticsIn(statistics).boundTo(updater.getConfig(), reason);
      updater.bind(
          weights,
          new GradientClipper(
              reason == null ? List.of(parameter) : List.of(),
              parameter.isDecayed() ? List.of(parameter) : List.of(),
              statistics,
              scratch,
              0),
          calls);
      updater.listenerIsCalled();
    }
    return any;
  }

  /**
   * The array that training reads and changes. It is that of the gradient function: once this
   * exists, a variable that is given an array has another one in the graph itself.
   */
  private static INDArray trained(SameDiff graph, String variable) {
    SameDiff training = graph.getFunction(GRADIENT_FUNCTION);
    return (training == null ? graph : training).getVariable(variable).getArr();
  }

  private static Parameter parameter(String variable, INDArray weights, SameDiffUnits units) {
    long[] shape = weights.shape();
    return new Parameter(
        "", variable, weights, 0, units.of(variable, shape), units.kindOf(variable, shape), null);
  }

  private static void requireTrained(SameDiff graph, Set<String> names) {
    for (String name : names) {
      if (!graph.getUpdaterMap().containsKey(name)) {
        throw UNKNOWN_NAME.argument(
            "unitDimensions must name variables that the graph trains, got \"{}\"; there are {}",
            name,
            graph.getUpdaterMap().keySet());
      }
    }
  }
}
