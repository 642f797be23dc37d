package io.github.dl4jagc;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;
import static io.github.dl4jagc.internal.check.Troubleshooting.INNER_UPDATER;
import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_NETWORK;

import io.github.dl4jagc.internal.binding.AgcUpdater;
import io.github.dl4jagc.internal.check.Checks;
import io.github.dl4jagc.internal.check.JsonFields;
import io.github.dl4jagc.internal.dl4j.Rewrapping;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonUnwrapped;

/**
 * Adaptive gradient clipping (AGC) around any updater: wherever the norm of a unit's gradient
 * exceeds a small multiple of the norm of the weights that it belongs to, the gradient is scaled
 * down to that multiple, and then handed to the inner updater.
 *
 * <p>For every output unit {@code i} of every parameter {@code W} with gradient {@code G} (a column
 * of a dense layer, a filter of a convolution, a bias as a whole):
 *
 * <pre>{@code
 * bound = clippingThreshold * max(||W_i||, epsilon)
 * if (||G_i|| > bound) G_i *= bound / ||G_i||
 * }</pre>
 *
 * (Brock, De, Smith, Simonyan: <i>High-Performance Large-Scale Image Recognition Without
 * Normalization</i>, ICML 2021, arXiv 2102.06171, section 4.1, equation 3.) A unit that is not
 * clipped keeps its gradient bit for bit; a clipped one keeps its direction.
 *
 * <pre>{@code
 * MultiLayerConfiguration conf = new NeuralNetConfiguration.Builder()
 *     .updater(new AgcGradientNormalization(new Nesterovs(0.1, 0.9)))
 *     .list(...).build();
 * MultiLayerNetwork net = new MultiLayerNetwork(conf);
 * net.init();
 * net.setListeners(new AgcListener());
 * net.fit(data);
 * }</pre>
 *
 * <p><b>Binding.</b> DL4J gives an updater no weights, so an {@link AgcListener} must be set on the
 * network, or {@link #attach(MultiLayerNetwork)} called. Without it the first update throws.
 *
 * <p><b>Order.</b> With everything on, an update is {@code WeightDecay(inner(AGC(L1/L2(
 * GradientNormalization(mean gradient))) + weightDecay * W))}: AGC sees the gradient of the score
 * that DL4J reports, L1 and L2 terms included; the {@link AgcSettings.Builder#weightDecay
 * weightDecay} of these settings is added to what it leaves, as in the paper's own code; DL4J's
 * {@code WeightDecay} is decoupled and comes last.
 *
 * <p><b>What is left alone.</b> The running statistics of batch normalisation and the centers of
 * center loss (which get updates, not gradients), frozen layers, excluded layers, and layers whose
 * own updater is a plain one. {@link AgcReport} lists each with the reason. Layers may have
 * different settings: a layer's own {@code .updater(...)} wins over the global one.
 *
 * <p><b>When not to use it.</b> Networks with batch normalisation gain little from it. As gradients
 * are bounded relative to the weights, a parameter that starts at zero moves by no more than {@code
 * learning rate * clippingThreshold * epsilon} a step under plain SGD until it has grown, and with
 * {@code epsilon = 0} it never moves. Updaters that divide by the size of the gradient (Adam and
 * its kin) undo a constant scale; there AGC acts on outliers only.
 *
 * <p>Everything else (state, learning rate, schedules) is the inner updater's. Immutable but for
 * the inner updater's learning rate, which {@code net.setLearningRate} changes; a network that
 * exists gets other settings by {@link #wrap(MultiLayerNetwork, AgcGradientNormalization)}.
 *
 * @serial exclude
 */
public final class AgcGradientNormalization implements IUpdater {

  private static final long serialVersionUID = 1L;

  /** Default clipping threshold, {@value}: the paper's for batch sizes of 1024 to 4096. */
  public static final double DEFAULT_CLIPPING_THRESHOLD = AgcSettings.DEFAULT_CLIPPING_THRESHOLD;

  /** Default floor of the weight norm, {@value}: the paper's. */
  public static final double DEFAULT_EPSILON = AgcSettings.DEFAULT_EPSILON;

  /** Default policy for units whose norms are NaN or infinite. */
  public static final NonFiniteGradients DEFAULT_NON_FINITE_GRADIENTS =
      AgcSettings.DEFAULT_NON_FINITE_GRADIENTS;

  private final IUpdater inner;

  /** In JSON its options stand beside the inner updater, as they did before there were settings. */
  @JsonUnwrapped private final AgcSettings settings;

