package io.github.dl4jagc.internal.samediff;

import static io.github.dl4jagc.ParameterKind.BIAS;
import static io.github.dl4jagc.ParameterKind.GAIN;
import static io.github.dl4jagc.ParameterKind.WEIGHT;

import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.internal.units.Units;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.ops.CustomOp;

/**
 * What an operation makes of a variable that enters it. Where it sums products, a unit is what all
 * dimensions but the summed ones tell apart: what leads to one output.
 */
final class Use {

  /** Where convolutions keep the format of their weights among the integer arguments. */
  private static final int WEIGHTS_FORMAT = 10;

  final String operation;

  final ParameterKind kind;
  private final int[] unitDimensions;

  private Use(String operation, ParameterKind kind, int... unitDimensions) {
    this.operation = operation;
    this.kind = kind;
    this.unitDimensions = unitDimensions;
  }

  Units units(long[] shape) {
    return Units.of(shape, unitDimensions);
  }

  /** The unit dimensions but those of size 1, which tell nothing apart. */
  List<Integer> telling(long[] shape) {
    return Arrays.stream(units(shape).unitDimensions())
        .filter(dimension -> shape[dimension] > 1)
        .boxed()
        .collect(Collectors.toList());
  }

  /**
   * The use of the variable that is one of the inputs; {@code null} if that is the operation's
   * data, or the operation is not known. Activations are computed from a placeholder.
   */
  static Use of(SameDiffOp op, int input, int rank, Predicate<String> isActivation) {
    Inputs in = new Inputs(op, input, rank);
    switch (op.getOp().opName()) {
      case "conv2d":
        return in.weightsAndBias(in.weightsFormat() == WeightsFormat.YXIO ? rank - 1 : 0);
      case "conv1d": // [k, iC, oC]
      case "conv3dnew": // [k, k, k, iC, oC]
      case "xw_plus_b": // [nIn, nOut]
      case "relu_layer":
        return in.weightsAndBias(rank - 1);
      case "deconv2d": // [k, k, oC, iC]
      case "deconv3d":
        return in.weightsAndBias(rank - 2);
      case "depthwise_conv2d": // [k, k, iC, multiplier]
        return in.weightsAndBias(2, 3);
      case "sconv2d":
        return in.ofSeparableConvolution();
      case "matmul":
        return in.weights(in.allBut(in.summed(input == 0)));
      case "batched_gemm": // two factors, then left matrices, then as many right ones
        int right = 2 + (op.getInputsToOp().size() - 2) / 2;
        return input < 2 ? null : in.weights(in.allBut(in.summed(input < right)));
      case "tensordot":
        return in.ofTensorProduct();
      case "multi_head_dot_product_attention":
        return in.ofMultiHeadAttention();
      case "dot_product_attention": // [.., size, n]: queries, keys; values are summed over n
        return input > 2 ? null : in.weights(in.allBut(input == 2 ? rank - 1 : rank - 2));
      case "lstmLayer":
        return in.ofLstm();
      case "gru": // [nIn, 3 nOut], [nOut, 3 nOut], [3 nOut]
        return input == 2 || input == 3 ? in.weights(1) : input == 4 ? in.as(BIAS) : null;
      case "gather": // what is looked up
        return input == 0 ? in.weights(in.argument(0)) : null;
      case "add":
      case "subtract":
      case "reversesubtract":
        return in.isBesides(isActivation) ? in.as(BIAS) : null;
      case "multiply":
      case "divide":
      case "reversedivide":
        return in.isBesides(isActivation) ? in.as(GAIN) : null;
      case "biasadd":
        return input == 1 ? in.as(BIAS) : null;
      case "prelu":
        return input == 1 ? in.as(GAIN) : null;
      case "layer_norm": // input, gain, bias
        return input == 1 ? in.as(GAIN) : input == 2 ? in.as(BIAS) : null;
      case "batchnorm": // input, mean, variance, gamma, beta
        return input == 3 ? in.as(GAIN) : input == 4 ? in.as(BIAS) : null;
      default:
        return null;
    }
  }

  /**
   * What becomes of the numbers of dimensions where an operation only puts values in another order,
   * or has them in another type; {@code null} if it does anything else.
   */
  static int[] rearranged(SameDiffOp op, int[] dimensions) {
    int last = dimensions.length - 1;
    switch (op.getOp().opName()) {
      case "identity":
      case "cast":
        return dimensions;
      case "transpose":
        return op.getInputsToOp().size() > 1 // an order that is computed
            ? null
            : IntStream.rangeClosed(0, last).map(each -> dimensions[last - each]).toArray();
      case "permute":
        long[] order = ((CustomOp) op.getOp()).iArgs();
        return order.length != dimensions.length
            ? null
            : Arrays.stream(order).mapToInt(each -> dimensions[(int) each]).toArray();
      default:
        return null;
    }
  }

