package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.GRADIENTS_THAT_ARE_NOT_FINITE;
import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_NETWORK;
import static io.github.dl4jagc.internal.check.Troubleshooting.NO_GRADIENT_YET;

import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.NonFiniteGradients;
import io.github.dl4jagc.internal.binding.Exclusions;
import io.github.dl4jagc.internal.binding.GradientClipper;
import io.github.dl4jagc.internal.binding.Rules;
import io.github.dl4jagc.internal.clip.ClipTarget;
import io.github.dl4jagc.internal.clip.ClipperChoice;
import io.github.dl4jagc.internal.clip.ClippingRule;
import io.github.dl4jagc.internal.clip.Scratch;
import io.github.dl4jagc.internal.clip.SharedMemory;
import io.github.dl4jagc.internal.units.Units;
import java.util.List;
import java.util.concurrent.ConcurrentMap;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.guava.collect.MapMaker;

/** What is behind the functional interface. */
public final class FunctionalClipping {

  /** What was read of a network the last time, by identity and without keeping it alive. */
  private static final ConcurrentMap<Model, Bound> BOUND = new MapMaker().weakKeys().makeMap();

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

  /** What clips which array of a network. */
  private interface Step {
    void clip(Bound bound, INDArray gradient, Rules rules, double gradientDivisor);
  }

  /** Clips the gradient that {@code network} has just computed, by its threshold. */
  public static void apply(Model network, AgcSettings settings) {
    clip(
        network,
        settings,
        (bound, gradient, rules, divisor) -> {
          bound.laterSteps.check(settings.weightDecay());
          bound.clipper.clip(
              gradient, rules.ofGradients(divisor), rules.iteration(), rules.epoch());
          bound.clipper.decay(gradient, settings.weightDecay() * divisor);
        });
  }

  /** Clips the gradient that {@code network} has just computed, by what it will change. */
  public static void apply(Model network, AgcSettings settings, double learningRate) {
    clip(
        network,
        settings,
        (bound, gradient, rules, divisor) -> {
          if (rules.gradientsComeFirst()) {
            bound.clipper.clipBefore(
                gradient, rules.ofGradients(divisor), rules.iteration(), rules.epoch());
          }
          ClippingRule ofSteps = rules.ofSteps(learningRate / divisor);
          bound.clipper.clip(gradient, ofSteps, rules.iteration(), rules.epoch());
          bound.clipper.decay(gradient, settings.weightDecay() * divisor);
        });
  }

  /** Clips what the updater of {@code network} has just made of its gradient. */
  public static void applyToUpdate(Model network, AgcSettings settings) {
    clip(
        network,
        settings,
        (bound, update, rules, divisor) ->
            bound.clipper.clip(update, rules.ofUpdates(), rules.iteration(), rules.epoch()));
  }

  private static void clip(Model network, AgcSettings settings, Step step) {
    int iteration;
    int epoch;
    if (network instanceof MultiLayerNetwork) {
      iteration = ((MultiLayerNetwork) network).getIterationCount();
      epoch = ((MultiLayerNetwork) network).getEpochCount();
    } else if (network instanceof ComputationGraph) {
      iteration = ((ComputationGraph) network).getIterationCount();
      epoch = ((ComputationGraph) network).getEpochCount();
    } else {
      throw NOT_A_NETWORK.argument(
          "model must be an initialised MultiLayerNetwork or ComputationGraph, got {}",
          network == null ? null : network.getClass().getName());
    }
    INDArray gradient = gradientOf(network);
    Bound bound = boundTo(network, settings);
    // DL4J divides by the minibatch size after this call, not before.
    double divisor = network.conf().isMiniBatch() ? batchSize(network) : 1;
    step.clip(bound, gradient, new Rules(settings, iteration, epoch), divisor);
  }

  /**
   * The flat gradient. A MultiLayerNetwork does not keep the Gradient that {@code backpropGradient}
   * returns, as a ComputationGraph does, but this is a view of the network's own array.
   */
  private static INDArray gradientOf(Model network) {
    Gradient gradient = network.gradient();
    if (gradient != null && !gradient.gradientForVariable().isEmpty()) {
      return gradient.gradient();
    }
    INDArray flat =
        network instanceof MultiLayerNetwork
            ? ((MultiLayerNetwork) network).getFlattenedGradients()
            : null;
    if (flat == null) {
      throw NO_GRADIENT_YET.state(
          "The model has no gradient yet: call Agc.apply after computeGradientAndScore() or"
              + " backpropGradient(..), and before getUpdater().update(..)");
    }
    return flat;
  }

  /** As DL4J takes it, whose own method fails where errors come from outside and not of labels. */
  private static int batchSize(Model network) {
    MultiLayerNetwork withoutLabels =
        network instanceof MultiLayerNetwork && ((MultiLayerNetwork) network).getLabels() == null
            ? (MultiLayerNetwork) network
            : null;
    return withoutLabels == null ? network.batchSize() : (int) withoutLabels.getInput().size(0);
  }

  /** What the latest call has read where it serves: what is read of a network is read once. */
  static Bound boundTo(Model network, AgcSettings settings) {
    Bound bound = BOUND.get(network);
    if (bound == null || !bound.serves(network, settings)) {
      bound = new Bound(network, settings);
      BOUND.put(network, bound);
    }
    return bound;
  }

  /** Clips one array by the threshold, floor and policy of some settings. */
  public static void clip(INDArray weights, INDArray gradient, Units units, AgcSettings settings) {
    ClipTarget target = new ClipTarget(weights, gradient, units);
    ClipperChoice.forTargets(List.of(target), new Scratch())
        .clip(new Rules(settings, 0, 0).ofGradients(1));
    if (target.counter.nonFiniteUnits > 0
        && settings.nonFiniteGradients() == NonFiniteGradients.FAIL) {
      throw new ArithmeticException(
          GRADIENTS_THAT_ARE_NOT_FINITE.message(
              "{} of {} units of an array of shape {} have a NaN or infinite norm of gradient or"
                  + " weights; check what made them, or use another NonFiniteGradients policy",
              target.counter.nonFiniteUnits,
              target.counter.units,
              weights.shape()));
    }
  }
}
