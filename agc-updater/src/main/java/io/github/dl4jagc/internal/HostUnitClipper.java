package io.github.dl4jagc.internal;

import io.github.dl4jagc.NonFiniteGradients;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Clips in host memory, unit by unit: a unit that has been read for its norm is still in the cache
 * when it is scaled, so that memory is passed over once and not three times. The work is cut by
 * size, not by parameter, and shared with the common pool.
 */
final class HostUnitClipper implements UnitClipper {

  /** Elements of a piece of work: some tens of microseconds. */
  private static final long PIECE = 1 << 16;

  /** Elements per thread below which starting it costs more than it saves. */
  private static final long WORTH_A_THREAD = 1 << 17;

  private final List<HostTarget> targets;
  private final List<Piece> pieces = new ArrayList<>();
  private final List<Worker> workers = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private volatile ClippingRule rule;

  HostUnitClipper(List<HostTarget> targets, boolean blas) {
    this.targets = targets;
    long elements = 0;
    for (int i = 0; i < targets.size(); i++) {
      HostTarget target = targets.get(i);
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
    List<Turn> turns = new ArrayList<>(workers.size() - 1);
    for (Worker worker : workers.subList(1, workers.size())) {
      Turn turn = new Turn(worker);
      turn.task = ForkJoinPool.commonPool().submit(turn);
      turns.add(turn);
    }
    RuntimeException failure = null;
    try {
      workers.get(0).run();
    } catch (RuntimeException e) {
      failure = e;
    }
    for (Turn turn : turns) { // also after a failure: they write to the gradient
      try {
        turn.end();
      } catch (RuntimeException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * One helper's part in one call. A pool that is busy with something else may not get to it before
   * the work is done; then it is called off rather than waited for.
   */
  private static final class Turn implements Runnable {
    private final Worker worker;
    private final AtomicBoolean taken = new AtomicBoolean();
    private ForkJoinTask<?> task;

    Turn(Worker worker) {
      this.worker = worker;
    }

    @Override
    public void run() {
      if (taken.compareAndSet(false, true)) {
        worker.run();
      }
    }

    void end() {
      if (!taken.compareAndSet(false, true)) {
        task.join();
      }
    }
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
    private final HostMemory[] weights = new HostMemory[targets.size()];
    private final HostMemory[] gradients = new HostMemory[targets.size()];
    private final ClipCounter counter = new ClipCounter();

    Worker(boolean blas) {
      for (int i = 0; i < weights.length; i++) {
        if (targets.get(i).units() > 0) {
          weights[i] = HostMemory.of(targets.get(i).target.weights, blas);
          gradients[i] = HostMemory.of(targets.get(i).target.gradient, blas);
        }
      }
    }

    @Override
    public void run() {
      ClippingRule current = rule;
      for (int i = next.getAndIncrement(); i < pieces.size(); i = next.getAndIncrement()) {
        Piece piece = pieces.get(i);
        clip(piece, targets.get(piece.target), current);
      }
    }

    private void clip(Piece piece, HostTarget target, ClippingRule current) {
      HostMemory w = weights[piece.target];
      HostMemory g = gradients[piece.target];
      double smallest =
          NormRange.smallestExactNorm(target.target.gradient.dataType(), target.unitSize());
      counter.clear();
      for (long unit = piece.from; unit < piece.to; unit++) {
        long start = target.startOf(unit);
        double weightNorm = norm(w, target, start, smallest, current.epsilon());
        // A gradient below the smallest bound is not clipped, however inexact its norm.
        double gradientNorm = norm(g, target, start, smallest, current.bound(0));
        double scale = current.scale(weightNorm, gradientNorm);
        counter.count(current.ratio(weightNorm, gradientNorm), scale);
        if (scale < 1) {
          scale(g, target, start, scale);
        } else if (Double.isNaN(scale) && current.nonFinite() == NonFiniteGradients.ZERO) {
          setToZero(g, target, start);
        }
      }
      synchronized (target) {
        target.target.counter.add(counter);
      }
    }

    /**
     * The norm of a unit; exact even where squares leave the range of the type, unless all that is
     * lost lies below {@code floor} anyway.
     */
    private double norm(
        HostMemory memory, HostTarget target, long start, double smallest, double floor) {
      double norm = Math.sqrt(sumOfSquares(memory, target, start));
      boolean underflow = norm < smallest && !(floor > 2 * smallest);
      return underflow || Double.isInfinite(norm) ? scaledNorm(memory, target, start) : norm;
    }

    private double sumOfSquares(HostMemory memory, HostTarget target, long start) {
      double sum = 0;
      for (long run = 0; run < target.runs; run++) {
        sum +=
            memory.sumOfSquares(start + run * target.runStep, target.runLength, target.elementStep);
      }
      return sum;
    }

    private void scale(HostMemory memory, HostTarget target, long start, double scale) {
      if (scale < 1e-37 && scale > 0) {
        scale(memory, target, start, Math.sqrt(scale));
        scale(memory, target, start, Math.sqrt(scale));
        return;
      }
      for (long run = 0; run < target.runs; run++) {
        memory.scale(start + run * target.runStep, target.runLength, target.elementStep, scale);
      }
    }

    private void setToZero(HostMemory memory, HostTarget target, long start) {
      for (long run = 0; run < target.runs; run++) {
        for (long i = 0; i < target.runLength; i++) {
          memory.put(start + run * target.runStep + i * target.elementStep, 0);
        }
      }
    }

    /** By way of the largest element, so that no square overflows or is lost. */
    private double scaledNorm(HostMemory memory, HostTarget target, long start) {
      double largest = 0;
      for (long run = 0; run < target.runs; run++) {
        for (long i = 0; i < target.runLength; i++) {
          double size = Math.abs(memory.get(start + run * target.runStep + i * target.elementStep));
          if (!(size <= Double.MAX_VALUE)) {
            return size; // NaN or infinite
          }
          largest = Math.max(largest, size);
        }
      }
      if (largest == 0) {
        return 0;
      }
      double sum = 0;
      for (long run = 0; run < target.runs; run++) {
        for (long i = 0; i < target.runLength; i++) {
          double part = memory.get(start + run * target.runStep + i * target.elementStep) / largest;
          sum += part * part;
        }
      }
      return largest * Math.sqrt(sum);
    }
  }
}
