package io.github.dl4jagc;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;
import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_NETWORK;
import static io.github.dl4jagc.internal.check.Troubleshooting.UNIT_DIMENSIONS;
import static io.github.dl4jagc.internal.check.Troubleshooting.UPDATE_RATIO;

import io.github.dl4jagc.internal.binding.ArrayClipping;
import io.github.dl4jagc.internal.check.Checks;
import io.github.dl4jagc.internal.dl4j.FunctionalClipping;
import io.github.dl4jagc.internal.dl4j.Network;
import io.github.dl4jagc.internal.dl4j.Rewrapping;
import io.github.dl4jagc.internal.dl4j.UpdatersInside;
import io.github.dl4jagc.internal.units.Units;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Adaptive gradient clipping as functions: on networks that exist ({@code attach}, {@code wrap},
 * {@code withSettings}, {@code unwrap}), and on gradients, for training loops of one's own.
 *
 * <p>{@code apply} clips before {@code update} divides by the minibatch size; the result is what
 * clipping the mean gradient would give. DL4J's gradient normalisation, L1 and L2 come after it: a
 * normalisation that would undo the clipping, or the {@link AgcOptions#weightDecay weightDecay} of
 * the settings, is refused, and what is added warned of once. An {@link AgcGradientNormalization}
 * in the network and {@link #attach attach}, in place of {@code apply}, have the order of {@code
 * fit}; see docs/own-loops.md.
 */
public final class Agc {

  private Agc() {}

  /**
   * Makes sure that a network has an {@link AgcListener} that it calls, and binds its updaters at
   * once. Initialises the network if it is not, as {@code addListeners} does.
   *
   * @param net a MultiLayerNetwork or a ComputationGraph
   * @return the network's AgcListener, added if there was none
   * @throws IllegalArgumentException if {@code net} is of another kind or null, or a layer that is
   *     to be excluded does not exist
   */
  public static AgcListener attach(Model net) {
    Network network = Network.ofNetwork(Checks.notNull(net, "net", NOT_A_NETWORK));
    net.init();
    List<TrainingListener> listeners = network.listeners();
    AgcListener listener =
        listeners.stream()
            .filter(AgcListener.class::isInstance)
            .map(AgcListener.class::cast)
            .findFirst()
            .orElseGet(AgcListener::new);
    if (!listeners.contains(listener)) {
      listeners.add(listener);
    }
    listener.bind(net);
    // Even if it was there: the clone of a ComputationGraph lists its original's, but calls none.
    network.setListeners(listeners);
    return listener;
  }

  /**
   * Copies a configuration, with AGC around the updater of every layer, and around its bias
   * updater: for networks whose builder one does not want to edit, such as DL4J's zoo models.
   *
   * @param configuration a configuration; unchanged
   * @param settings all options, as for {@link #wrap(Model, AgcSettings) networks}
   * @return a configuration that differs in its updaters alone
   * @throws IllegalArgumentException if an argument is null
   * @throws IllegalStateException if Java cannot serialise it, which is how it is copied
   */
  public static MultiLayerConfiguration wrap(
      MultiLayerConfiguration configuration, AgcSettings settings) {
    Checks.notNull(configuration, "configuration", BAD_ARGUMENT);
    return Wrapping.with(settings, change -> UpdatersInside.changed(configuration, change));
  }

  /**
   * Copies the configuration of a graph likewise; vertices with parameters count as layers.
   *
   * @param configuration a configuration; unchanged
   * @param settings all options
   * @return a configuration that differs in its updaters alone
   * @throws IllegalArgumentException if an argument is null
   * @throws IllegalStateException if Java cannot serialise it, which is how it is copied
   */
  public static ComputationGraphConfiguration wrap(
      ComputationGraphConfiguration configuration, AgcSettings settings) {
    Checks.notNull(configuration, "configuration", BAD_ARGUMENT);
    return Wrapping.with(settings, change -> UpdatersInside.changed(configuration, change));
  }

  /**
   * Copies a network, with AGC around the updater of every layer and vertex, and around its bias
   * updater, {@linkplain #attach attached}. For a network that has none yet; {@link #withSettings
   * withSettings} changes the settings of one that has.
   *
   * @param <M> MultiLayerNetwork or ComputationGraph: what extends them is copied as these
   * @param net an initialised network; unchanged
   * @param settings all options. Where a layer has AGC already, they replace all of its settings,
   *     which is logged, and its inner updater stays
   * @return a network with the same configuration but for the updaters, the same weights, the same
   *     updater state and the same iteration and epoch counts, and an AgcListener as its only
   *     listener
   * @throws IllegalArgumentException if an argument is null, {@code net} is of another kind, or a
   *     layer that is to be excluded does not exist
   * @throws IllegalStateException if the network is not initialised, or its configuration cannot be
   *     copied
   */
  public static <M extends Model> M wrap(M net, AgcSettings settings) {
    M copy = Wrapping.with(settings, change -> copy(net, change));
    attach(copy);
    return copy;
  }

  /**
   * Copies a network, with other settings where it has AGC, {@linkplain #attach attached}. What a
   * layer has of its own stays: exclusions, thresholds, a plain updater.
   *
   * @param <M> as of {@link #wrap(Model, AgcSettings) wrap}
   * @param net an initialised network; unchanged
   * @param change gets the settings of each updater that has AGC, and returns the new ones, such as
   *     {@code settings.toBuilder().clippingThreshold(0.005).build()}
   * @return a network as wrap returns
   * @throws IllegalArgumentException as wrap throws, or if {@code change} returns null, or no layer
   *     has AGC
   * @throws IllegalStateException if the network is not initialised, or its configuration cannot be
   *     copied
   */
  public static <M extends Model> M withSettings(M net, UnaryOperator<AgcSettings> change) {
    M copy = Wrapping.withChanged(change, changing -> copy(net, changing));
    attach(copy);
    return copy;
  }

  /**
   * Copies a network, with the inner updaters in place of their AGC wrappers: its saved file opens
   * without this library. If it trains on, it does so without clipping, and without the {@link
   * AgcOptions#weightDecay weightDecay} of AGC's settings.
   *
   * @param <M> as of {@link #wrap(Model, AgcSettings) wrap}
   * @param net an initialised network; unchanged
   * @return a network as wrap returns, but without listeners
   * @throws IllegalArgumentException if {@code net} is of another kind or null
   * @throws IllegalStateException if the network is not initialised, or its configuration cannot be
   *     copied
   */
  public static <M extends Model> M unwrap(M net) {
    return copy(net, Wrapping::without);
  }

  @SuppressWarnings("unchecked") // the copy of a network is one of the same kind
  private static <M extends Model> M copy(M net, UpdatersInside.Change change) {
    return (M) Rewrapping.copy(Checks.notNull(net, "net", NOT_A_NETWORK), change);
  }

  /**
   * Clips the gradient of a network with the threshold {@value
   * AgcSettings#DEFAULT_CLIPPING_THRESHOLD}.
   *
   * @param model as for {@link #apply(Model, AgcSettings)}
   */
  public static void apply(Model model) {
    apply(model, AgcSettings.DEFAULT_CLIPPING_THRESHOLD);
  }

  /**
   * Clips the gradient of a network.
   *
   * @param model as for {@link #apply(Model, AgcSettings)}
   * @param clippingThreshold the largest ratio of gradient norm to weight norm that is left alone,
   *     finite and greater than zero
   * @throws IllegalArgumentException if the threshold is out of range
   */
  public static void apply(Model model, double clippingThreshold) {
    apply(model, AgcSettings.builder().clippingThreshold(clippingThreshold).build());
  }

  /**
   * Clips the gradient of a network: every parameter, whatever the updater of its layer is, that
   * the settings do not exclude.
   *
   * @param model an initialised MultiLayerNetwork or ComputationGraph that has just computed its
   *     gradient; the gradient is changed in place
   * @param settings all options
   * @throws IllegalArgumentException if the model is of another kind or null, if the settings are
   *     null or bound an update ratio, if a layer that is to be excluded does not exist, or if DL4J
   *     would normalise what this leaves
   * @throws IllegalStateException if there is no gradient
   * @throws ArithmeticException if a unit's norms are not finite and the policy is FAIL
   */
  public static void apply(Model model, AgcSettings settings) {
    Checks.notNull(settings, "settings", BAD_ARGUMENT);
    UPDATE_RATIO.require(
        !settings.hasUpdateRatio(),
        "updateRatio has no learning rate here, got {}: a gradient is bounded by what it will"
            + " change. Write Agc.apply(model, settings, learningRate), with what your step"
            + " multiplies the gradient by, or Agc.applyToUpdate(model, settings) after the"
            + " updater",
        settings);
    FunctionalClipping.apply(model, settings);
  }

  /**
   * Clips the gradient of a network so that a step of a known length keeps to {@link
   * AgcOptions#updateRatio(double) updateRatio}: for loops that do the step themselves.
   *
   * @param model as for {@link #apply(Model, AgcSettings)}, which throws the same
   * @param settings all options, with an updateRatio
   * @param learningRate what the step multiplies the mean gradient of the minibatch by, finite and
   *     not negative; with momentum {@code m}, divide it by {@code 1 - m}
   * @throws IllegalArgumentException if there is no updateRatio, or the rate is out of range
   */
  public static void apply(Model model, AgcSettings settings, double learningRate) {
    requireUpdateRatio(settings);
    Checks.notNegative(learningRate, "learningRate", "0 clips nothing");
    FunctionalClipping.apply(model, settings, learningRate);
  }

  /**
   * Clips what a network's updater has made of the gradient, so that no step changes a unit by more
   * than {@link AgcOptions#updateRatio(double) updateRatio} times its norm: for loops that call any
   * updater, between it and the step.
   *
   * @param model an initialised MultiLayerNetwork or ComputationGraph whose updater has just been
   *     called; {@code model.gradient()} is changed in place
   * @param settings all options, with an updateRatio; a threshold and a weight decay are for
   *     gradients, and refused
   * @throws IllegalArgumentException as {@link #apply(Model, AgcSettings)}, or if the settings have
   *     no updateRatio or what is for gradients
   */
  public static void applyToUpdate(Model model, AgcSettings settings) {
    requireUpdateRatio(settings);
    UPDATE_RATIO.require(
        !settings.hasClippingThreshold() && settings.weightDecay() == 0,
        "clippingThreshold and weightDecay must not be set, as they are for gradients and this is"
            + " an update already, got {}; call Agc.apply with them before the updater",
        settings);
    FunctionalClipping.applyToUpdate(model, settings);
  }

  private static void requireUpdateRatio(AgcSettings settings) {
    Checks.notNull(settings, "settings", BAD_ARGUMENT);
    UPDATE_RATIO.require(
        settings.hasUpdateRatio(),
        "settings must have an updateRatio, got {}; write"
            + " AgcSettings.builder().updateRatio(0.03)",
        settings);
  }

  /**
   * Clips one array in place.
   *
   * @param weights the weights, of any shape, order and floating point type; unchanged
   * @param gradient the gradient, of the same shape; clipped in place
   * @param settings clippingThreshold, epsilon and nonFiniteGradients; options that need layers,
   *     iterations or a learning rate are refused
   * @param unitDimensions the dimensions that tell units apart; norms run over all others. None:
   *     the whole array is one unit. Negative ones count from the end
   * @return {@code gradient}
   * @throws IllegalArgumentException if an argument is null, an array is of an integer type, the
   *     shapes differ, the arrays overlap in memory, the gradient may show an element twice, or
   *     another option is set
   * @throws IllegalStateException if an array has been closed, or the workspace that it is in
   * @throws ArithmeticException if a unit's norms are not finite and the policy is FAIL
   */
  public static INDArray clip(
      INDArray weights, INDArray gradient, AgcSettings settings, int... unitDimensions) {
    ArrayClipping.check(weights, gradient);
    UNIT_DIMENSIONS.require(
        unitDimensions != null,
        "unitDimensions must be the dimensions that tell units apart, or none, got null");
    Map<String, Object> others = Checks.notNull(settings, "settings", BAD_ARGUMENT).notForArrays();
    BAD_ARGUMENT.require(
        others.isEmpty(),
        "settings must have clippingThreshold, epsilon and nonFiniteGradients alone, got {}: an"
            + " array by itself has no layers, no iterations and no learning rate",
        others);
    ArrayClipping.clip(weights, gradient, Units.of(weights.shape(), unitDimensions), settings);
    return gradient;
  }
}
