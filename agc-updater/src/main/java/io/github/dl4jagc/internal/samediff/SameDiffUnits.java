package io.github.dl4jagc.internal.samediff;

import static io.github.dl4jagc.internal.check.Troubleshooting.UNITS_ARE_GUESSED;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.internal.check.WarnOnce;
import io.github.dl4jagc.internal.units.Units;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The units of the variables of a SameDiff graph: as the user says, else as the operations on the
 * way to the loss that use the variable and are known, else by its shape with a warning. Where
 * operations disagree, the first decides, with a warning.
 */
final class SameDiffUnits {

  private static final Logger log = LoggerFactory.getLogger(SameDiffUnits.class);

  private final SameDiff graph;
  private final Map<String, int[]> explicit;
  private final Set<String> activations;

  /** Names of operations; empty if the graph has no loss yet. */
  private final Set<String> leadingToLoss;

  SameDiffUnits(SameDiff graph, Map<String, int[]> explicit) {
    this.graph = graph;
    this.explicit = explicit;
    this.activations = activations(graph);
    this.leadingToLoss = leadingToLoss(graph);
  }

  /** Variables that are computed from placeholders. */
  private static Set<String> activations(SameDiff graph) {
    Set<String> found = new HashSet<>();
    Deque<String> toVisit = new ArrayDeque<>(graph.inputs());
    while (!toVisit.isEmpty()) {
      String name = toVisit.remove();
      if (found.add(name)) {
        for (String op : notNull(graph.getVariables().get(name).getInputsForOp())) {
          toVisit.addAll(notNull(graph.getOps().get(op).getOutputsOfOp()));
        }
      }
    }
    return found;
  }

  /** As SameDiff has it: gradients go backwards from the losses, through floating point numbers. */
  private static Set<String> leadingToLoss(SameDiff graph) {
    Set<String> found = new HashSet<>();
    Deque<String> toVisit = new ArrayDeque<>(graph.getLossVariables());
    while (!toVisit.isEmpty()) {
      Variable variable = graph.getVariables().get(toVisit.remove());
      String op = variable.getOutputOfOp();
      if (op != null && variable.getVariable().dataType().isFPType() && found.add(op)) {
        toVisit.addAll(notNull(graph.getOps().get(op).getInputsToOp()));
      }
    }
    return found;
  }

  private static List<String> notNull(List<String> names) {
    return names == null ? List.of() : names;
  }

  Units of(String variable, long[] shape) {
    int[] named = explicit.get(variable);
    if (named != null) {
      return Units.of(shape, named);
    }
    if (shape.length <= 1) {
      return Units.of(shape);
    }
    List<Use> uses = uses(variable, shape.length);
    if (uses.isEmpty()) {
      Units guessed = Units.guessed(shape);
      warn(variable, shape, guessed, "are not known");
      return guessed;
    }
    Units units = uses.get(0).units(shape);
    if (uses.stream().map(use -> use.telling(shape)).distinct().count() > 1) {
      String each =
          uses.stream()
              .map(use -> use.operation + ": " + use.units(shape).unit())
              .distinct()
              .collect(Collectors.joining("; "));
      warn(variable, shape, units, "disagree (" + each + ")");
    }
    return units;
  }

  /** What a variable is to the operations that use it. */
  ParameterKind kindOf(String variable, long[] shape) {
    List<Use> uses = uses(variable, shape.length);
    return !uses.isEmpty()
        ? uses.get(0).kind
        : Units.isMatrix(shape) ? ParameterKind.WEIGHT : ParameterKind.BIAS;
  }

  /** Weights first, then biases, then gains; each in the order of the graph. */
  private List<Use> uses(String variable, int rank) {
    List<Use> uses = new ArrayList<>();
    addUses(variable, IntStream.range(0, rank).toArray(), uses);
    uses.sort(Comparator.comparing(use -> use.kind));
    return uses;
  }

  /**
   * @param name the variable, or one that has its values in another order
   * @param dimensions which of the variable's dimensions its dimensions are
   */
  private void addUses(String name, int[] dimensions, List<Use> uses) {
    for (String opName : notNull(graph.getVariables().get(name).getInputsForOp())) {
      SameDiffOp op = graph.getOps().get(opName);
      if (!leadingToLoss.isEmpty() && !leadingToLoss.contains(opName)) {
        continue;
      }
      int[] rearranged = Use.rearranged(op, dimensions);
      if (rearranged != null) {
        addUses(op.getOutputsOfOp().get(0), rearranged, uses);
        continue;
      }
      for (int input = 0; input < op.getInputsToOp().size(); input++) {
        if (op.getInputsToOp().get(input).equals(name)) {
          Use use = Use.of(op, input, dimensions.length, activations::contains);
          if (use != null) {
            uses.add(use.of(dimensions));
          }
        }
      }
    }
  }

  private static void warn(String variable, long[] shape, Units units, String problem) {
    if (WarnOnce.isDue(UNITS_ARE_GUESSED, variable, shape)) {
      log.warn(
          UNITS_ARE_GUESSED.message(
              "AGC: the operations that use the variable \"{}\" of shape {} {}: takes {} as a unit."
                  + " Name its unit dimensions in new AgcSameDiffListener(Map.of(\"{}\", ...)) to"
                  + " decide.",
              variable,
              shape,
              problem,
              units.unit(),
              variable));
    }
  }
}
