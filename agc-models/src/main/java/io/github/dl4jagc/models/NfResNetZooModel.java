package io.github.dl4jagc.models;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;
import static io.github.dl4jagc.internal.check.Troubleshooting.WEIGHTS_CANNOT_BE_READ;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.zoo.ModelMetaData;
import org.deeplearning4j.zoo.PretrainedType;
import org.deeplearning4j.zoo.ZooModel;
import org.deeplearning4j.zoo.ZooType;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * An {@link NfResNet} in the shape of DL4J's models, for programs that choose among them. It needs
 * {@code deeplearning4j-zoo}, a dependency of yours that this library does not bring along.
 *
 * <pre>{@code
 * ComputationGraph net =
 *     NfResNetZooModel.builder().depth(50).numClasses(10).updater(new Nesterovs(0.1, 0.9)).build().init();
 * }</pre>
 *
 * <p>No weights are hosted for it: {@link NfResNetWeights} reads them from a file.
 */
@SuppressWarnings({"unchecked", "deprecation"}) // DL4J has such signatures, and needs metaData
public final class NfResNetZooModel extends ZooModel<ComputationGraph> {

  private final NfResNet.Builder network;
  private int[] inputShape;

  private NfResNetZooModel(Builder builder) {
    this.network = builder.network;
    this.inputShape = builder.inputShape;
  }

  /**
   * A builder for the network of depth 50, for 1000 classes of images of 3 x 224 x 224.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * A network with initial weights.
   *
   * @return a new network
   */
  @Override
  public ComputationGraph init() {
    return network.build().init();
  }

  @Override
  public ModelMetaData metaData() {
    return new ModelMetaData(new int[][] {inputShape.clone()}, 1, ZooType.CNN);
  }

  @Override
  public Class<? extends Model> modelType() {
    return ComputationGraph.class;
  }

  /**
   * The size of the images.
   *
   * @param inputShape one shape: channels, height, width
   * @throws IllegalArgumentException if it is not
   */
  @Override
  public void setInputShape(int[][] inputShape) {
    if (inputShape == null || inputShape.length != 1) {
      throw BAD_ARGUMENT.argument(
          "inputShape must be one shape (channels, height, width), got {}", (Object) inputShape);
    }
    this.inputShape = setInputShape(network, inputShape[0]);
  }

  private static int[] setInputShape(NfResNet.Builder network, int... shape) {
    if (shape == null || shape.length != 3) {
      throw BAD_ARGUMENT.argument(
          "inputShape must be three numbers (channels, height, width), got {}", shape);
    }
    network.inputShape(shape[0], shape[1], shape[2]);
    return shape.clone();
  }

  /**
   * There is none.
   *
   * @param pretrainedType any
   * @return null
   */
  @Override
  public String pretrainedUrl(PretrainedType pretrainedType) {
    return null;
  }

  @Override
  public long pretrainedChecksum(PretrainedType pretrainedType) {
    return 0;
  }

  /**
   * Refuses: use {@link NfResNetWeights#readTimm(java.nio.file.Path)}.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  public <M extends Model> M initPretrained(PretrainedType pretrainedType) {
    throw new UnsupportedOperationException(
        WEIGHTS_CANNOT_BE_READ.message(
            "No weights are hosted for NfResNetZooModel, so none of {} can be had: read timm's from a"
                + " file with NfResNetWeights.readTimm(path)",
            pretrainedType));
  }

  /** Builds an {@link NfResNetZooModel}; the names are those of DL4J's models. */
  public static final class Builder {

    private final NfResNet.Builder network = NfResNet.builder();
    private int[] inputShape = {3, 224, 224};

    private Builder() {}

    /**
     * As {@link NfResNet.Builder#depth}.
     *
     * @param depth 26, 50, 101, 152 or 200; default 50
     * @return this builder
     * @throws IllegalArgumentException for any other
     */
    public Builder depth(int depth) {
      network.depth(depth);
      return this;
    }

    /**
     * As {@link NfResNet.Builder#preset}.
     *
     * @param preset whose network it is to be
     * @return this builder
     */
    public Builder preset(Preset preset) {
      network.preset(preset);
      return this;
    }

    /**
     * The seed of the initial weights.
     *
     * @param seed any; default 1
     * @return this builder
     */
    public Builder seed(long seed) {
      network.seed(seed);
      return this;
    }

    /**
     * The size of the images.
     *
     * @param inputShape channels, height, width, each at least 1; default 3, 224, 224
     * @return this builder
     * @throws IllegalArgumentException if it is not
     */
    public Builder inputShape(int... inputShape) {
      this.inputShape = setInputShape(network, inputShape);
      return this;
    }

    /**
     * The number of classes.
     *
     * @param numClasses at least 2; default 1000
     * @return this builder
     * @throws IllegalArgumentException if it is less
     */
    public Builder numClasses(int numClasses) {
      network.classes(numClasses);
      return this;
    }

    /**
     * The updater of all parameters.
     *
     * @param updater any; default as in {@link NfResNet.Builder#updater}
     * @return this builder
     */
    public Builder updater(IUpdater updater) {
      network.updater(updater);
      return this;
    }

    /**
     * The model, with what was set so far.
     *
     * @return a new model
     */
    public NfResNetZooModel build() {
      return new NfResNetZooModel(this);
    }
  }
}
