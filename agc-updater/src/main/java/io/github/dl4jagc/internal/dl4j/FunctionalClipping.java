package io.github.dl4jagc.internal.dl4j;

import static io.github.dl4jagc.internal.check.Troubleshooting.NOT_A_NETWORK;
import static io.github.dl4jagc.internal.check.Troubleshooting.NO_GRADIENT_YET;

import io.github.dl4jagc.AgcSettings;
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

  private static final class Bound {
    private final INDArray parameters;
    private final AgcSettings settings;
    final GradientClipper clipper;

    Bound(Model network, AgcSettings settings) {
      this.parameters = network.params();
      this.settings = settings;
      this.clipper = NetworkBinder.wholeNetwork(network, settings);
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
    void clip(GradientClipper clipper, INDArray gradient, Rules rules, double gradientDivisor);
  }

  /** Clips the gradient that {@code network} has just computed, by its threshold. */
  public static void apply(Model network, AgcSettings settings) {
    clip(
        network,
        settings,
        (clipper, gradient, rules, divisor) -> {
          clipper.clip(gradient, rules.ofGradients(divisor), rules.iteration(), rules.epoch());
          clipper.decay(gradient, settings.weightDecay() * divisor);
        });
  }

  /** Clips the gradient that {@code network} has just computed, by what it will change. */
  public static void apply(Model network, AgcSettings settings, double learningRate) {
    clip(
        network,
        settings,
        (clipper, gradient, rules, divisor) -> {
          if (rules.gradientsComeFirst()) {
            clipper.clipBefore(
                gradient, rules.ofGradients(divisor), rules.iteration(), rules.epoch());
          }
          ClippingRule ofSteps = rules.ofSteps(learningRate / divisor);
          clipper.clip(gradient, ofSteps, rules.iteration(), rules.epoch());
          clipper.decay(gradient, settings.weightDecay() * divisor);
        });
  }

  /** Clips what the updater of {@code network} has just made of its gradient. */
  public static void applyToUpdate(Model network, AgcSettings settings) {
    clip(
        network,
        settings,
        (clipper, update, rules, divisor) ->
            clipper.clip(update, rules.ofUpdates(), rules.iteration(), rules.epoch()));
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
    Gradient gradient = network.gradient();
    if (gradient == null || gradient.gradientForVariable().isEmpty()) {
      throw NO_GRADIENT_YET.state(
          "The model has no gradient yet: call Agc.apply after computeGradientAndScore() and before"
              + " getUpdater().update(..)");
    }
    GradientClipper clipper = clipperOf(network, settings);
    // DL4J divides by the minibatch size after this call, not before.
    double divisor = network.conf().isMiniBatch() ? network.batchSize() : 1;
    step.clip(clipper, gradient.gradient(), new Rules(settings, iteration, epoch), divisor);
  }

  /** That of the latest call where it serves: what is read of a network is read once. */
  static GradientClipper clipperOf(Model network, AgcSettings settings) {
    Bound bound = BOUND.get(network);
    if (bound == null || !bound.serves(network, settings)) {
      bound = new Bound(network, settings);
      BOUND.put(network, bound);
    }
    return bound.clipper;
  }

  /** Clips one array. */
  public static void clip(INDArray weights, INDArray gradient, Units units, ClippingRule rule) {
    ClipperChoice.forTargets(List.of(new ClipTarget(weights, gradient, units)), new Scratch())
        .clip(rule);
  }
}
