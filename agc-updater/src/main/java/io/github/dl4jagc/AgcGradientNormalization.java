package io.github.dl4jagc;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;
import static io.github.dl4jagc.internal.check.Troubleshooting.INNER_UPDATER;

import io.github.dl4jagc.internal.binding.AgcUpdater;
import io.github.dl4jagc.internal.check.Checks;
import io.github.dl4jagc.internal.check.JsonFields;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
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
 * clipped keeps its gradient bit for bit; a clipped one keeps its direction. With an {@link
 * AgcOptions#updateRatio(double) updateRatio} what a step changes is bounded instead, whatever the
 * learning rate, the batch size and the updater, Adam included.
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
 * network, or {@link Agc#attach Agc.attach} called. Without it the first update throws.
 *
 * <p><b>Order.</b> With everything on, an update is {@code WeightDecay(inner(AGC(L1/L2(
 * GradientNormalization(mean gradient))) + weightDecay * W))}: AGC sees the gradient of the score
 * that DL4J reports, L1 and L2 terms included.
 *
 * <p><b>What is left alone.</b> What gets updates and no gradients, frozen layers, excluded layers,
 * and layers whose own {@code .updater(...)} is a plain one: {@link AgcReport} gives the reasons.
 *
 * <p><b>When not to use it.</b> Networks with batch normalisation gain little from it. A parameter
 * that starts at zero moves by no more than {@code learning rate * clippingThreshold * epsilon} a
 * step under plain SGD until it has grown. Updaters that divide by the size of the gradient (Adam
 * and its kin) undo a constant scale; there a threshold acts on outliers only.
 *
 * <p>Everything else (state, learning rate, schedules) is the inner updater's. Immutable but for
 * the inner updater's learning rate, which {@code net.setLearningRate} changes.
 *
 * @serial exclude
 */
public final class AgcGradientNormalization implements IUpdater {

  private static final long serialVersionUID = 1L;

  private final IUpdater inner;

  /** In JSON its options stand beside the inner updater, as they did before there were settings. */
  @JsonUnwrapped private final AgcSettings settings;

  /**
   * AGC with the default threshold, {@value AgcSettings#DEFAULT_CLIPPING_THRESHOLD}, around an
   * updater.
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
   * @throws IllegalArgumentException as above, or if the threshold is out of range
   */
  public AgcGradientNormalization(IUpdater inner, double clippingThreshold) {
    this(inner, AgcSettings.builder().clippingThreshold(clippingThreshold).build());
  }

  /**
   * AGC around an updater.
   *
   * @param inner the updater that gets the clipped gradient
   * @param settings all options
   * @throws IllegalArgumentException as above, or if {@code settings} is null
   */
  public AgcGradientNormalization(IUpdater inner, AgcSettings settings) {
    this.inner = requireInner(inner);
    this.settings = Checks.notNull(settings, "settings", BAD_ARGUMENT);
  }

  private static IUpdater requireInner(IUpdater inner) {
    INNER_UPDATER.require(
        inner != null,
        "inner must be the updater to wrap, got null; new NoOp() clips and does nothing else");
    INNER_UPDATER.require(
        !(inner instanceof AgcGradientNormalization),
        "inner must not itself be an AgcGradientNormalization, got {}; AGC is applied once, with"
            + " the smaller of the two thresholds",
        inner);
    return inner;
  }

  /** For configurations that are read from JSON. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  private static AgcGradientNormalization fromJson(JsonFields json) throws IOException {
    AgcSettings settings = AgcSettings.fromJson(json);
    return new AgcGradientNormalization(json.object("inner", IUpdater.class), settings);
  }

  /**
   * {@return a builder with the defaults of all options}
   *
   * @param inner the updater that gets the clipped gradient
   * @throws IllegalArgumentException if {@code inner} is null or itself an AgcGradientNormalization
   */
  public static AgcOptions<AgcGradientNormalization> builder(IUpdater inner) {
    requireInner(inner);
    return new AgcOptions<>(
        AgcSettings.builder().build(), settings -> new AgcGradientNormalization(inner, settings));
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
    return new AgcUpdater(this, settings, inner.instantiate(viewArray, initializeViewArray));
  }

  @Override
  public GradientUpdater<?> instantiate(
      Map<String, INDArray> updaterState, boolean initializeStateArrays) {
    return new AgcUpdater(this, settings, inner.instantiate(updaterState, initializeStateArrays));
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

  @Override
  public AgcGradientNormalization clone() {
    return new AgcGradientNormalization(inner.clone(), settings);
  }

  /** {@return equal settings and inner updaters: parameters with equal updaters share a block} */
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
}
