package io.github.dl4jagc.internal.binding;

import static io.github.dl4jagc.internal.check.Troubleshooting.GRADIENTS_THAT_ARE_NOT_FINITE;

import io.github.dl4jagc.NonFiniteGradients;
import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.internal.clip.ClipTarget;
import io.github.dl4jagc.internal.clip.ClipperChoice;
import io.github.dl4jagc.internal.clip.ClippingRule;
import io.github.dl4jagc.internal.clip.CoupledDecay;
import io.github.dl4jagc.internal.clip.Scratch;
import io.github.dl4jagc.internal.clip.SharedMemory;
import io.github.dl4jagc.internal.clip.UnitClipper;
import io.github.dl4jagc.internal.stats.NetworkStatistics;
import io.github.dl4jagc.internal.stats.ParameterStatistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clips the parameters whose gradients lie in one array, counts what it clips, and decays weights,
 * in the one order that there is. Thread-safe.
 */
public final class GradientClipper {

  private static final Logger log = LoggerFactory.getLogger(GradientClipper.class);

  /** A parameter that is clipped. */
  private static final class Clipped {
    final Parameter parameter;
    final ParameterStatistics statistics;

    /** Its part of the array that is clipped at present. */
    ClipTarget target;

    /** Units that {@link #clipFirst} has set to zero in this iteration. */
    long zeroed;

    Clipped(Parameter parameter) {
      this.parameter = parameter;
      this.statistics = parameter.statistics;
    }

    boolean isAffected() {
      return target.counter.nonFiniteUnits > 0;
    }

    /** By the statistics, which outlive this clipper: DL4J replaces updaters all the time. */
    boolean isAffectedForTheFirstTime() {
      return statistics.nonFiniteUnits() + zeroed == target.counter.nonFiniteUnits;
    }
  }

  private final List<Clipped> clipped = new ArrayList<>();
  private final List<Parameter> decayed;
  private final NetworkStatistics statistics;
  private final Scratch scratch;
  private final long start;

  /** The array that {@link #clipper} and {@link #decay} were made for. */
  private INDArray boundArray;

  private UnitClipper clipper;
  private CoupledDecay decay;

  /**
   * A clipper of arrays of one length: the whole network's flat gradient, the part of it that one
   * updater block covers, or the gradient of one parameter in the parameter's shape.
   *
   * @param decayed the parameters to decay, if there is a weight decay; clipped or not
   * @param start where such an array begins in the whole network's
   */
  public GradientClipper(
      List<Parameter> parameters,
      List<Parameter> decayed,
      NetworkStatistics statistics,
      Scratch scratch,
      long start) {
    parameters.forEach(each -> clipped.add(new Clipped(each)));
    this.decayed = decayed;
    this.statistics = statistics;
    this.scratch = scratch;
    this.start = start;
  }

  /**
   * Clips a gradient in place, as the updater is to get it: by the threshold, then, where updates
   * are bounded, by what it will change, and adds the decay to what is left.
   *
   * @param gain what the updater multiplies the gradient by, all in all; NaN where it is no number:
   *     then {@link #clipUpdate} is to follow
   */
  public synchronized void clipGradient(INDArray gradient, Rules rules, double gain) {
    clipFirst(gradient, rules.first(gain), rules);
    clip(gradient, rules.ofGradients(gain), rules);
    if (rules.weightDecay() != 0 && !decayed.isEmpty()) {
      bindTo(gradient);
      decay.add(rules.weightDecay());
    }
  }

  /** Clips in place what the updater has made of the gradient. */
  public synchronized void clipUpdate(INDArray update, Rules rules) {
    clip(update, rules.ofUpdates(), rules);
  }

  /** Clips, if there is a rule, and counts: once in each iteration. */
  private void clip(INDArray array, ClippingRule rule, Rules rules) {
    if (rule != null && !clipped.isEmpty()) {
      clipUncounted(array, rule);
      record(rule, rules);
      reportNonFinite(rule, rules.iteration, 0);
    }
  }

