package io.github.dl4jagc.internal.clip;

/** Counts what is clipped: of one parameter in one iteration, or of many. Mutable. */
public final class ClipCounter {

  /** Iterations counted. */
  public long iterations;

  /** Units seen. */
  public long units;

  /** Units above their bound: scaled down, but for the observed ones. */
  public long clippedUnits;

  /** Of the clipped units, those that were only observed. */
  public long observedUnits;

  /** Units whose gradient norm or weight norm was NaN or infinite. */
  public long nonFiniteUnits;

  /**
   * Largest {@code ||G|| / max(||W||, epsilon)} of the units that have such a ratio; 0 if none has.
   */
  public double largestRatio;

  /** Smallest scale that was applied; 1 if nothing was clipped. */
  public double smallestScale = 1;

  /**
   * The ratios of all units whose norms are finite. Where {@code max(||W||, epsilon)} is 0, any
   * gradient is above every threshold, and none at all below.
   */
  public final RatioCounts ratios = new RatioCounts();

  /**
   * Counts one unit.
   *
   * @param ratio what {@link ClippingRule#ratio} says of it, NaN included
   * @param scale what {@link ClippingRule#scale} says of it, NaN included
   */
  public void count(double ratio, double scale) {
    units++;
    if (Double.isNaN(scale)) {
      nonFiniteUnits++;
      return;
    }
    if (scale < 1) {
      clippedUnits++;
      smallestScale = Math.min(smallestScale, scale);
    }
    if (Double.isNaN(ratio)) {
      ratios.count(scale < 1 ? Double.POSITIVE_INFINITY : 0);
      return;
    }
    largestRatio = Math.max(largestRatio, ratio);
    ratios.count(ratio);
  }

  /** Counts units whose gradient is zero, or so small that its ratio is told apart from none. */
  public void countZeros(long number) {
    units += number;
    ratios.countZeros(number);
  }

  /** Forgets everything. */
  public void clear() {
    iterations = 0;
    units = 0;
    clippedUnits = 0;
    observedUnits = 0;
    nonFiniteUnits = 0;
    largestRatio = 0;
    smallestScale = 1;
    ratios.clear();
  }

  /** Adds what {@code other} has counted. */
  public void add(ClipCounter other) {
    iterations += other.iterations;
    units += other.units;
    clippedUnits += other.clippedUnits;
    observedUnits += other.observedUnits;
    nonFiniteUnits += other.nonFiniteUnits;
    largestRatio = Math.max(largestRatio, other.largestRatio);
    smallestScale = Math.min(smallestScale, other.smallestScale);
    ratios.add(other.ratios);
  }
}
