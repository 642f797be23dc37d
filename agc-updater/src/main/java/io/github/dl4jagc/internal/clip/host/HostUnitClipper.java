package io.github.dl4jagc.internal.clip.host;

import io.github.dl4jagc.internal.clip.ClipCounter;
import io.github.dl4jagc.internal.clip.ClipTarget;
import io.github.dl4jagc.internal.clip.ClippingRule;
import io.github.dl4jagc.internal.clip.RatioCounts;
import io.github.dl4jagc.internal.clip.UnitClipper;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Clips in host memory, unit by unit: a unit that has been read for its norm is still in the cache
 * when it is scaled, so that memory is passed over once and not three times. The work is cut by
 * size, not by parameter, and shared with {@link HelperThreads}.
 */
public final class HostUnitClipper implements UnitClipper {

  /** Elements of a piece of work: some tens of microseconds. */
  private static final long PIECE = 1 << 16;

  /** Elements per thread below which starting it costs more than it saves. */
  private static final long WORTH_A_THREAD = 1 << 17;

  private final List<HostTarget> targets = new ArrayList<>();
  private final List<Piece> pieces = new ArrayList<>();
  private final List<Worker> workers = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private ClippingRule rule;

  /**
   * @param targets such that it {@link #takes}
   * @param blas whether to use BLAS
   */
  public HostUnitClipper(List<ClipTarget> targets, boolean blas) {
    targets.forEach(target -> this.targets.add(HostTarget.of(target)));
    long elements = 0;
    for (int i = 0; i < targets.size(); i++) {
      HostTarget target = this.targets.get(i);
      long unitsInPiece = Math.max(1, PIECE / target.unitSize());
      for (long unit = 0; unit < target.units(); unit += unitsInPiece) {
        pieces.add(new Piece(i, unit, Math.min(unit + unitsInPiece, target.units())));
      }
      elements += target.units() * target.unitSize();
    }
    // No more threads than ND4J may use itself: OMP_NUM_THREADS bounds this work too.
    int threads =
        Math.min(Runtime.getRuntime().availableProcessors(), Nd4j.getEnvironment().maxThreads());
    long useful = Math.min(Math.min(threads, pieces.size()), elements / WORTH_A_THREAD);
    for (int i = 0; i < Math.max(1, useful); i++) {
      workers.add(new Worker(blas));
    }
  }

  /** Whether a target is of a type and has a layout that this can clip. */
  public static boolean takes(ClipTarget target) {
    return HostTarget.of(target) != null;
  }

  /** Whether there is a BLAS to be used. */
  public static boolean hasBlas() {
    return Blas.isAvailable();
  }

  @Override
  public void clip(ClippingRule newRule) {
    for (HostTarget each : targets) {
      each.target.requireOpen();
    }
    for (HostTarget each : targets) {
      each.target.counter.clear();
      each.target.counter.iterations = 1;
    }
    rule = newRule;
    next.set(0);
    HelperThreads.run(workers);
  }

  /** Some consecutive units of one target. */
  private static final class Piece {
    final int target;
    final long from;
    final long to;

    Piece(int target, long from, long to) {
      this.target = target;
      this.from = from;
      this.to = to;
    }
  }

  /** Takes pieces until none is left. One at a time runs on one thread. */
  private final class Worker implements Runnable {
    private final HostUnits[] weights = new HostUnits[targets.size()];
    private final HostUnits[] gradients = new HostUnits[targets.size()];
    private final ClipCounter counter = new ClipCounter();

    /** Of the target that is being clipped. */
    private ClippingRule ownRule;

    Worker(boolean blas) {
      for (int i = 0; i < weights.length; i++) {
        HostTarget target = targets.get(i);
        if (target.units() > 0) {
          weights[i] = new HostUnits(target, target.target.weights, blas);
          gradients[i] = new HostUnits(target, target.target.gradient, blas);
        }
      }
    }

    @Override
    public void run() {
      for (int i = next.getAndIncrement(); i < pieces.size(); i = next.getAndIncrement()) {
        clip(pieces.get(i));
      }
    }

    private void clip(Piece piece) {
      HostTarget target = targets.get(piece.target);
      ownRule = target.target.own(rule);
      counter.clear();
      synchronized (target) {
        counter.largestRatio = target.target.counter.largestRatio;
      }
      for (long unit = piece.from; unit < piece.to; unit++) {
        clip(weights[piece.target], gradients[piece.target], target.startOf(unit));
      }
      synchronized (target) {
        target.target.counter.add(counter);
      }
    }

    /** Clips the unit that begins at {@code start}. */
    private void clip(HostUnits weight, HostUnits gradient, long start) {
      ClippingRule current = ownRule;
      double weightNorm = weight.norm(start);
      if (!weight.isExact(weightNorm)
          && !(weight.upperBound(weightNorm) <= current.epsilon())) { // also for NaN
        weightNorm = weight.rescuedNorm(start, weightNorm);
      }
      double gradientNorm = gradient.norm(start);
      if (!gradient.isExact(gradientNorm)
          && !isIrrelevant(weightNorm, gradient.upperBound(gradientNorm))) {
        gradientNorm = gradient.rescuedNorm(start, gradientNorm);
      }
      double scale = current.scale(weightNorm, gradientNorm);
      counter.count(current.ratio(weightNorm, gradientNorm), scale);
      if (current.isToBeScaled(scale)) {
        gradient.scale(start, scale);
      } else if (current.isToBeZeroed(scale)) {
        gradient.setToZero(start);
      }
    }

    /**
     * Whether a gradient whose norm is at most {@code largest} can neither be clipped nor have a
     * ratio that is told apart from smaller ones or is the largest.
     */
    private boolean isIrrelevant(double weightNorm, double largest) {
      double ratio = ownRule.ratio(weightNorm, largest);
      return largest <= ownRule.bound(weightNorm)
          && RatioCounts.isBelowAll(ratio)
          && ratio <= counter.largestRatio;
    }
  }
}
