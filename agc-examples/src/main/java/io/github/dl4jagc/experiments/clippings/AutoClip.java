package io.github.dl4jagc.experiments.clippings;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The bound is a percentile of the norms so far, this one included (Seetharaman, Wichern, Pardo, Le
 * Roux 2020, arXiv 2007.14469: the 10th), between two of them by linear interpolation.
 */
final class AutoClip extends GlobalScaling {

  private final double percentile;
  private final List<Double> norms = new ArrayList<>(); // from small to large

  AutoClip(double percentile) {
    this.percentile = percentile;
  }

  @Override
  double bound(double norm) {
    int place = Collections.binarySearch(norms, norm);
    norms.add(place < 0 ? -place - 1 : place, norm);
    double position = Math.min(percentile, 100) / 100 * (norms.size() - 1);
    int below = (int) position;
    int above = Math.min(below + 1, norms.size() - 1);
    return norms.get(below) + (position - below) * (norms.get(above) - norms.get(below));
  }
}
