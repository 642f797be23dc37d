package io.github.dl4jagc;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;
import static io.github.dl4jagc.internal.check.Troubleshooting.UNKNOWN_NAME;

import io.github.dl4jagc.internal.check.Checks;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Function;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * The options of adaptive gradient clipping, each checked where it is set: a builder of {@link
 * AgcSettings}, or of an {@link AgcGradientNormalization} that has them.
 *
 * @param <T> what it builds
 */
public final class AgcOptions<T> {

  /** What the settings will be. */
  final AgcSettings options;

  private final Function<AgcSettings, T> maker;

  AgcOptions(AgcSettings options, Function<AgcSettings, T> maker) {
    this.options = options.toChange();
    this.maker = maker;
  }

  /**
   * {@return something new with these options}
   *
   * @throws IllegalArgumentException if there is a {@link #weightEpsilon} or {@link #biasEpsilon}
   *     without an {@link #updateRatio(double) updateRatio}, or an {@link #epsilon} beside an
   *     updateRatio alone, without a {@link #clippingThreshold(double) clippingThreshold}
   */
  public T build() {
    return maker.apply(options.complete());
  }

  /**
   * The largest ratio of gradient norm to weight norm that is left alone.
   *
   * @param clippingThreshold finite and greater than zero; default {@value
   *     AgcSettings#DEFAULT_CLIPPING_THRESHOLD}. The paper uses 0.01 for batch sizes of 1024 to
   *     4096 and finds larger values, up to 0.16, better for small batches
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public AgcOptions<T> clippingThreshold(double clippingThreshold) {
    options.clippingThreshold = Bound.CLIPPING_THRESHOLD.checked(clippingThreshold);
    options.clippingThresholdSchedule = null;
    return this;
  }

  /**
   * A threshold that changes with the iteration or the epoch.
   *
   * @param clippingThreshold gives values as above; checked at each iteration
   * @return this
   * @throws IllegalArgumentException if it is null, or gives a bad value at iteration 0
   */
  public AgcOptions<T> clippingThreshold(ISchedule clippingThreshold) {
    if (clippingThreshold instanceof FixedSchedule) {
      return clippingThreshold(clippingThreshold.valueAt(0, 0));
    }
    options.clippingThreshold = null;
    options.clippingThresholdSchedule = Bound.CLIPPING_THRESHOLD.checked(clippingThreshold);
    return this;
  }

  /**
   * Takes back a threshold that was set, in settings that begin as a copy of others.
   *
   * @return this
   */
  public AgcOptions<T> withoutClippingThreshold() {
    options.clippingThreshold = null;
    options.clippingThresholdSchedule = null;
    return this;
  }

  /**
   * Bounds what a step changes a unit by: by no more than {@code updateRatio} times {@code
   * max(||W_i||, floor)}, whatever the learning rate, its schedule, the batch size and the updater.
   * The floor is {@link #weightEpsilon} for weights and {@link #biasEpsilon} for biases and gains.
   *
   * <p>Alone it takes the place of the default {@link #clippingThreshold(double)
   * clippingThreshold}; beside one that is set, gradients are clipped by that first. How it is done
   * with each updater, and what comes after it: docs/update-ratio.md.
   *
   * @param updateRatio finite and greater than zero; without it none is bounded. {@value
   *     AgcSettings#DEFAULT_UPDATE_RATIO} is good for most networks; {@code 0.0115} for five and
   *     more plain layers at large rates of {@code Adam} and its kin, {@code 0.03} for LSTMs and,
   *     with {@code Sgd}, {@code Nesterovs} and {@code RmsProp}, for all. From 1 on, where a unit
   *     may turn round in one step, with a warning
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public AgcOptions<T> updateRatio(double updateRatio) {
    options.updateRatio = Bound.UPDATE_RATIO.checked(updateRatio);
    options.updateRatioSchedule = null;
    return this;
  }

  /**
   * The {@link #updateRatio(double) updateRatio} {@value AgcSettings#DEFAULT_UPDATE_RATIO}, for
   * those who do not want to choose one.
   *
   * @return this
   */
  public AgcOptions<T> updateRatio() {
    return updateRatio(AgcSettings.DEFAULT_UPDATE_RATIO);
  }

  /**
   * An update ratio that changes with the iteration or the epoch.
   *
   * @param updateRatio gives values as above; checked at each iteration
   * @return this
   * @throws IllegalArgumentException if it is null, or gives a bad value at iteration 0
   */
  public AgcOptions<T> updateRatio(ISchedule updateRatio) {
    if (updateRatio instanceof FixedSchedule) {
      return updateRatio(updateRatio.valueAt(0, 0));
    }
    options.updateRatio = null;
    options.updateRatioSchedule = Bound.UPDATE_RATIO.checked(updateRatio);
    return this;
  }

