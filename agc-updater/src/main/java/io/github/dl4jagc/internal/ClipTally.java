package io.github.dl4jagc.internal;

/** Running figures of what was clipped: of one parameter in one iteration, or of many. Mutable. */
public final class ClipTally {

  /** Iterations counted. */
  public long iterations;

  /** Units seen. */
  public long units;

  /** Units whose gradient was scaled down. */
  public long clippedUnits;

  /** Units whose gradient norm was NaN or infinite. */
  public long nonFiniteUnits;

  /**
   * Largest {@code ||G|| / max(||W||, eps)} of the units with a finite norm; 0 if there is none.
   */
  public double largestRatio;

  /** Smallest scale that was applied; 1 if nothing was clipped. */
  public double smallestScale = 1;

  /** Forgets everything. */
  public void clear() {
    iterations = 0;
    units = 0;
    clippedUnits = 0;
    nonFiniteUnits = 0;
    largestRatio = 0;
    smallestScale = 1;
  }

  /** Adds the figures of {@code other}. */
  public void add(ClipTally other) {
    iterations += other.iterations;
    units += other.units;
    clippedUnits += other.clippedUnits;
    nonFiniteUnits += other.nonFiniteUnits;
    largestRatio = Math.max(largestRatio, other.largestRatio);
    smallestScale = Math.min(smallestScale, other.smallestScale);
  }
}
