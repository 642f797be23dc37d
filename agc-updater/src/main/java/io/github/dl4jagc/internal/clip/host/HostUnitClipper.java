package io.github.dl4jagc.internal.clip.host;

import io.github.dl4jagc.internal.clip.ClipCounter;
import io.github.dl4jagc.internal.clip.ClipTarget;
import io.github.dl4jagc.internal.clip.ClippingRule;
import io.github.dl4jagc.internal.clip.RatioCounts;
import io.github.dl4jagc.internal.clip.UnitClipper;
import io.github.dl4jagc.internal.clip.UnitPattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Clips in host memory, block by block: units that have been read for their norms are still in a
 * cache when they are scaled, so that memory is passed over once and not three times. The work is
 * cut by size, not by parameter, and shared with {@link HelperThreads}.
 */
public final class HostUnitClipper implements UnitClipper {

  /** Elements of a piece of work: some tens of microseconds. */
  private static final long PIECE = 1 << 16;

  /** Elements per thread below which starting it costs more than it saves. */
  private static final long WORTH_A_THREAD = 1 << 17;

  private final List<ClipTarget> targets;
  private final List<UnitPattern> patterns = new ArrayList<>();
  private final List<Piece> pieces = new ArrayList<>();
  private final List<Worker> workers = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private ClippingRule rule;

  /**
   * @param targets such that it {@link #takes}
   * @param blas whether to use BLAS
   */
  public HostUnitClipper(List<ClipTarget> targets, boolean blas) {
    this.targets = targets;
    targets.forEach(target -> patterns.add(UnitPattern.of(target)));
    long elements = 0;
    for (UnitPattern pattern : patterns) {
      elements += pattern.units() * pattern.unitSize();
    }
    // No more threads than ND4J may use itself: OMP_NUM_THREADS bounds this work too.
    int threads =
        Math.min(Runtime.getRuntime().availableProcessors(), Nd4j.getEnvironment().maxThreads());
    int useful = (int) Math.max(1, Math.min(threads, elements / WORTH_A_THREAD));
    for (int i = 0; i < targets.size(); i++) {
      UnitPattern pattern = patterns.get(i);
      long unitsInPiece = unitsInPiece(pattern, useful);
      for (long unit = 0; unit < pattern.units(); unit += unitsInPiece) {
        pieces.add(new Piece(i, unit, Math.min(unit + unitsInPiece, pattern.units())));
      }
    }
    for (int i = 0; i < Math.max(1, Math.min(useful, pieces.size())); i++) {
      workers.add(new Worker(blas));
    }
  }

  /** Of units in rows, where a piece has all rows, at least one piece a thread. */
  private static long unitsInPiece(UnitPattern pattern, int threads) {
    long units = Math.max(1, PIECE / pattern.unitSize());
    return HostUnits.isInRows(pattern)
        ? Math.max(units, Math.min(HostUnits.unitsInBlock(pattern), pattern.units() / threads))
        : units;
  }

  /** Whether a target is of a type and has a layout that this can clip. */
  public static boolean takes(ClipTarget target) {
    DataType type = target.gradient.dataType();
    return type == target.weights.dataType()
        && (type == DataType.FLOAT || type == DataType.DOUBLE)
        && UnitPattern.of(target) != null;
  }

  /** Whether there is a BLAS to be used. */
  public static boolean hasBlas() {
    return Blas.isAvailable();
  }

  @Override
  public void clip(ClippingRule newRule) {
    targets.forEach(ClipTarget::requireOpen);
    for (ClipTarget target : targets) {
      target.counter.clear();
      target.counter.iterations = 1;
    }
    rule = newRule;
    next.set(0);
    HelperThreads.run(workers);
  }

