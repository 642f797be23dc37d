package io.github.dl4jagc.internal.samediff;

import static io.github.dl4jagc.internal.check.Troubleshooting.UNITS_ARE_GUESSED;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.internal.units.Units;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.ops.CustomOp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The units of the variables of a SameDiff graph: as the user says, else by the first operation
 * that consumes the variable and is known, else by rank with a warning.
 */
final class SameDiffUnits {

  private static final Logger log = LoggerFactory.getLogger(SameDiffUnits.class);

  private static final int[] WHOLE = {};

  /** Where conv2d keeps its weights format among its integer arguments. */
  private static final int WEIGHTS_FORMAT = 10;

  /** Variables that have been warned about: once per process is enough. */
  private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

  private final SameDiff graph;
  private final Map<String, int[]> explicit;

  /**
   * @param graph the graph
   * @param explicit unit dimensions by variable name; these win
   */
  SameDiffUnits(SameDiff graph, Map<String, int[]> explicit) {
    this.graph = graph;
    this.explicit = explicit;
  }

  Units of(String variable, long[] shape) {
    int[] dimensions = explicit.get(variable);
    if (dimensions == null && shape.length <= 1) {
      dimensions = WHOLE;
    }
    if (dimensions == null) {
      dimensions = byConsumer(variable, shape);
    }
    if (dimensions == null) {
      dimensions = byRank(variable, shape);
    }
    return Units.of(shape, dimensions);
  }

  /** What a variable is to the operations that use it. */
  ParameterKind kindOf(String variable, long[] shape) {
    if (Units.isMatrix(shape) || byConsumer(variable, shape) != null) {
      return ParameterKind.WEIGHT;
    }
    return isFactor(variable) ? ParameterKind.GAIN : ParameterKind.BIAS;
  }

  private boolean isFactor(String variable) {
    for (SameDiffOp op : consumers(variable)) {
      int input = op.getInputsToOp().indexOf(variable);
      switch (op.getOp().opName()) {
        case "multiply":
          return true;
        case "layer_norm": // input, gain, bias
          return input == 1;
        case "batchnorm": // input, mean, variance, gamma, beta
          return input == 3;
        default: // the next one may tell
      }
    }
    return false;
  }

  private int[] byConsumer(String variable, long[] shape) {
    for (SameDiffOp op : consumers(variable)) {
      int[] dimensions = dimensions(op, op.getInputsToOp().indexOf(variable), shape);
      if (dimensions != null) {
        return dimensions;
      }
    }
    return null;
  }

  private List<SameDiffOp> consumers(String variable) {
    List<String> names = graph.getVariables().get(variable).getInputsForOp();
    return names == null
        ? List.of()
        : names.stream().map(graph.getOps()::get).collect(Collectors.toList());
  }

  private static int[] dimensions(SameDiffOp op, int input, long[] shape) {
    int last = shape.length - 1;
    long[] arguments =
        op.getOp() instanceof CustomOp ? ((CustomOp) op.getOp()).iArgs() : new long[0];
    switch (op.getOp().opName()) {
      case "conv2d":
        if (input != 1) {
          return null;
        }
        boolean outputFirst =
            arguments.length > WEIGHTS_FORMAT
                && arguments[WEIGHTS_FORMAT] != WeightsFormat.YXIO.ordinal();
        return new int[] {outputFirst ? 0 : last}; // [oC, ...] or [kH, kW, iC, oC]
      case "conv1d":
      case "conv3dnew":
      case "xw_plus_b":
      case "relu_layer":
        return input == 1 ? new int[] {last} : null; // [k..., iC, oC] or [nIn, nOut]
      case "deconv2d":
      case "deconv3d":
        return input == 1 ? new int[] {last - 1} : null; // [k..., oC, iC]
      case "depthwise_conv2d":
        return input == 1 ? new int[] {2, 3} : null; // [kH, kW, iC, multiplier]
      case "sconv2d": // depthwise [kH, kW, iC, multiplier], pointwise [1, 1, iC multiplier, oC]
        return input == 1 ? new int[] {2, 3} : input == 2 ? new int[] {3} : null;
      case "gather":
        return input == 0 ? new int[] {0} : null; // a row is one token's vector
      case "matmul":
        boolean left = input == 0;
        int flag = left ? 0 : 1;
        boolean transposed = arguments.length > flag && arguments[flag] != 0;
        return new int[] {left == transposed ? last : last - 1}; // of two matrices, the outer side
      default:
        return null;
    }
  }

  private int[] byRank(String variable, long[] shape) {
    boolean row = shape.length == 2 && shape[0] == 1;
    int[] dimensions =
        row ? WHOLE : shape.length == 2 ? new int[] {1} : new int[] {shape.length - 1};
    if (WARNED.add(variable + Arrays.toString(shape))) {
      log.warn(
          UNITS_ARE_GUESSED.message(
              "AGC does not know the operations that use the variable \"{}\" of shape {}: takes {}"
                  + " as a unit. Name its unit dimensions in new AgcSameDiffListener(Map.of(\"{}\","
                  + " ...)) to say otherwise.",
              variable,
              shape,
              row ? "the whole array" : "a slice of dimension " + dimensions[0],
              variable));
    }
    return dimensions;
  }
}