  /**
   * Clips before the {@link #clip} of the same iteration, which counts. Of this one only units that
   * are not finite are counted, there.
   */
  private void clipFirst(INDArray array, ClippingRule rule, Rules rules) {
    if (rule == null || clipped.isEmpty()) {
      return;
    }
    clipUncounted(array, rule);
    if (rule.nonFiniteGradients() == NonFiniteGradients.PASS_THROUGH
        || clipped.stream().noneMatch(Clipped::isAffected)) {
      return; // the clip that counts sees them, if there are any
    }
    if (rule.nonFiniteGradients() == NonFiniteGradients.FAIL) {
      record(rule, rules); // as there will be no other
      reportNonFinite(rule, rules.iteration, 0);
    } else {
      clipped.forEach(each -> each.zeroed = each.target.counter.nonFiniteUnits);
      reportNonFinite(rule, rules.iteration, 1);
    }
  }

  private void clipUncounted(INDArray array, ClippingRule rule) {
    bindTo(array);
    long begin = System.nanoTime();
    try {
      clipper.clip(rule);
    } finally {
      statistics.addClippingNanos(System.nanoTime() - begin);
    }
  }

  private void record(ClippingRule rule, Rules rules) {
    for (Clipped each : clipped) {
      each.statistics.record(each.target.counter, each.zeroed, rule, rules.iteration, rules.epoch);
      each.zeroed = 0;
    }
  }

  /**
   * After counting, as it may throw. One warning for a whole network, wherever a parameter that had
   * none before has such units; the statistics may not know of some iterations yet.
   */
  private void reportNonFinite(ClippingRule rule, int iteration, int uncounted) {
    List<Clipped> affected =
        clipped.stream().filter(Clipped::isAffected).collect(Collectors.toList());
    if (affected.isEmpty()) {
      return;
    }
    Clipped named =
        affected.stream()
            .filter(Clipped::isAffectedForTheFirstTime)
            .findFirst()
            .orElse(affected.get(0));
    String what = nonFinite(named, affected.size() - 1, iteration);
    if (rule.nonFiniteGradients() == NonFiniteGradients.FAIL) {
      throw new ArithmeticException(
          GRADIENTS_THAT_ARE_NOT_FINITE.message(
              "{}; lower the learning rate or the clipping threshold, check the input data, or use"
                  + " another NonFiniteGradients policy",
              what));
    }
    long pass = named.statistics.iterations() + uncounted;
    if (named.isAffectedForTheFirstTime() && statistics.isFirstWarningIn(pass)) {
      log.warn(
          GRADIENTS_THAT_ARE_NOT_FINITE.message(
              "AGC: {}; {}. Further ones of these parameters are counted in AgcReport without a"
                  + " warning.",
              what,
              rule.nonFiniteGradients() == NonFiniteGradients.ZERO && !rule.observeOnly()
                  ? "set to zero"
                  : "left untouched"));
    }
  }

  private static String nonFinite(Clipped named, int others, int iteration) {
    return String.format(
        Locale.ROOT,
        "%s: %d of %d units have a NaN or infinite norm of gradient or weights at iteration %d%s",
        named.parameter,
        named.target.counter.nonFiniteUnits,
        named.target.counter.units,
        iteration,
        others == 0 ? "" : ", and so have units of " + others + " more parameters");
  }

  private void bindTo(INDArray array) {
    if (clipper != null && isSameMemory(array, boundArray)) {
      return;
    }
    try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      List<ClipTarget> targets = new ArrayList<>();
      for (Clipped each : clipped) {
        Parameter parameter = each.parameter;
        each.target =
            new ClipTarget(
                parameter.weights,
                partOf(array, parameter),
                parameter.units,
                each.statistics.kind != ParameterKind.WEIGHT);
        targets.add(each.target);
      }
      decay = new CoupledDecay();
      decayed.forEach(each -> decay.include(each.weights, partOf(array, each)));
      clipper = ClipperChoice.forTargets(targets, scratch);
      boundArray = array;
    }
  }

  /** A parameter's part of an array, as a view in the parameter's shape. */
  private INDArray partOf(INDArray array, Parameter parameter) {
    INDArray weights = parameter.weights;
    if (Arrays.equals(array.shape(), weights.shape())) {
      return array;
    }
    long offset = parameter.offset - start;
    return array
        .reshape(array.length())
        .get(NDArrayIndex.interval(offset, offset + weights.length()))
        .reshape(weights.ordering(), weights.shape());
  }

  /**
   * Whether views of {@code old} are views of {@code array}, another INDArray at each iteration;
   * memory of a workspace is never the same, even if its address is.
   */
  private static boolean isSameMemory(INDArray array, INDArray old) {
    return !array.isAttached() && !old.isAttached() && SharedMemory.isSame(array, old);
  }
}
