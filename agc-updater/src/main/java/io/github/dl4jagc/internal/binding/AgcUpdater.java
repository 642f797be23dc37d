package io.github.dl4jagc.internal.binding;

import static io.github.dl4jagc.internal.check.Troubleshooting.NEVER_BOUND;

import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.internal.clip.SharedMemory;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;

/** The runtime side of an AgcGradientNormalization: clips for the inner updater of one block. */
public final class AgcUpdater implements GradientUpdater<IUpdater> {

  private final IUpdater config;
  private final AgcSettings settings;
  private final GradientUpdater<?> inner;

  /** What clips for this updater; {@code null} until it is bound. */
  GradientClipper clipper;

  private INDArray boundParameters;
  private ListenerCalls listenerCalls;
  private int callsAtLastUpdate;

  /**
   * @param config what it was made by
   * @param inner the live inner updater, which owns the state
   */
  public AgcUpdater(IUpdater config, AgcSettings settings, GradientUpdater<?> inner) {
    this.config = config;
    this.settings = settings;
    this.inner = inner;
  }

  /** Whether this updater clips against these very parameters: cheap, asked at every iteration. */
  public boolean isBoundTo(INDArray parameters) {
    // A ComputationGraph makes a new view of its parameters whenever it is asked for them.
    return boundParameters != null && SharedMemory.isSame(boundParameters, parameters);
  }

  /** Binds it to the network's parameters, or to a variable of a graph, whose calls are shared. */
  public void bind(INDArray parameters, GradientClipper boundClipper, ListenerCalls calls) {
    this.boundParameters = parameters;
    this.clipper = boundClipper;
    this.listenerCalls = calls;
    this.callsAtLastUpdate = 0;
  }

  public void listenerIsCalled() {
    listenerCalls.add();
  }

  @Override
  public void applyUpdater(INDArray gradient, int iteration, int epoch) {
    Rules rules = new Rules(settings, iteration, epoch, 1);
    double gain;
    try {
      requireBound();
      callsAtLastUpdate = listenerCalls.since(callsAtLastUpdate);
      gain = rules.gain(inner.getConfig());
      clipper.clipGradient(gradient, rules, gain);
    } catch (RuntimeException e) {
      throw TrainingFailure.report(e);
    }
    inner.applyUpdater(gradient, iteration, epoch);
    if (settings.hasUpdateRatio() && Double.isNaN(gain)) {
      try {
        clipper.clipUpdate(gradient, rules);
      } catch (RuntimeException e) {
        throw TrainingFailure.report(e);
      }
    }
  }

  private void requireBound() {
    if (clipper == null) {
      throw NEVER_BOUND.state(
          "This AgcGradientNormalization was never bound to its network, so it has no weights to"
              + " clip against: the network calls no AgcListener, or setListeners(..) has replaced"
              + " it, or DL4J has copied or restored the network (clone(), getBestModel(),"
              + " TransferLearning), which drops listeners. Write net.addListeners(new"
              + " AgcListener()), or Agc.attach(net); for SameDiff, sd.setListeners(new"
              + " AgcSameDiffListener()). In a loop that calls no listeners, do it again whenever"
              + " the updater is replaced, as setLearningRate does. Where there is no network, clip"
              + " with Agc.clip, and give what it leaves to the plain updater.");
    }
  }

  @Override
  public IUpdater getConfig() {
    return config;
  }

  public AgcSettings settings() {
    return settings;
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
