package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.NO_GRADIENT_YET;

import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.internal.binding.Exclusions;
import io.github.dl4jagc.internal.binding.GradientClipper;
import io.github.dl4jagc.internal.binding.Rules;
import io.github.dl4jagc.internal.clip.SharedMemory;
import io.github.dl4jagc.internal.stats.ByNetwork;
import java.util.concurrent.atomic.AtomicReference;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code Agc.apply} and {@code Agc.applyToUpdate}. */
public final class FunctionalClipping {

  private static final ByNetwork<AtomicReference<Bound>> BOUND = new ByNetwork<>();

  /** What was read of a network the last time. */
  static final class Bound {
    private final INDArray parameters;
    private final AgcSettings settings;
    private final LaterSteps laterSteps = new LaterSteps();
    final GradientClipper clipper;

    Bound(Model network, AgcSettings settings) {
      this.parameters = network.params();
      this.settings = settings;
      this.clipper = NetworkBinder.wholeNetwork(network, settings, laterSteps);
    }

    /** Whether these parameters are the network's, and all that {@code asked} wants clipped. */
    boolean serves(Model network, AgcSettings asked) {
      // A ComputationGraph makes a new view of its parameters whenever it is asked for them.
      return SharedMemory.isSame(parameters, network.params())
          && Exclusions.areTheSame(settings, asked);
    }
  }

  private FunctionalClipping() {}

  /** What is done to an array of a network. */
  private interface Step {
    void clip(Bound bound, INDArray array, Rules rules);
  }

  /** Clips the gradient that {@code model} has just computed, by its threshold. */
  public static void apply(Model model, AgcSettings settings) {
    clip(
        model,
        settings,
        (bound, gradient, rules) -> {
          bound.laterSteps.check(settings.weightDecay());
          bound.clipper.clipGradient(gradient, rules, Double.NaN);
        });
  }

  /** Clips the gradient that {@code model} has just computed, by what it will change. */
  public static void apply(Model model, AgcSettings settings, double learningRate) {
    clip(
        model,
        settings,
        (bound, gradient, rules) -> bound.clipper.clipGradient(gradient, rules, learningRate));
  }

  /** Clips what the updater of {@code model} has just made of its gradient. */
  public static void applyToUpdate(Model model, AgcSettings settings) {
    clip(model, settings, (bound, update, rules) -> bound.clipper.clipUpdate(update, rules));
  }

  private static void clip(Model model, AgcSettings settings, Step step) {
    Network network = Network.ofNetwork(model);
    INDArray array = network.gradient();
    if (array == null) {
      throw NO_GRADIENT_YET.state(
          "The model has no gradient yet: call Agc.apply after computeGradientAndScore() or"
              + " backpropGradient(..), and before getUpdater().update(..)");
    }
    Bound bound = boundTo(model, settings);
    // DL4J divides by the minibatch size after this call, not before.
    double divisor = model.conf().isMiniBatch() ? network.batchSize() : 1;
    step.clip(bound, array, new Rules(settings, network.iteration(), network.epoch(), divisor));
  }

  static Bound boundTo(Model network, AgcSettings settings) {
    AtomicReference<Bound> latest = BOUND.computeIfAbsent(network, AtomicReference::new);
    Bound bound = latest.get();
    if (bound == null || !bound.serves(network, settings)) {
      bound = new Bound(network, settings);
      latest.set(bound);
    }
    return bound;
  }
}
