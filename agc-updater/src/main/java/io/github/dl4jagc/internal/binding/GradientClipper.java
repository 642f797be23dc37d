package io.github.dl4jagc.internal.binding;

import static io.github.dl4jagc.internal.check.Troubleshooting.GRADIENTS_THAT_ARE_NOT_FINITE;

import io.github.dl4jagc.NonFiniteGradients;
import io.github.dl4jagc.ParameterKind;
import io.github.dl4jagc.internal.clip.ClipCounter;
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
import java.util.List;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clips the parameters whose gradients lie in one array, counts what it clips, and then decays
 * weights. Thread-safe: a report may be asked for while another thread trains.
 */
public final class GradientClipper {

  private static final Logger log = LoggerFactory.getLogger(GradientClipper.class);

  /** Finds a parameter's part of a gradient array, as a view in the parameter's shape. */
  private interface Layout {
    INDArray partOf(INDArray gradient, Parameter parameter);
  }

  private final Layout layout;
  private final List<Parameter> parameters;
  private final List<Parameter> decayed;
  private final NetworkStatistics networkStatistics;
  private final Scratch scratch;
  private final List<ParameterStatistics> parameterStatistics = new ArrayList<>();

  private List<ClipTarget> targets = List.of();

  /** The gradient array that {@link #clipper} was made for. */
  private INDArray clipperGradient;

  private UnitClipper clipper;
  private CoupledDecay decay;

  /** By parameter, what {@link #clipBefore} has found in this iteration. */
  private final long[] nonFiniteBefore;

  private GradientClipper(
      List<Parameter> parameters,
      List<Parameter> decayed,
      NetworkStatistics statistics,
      Scratch scratch,
      Layout layout) {
    this.parameters = parameters;
    this.decayed = decayed;
    this.networkStatistics = statistics;
    this.scratch = scratch;
    this.layout = layout;
    this.nonFiniteBefore = new long[parameters.size()];
    for (Parameter parameter : parameters) {
      parameterStatistics.add(parameter.statisticsIn(statistics));
    }
  }

  /**
   * For a flat gradient, rank 1 or a row: the whole network's, or the part of it that one updater
   * block covers.
   *
   * @param parameters the parameters to clip
   * @param decayed the parameters to decay, if there is a weight decay; clipped or not
   * @param statistics where to count what is clipped
   * @param scratch the network's
   * @param start where the flat gradient begins in the whole network's
   */
  public static GradientClipper ofFlat(
      List<Parameter> parameters,
      List<Parameter> decayed,
      NetworkStatistics statistics,
      Scratch scratch,
      long start) {
    return new GradientClipper(
        parameters,
        decayed,
        statistics,
        scratch,
        (gradient, parameter) -> {
          long offset = parameter.offset - start;
          return gradient
              .reshape(gradient.length())
              .get(NDArrayIndex.interval(offset, offset + parameter.weights.length()))
              .reshape(parameter.weights.ordering(), parameter.weights.shape());
        });
  }

  /** For a gradient that has the shape of its one parameter, which is in either list or in none. */
  public static GradientClipper ofShaped(
      List<Parameter> parameters,
      List<Parameter> decayed,
      NetworkStatistics statistics,
      Scratch scratch) {
    return new GradientClipper(
        parameters, decayed, statistics, scratch, (gradient, whole) -> gradient);
  }

  /**
   * Clips in place, and counts.
   *
   * @param gradient the gradient, or the update that was made of it
   * @param rule threshold, floor and policy
   * @param iteration the iteration, from 0
   * @param epoch the epoch, from 0
   * @throws ArithmeticException if a unit's norms are not finite and the policy is FAIL
   */
  public synchronized void clip(INDArray gradient, ClippingRule rule, int iteration, int epoch) {
    if (parameters.isEmpty()) {
      return;
    }
    clipNow(gradient, rule);
    record(rule, iteration, epoch);
    reportNonFinite(rule, iteration, 0);
  }

  /**
   * Clips in place before the {@link #clip} of the same iteration, which counts. Of this one only
   * units that are not finite are counted, there.
   *
   * @param gradient the gradient
   * @param rule threshold, floor and policy
   * @param iteration the iteration, from 0
   * @param epoch the epoch, from 0
   * @throws ArithmeticException if a unit's norms are not finite and the policy is FAIL
   */
  public synchronized void clipBefore(
      INDArray gradient, ClippingRule rule, int iteration, int epoch) {
    if (parameters.isEmpty()) {
      return;
    }
    clipNow(gradient, rule);
    boolean any = targets.stream().anyMatch(target -> target.counter.nonFiniteUnits > 0);
    if (!any || rule.nonFiniteGradients() == NonFiniteGradients.PASS_THROUGH) {
      return; // or the clip that counts sees them
    }
    if (rule.nonFiniteGradients() == NonFiniteGradients.FAIL) {
      record(rule, iteration, epoch); // as there will be no other
      reportNonFinite(rule, iteration, 0);
    } else {
      for (int i = 0; i < parameters.size(); i++) {
        nonFiniteBefore[i] = targets.get(i).counter.nonFiniteUnits;
      }
      reportNonFinite(rule, iteration, 1);
    }
  }

