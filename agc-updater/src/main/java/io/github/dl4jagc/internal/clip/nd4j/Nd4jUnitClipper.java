package io.github.dl4jagc.internal.clip.nd4j;

import io.github.dl4jagc.internal.clip.ClipTarget;
import io.github.dl4jagc.internal.clip.ClippingRule;
import io.github.dl4jagc.internal.clip.Scratch;
import io.github.dl4jagc.internal.clip.UnitClipper;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Clips with ND4J operations alone, and so on any backend and in any memory: few operations, each
 * for many units; one transfer of all norms to the host, where {@link ClippingRule} decides; and
 * one transfer of the scales back, if there is any below 1.
 */
public final class Nd4jUnitClipper implements UnitClipper {

  private final List<ClipTarget> targets;
  private final List<Part> parts = new ArrayList<>();
  private final Scratch scratch;

  /** Norms of all weights, then of all gradients: on the device, and on the host. */
  private final INDArray norms;

  private final double[] hostNorms;
  private final Factors floatFactors;
  private final Factors doubleFactors;

  /**
   * @param targets of any kind
   * @param scratch for copies
   */
  public Nd4jUnitClipper(List<ClipTarget> targets, Scratch scratch) {
    this(targets, scratch, NormPrecision::isExact);
  }

  /**
   * @param isExact whether norms of arrays of a type are exact without a copy in DOUBLE
   */
  Nd4jUnitClipper(List<ClipTarget> targets, Scratch scratch, Predicate<DataType> isExact) {
    this.targets = targets;
    this.scratch = scratch;
    // What is kept from one call to the next must not live in a workspace of the caller.
    try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      List<TargetGroup> groups = TargetGroup.of(targets);
      int units = groups.stream().mapToInt(TargetGroup::units).sum();
      norms = Nd4j.create(DataType.DOUBLE, 2L * Math.max(1, units));
      hostNorms = new double[2 * units];
      floatFactors = Factors.ifWanted(DataType.FLOAT, groups, units);
      doubleFactors = Factors.ifWanted(DataType.DOUBLE, groups, units);
      groups.forEach(group -> scratch.reserve(GroupOperations.copyLength(group)));
      int first = 0;
      for (TargetGroup group : groups) {
        Factors factors =
            GroupOperations.factorType(group) == DataType.FLOAT ? floatFactors : doubleFactors;
        parts.add(new Part(group, first, factors, isExact));
        first += group.units();
      }
    }
  }

  @Override
  public void clip(ClippingRule rule) {
    for (ClipTarget target : targets) {
      target.requireOpen();
      target.counter.clear();
      target.counter.iterations = 1;
    }
    parts.forEach(part -> part.operations.computeNorms());
    fetchNorms();
    boolean clips = false;
    for (Part part : parts) {
      clips |= part.decide(rule);
    }
    if (clips) {
      Factors.send(floatFactors);
      Factors.send(doubleFactors);
    }
    parts.forEach(Part::act);
  }

  private void fetchNorms() {
    if (hostNorms.length > 0) {
      norms.data().getDouble(0); // where they are on a device, this brings all of them to the host
      ((DoubleIndexer) norms.data().indexer()).get(0, hostNorms, 0, hostNorms.length);
    }
  }

  /** Factors for the gradients of all units, in one type: on the device, and on the host. */
  private static final class Factors {
    final INDArray array;
    final double[] host;

    private Factors(DataType type, int units) {
      array = Nd4j.create(type, units);
      host = new double[units];
    }

    static Factors ifWanted(DataType type, List<TargetGroup> groups, int units) {
      return groups.stream().anyMatch(group -> GroupOperations.factorType(group) == type)
          ? new Factors(type, units)
          : null;
    }

    static void send(Factors factors) {
      if (factors != null) {
        factors.array.data().setData(factors.host);
      }
    }
  }

  /** One group, with its part of what all groups share. */
  private final class Part {
    final GroupOperations operations;
    private final TargetGroup group;
    private final Factors factors;

    /** Where the group's units begin in what all groups share. */
    private final int first;

    /** What {@link #decide} leaves to {@link #act}. */
    private int scalings;

    private final BitSet toZero = new BitSet();

    Part(TargetGroup group, int first, Factors factors, Predicate<DataType> isExact) {
      this.group = group;
      this.first = first;
      this.factors = factors;
      this.operations =
          new GroupOperations(
              group,
              Views.interval(norms, first, first + group.units()),
              Views.interval(
                  norms, firstGradientNorm() + first, firstGradientNorm() + first + group.units()),
              Views.interval(factors.array, first, first + group.units()),
              isExact,
              scratch);
    }

    private int firstGradientNorm() {
      return hostNorms.length / 2;
    }

    /** Decides about each unit and counts it; whether there is anything to scale. */
    boolean decide(ClippingRule ruleOfAll) {
      ClippingRule rule = group.targets.get(0).own(ruleOfAll);
      double smallestScale = 1;
      int unit = first;
      for (ClipTarget target : group.targets) {
        for (int i = 0; i < group.unitsOfTarget(); i++, unit++) {
          double weightNorm = Math.abs(hostNorms[unit]);
          double gradientNorm = Math.abs(hostNorms[firstGradientNorm() + unit]);
          double scale = rule.scale(weightNorm, gradientNorm);
          target.counter.count(rule.ratio(weightNorm, gradientNorm), scale);
          factors.host[unit] = rule.isToBeScaled(scale) ? scale : 1;
          smallestScale = Math.min(smallestScale, factors.host[unit]);
          if (rule.isToBeZeroed(scale)) {
            toZero.set(unit - first);
          }
        }
      }
      scalings = smallestScale < 1 ? 1 : 0;
      if (smallestScale < Float.MIN_NORMAL && factors.array.dataType() == DataType.FLOAT) {
        scalings = 2; // by the square root, as the type cannot hold the scale itself
        for (int i = first; i < unit; i++) {
          factors.host[i] = Math.sqrt(factors.host[i]);
        }
      }
      return scalings > 0;
    }

    /** Does to the gradient what was decided. */
    void act() {
      for (int i = 0; i < scalings; i++) {
        operations.scale();
      }
      if (!toZero.isEmpty()) {
        group.setToZero(toZero);
        toZero.clear();
      }
    }
  }
}
