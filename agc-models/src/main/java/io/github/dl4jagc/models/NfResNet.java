package io.github.dl4jagc.models;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;

import io.github.dl4jagc.internal.check.Checks;
import io.github.dl4jagc.models.ResNetShape.Block;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * A normalizer-free residual network (NF-ResNet): a pre-activation ResNet that keeps its signals in
 * range by its construction, without batch normalisation.
 *
 * <pre>
 * block:             h + alpha * scale * f(beta * g(h))
 * transition block:  shortcut(beta * g(h)) + alpha * scale * f(beta * g(h))
 * </pre>
 *
 * where {@code f} are the branch's convolutions, {@link StandardizedConvolution}s that keep the
 * variance 1 of their input; {@code g} is the activation function times its gamma, which does the
 * same ({@link ScaledActivation}); {@code 1 / beta} is the standard deviation that {@code h} is
 * expected to have at initialisation, so that each branch sees an input of variance 1: a block adds
 * {@code alpha^2} to the variance, and a transition block sets it to {@code 1 + alpha^2}; {@code
 * scale} is learned and starts at 0 ({@link SkipInit}), unless that is switched off. For a {@code
 * g} such as ReLU, {@code beta * g(h)} is {@code g(beta * h)}; for others it is as in both
 * published implementations, and the variances are near 1 only.
 *
 * <p>Unless told otherwise it is DeepMind's network, but for an output layer that starts at 0 and
 * gammas that are integrated; {@link Preset} has what else was published.
 *
 * <pre>{@code
 * ComputationGraph net = NfResNet.builder()
 *     .depth(50).inputShape(3, 224, 224).classes(1000)
 *     .updater(AgcGradientNormalization.builder(new Nesterovs(0.1, 0.9))
 *         .clippingThreshold(0.01).excludeOutputLayer(true).build())
 *     .build().init();
 * Agc.attach(net);
 * }</pre>
 *
 * <p>Layers are called {@code stem}, {@code stage1-block1-conv1}, {@code stage1-block1-shortcut},
 * {@code stage1-block1-scale}, {@code output} and so on.
 *
 * <p>Brock, De, Smith: <i>Characterizing signal propagation to close the performance gap in
 * unnormalized ResNets</i>, ICLR 2021, arXiv 2101.08692.
 */
public final class NfResNet {

  /** The {@value} that {@code alpha} is by default, as in the paper. */
  public static final double DEFAULT_ALPHA = 0.2;

  private static final double OUTPUT_DEVIATION = 0.01;

  final ResNetShape shape;
  private final int[] inputShape;
  private final int classes;
  private final IUpdater updater;
  final IUpdater scaleUpdater;
  private final long seed;
  final Preset preset;
  final IActivation activation;
  private final boolean publishedGamma;
  final double alpha;
  final boolean skipInit;
  private final boolean zeroOutputLayer;
  final double stochasticDepth;
  private final double dropout;
  final double weightDecay;