  private void record(ClippingRule rule, int iteration, int epoch) {
    for (int i = 0; i < parameters.size(); i++) {
      parameterStatistics
          .get(i)
          .record(targets.get(i).counter, nonFiniteBefore[i], rule, iteration, epoch);
      nonFiniteBefore[i] = 0;
    }
  }

  /**
   * Adds weights to gradients.
   *
   * @param gradient the gradient
   * @param weightDecay what weights are multiplied by; 0: none are added
   */
  public synchronized void decay(INDArray gradient, double weightDecay) {
    if (weightDecay != 0 && !decayed.isEmpty()) {
      requireBoundTo(gradient);
      decay.add(weightDecay);
    }
  }

  private void clipNow(INDArray gradient, ClippingRule rule) {
    requireBoundTo(gradient);
    long start = System.nanoTime();
    try {
      clipper.clip(rule);
    } finally {
      networkStatistics.addClippingNanos(System.nanoTime() - start);
    }
  }

  /**
   * After counting, as it may throw. One warning for all parameters, and one for all updater blocks
   * of a network, wherever a parameter that had none before has such units.
   *
   * @param uncounted iterations of which the statistics do not know yet
   */
  private void reportNonFinite(ClippingRule rule, int iteration, int uncounted) {
    int affected = 0;
    int named = -1;
    boolean isNew = false;
    for (int i = 0; i < parameters.size(); i++) {
      long found = targets.get(i).counter.nonFiniteUnits;
      if (found > 0) {
        affected++;
        // By the statistics, which outlive this clipper: DL4J replaces updaters all the time.
        boolean first = parameterStatistics.get(i).nonFiniteUnits() + nonFiniteBefore[i] == found;
        if (named < 0 || (first && !isNew)) {
          named = i;
        }
        isNew |= first;
      }
    }
    if (affected == 0) {
      return;
    }
    String what = nonFinite(named, affected - 1, iteration);
    if (rule.nonFiniteGradients() == NonFiniteGradients.FAIL) {
      throw new ArithmeticException(
          GRADIENTS_THAT_ARE_NOT_FINITE.message(
              "{}; lower the learning rate or the clipping threshold, check the input data, or use"
                  + " another NonFiniteGradients policy",
              what));
    }
    long pass = parameterStatistics.get(named).iterations() + uncounted;
    if (isNew && networkStatistics.isFirstWarningIn(pass)) {
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

  private String nonFinite(int named, int others, int iteration) {
    ClipCounter counter = targets.get(named).counter;
    return parameters.get(named)
        + ": "
        + counter.nonFiniteUnits
        + " of "
        + counter.units
        + " units have a NaN or infinite norm of gradient or weights at iteration "
        + iteration
        + (others == 0 ? "" : ", and so have units of " + others + " more parameters");
  }

  private void requireBoundTo(INDArray gradient) {
    if (clipper == null || !sameMemory(gradient, clipperGradient)) {
      bindTo(gradient);
    }
  }

  private void bindTo(INDArray gradient) {
    try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      targets = new ArrayList<>();
      for (Parameter parameter : parameters) {
        targets.add(
            new ClipTarget(
                parameter.weights,
                layout.partOf(gradient, parameter),
                parameter.units,
                parameter.kind != ParameterKind.WEIGHT));
      }
      decay = new CoupledDecay();
      for (Parameter parameter : decayed) {
        decay.include(parameter.weights, layout.partOf(gradient, parameter));
      }
      clipper = ClipperChoice.forTargets(targets, scratch);
      clipperGradient = gradient;
    }
  }

  /**
   * Whether views of {@code old} still are views of {@code gradient}. DL4J passes another INDArray
   * object at each iteration, but over the same memory; memory of a workspace is not the same from
   * one iteration to the next even if its address is.
   */
  private static boolean sameMemory(INDArray gradient, INDArray old) {
    return !gradient.isAttached() && !old.isAttached() && SharedMemory.isSame(gradient, old);
  }
}