  /**
   * AGC with the default threshold, {@value #DEFAULT_CLIPPING_THRESHOLD}, around an updater.
   *
   * @param inner the updater that gets the clipped gradient; {@code new NoOp()} leaves the clipped
   *     gradient to the caller
   * @throws IllegalArgumentException if {@code inner} is null or itself an AgcGradientNormalization
   */
  public AgcGradientNormalization(IUpdater inner) {
    this(inner, AgcSettings.builder().build());
  }

  /**
   * AGC around an updater.
   *
   * @param inner the updater that gets the clipped gradient
   * @param clippingThreshold the largest ratio of gradient norm to weight norm that is left alone,
   *     finite and greater than zero
   * @throws IllegalArgumentException if {@code inner} is null or itself an
   *     AgcGradientNormalization, or the threshold is out of range
   */
  public AgcGradientNormalization(IUpdater inner, double clippingThreshold) {
    this(inner, AgcSettings.builder().clippingThreshold(clippingThreshold).build());
  }

  /**
   * AGC around an updater.
   *
   * @param inner the updater that gets the clipped gradient
   * @param settings all options
   * @throws IllegalArgumentException if an argument is null, or {@code inner} is itself an
   *     AgcGradientNormalization
   */
  public AgcGradientNormalization(IUpdater inner, AgcSettings settings) {
    this.inner = requireInner(inner);
    this.settings = Checks.notNull(settings, "settings", BAD_ARGUMENT);
  }

  private static IUpdater requireInner(IUpdater inner) {
    if (inner == null) {
      throw INNER_UPDATER.argument(
          "inner must be the updater to wrap, got null; new NoOp() clips and does nothing else");
    }
    if (inner instanceof AgcGradientNormalization) {
      throw INNER_UPDATER.argument(
          "inner must not itself be an AgcGradientNormalization, got {}; AGC is applied once, with"
              + " the smaller of the two thresholds",
          inner);
    }
    return inner;
  }

  /** For configurations that are read from JSON. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  private static AgcGradientNormalization fromJson(JsonFields json) {
    AgcSettings settings = AgcSettings.fromJson(json);
    return new AgcGradientNormalization(json.object("inner", IUpdater.class), settings);
  }

  /**
   * Starts AGC with options.
   *
   * @param inner the updater that gets the clipped gradient
   * @return a builder with the defaults of all options
   * @throws IllegalArgumentException if {@code inner} is null or itself an AgcGradientNormalization
   */
  public static Builder builder(IUpdater inner) {
    return new Builder(inner);
  }

  /**
   * Makes sure that the network has an {@link AgcListener}, and binds its updaters at once.
   *
   * @param net an initialised network
   * @return the network's AgcListener, added if there was none
   * @throws IllegalStateException if the network is not initialised
   * @throws IllegalArgumentException if a layer that is to be excluded does not exist
   */
  public static AgcListener attach(MultiLayerNetwork net) {
    Checks.notNull(net, "net", NOT_A_NETWORK);
    return attach(net, net.getListeners(), net::setListeners);
  }

  /**
   * Makes sure that the network has an {@link AgcListener}, and binds its updaters at once.
   *
   * @param net an initialised network
   * @return the network's AgcListener, added if there was none
   * @throws IllegalStateException if the network is not initialised
   * @throws IllegalArgumentException if a layer that is to be excluded does not exist
   */
  public static AgcListener attach(ComputationGraph net) {
    Checks.notNull(net, "net", NOT_A_NETWORK);
    return attach(net, net.getListeners(), net::setListeners);
  }

  /**
   * A copy of a configuration with AGC around the updater of every layer, and around its bias
   * updater: for networks whose builder one does not want to edit, such as DL4J's zoo models.
   *
   * @param configuration a configuration; unchanged
   * @param settings all options; its inner updater is not used. Where a layer has AGC already, they
   *     replace all of its settings, and its inner updater stays
   * @return a configuration that differs in its updaters alone
   * @throws IllegalArgumentException if an argument is null
   */
  public static MultiLayerConfiguration wrap(
      MultiLayerConfiguration configuration, AgcGradientNormalization settings) {
    return wrap(configuration, Checks.notNull(settings, "settings", BAD_ARGUMENT).settings);
  }

