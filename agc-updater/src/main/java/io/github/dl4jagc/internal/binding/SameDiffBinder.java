package io.github.dl4jagc.internal.binding;

import static io.github.dl4jagc.internal.check.Troubleshooting.UNKNOWN_NAME;

import io.github.dl4jagc.internal.clip.Scratch;
import io.github.dl4jagc.internal.stats.LeftAlone;
import io.github.dl4jagc.internal.stats.NetworkStatistics;
import io.github.dl4jagc.internal.units.SameDiffUnits;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;

/** Gives the variables of a SameDiff graph to the {@link AgcUpdater}s in it. */
public final class SameDiffBinder {

  private SameDiffBinder() {}

  /**
   * Binds every AGC updater of the graph that is not bound yet.
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
    Scratch scratch = new Scratch();
    for (String variable : graph.getUpdaterMap().keySet()) {
      GradientUpdater<?> live = graph.getUpdaterMap().get(variable);
      if (!(live instanceof AgcUpdater)) {
        continue;
      }
      any = true;
      AgcUpdater updater = (AgcUpdater) live;
      INDArray weights = graph.getVariable(variable).getArr();
      if (updater.isBoundTo(weights)) {
        continue;
      }
      if (units == null) {
        check(graph, updater, unitDimensions);
        units = new SameDiffUnits(graph, unitDimensions);
      }
      bind(graph, updater, variable, weights, units, scratch);
    }
    return any;
  }

  private static void bind(
      SameDiff graph,
      AgcUpdater updater,
      String variable,
      INDArray weights,
      SameDiffUnits units,
      Scratch scratch) {
    NetworkStatistics statistics = NetworkStatistics.of(graph);
    Parameter parameter =
        new Parameter("", variable, weights, 0, units.of(variable, weights.shape()), null);
    boolean excluded = updater.getConfig().excludedLayers().contains(variable);
    parameter
        .statisticsIn(statistics)
        .boundTo(updater.getConfig(), excluded ? LeftAlone.EXCLUDED_VARIABLE : null);
    updater.bind(
        weights,
        excluded
            ? GradientClipper.ofNothing()
            : GradientClipper.ofShaped(parameter, statistics, scratch));
  }

  private static void check(SameDiff graph, AgcUpdater updater, Map<String, int[]> unitDimensions) {
    if (updater.getConfig().excludesOutputLayer()) {
      throw UNKNOWN_NAME.argument(
          "excludeOutputLayer must be false, got true: a SameDiff graph has no layers; name the"
              + " variables of its output in excludeLayers");
    }
    for (String name : updater.getConfig().excludedLayers()) {
      checkVariable(graph, name, "excludeLayers");
    }
    for (String name : unitDimensions.keySet()) {
      checkVariable(graph, name, "unitDimensions");
    }
  }

  private static void checkVariable(SameDiff graph, String name, String option) {
    if (!graph.getUpdaterMap().containsKey(name)) {
      throw UNKNOWN_NAME.argument(
          "{} names a variable \"{}\" that the graph does not train; it trains {}",
          option,
          name,
          graph.getUpdaterMap().keySet());
    }
  }
}
