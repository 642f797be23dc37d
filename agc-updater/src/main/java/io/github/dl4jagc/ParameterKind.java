package io.github.dl4jagc;

/**
 * What a parameter is to its layer, as the {@code ParamInitializer} of the layer says. A {@link
 * UnitLayoutProvider} may say otherwise of a custom layer.
 *
 * <p>In a SameDiff graph, which has no layers, the operations that use a variable say what it is;
 * of several kinds the first in this order counts. One that no known operation uses is a weight if
 * more than one of its dimensions is above 1, and else a bias.
 */
public enum ParameterKind {
  /** What DL4J calls weights, factors aside: matrices, filters, embeddings. */
  WEIGHT,
  /**
   * What DL4J calls biases, the beta of batch normalisation, and the {@code r} of a one-class
   * output layer.
   */
  BIAS,
  /**
   * A factor: the gain of layer normalisation, the gamma of batch normalisation, slopes of PReLU,
   * element-wise weights, and whatever else DL4J calls neither a weight nor a bias.
   */
  GAIN
}