  private NfResNet(Builder builder) {
    this.shape = builder.shape;
    this.inputShape = builder.inputShape;
    this.classes = builder.classes;
    this.updater = builder.updater;
    this.scaleUpdater = builder.scaleUpdater;
    this.seed = builder.seed;
    this.preset = builder.preset;
    this.activation = builder.activation;
    this.publishedGamma = builder.publishedGamma;
    this.alpha = builder.alpha;
    this.skipInit = builder.skipInit;
    this.zeroOutputLayer = builder.zeroOutputLayer;
    this.stochasticDepth = builder.stochasticDepth;
    this.dropout = builder.dropout;
    this.weightDecay = builder.weightDecay;
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
   * The configuration.
   *
   * @return a new configuration
   */
  public ComputationGraphConfiguration conf() {
    // Filters of norm 1, whatever their size: AGC's bound then is the threshold itself.
    return layOut(new NfResNetGraph(settings().weightInit(WeightInit.LECUN_NORMAL), this));
  }

  /**
   * The configuration of the network to compare with: the same convolutions without weight
   * standardisation, and batch normalisation before each ReLU (He et al.: <i>Identity mappings in
   * deep residual networks</i>, ECCV 2016, arXiv 1603.05027). Depth, input, classes, updater, seed,
   * output layer, dropout and weight decay are as set; what only a network without normalisation
   * has is not used: preset, activation, alpha, scales and stochastic depth.
   *
   * @return a new configuration
   */
  public ComputationGraphConfiguration batchNormConf() {
    return layOut(new BatchNormResNet(settings().weightInit(WeightInit.RELU), weightDecay));
  }

  private NeuralNetConfiguration.Builder settings() {
    return new NeuralNetConfiguration.Builder()
        .seed(seed)
        .updater(updater)
        .activation(Activation.IDENTITY);
  }

  private ComputationGraphConfiguration layOut(ResNetGraph graph) {
    return graph.lay(
        shape, InputType.convolutional(inputShape[1], inputShape[2], inputShape[0]), outputLayer());
  }

  /**
   * A network with initial weights.
   *
   * @return a new network
   */
  public ComputationGraph init() {
    ComputationGraph network = new ComputationGraph(conf());
    network.init();
    return network;
  }

  /**
   * The variance of each block's output at initialisation on an input of variance 1, with images so
   * large that their borders do not count, with the residual scales at 1, and with a gamma in front
   * of each convolution but the stem. ({@link Preset#TIMM} has one in the stem too: all variances
   * are {@code gamma^2} times as large, with ReLU.)
   *
   * @return the variances by the names of the blocks, in order
   */
  public Map<String, Double> expectedVariances() {
    Map<String, Double> variances = new LinkedHashMap<>();
    double variance = 1;
    for (Block block : shape.blocks()) {
      variance = (block.isTransition() ? 1 : variance) + alpha * alpha;
      variances.put(block.name(), variance);
    }
    return variances;
  }

  /** The factor of the activation function. */
  double gamma() {
    return publishedGamma
        ? ScaledActivation.publishedGamma(activation)
        : ScaledActivation.gamma(activation);
  }

  private OutputLayer outputLayer() {
    OutputLayer.Builder output =
        new OutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nOut(classes);
    if (zeroOutputLayer) {
      output.weightInit(WeightInit.ZERO);
    } else {
      output.weightInit(new NormalDistribution(0, OUTPUT_DEVIATION));
    }
    if (dropout > 0) {
      // DL4J counts what is kept.
      output.dropOut(1 - dropout);
    }
    output.weightDecay(weightDecay);
    return output.build();
  }

  /** Builds an {@link NfResNet}. */
  public static final class Builder {

    private ResNetShape shape = ResNetShape.imageNet(50);
    private int[] inputShape = {3, 224, 224};
    private int classes = 1000;
    private IUpdater updater = new Nesterovs(0.1, 0.9);
    private IUpdater scaleUpdater;
    private long seed = 1;
    private Preset preset = Preset.DEEPMIND;
    private IActivation activation = Activation.RELU.getActivationFunction();
    private boolean publishedGamma;
    private double alpha = DEFAULT_ALPHA;
    private boolean skipInit = true;
    private boolean zeroOutputLayer = true;
    private double stochasticDepth;
    private double dropout;
    private double weightDecay;

    private Builder() {}

    /**
     * A network for images of ImageNet's size: a 7x7 stem, four stages of bottleneck blocks.
     *
     * @param depth 26, 50, 101, 152 or 200; default 50
     * @return this builder
     * @throws IllegalArgumentException for any other
     */
    public Builder depth(int depth) {
      return shape(ResNetShape.imageNet(depth));
    }

    /**
     * A network for images of 8x8 to 32x32 pixels: a 3x3 stem, three stages of blocks of two 3x3
     * convolutions, with {@code width}, {@code 2 * width} and {@code 4 * width} channels.
     *
     * @param width channels of the stem and the first stage, from 2 to 536870911: the 1x1
     *     convolutions of the shortcuts need more than one weight a filter
     * @param blocksPerStage at least 1
     * @return this builder
     * @throws IllegalArgumentException if one is out of range
     */
    public Builder small(int width, int blocksPerStage) {
      return shape(ResNetShape.small(width, blocksPerStage));
    }

    Builder shape(ResNetShape shape) {
      this.shape = shape;
      return this;
    }

    /**
     * The size of the images.
     *
     * @param channels at least 1; default 3
     * @param height pixels, at least 1; default 224
     * @param width pixels, at least 1; default 224
     * @return this builder
     * @throws IllegalArgumentException if one is less
     */
    public Builder inputShape(int channels, int height, int width) {
      int[] image = {channels, height, width};
      if (Arrays.stream(image).anyMatch(size -> size < 1)) {
        throw BAD_ARGUMENT.argument(
            "inputShape (channels, height, width) must be at least 1 each, got {}", image);
      }
      this.inputShape = image;
      return this;
    }

    /**
     * The number of classes.
     *
     * @param classes at least 2; default 1000
     * @return this builder
     * @throws IllegalArgumentException if it is less
     */
    public Builder classes(int classes) {
      if (classes < 2) {
        throw BAD_ARGUMENT.argument("classes must be at least 2, got {}", classes);
      }
      this.classes = classes;
      return this;
    }

    /**
     * The updater of all parameters.
     *
     * @param updater any; default {@link Nesterovs} with learning rate 0.1 and momentum 0.9
     * @return this builder
     */
    public Builder updater(IUpdater updater) {
      this.updater = Objects.requireNonNull(updater, "updater must not be null");
      return this;
    }

    /**
     * An updater of its own for the scales of the residual branches. They start at 0, so AGC lets
     * them move by no more than {@code clippingThreshold * epsilon} a step before the learning rate
     * until they have grown: over hundreds of steps the branches stay shut. Give them the inner
     * updater, without AGC, in trainings that are not long. Where it is the gains of the branches'
     * last convolutions that start at 0, it is for these gains, and the biases beside them.
     *
     * @param scaleUpdater any; default that of the network
     * @return this builder
     */
    public Builder scaleUpdater(IUpdater scaleUpdater) {
      this.scaleUpdater =
          Objects.requireNonNull(scaleUpdater, "scaleUpdater must not be null; leave it out");
      return this;
    }

    /**
     * The seed of the initial weights.
     *
     * @param seed any but 0, which is none to ND4J: weights are new ones each time; default 1
     * @return this builder
     */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /**
     * All conventions of a published implementation: what {@link Preset} lists, the published
     * gammas, whether there is {@link #skipInit}, and an output layer that does not start at 0
     * ({@link #zeroOutputLayer}). Options that are set after it change it.
     *
     * @param preset whose network it is to be
     * @return this builder
     */
    public Builder preset(Preset preset) {
      this.preset = Objects.requireNonNull(preset, "preset must not be null; leave it out");
      return publishedGamma(true).skipInit(preset.hasSkipInit()).zeroOutputLayer(false);
    }

    /**
     * The activation function.
     *
     * @param activation default ReLU; DL4J's GELU is an approximation, {@link ExactGelu} is none
     * @return this builder
     */
    public Builder activation(Activation activation) {
      return activation(
          Objects.requireNonNull(activation, "activation must not be null")
              .getActivationFunction());
    }

    /**
     * The activation function.
     *
     * @param activation without parameters of its own; default ReLU
     * @return this builder
     */
    public Builder activation(IActivation activation) {
      this.activation = Objects.requireNonNull(activation, "activation must not be null");
      return this;
    }

    /**
     * Whether gamma is the {@linkplain ScaledActivation#publishedGamma published} value, which
     * published weights belong to, or else {@linkplain ScaledActivation#gamma integrated}.
     *
     * @param publishedGamma default false
     * @return this builder
     */
    public Builder publishedGamma(boolean publishedGamma) {
      this.publishedGamma = publishedGamma;
      return this;
    }

    /**
     * The factor of every residual branch.
     *
     * @param alpha finite and &gt; 0; default {@value NfResNet#DEFAULT_ALPHA}
     * @return this builder
     * @throws IllegalArgumentException if it is not
     */
    public Builder alpha(double alpha) {
      this.alpha = Checks.positive(alpha, "alpha");
      return this;
    }

    /**
     * Whether each residual branch ends with a learned scale that starts at 0. Without it, {@link
     * Preset#TIMM} has gains that do so, in the branches' last convolutions.
     *
     * @param skipInit default true
     * @return this builder
     */
    public Builder skipInit(boolean skipInit) {
      this.skipInit = skipInit;
      return this;
    }

    /**
     * Whether the weights of the output layer start at 0, or else normally distributed with
     * deviation 0.01. AGC lets what is 0 grow slowly: exclude the layer, or start otherwise.
     *
     * @param zeroOutputLayer default true
     * @return this builder
     */
    public Builder zeroOutputLayer(boolean zeroOutputLayer) {
      this.zeroOutputLayer = zeroOutputLayer;
      return this;
    }

    /**
     * How often blocks are left out in training ({@link StochasticDepth}): the rate rises linearly
     * from 0 for the first block to this value for the last, or almost to it ({@link Preset}).
     *
     * @param rate in [0, 1); default 0
     * @return this builder
     * @throws IllegalArgumentException if it is not
     */
    public Builder stochasticDepth(double rate) {
      this.stochasticDepth = Checks.rate(rate, "stochasticDepth");
      return this;
    }

    /**
     * Dropout before the output layer.
     *
     * @param rate share of the pooled features that is dropped, in [0, 1); default 0
     * @return this builder
     * @throws IllegalArgumentException if it is not
     */
    public Builder dropout(double rate) {
      this.dropout = Checks.rate(rate, "dropout");
      return this;
    }

    /**
     * DL4J's decoupled weight decay, of the weights alone: no biases, gains and residual scales.
     *
     * @param coefficient finite and &ge; 0; default 0
     * @return this builder
     * @throws IllegalArgumentException if it is not
     */
    public Builder weightDecay(double coefficient) {
      this.weightDecay = Checks.notNegative(coefficient, "weightDecay", "0 is none");
      return this;
    }

    /**
     * The network's description, with what was set so far.
     *
     * @return what {@link NfResNet#conf()} and {@link NfResNet#init()} can be asked of
     */
    public NfResNet build() {
      return new NfResNet(this);
    }
  }
}