  private static HostUnits units(INDArray array, UnitPattern pattern, boolean blas, Chunks chunks) {
    Pointer first = array.data().addressPointer();
    return array.dataType() == DataType.FLOAT
        ? new HostFloats((FloatPointer) first, array.length(), pattern, blas, chunks)
        : new HostDoubles((DoublePointer) first, array.length(), pattern);
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

    /** Of the units of a block. */
    private final double[] weightSquares;

    private final double[] gradientSquares;
    private final double[] scales;

    /** Of the target that is being clipped. */
    private ClippingRule ownRule;

    private HostUnits weight;
    private HostUnits gradient;

    Worker(boolean blas) {
      int units = 1;
      int columns = 1;
      for (UnitPattern pattern : patterns) {
        units = Math.max(units, HostUnits.unitsInBlock(pattern));
        columns = Math.max(columns, HostFloats.columnsOfBlock(pattern));
      }
      weightSquares = new double[units];
      gradientSquares = new double[units];
      scales = new double[units];
      Chunks chunks = new Chunks(columns);
      for (int i = 0; i < weights.length; i++) {
        if (patterns.get(i).units() > 0) {
          weights[i] = units(targets.get(i).weights, patterns.get(i), blas, chunks);
          gradients[i] = units(targets.get(i).gradient, patterns.get(i), blas, chunks);
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
      ClipTarget target = targets.get(piece.target);
      ownRule = target.own(rule);
      weight = weights[piece.target];
      gradient = gradients[piece.target];
      counter.clear();
      synchronized (target) {
        counter.largestRatio = target.counter.largestRatio;
      }
      UnitPattern pattern = patterns.get(piece.target);
      int block = HostUnits.unitsInBlock(pattern);
      for (long unit = piece.from, end; unit < piece.to; unit = end) {
        long endOfGroup = (unit / pattern.unitsInGroup + 1) * pattern.unitsInGroup;
        end = Math.min(unit + block, Math.min(endOfGroup, piece.to));
        clip(unit, (int) (end - unit));
      }
      synchronized (target) {
        target.counter.add(counter);
      }
    }

    /**
     * Clips some units of one group. The weights of units whose gradient is zero are not read, and
     * norms that are in doubt come last: the ratios of the others may make them irrelevant.
     */
    private void clip(long first, int units) {
      Arrays.fill(scales, 0, units, 0); // other than 1: the norms of all are wanted
      if (!gradient.squares(first, units, scales, gradientSquares)) {
        counter.countZeros(units);
        return;
      }
      int plain = 0;
      for (int unit = 0; unit < units; unit++) {
        scales[unit] = isPlain(unit) ? 0 : 1;
        plain += scales[unit] == 0 ? 1 : 0;
      }
      weight.squares(first, units, scales, weightSquares);
      boolean changes = false;
      for (int unit = 0; unit < units; unit++) {
        if (scales[unit] == 0) {
          scales[unit] = factor(weightSquare(first, unit), gradientSquares[unit]);
          changes |= scales[unit] != 1;
        }
      }
      if (plain < units) {
        changes |= clipInDoubt(first, units);
      }
      if (changes) {
        gradient.scale(first, units, scales);
      }
    }

    private boolean clipInDoubt(long first, int units) {
      boolean tinyIsIrrelevant = isIrrelevant(gradient.tinyNorm());
      boolean changes = false;
      int zeros = 0;
      for (int unit = 0; unit < units; unit++) {
        if (tinyIsIrrelevant && gradient.isTiny(gradientSquares[unit])) {
          zeros++;
        } else if (!isPlain(unit)) {
          scales[unit] = factorInDoubt(first + unit, gradientSquares[unit]);
          changes |= scales[unit] != 1;
        }
      }
      counter.countZeros(zeros);
      return changes;
    }

    private boolean isPlain(int unit) {
      return gradientSquares[unit] != 0 && gradient.isExact(gradientSquares[unit]);
    }

    /** Exact, but for what is below the floor. */
    private double weightSquare(long first, int unit) {
      double square = weightSquares[unit];
      boolean known =
          weight.isExact(square) || weight.isTiny(square) && weight.tinyNorm() <= ownRule.epsilon();
      return known ? square : weight.exactSquare(first + unit);
    }

    private double factorInDoubt(long unit, double gradientSquare) {
      double square =
          gradient.isExact(gradientSquare) ? gradientSquare : gradient.exactSquare(unit);
      return factor(square == 0 ? 0 : weight.exactSquare(unit), square);
    }

    /**
     * Whether a gradient with a norm of at most {@code largest} can, whatever its weights are,
     * neither be clipped nor have a ratio that is told apart from smaller ones or is the largest.
     */
    private boolean isIrrelevant(double largest) {
      double ratio = ownRule.ratio(0, largest);
      return largest <= ownRule.bound(0)
          && RatioCounts.isBelowAll(ratio)
          && ratio <= counter.largestRatio;
    }

    /** Counts a unit. What its gradient is to be multiplied by; NaN if it is to become zero. */
    private double factor(double weightSquare, double gradientSquare) {
      double weightNorm = Math.sqrt(weightSquare);
      double gradientNorm = Math.sqrt(gradientSquare);
      double scale = ownRule.scale(weightNorm, gradientNorm);
      counter.count(ownRule.ratio(weightNorm, gradientNorm), scale);
      return ownRule.isToBeScaled(scale) || ownRule.isToBeZeroed(scale) ? scale : 1;
    }
  }
}
