package io.github.dl4jagc.internal.binding;

import static io.github.dl4jagc.internal.check.Troubleshooting.NEVER_BOUND;

import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.internal.clip.ClippingRule;
import io.github.dl4jagc.internal.clip.SharedMemory;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * The runtime side of {@link AgcGradientNormalization}: clips the gradient of one updater block,
 * then hands it to the inner updater. It gets no weights from DL4J, so it has to be {@linkplain
 * #bind bound} first.
 */
public final class AgcUpdater implements GradientUpdater<AgcGradientNormalization> {

  private final AgcGradientNormalization config;
  private final GradientUpdater<?> inner;

  /** What clips for this updater; {@code null} until it is bound. */
  GradientClipper clipper;

  private INDArray boundParameters;

  /**
   * @param config the settings
   * @param inner the live inner updater, which owns the state
   */
  public AgcUpdater(AgcGradientNormalization config, GradientUpdater<?> inner) {
    this.config = config;
    this.inner = inner;
  }

  /** The arithmetic that {@code settings} ask for at one iteration. */
  public static ClippingRule rule(
      AgcSettings settings, int iteration, int epoch, double gradientDivisor) {
    ClippingRule rule =
        new ClippingRule(
            settings.clippingThreshold(iteration, epoch),
            settings.epsilon(),
            gradientDivisor,
            settings.nonFiniteGradients());
    boolean observes = settings.observeOnly() || iteration < settings.startIteration();
    return observes ? rule.observing() : rule;
  }

  /** Whether this updater clips against these very parameters: cheap, asked at every iteration. */
  public boolean isBoundTo(INDArray parameters) {
    // A ComputationGraph makes a new view of its parameters whenever it is asked for them.
    return boundParameters != null && SharedMemory.isSame(boundParameters, parameters);
  }

  public void bind(INDArray parameters, GradientClipper boundClipper) {
    this.boundParameters = parameters;
    this.clipper = boundClipper;
  }

  /**
   * @throws IllegalStateException if the updater was never bound to a network
   */
  @Override
  public void applyUpdater(INDArray gradient, int iteration, int epoch) {
    try {
      clip(gradient, iteration, epoch);
    } catch (RuntimeException e) {
      throw TrainingFailure.tell(e);
    }
    inner.applyUpdater(gradient, iteration, epoch);
  }

  private void clip(INDArray gradient, int iteration, int epoch) {
    if (clipper == null) {
      throw NEVER_BOUND.state(
          "This AgcGradientNormalization was never bound to its network, so it has no weights to"
              + " clip against. Before fit, write net.addListeners(new AgcListener()), or"
              + " Agc.attach(net); for SameDiff, sd.setListeners(new"
              + " AgcSameDiffListener()). Networks that DL4J restores or copies (clone(),"
              + " getBestModel(), TransferLearning) call no listeners until then. Where you set"
              + " listeners anew or replace the network's updater later, do it again.");
    }
    AgcSettings settings = config.settings();
    clipper.clip(
        gradient, rule(settings, iteration, epoch, 1), settings.weightDecay(), iteration, epoch);
  }

  @Override
  public AgcGradientNormalization getConfig() {
    return config;
  }

  @Override
  public void setState(Map<String, INDArray> stateMap, boolean initialize) {
    inner.setState(stateMap, initialize);
  }

  @Override
  public Map<String, INDArray> getState() {
    return inner.getState();
  }

  @Override
  public void setStateViewArray(
      INDArray viewArray, long[] gradientShape, char gradientOrder, boolean initialize) {
    inner.setStateViewArray(viewArray, gradientShape, gradientOrder, initialize);
  }
}