  /** The same of an array that has these dimensions in another order. */
  Use of(int[] dimensions) {
    return new Use(
        operation,
        kind,
        Arrays.stream(unitDimensions)
            .map(each -> dimensions[each < 0 ? each + dimensions.length : each])
            .toArray());
  }

  /** The inputs of an operation, of which one is looked at. */
  private static final class Inputs {
    private final SameDiffOp op;
    private final int input;
    private final int rank;
    private final long[] arguments;

    Inputs(SameDiffOp op, int input, int rank) {
      this.op = op;
      this.input = input;
      this.rank = rank;
      this.arguments =
          op.getOp() instanceof CustomOp ? ((CustomOp) op.getOp()).iArgs() : new long[0];
    }

    Use as(ParameterKind kind, int... unitDimensions) {
      return new Use(op.getOp().opName(), kind, rank < 2 ? new int[0] : unitDimensions);
    }

    Use weights(int... unitDimensions) {
      return as(WEIGHT, unitDimensions);
    }

    Use weightsAndBias(int... unitDimensions) {
      return input == 1 ? weights(unitDimensions) : input == 2 ? as(BIAS) : null;
    }

    /** An integer argument; 0 is what operations take for one that is absent. */
    int argument(int index) {
      return index < arguments.length ? (int) arguments[index] : 0;
    }

    WeightsFormat weightsFormat() {
      return WeightsFormat.values()[argument(WEIGHTS_FORMAT)];
    }

    /** The dimension of a matrix, or of a batch of them, that a product sums over. */
    int summed(boolean left) {
      boolean transposed = argument(left ? 0 : 1) != 0;
      return left == transposed ? rank - 2 : rank - 1;
    }

    int[] allBut(int... dimensions) {
      return IntStream.range(0, rank)
          .filter(each -> Arrays.stream(dimensions).noneMatch(one -> one == each))
          .toArray();
    }

    /** Whether an activation is among the other inputs. */
    boolean isBesides(Predicate<String> isActivation) {
      List<String> names = op.getInputsToOp();
      return IntStream.range(0, names.size())
          .anyMatch(each -> each != input && isActivation.test(names.get(each)));
    }

    /** Depthwise [k, k, iC, multiplier], pointwise [1, 1, iC multiplier, oC], or outputs first. */
    Use ofSeparableConvolution() {
      boolean outputsFirst = weightsFormat() != WeightsFormat.YXIO;
      if (input == 1) {
        int inputs = weightsFormat() == WeightsFormat.OIYX ? 1 : 3;
        return outputsFirst ? weights(0, inputs) : weights(2, 3);
      }
      boolean bias = input == 3 || (input == 2 && rank < 4);
      return bias ? as(BIAS) : input == 2 ? weights(outputsFirst ? 0 : 3) : null;
    }

    /** The arguments are the dimensions that are summed: of the left array, then of the right. */
    Use ofTensorProduct() {
      int leftEnd = 1 + argument(0);
      if (arguments.length != leftEnd + 1 + argument(leftEnd)) {
        return null; // not what the operation takes: it will say so
      }
      int from = input == 0 ? 1 : leftEnd + 1;
      int to = input == 0 ? leftEnd : arguments.length;
      return weights(
          allBut(
              IntStream.range(from, to)
                  .map(this::argument)
                  .map(each -> each < 0 ? each + rank : each)
                  .toArray()));
    }

    /** Queries, keys, values [n, nIn, times]; three projections [heads, size, nIn]; the output. */
    Use ofMultiHeadAttention() {
      return input < 3
          ? weights(allBut(1))
          : input < 6 ? weights(0, 1) : input == 6 ? weights(1) : null; // 7 is the mask
    }

    /**
     * [nIn, 4 nOut], [nOut, 4 nOut], a bias and, at the end, peepholes, with two directions before
     * these dimensions if there are two. Between them lengths and states, which are no weights.
     */
    Use ofLstm() {
      if (input == 1 || input == 2) {
        return weights(allBut(rank - 2));
      }
      boolean[] has = ((CustomOp) op.getOp()).bArgs();
      boolean bias = has[0] && input == 3;
      boolean peepholes = has[4] && input == op.getInputsToOp().size() - 1;
      return bias || peepholes ? as(bias ? BIAS : GAIN, allBut(rank - 1)) : null;
    }
  }
}
