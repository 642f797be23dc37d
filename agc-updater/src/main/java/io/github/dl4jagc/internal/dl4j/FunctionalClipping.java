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

  /** Clips the gradient that {@code model} has just computed, by its threshold. */
  public static void apply(Model model, AgcSettings settings) {
    INDArray gradient = gradientOf(model);
    Bound bound = boundTo(model, settings);
    bound.laterSteps.check(settings.weightDecay());
    bound.clipper.clipGradient(gradient, rules(model, settings), Double.NaN);
  }

  /** Clips the gradient that {@code model} has just computed, by what it will change. */
  public static void apply(Model model, AgcSettings settings, double learningRate) {
    INDArray gradient = gradientOf(model);
    boundTo(model, settings).clipper.clipGradient(gradient, rules(model, settings), learningRate);
  }

  /** Clips what the updater of {@code model} has just made of its gradient. */
  public static void applyToUpdate(Model model, AgcSettings settings) {
    INDArray update = gradientOf(model);
    boundTo(model, settings).clipper.clipUpdate(update, rules(model, settings));
  }

  private static INDArray gradientOf(Model model) {
    INDArray gradient = Network.ofNetwork(model).gradient();
    if (gradient == null) {
      throw NO_GRADIENT_YET.state(
          "The model has no gradient yet: call Agc.apply after computeGradientAndScore() or"
              + " backpropGradient(..), and before getUpdater().update(..)");
    }
    return gradient;
  }

  private static Rules rules(Model model, AgcSettings settings) {
    Network network = Network.of(model);
    // DL4J divides by the minibatch size after this call, not before.
    double divisor = model.conf().isMiniBatch() ? network.batchSize() : 1;
    return new Rules(settings, network.iteration(), network.epoch(), divisor);
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
