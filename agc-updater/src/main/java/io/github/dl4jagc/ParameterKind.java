package io.github.dl4jagc;

/**
 * What a parameter is to its layer, as the {@code ParamInitializer} of the layer says. A {@link
 * UnitLayoutProvider} may say otherwise of a custom layer.
 *
 * <p>A SameDiff graph has variables and no layers. There the operations that use a variable say
 * what it is: weights are what is multiplied with activations as a matrix, convolved with them, or
 * looked up in, and others with more than one dimension above 1; what is left is a gain if
 * activations are multiplied by it, element by element, or if it is the gain of a normalisation,
 * and else a bias.
 */
public enum ParameterKind {
  /** What DL4J calls weights, gains aside: matrices, filters, embeddings, slopes of PReLU. */
  WEIGHT,
  /** What DL4J calls biases, and the beta of batch normalisation. */
  BIAS,
  /**
   * A factor: the gain of layer normalisation, the gamma of batch normalisation, and whatever else
   * DL4J calls neither a weight nor a bias.
   */
  GAIN
}