  /**
   * A copy of a configuration with AGC around the updater of every layer and vertex, and around its
   * bias updater: for networks whose builder one does not want to edit, such as DL4J's zoo models.
   *
   * @param configuration a configuration; unchanged
   * @param settings all options; its inner updater is not used. Where a layer has AGC already, they
   *     replace all of its settings, and its inner updater stays
   * @return a configuration that differs in its updaters alone
   * @throws IllegalArgumentException if an argument is null
   */
  public static ComputationGraphConfiguration wrap(
      ComputationGraphConfiguration configuration, AgcGradientNormalization settings) {
    return wrap(configuration, Checks.notNull(settings, "settings", BAD_ARGUMENT).settings);
  }

  /**
   * A copy of a network with AGC around the updater of every layer, and around its bias updater.
   * Where a layer has AGC already, only its settings change: this is how a network that was
   * restored from a file trains on with another threshold.
   *
   * <pre>{@code
   * MultiLayerNetwork net = AgcGradientNormalization.wrap(
   *     MultiLayerNetwork.load(file, true),
   *     AgcSettings.builder().clippingThreshold(0.02).build());
   * AgcGradientNormalization.attach(net);
   * }</pre>
   *
   * @param net an initialised network; unchanged
   * @param settings all options; its inner updater is not used. Where a layer has AGC already, they
   *     replace all of its settings, and its inner updater stays
   * @return a network with the same configuration but for the settings, the same weights, the same
   *     updater state and the same iteration and epoch counts, and without listeners
   * @throws IllegalArgumentException if an argument is null
   * @throws IllegalStateException if the network is not initialised
   */
  public static MultiLayerNetwork wrap(MultiLayerNetwork net, AgcGradientNormalization settings) {
    return wrap(net, Checks.notNull(settings, "settings", BAD_ARGUMENT).settings);
  }

  /**
   * A copy of a network with AGC around the updater of every layer and vertex, and around its bias
   * updater. Where a layer has AGC already, only its settings change: this is how a network that
   * was restored from a file trains on with another threshold.
   *
   * <pre>{@code
   * ComputationGraph net = AgcGradientNormalization.wrap(
   *     ComputationGraph.load(file, true),
   *     AgcSettings.builder().clippingThreshold(0.02).build());
   * AgcGradientNormalization.attach(net);
   * }</pre>
   *
   * @param net an initialised network; unchanged
   * @param settings all options; its inner updater is not used. Where a layer has AGC already, they
   *     replace all of its settings, and its inner updater stays
   * @return a network with the same configuration but for the settings, the same weights, the same
   *     updater state and the same iteration and epoch counts, and without listeners
   * @throws IllegalArgumentException if an argument is null
   * @throws IllegalStateException if the network is not initialised
   */
  public static ComputationGraph wrap(ComputationGraph net, AgcGradientNormalization settings) {
    return wrap(net, Checks.notNull(settings, "settings", BAD_ARGUMENT).settings);
  }

  /**
   * As {@link #wrap(MultiLayerConfiguration, AgcGradientNormalization)}, with settings that have no
   * updater.
   *
   * @param configuration a configuration; unchanged
   * @param settings all options
   * @return a copy with AGC around every updater
   * @throws IllegalArgumentException if an argument is null
   */
  public static MultiLayerConfiguration wrap(
      MultiLayerConfiguration configuration, AgcSettings settings) {
    Checks.notNull(configuration, "configuration", BAD_ARGUMENT);
    return Rewrapping.wrap(configuration, Checks.notNull(settings, "settings", BAD_ARGUMENT));
  }

  /**
   * As {@link #wrap(ComputationGraphConfiguration, AgcGradientNormalization)}, with settings that
   * have no updater.
   *
   * @param configuration a configuration; unchanged
   * @param settings all options
   * @return a copy with AGC around every updater
   * @throws IllegalArgumentException if an argument is null
   */
  public static ComputationGraphConfiguration wrap(
      ComputationGraphConfiguration configuration, AgcSettings settings) {
    Checks.notNull(configuration, "configuration", BAD_ARGUMENT);
    return Rewrapping.wrap(configuration, Checks.notNull(settings, "settings", BAD_ARGUMENT));
  }

  /**
   * As {@link #wrap(MultiLayerNetwork, AgcGradientNormalization)}, with settings that have no
   * updater.
   *
   * @param net an initialised network; unchanged
   * @param settings all options
   * @return a copy with AGC around every updater
   * @throws IllegalArgumentException if an argument is null
   * @throws IllegalStateException if the network is not initialised
   */
  public static MultiLayerNetwork wrap(MultiLayerNetwork net, AgcSettings settings) {
    Checks.notNull(net, "net", NOT_A_NETWORK);
    return Rewrapping.wrap(net, Checks.notNull(settings, "settings", BAD_ARGUMENT));
  }

