package io.github.dl4jagc;

/**
 * What a parameter is to its layer, as the {@code ParamInitializer} of the layer says. A {@link
 * UnitLayoutProvider} may say otherwise of a custom layer.
 *
 * <p>A SameDiff graph has variables and no layers. There the operations on the way to the loss say
 * what a variable is: a weight if it is multiplied with others as a matrix, convolved, or looked up
 * in; a bias if it is added to activations; a gain if activations are multiplied by it, element by
 * element. Of several the first in this order counts. A variable that no known operation uses is a
 * weight if more than one of its dimensions is above 1, and else a bias.
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
