package io.github.dl4jagc.models;

import static io.github.dl4jagc.internal.check.Troubleshooting.NO_FORWARD_PASS;

import io.github.dl4jagc.internal.check.Checks;
import java.util.Objects;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastMulOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Dropout of whole examples: in training each example's activations are set to 0 with the given
 * probability, and divided by the probability of being kept otherwise, so that the mean stays. On
 * the branch of a residual block it leaves some examples the shortcut alone.
 *
 * <p>Huang et al.: <i>Deep networks with stochastic depth</i>, ECCV 2016, arXiv 1603.09382; scaled
 * in training rather than at test time.
 *
 * @serial exclude
 */
public final class StochasticDepth implements IDropout {

  private static final long serialVersionUID = 1L;

  @JsonProperty private final double rate;

  private transient INDArray mask;

  /**
   * Dropout of whole examples.
   *
   * @param rate probability that an example is dropped, in [0, 1)
   * @throws IllegalArgumentException if it is not
   */
  public StochasticDepth(@JsonProperty("rate") double rate) {
    this.rate = Checks.rate(rate, "rate");
  }

  /** The probability that an example is dropped. */
  double rate() {
    return rate;
  }

  @Override
  public INDArray applyDropout(
      INDArray input, INDArray result, int iteration, int epoch, LayerWorkspaceMgr workspaceMgr) {
    mask = workspaceMgr.createUninitialized(ArrayType.INPUT, result.dataType(), input.size(0));
    Nd4j.rand(mask);
    mask.assign(mask.gte(rate)).divi(1 - rate);
    return times(input.castTo(result.dataType()), result);
  }

  @Override
  public INDArray backprop(
      INDArray outputGradient, INDArray inputGradient, int iteration, int epoch) {
    if (mask == null) {
      throw NO_FORWARD_PASS.state(
          "StochasticDepth has no mask: a backward pass needs a forward pass in training mode first");
    }
    times(outputGradient, inputGradient);
    mask = null;
    return inputGradient;
  }

  private INDArray times(INDArray array, INDArray result) {
    return Nd4j.getExecutioner().exec(new BroadcastMulOp(array, mask, result, 0));
  }

  @Override
  public void clear() {
    mask = null;
  }

  @Override
  public StochasticDepth clone() {
    return new StochasticDepth(rate);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StochasticDepth && ((StochasticDepth) other).rate == rate;
  }

  @Override
  public int hashCode() {
    return Objects.hash(rate);
  }

  @Override
  public String toString() {
    return "StochasticDepth(" + rate + ")";
  }
}