  /**
   * As {@link #wrap(ComputationGraph, AgcGradientNormalization)}, with settings that have no
   * updater.
   *
   * @param net an initialised network; unchanged
   * @param settings all options
   * @return a copy with AGC around every updater
   * @throws IllegalArgumentException if an argument is null
   * @throws IllegalStateException if the network is not initialised
   */
  public static ComputationGraph wrap(ComputationGraph net, AgcSettings settings) {
    Checks.notNull(net, "net", NOT_A_NETWORK);
    return Rewrapping.wrap(net, Checks.notNull(settings, "settings", BAD_ARGUMENT));
  }

  /**
   * A copy of a network with the inner updaters in place of their AGC wrappers: its saved file
   * opens without this library. If it trains on, it does so without clipping, and without the
   * {@link AgcSettings.Builder#weightDecay weightDecay} of AGC's settings.
   *
   * @param net an initialised network; unchanged
   * @return a network with the same configuration but for the updaters, the same weights, the same
   *     updater state and the same iteration and epoch counts, and without listeners
   * @throws IllegalStateException if the network is not initialised
   */
  public static MultiLayerNetwork unwrap(MultiLayerNetwork net) {
    Checks.notNull(net, "net", NOT_A_NETWORK);
    return Rewrapping.unwrap(net);
  }

  /**
   * A copy of a network with the inner updaters in place of their AGC wrappers: its saved file
   * opens without this library. If it trains on, it does so without clipping, and without the
   * {@link AgcSettings.Builder#weightDecay weightDecay} of AGC's settings.
   *
   * @param net an initialised network; unchanged
   * @return a network with the same configuration but for the updaters, the same weights, the same
   *     updater state and the same iteration and epoch counts, and without listeners
   * @throws IllegalStateException if the network is not initialised
   */
  public static ComputationGraph unwrap(ComputationGraph net) {
    Checks.notNull(net, "net", NOT_A_NETWORK);
    return Rewrapping.unwrap(net);
  }

  private static AgcListener attach(
      Model net,
      Collection<TrainingListener> present,
      Consumer<Collection<TrainingListener>> setListeners) {
    List<TrainingListener> listeners = new ArrayList<>(present);
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
    setListeners.accept(listeners);
    return listener;
  }

  /** {@return the updater that gets the clipped gradient} */
  public IUpdater inner() {
    return inner;
  }

  /** {@return all options} */
  public AgcSettings settings() {
    return settings;
  }

  @Override
  public long stateSize(long numParams) {
    return inner.stateSize(numParams);
  }

  @Override
  public GradientUpdater<?> instantiate(INDArray viewArray, boolean initializeViewArray) {
    return new AgcUpdater(this, inner.instantiate(viewArray, initializeViewArray));
  }

  @Override
  public GradientUpdater<?> instantiate(
      Map<String, INDArray> updaterState, boolean initializeStateArrays) {
    return new AgcUpdater(this, inner.instantiate(updaterState, initializeStateArrays));
  }

  @Override
  public double getLearningRate(int iteration, int epoch) {
    return inner.getLearningRate(iteration, epoch);
  }

  @Override
  public boolean hasLearningRate() {
    return inner.hasLearningRate();
  }

  @Override
  public void setLrAndSchedule(double lr, ISchedule lrSchedule) {
    inner.setLrAndSchedule(lr, lrSchedule);
  }

  /** {@return a copy with a clone of the inner updater} */
  @Override
  public AgcGradientNormalization clone() {
    return new AgcGradientNormalization(inner.clone(), settings);
  }

  /**
   * {@return equal settings and equal inner updaters: parameters whose updaters are equal share a
   * block}
   */
  @Override
  public boolean equals(Object other) {
    return other instanceof AgcGradientNormalization
        && inner.equals(((AgcGradientNormalization) other).inner)
        && settings.equals(((AgcGradientNormalization) other).settings);
  }

  @Override
  public int hashCode() {
    return Objects.hash(inner, settings);
  }

  @Override
  public String toString() {
    return "AgcGradientNormalization(" + inner + ", " + settings + ")";
  }

  /** Makes an {@link AgcGradientNormalization}. */
  public static final class Builder extends AgcOptions<Builder> {

    private final IUpdater inner;

    private Builder(IUpdater inner) {
      this.inner = requireInner(inner);
    }

    /**
     * The updater with these options.
     *
     * @return a new updater
     */
    public AgcGradientNormalization build() {
      return new AgcGradientNormalization(inner, new AgcSettings(this));
    }
  }
}
