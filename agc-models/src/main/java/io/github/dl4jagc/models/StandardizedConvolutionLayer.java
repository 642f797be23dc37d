package io.github.dl4jagc.models;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The forward and backward pass of a {@link StandardizedConvolution}. DL4J's convolution does the
 * work: it is given the standardised filters in place of the weights, and the gradient that it
 * leaves for them is turned into that of the weights and the gain.
 *
 * <p>With the centred weights {@code c_i = W_i - mean(W_i)} let {@code n_i = max(||c_i||, 1e-2)},
 * as {@code var(W_i) * fanIn} is {@code ||c_i||^2}; or with an epsilon {@code n_i = sqrt(||c_i||^2
 * + fanIn * epsilon)}. The filter is {@code scale * gain_i * u_i} with {@code u_i = c_i / n_i}, and
 * a gradient {@code D_i} of the filter gives
 *
 * <pre>
 * gradient of gain_i = scale * D_i . u_i
 * gradient of W_i    = scale * gain_i / n_i * (D_i - mean(D_i) - u_i * (D_i . u_i))
 * </pre>
 *
 * without the last term where {@code n_i} is the floor, as {@code u_i} is then linear in {@code
 * W_i}.
 */
final class StandardizedConvolutionLayer extends ConvolutionLayer {

  private static final long serialVersionUID = 1L;

  private static final String WEIGHTS = ConvolutionParamInitializer.WEIGHT_KEY;
  private static final String GAIN = StandardizedConvolutionParams.GAIN_KEY;
  private static final double NORM_FLOOR = 1e-2;

  /** The filters that are convolved with, [nOut, fanIn]. */
  private transient INDArray filters;

  /** 1 in each place, [fanIn]. */
  private transient INDArray ones;

  /** Mean of each filter's weights, [nOut, 1]. */
  private transient INDArray means;

  /** 1 / n of each filter, [nOut, 1]. */
  private transient INDArray inverseNorms;

  /** 1 for each filter whose n is above the floor, 0 for the others, [nOut, 1]. */
  private transient INDArray aboveFloor;

  /**
   * Whether the filters are those of the forward pass that is to be followed by a backward pass.
   */
  private transient boolean keepFilters;

  StandardizedConvolutionLayer(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
    // The weights may have changed since the last pass.
    keepFilters = false;
    INDArray activations = super.activate(training, workspaceMgr);
    keepFilters = training;
    return activations;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    INDArray weights = rows(super.getParamWithNoise(WEIGHTS, true, workspaceMgr));
    Pair<Gradient, INDArray> result = super.backpropGradient(epsilon, workspaceMgr);
    keepFilters = false;
    throughStandardization(weights);
    result.getFirst().setGradientFor(GAIN, gradientViews.get(GAIN));
    return result;
  }

  /** What DL4J's convolution asks for its weights and bias with. */
  @Override
  protected INDArray getParamWithNoise(
      String parameter, boolean training, LayerWorkspaceMgr workspaceMgr) {
    INDArray value = super.getParamWithNoise(parameter, training, workspaceMgr);
    if (!WEIGHTS.equals(parameter)) {
      return value;
    }
    if (!keepFilters) {
      standardize(value);
    }
    return filters.reshape('c', value.shape());
  }

  private void standardize(INDArray weights) {
    INDArray rows = rows(weights);
    if (filters == null) {
      allocate(weights.dataType(), rows.rows(), rows.columns());
    }
    sums(rows, means).divi(rows.columns());
    rows.sub(means, filters);
    // Squared in place and centred once more: two passes more, and no array of this size.
    INDArray squares = sums(filters.muli(filters), inverseNorms);
    rows.sub(means, filters);
    double epsilon = configuration().epsilon();
    double floor = epsilon > 0 ? 0 : NORM_FLOOR;
    INDArray norms = Transforms.sqrt(squares.addi(epsilon * rows.columns()), false);
    aboveFloor.assign(norms.gt(floor));
    inverseNorms.assign(Transforms.max(norms, floor, false).rdivi(1));
    filters.muliColumnVector(inverseNorms.mul(factors()));
  }

  /** Outside of workspaces, as these arrays are for all steps. */
  private void allocate(DataType type, long count, long fanIn) {
    try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      filters = Nd4j.createUninitialized(type, count, fanIn);
      ones = Nd4j.valueArrayOf(new long[] {fanIn}, 1, type);
      means = Nd4j.createUninitialized(type, count, 1);
      inverseNorms = Nd4j.createUninitialized(type, count, 1);
      aboveFloor = Nd4j.createUninitialized(type, count, 1);
    }
  }

  /**
   * Turns the gradient of the filters, which is where that of the weights belongs, in place. Once
   * it is centred, {@code D_i . c_i} is {@code D_i . W_i}. The array of the filters, which have
   * done their part, takes what is in between.
   */
  private void throughStandardization(INDArray weights) {
    INDArray gradient = rows(gradientViews.get(WEIGHTS));
    INDArray column = means.ulike();
    gradient.subiColumnVector(sums(gradient, column).divi(gradient.columns()));
    INDArray along = sums(gradient.mul(weights, filters), column).muli(inverseNorms);
    gradientViews.get(GAIN).assign(along.mul(configuration().scale()));

    INDArray slopes = inverseNorms.mul(factors());
    gradient.muliColumnVector(slopes);
    weights.sub(means, filters);
    filters.muliColumnVector(along.muli(aboveFloor).muli(inverseNorms).muli(slopes));
    gradient.subi(filters);
  }

  private StandardizedConvolution configuration() {
    return (StandardizedConvolution) layerConf();
  }

  /** What each standardised filter is multiplied with, [nOut, 1]. */
  private INDArray factors() {
    return column(getParam(GAIN)).mul(configuration().scale());
  }

  /**
   * The sum of each row, into {@code result}: a product with a vector, which ND4J hands to BLAS,
   * takes an eighth of the time of its sum.
   */
  private INDArray sums(INDArray rows, INDArray result) {
    Nd4j.exec(new Mmul(rows, ones, result.reshape(result.length()), null));
    return result;
  }

  private static INDArray rows(INDArray filters) {
    return filters.reshape('c', filters.size(0), filters.length() / filters.size(0));
  }

  private static INDArray column(INDArray vector) {
    return vector.reshape(vector.length(), 1);
  }
}