  /**
   * The floor of the norm of weights that {@link #updateRatio(double) updateRatio} looks at, for
   * weights that start at zero or near it: others begin with norms of 0.5 and more.
   *
   * @param weightEpsilon finite and not negative; default {@value
   *     AgcSettings#DEFAULT_WEIGHT_EPSILON}. With 0 weights that are zero stay zero for ever
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public AgcOptions<T> weightEpsilon(double weightEpsilon) {
    options.weightEpsilon =
        Checks.notNegative(weightEpsilon, "weightEpsilon", "0.1 is the default");
    return this;
  }

  /**
   * The floor of the norm of biases and gains that {@link #updateRatio(double) updateRatio} looks
   * at: what they are added to or multiplied with is of the order of 1.
   *
   * @param biasEpsilon finite and not negative; default {@value AgcSettings#DEFAULT_BIAS_EPSILON}
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public AgcOptions<T> biasEpsilon(double biasEpsilon) {
    options.biasEpsilon = Checks.notNegative(biasEpsilon, "biasEpsilon", "1 is the default");
    return this;
  }

  /**
   * The floor of the weight norm that {@link #clippingThreshold(double) clippingThreshold} looks
   * at, so that parameters that are zero (every bias at the start) can move.
   *
   * @param epsilon finite and not negative; default {@value AgcSettings#DEFAULT_EPSILON}. With 0,
   *     as in MosaicML Composer, a parameter that is zero stays zero for ever
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public AgcOptions<T> epsilon(double epsilon) {
    options.epsilon =
        Checks.notNegative(
            epsilon, "epsilon", "the paper uses 1e-3, and 0 freezes parameters that are zero");
    return this;
  }

  /**
   * Whether to leave the final layer alone, as the paper says.
   *
   * @param excludeOutputLayer of the last layer with parameters, or in a ComputationGraph of the
   *     last ones before each network output; default false
   * @return this
   */
  public AgcOptions<T> excludeOutputLayer(boolean excludeOutputLayer) {
    options.excludeOutputLayer = excludeOutputLayer;
    return this;
  }

  /**
   * Layers to leave alone, such as {@code excludeLayers("stem", "block?/conv*")}; calls add up.
   *
   * @param layerNames layer names (in a ComputationGraph: vertex names; in SameDiff: variable
   *     names), or patterns of such names: {@code *} stands for any characters, none and {@code /}
   *     included, and {@code ?} for any one character. A name that the network has is that name and
   *     no pattern. One that means no layer of the network is an error when the updater is bound;
   *     default none
   * @return this
   * @throws IllegalArgumentException if a name is null
   */
  public AgcOptions<T> excludeLayers(String... layerNames) {
    for (String name : layerNames) {
      UNKNOWN_NAME.require(name != null, "excludeLayers must be layer names, got null");
    }
    options.excludeLayers.addAll(List.of(layerNames));
    return this;
  }

  /**
   * Kinds of parameters to leave alone, in every layer; calls add up.
   *
   * @param kinds such as {@link ParameterKind#BIAS}; default none
   * @return this
   * @throws IllegalArgumentException if a kind is null
   */
  public AgcOptions<T> excludeKinds(ParameterKind... kinds) {
    for (ParameterKind kind : kinds) {
      BAD_ARGUMENT.require(
          kind != null, "excludeKinds must be of {}, got null", EnumSet.allOf(ParameterKind.class));
    }
    options.excludeKinds.addAll(List.of(kinds));
    return this;
  }

  /**
   * Whether to leave the weights of the final layer alone and clip its bias, as the paper's own
   * code does.
   *
   * @param excludeOutputWeights of the layers that {@link #excludeOutputLayer} means; default false
   * @return this
   */
  public AgcOptions<T> excludeOutputWeights(boolean excludeOutputWeights) {
    options.excludeOutputWeights = excludeOutputWeights;
    return this;
  }

  /**
   * What to do with a unit whose norms are NaN or infinite.
   *
   * @param nonFiniteGradients the policy; default {@link NonFiniteGradients#PASS_THROUGH}
   * @return this
   * @throws IllegalArgumentException if it is null
   */
  public AgcOptions<T> nonFiniteGradients(NonFiniteGradients nonFiniteGradients) {
    BAD_ARGUMENT.require(
        nonFiniteGradients != null,
        "nonFiniteGradients must be PASS_THROUGH, ZERO or FAIL, got null");
    options.nonFiniteGradients = nonFiniteGradients;
    return this;
  }

  /**
   * Whether to try settings without touching anything.
   *
   * @param observeOnly with true, what is counted as clipped would have been, and no gradient is
   *     changed, by {@link NonFiniteGradients#ZERO} neither ({@link NonFiniteGradients#FAIL}
   *     fails); default false
   * @return this
   */
  public AgcOptions<T> observeOnly(boolean observeOnly) {
    options.observeOnly = observeOnly;
    return this;
  }

  /**
   * The first iteration whose gradients are scaled; before it everything is as with {@link
   * #observeOnly}.
   *
   * @param startIteration an iteration of the network, from 0, not negative; default 0. A loop of
   *     one's own has to count iterations itself, with {@code setIterationCount}
   * @return this
   * @throws IllegalArgumentException if it is negative
   */
  public AgcOptions<T> startIteration(int startIteration) {
    BAD_ARGUMENT.require(
        startIteration >= 0,
        "startIteration must be >= 0, got {}; 0 scales from the first iteration",
        startIteration);
    options.startIteration = startIteration;
    return this;
  }

  /**
   * Weight decay as in the paper's own code: the inner updater gets {@code AGC(G) + weightDecay *
   * W}, so that the decay is not clipped, and passes through momentum and learning rate as the
   * gradient does. Of every {@link ParameterKind#WEIGHT}, also where clipping leaves it alone, but
   * not of frozen layers and not of layers whose updater is a plain one. Beside DL4J's L2 and
   * {@code WeightDecay}: docs/migrating.md.
   *
   * @param weightDecay finite and not negative, not multiplied by anything but the learning rate;
   *     default 0: none. The paper uses 2e-5
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public AgcOptions<T> weightDecay(double weightDecay) {
    options.weightDecay =
        Checks.notNegative(weightDecay, "weightDecay", "the paper uses 2e-5, and 0 is none");
    return this;
  }
}
